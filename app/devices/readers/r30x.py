# SPDX-License-Identifier: Apache-2.0
"""Driver for the 0xEF01 family: R301, R302, R305, R307, R308, R503, R551, AS608, FPM10A, ZFM-20/60,
Adafruit's.

These modules hang on a USB-serial adapter. They give 0.14 to 0.6 images a second, so what is live is the
question for a finger, the module's own check (Img2Tz), and the rows of the image while they arrive. Sources:
GROW R503 manual V1.1 and V1.2.2, manuals of R301, R305, R307, ZFM-60.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from typing import Final

from app.devices.base import Clock, LightSignal, ReaderOptions
from app.devices.module_client import ModuleClient, Reply
from app.devices.module_light import has_light, show_light
from app.devices.module_search import FoundModule, find_module, tune
from app.devices.protocol import DATA_BYTES, Answer, Command
from app.devices.row_assembly import RowAssembly
from app.devices.serial_link import SerialLink, list_serial_ports
from app.domain.capture import (
    Ability,
    FingerDown,
    FingerUp,
    Frame,
    Hint,
    HintCode,
    Polarity,
    ReaderEvent,
    ReaderFault,
    ReaderInfo,
    ReaderReady,
)
from app.domain.errors import CancelledError, DeviceError

DRIVER_NAME: Final = "r30x"
AUTO_ADDRESS: Final = "auto"
TEMPLATE_FORMAT: Final = "ef01-character-file"

_DEFAULT_BAUD: Final = 57_600
_DEFAULT_SIZE: Final = (256, 288)
_DEFAULT_DPI: Final = 500
#: GROW R503 manual V1.2.2, "Technical parameters".
_R503_DPI: Final = 508
_BITS: Final = 4
_TRANSFERS_PER_IMAGE: Final = 2
#: After so many refusals in one touch the image is sent all the same: our own check explains more than the
#: module's.
_REFUSALS_PER_TOUCH: Final = 3
_HINTS: Final = {
    Answer.MESSY: HintCode.MESSY,
    Answer.TOO_FEW_POINTS: HintCode.TOO_FEW_POINTS,
    Answer.NO_IMAGE: HintCode.NO_IMAGE,
}


class R30xReader:
    """One module of the family; see ``app.devices.base.Reader`` for the contract.

    Args:
        address: a port, a pyserial URL, or "auto" for the first port where a module answers.
    """

    def __init__(self, address: str, options: ReaderOptions, clock: Clock) -> None:
        self._address = address
        self._options = options
        self._clock = clock
        self._link: SerialLink | None = None
        self._client: ModuleClient | None = None
        self._info: ReaderInfo | None = None
        self._cancelled: Callable[[], bool] = _never
        self._last_baud: int | None = None
        self._ceiling_baud = 0
        self._size_known = False
        self._data_bytes = DATA_BYTES[2]
        self._take_command = Command.TAKE_IMAGE
        self._abandoned = False
        self._wanted_light: LightSignal | None = None

    @property
    def info(self) -> ReaderInfo:
        """Identity and geometry; see the contract."""
        if self._info is None:
            raise DeviceError("reader_absent", retryable=True)
        return self._info

    def open(self) -> ReaderInfo:
        """Finds the module and makes it ready; see the contract."""
        if self._client is None:
            self._connect()
        return self.info

    def close(self) -> None:
        """Releases the port; see the contract."""
        self._disconnect()

    def abandon_image(self) -> None:
        """Gives up the running transfer; see the contract."""
        self._abandoned = True

    def show(self, signal: LightSignal) -> None:
        """Wishes for a light; see the contract."""
        self._wanted_light = signal

    def watch(self, stop: threading.Event) -> Iterator[ReaderEvent]:
        """Waits for fingers until ``stop`` is set; see the contract."""
        self._cancelled = stop.is_set
        try:
            self.open()
            yield ReaderReady(self.info)
            while self._client is not None and not stop.is_set():
                try:
                    yield from self._serve_touches(stop)
                    continue
                except DeviceError as error:
                    fault = error
                yield ReaderFault(fault.code, fault.retryable)
                if not fault.retryable:
                    return
                if isinstance(fault, _ImageLost):
                    stop.wait(self._options.patience.backoff_s[0])
                else:
                    yield from self._reconnect(stop, fault.code)
        except CancelledError:
            return
        finally:
            self._cancelled = _never

    # -- connection ------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        """Tries the address, or every port behind a known adapter, or else every port."""
        if self._address != AUTO_ADDRESS:
            self._connect_to(self._address)
            return
        ports = list_serial_ports()
        error = DeviceError("reader_absent", retryable=True)
        for port in [port for port in ports if port.chip] or ports:
            try:
                self._connect_to(port.device)
            except DeviceError as failure:
                if failure.code == "reader_locked":
                    raise
                error = failure
            else:
                return
        raise error

    def _connect_to(self, address: str) -> None:
        options = self._options
        link = SerialLink(address)
        link.open(options.baud or self._last_baud or _DEFAULT_BAUD)
        try:
            client = ModuleClient(
                link, self._clock, options.patience, options.address, lambda: self._cancelled()
            )
            found = find_module(client, link, options, self._last_baud)
            found = tune(client, link, found, options, self._ceiling_baud)
            has_led = found.product is not None and options.led and has_light(client)
        except BaseException:
            link.close()
            raise
        self._link, self._client = link, client
        self._last_baud = found.baud
        self._data_bytes = found.data_bytes
        self._take_command = Command.TAKE_CHECKED_IMAGE if found.product else Command.TAKE_IMAGE
        self._describe(found, address, has_led)

    def _describe(self, found: FoundModule, address: str, has_led: bool) -> None:
        product = found.product
        abilities = {Ability.PARTIAL_ROWS, Ability.FINGER_PRESENT, Ability.ONBOARD_TEMPLATE}
        if has_led:
            abilities.add(Ability.LED)
        size = _DEFAULT_SIZE
        if product is not None:
            size, self._size_known = (product.width_px, product.height_px), True
        elif self._info is not None and self._size_known:
            size = (self._info.width_px, self._info.height_px)
        self._info = ReaderInfo(
            reader_id=f"{DRIVER_NAME}:{self._address}",
            driver=DRIVER_NAME,
            vendor="GROW" if product else "",
            model=(product.model if product else "") or "R30x",
            serial=product.serial if product else _adapter_serial(address),
            width_px=size[0],
            height_px=size[1],
            dpi=_R503_DPI if product and product.model.startswith("R503") else _DEFAULT_DPI,
            bits=_BITS,
            abilities=frozenset(abilities),
            polarity=Polarity.DARK_RIDGES,
        )

    def _disconnect(self) -> None:
        link, self._link, self._client = self._link, None, None
        if link is not None:
            link.close()

    def _reconnect(self, stop: threading.Event, code: str) -> Iterator[ReaderEvent]:
        """Tries until it works, telling each new reason once; gives up at what no retry can mend."""
        self._disconnect()
        pauses = self._options.patience.backoff_s
        attempt = 0
        while not stop.wait(pauses[min(attempt, len(pauses) - 1)]):
            attempt += 1
            try:
                self._connect()
            except DeviceError as error:
                if error.code != code or not error.retryable:
                    code = error.code
                    yield ReaderFault(code, error.retryable)
                if not error.retryable:
                    return
            else:
                yield ReaderReady(self.info)
                return

    # -- one touch after the other ---------------------------------------------------------------------------

    def _serve_touches(self, stop: threading.Event) -> Iterator[ReaderEvent]:
        patience = self._options.patience
        self._wanted_light = LightSignal.WAITING
        down = captured = False
        refusals, last_hint = 0, None
        while not stop.is_set():
            self._show_wanted_light()
            answer = self._ask(self._take_command, timeout_s=patience.take_s).answer
            if answer == Answer.UNSUPPORTED and self._take_command is Command.TAKE_CHECKED_IMAGE:
                self._take_command = Command.TAKE_IMAGE
                continue
            _check_health(answer)
            if answer == Answer.NO_FINGER and down:
                down = captured = False
                self._wanted_light = LightSignal.WAITING
                yield FingerUp(self._clock())
            on_glass = answer in (Answer.OK, Answer.TOO_FEW_POINTS)
            if on_glass and not down:
                down, refusals, last_hint = True, 0, None
                self._wanted_light = LightSignal.CAPTURING
                yield FingerDown(self._clock())
                self._show_wanted_light()
            if on_glass and not captured:
                hint = None if refusals >= _REFUSALS_PER_TOUCH else self._check(answer)
                if hint is None:
                    captured = yield from self._capture()
                    continue
                refusals += 1
                if hint is not last_hint:
                    last_hint = hint
                    yield Hint(hint)
            stop.wait(patience.poll_s)

    def _check(self, taken: int) -> HintCode | None:
        """The module's own verdict on the image it just took; None when it has nothing against it."""
        if taken == Answer.TOO_FEW_POINTS:
            return HintCode.POOR_IMAGE
        if not self._options.check_on_sensor:
            return None
        reply = self._ask(Command.CONVERT, b"\x01", timeout_s=self._options.patience.take_s)
        return next((hint for answer, hint in _HINTS.items() if answer == reply.answer), None)

    def _capture(self) -> Generator[ReaderEvent, None, bool]:
        """Transfers the image in the module's buffer, twice if need be; returns whether a frame came."""
        client, started_at_s = self._connected(), self._clock()
        assembly = RowAssembly(self.info.width_px, self.info.height_px)
        self._abandoned = False
        for _ in range(_TRANSFERS_PER_IMAGE):
            assembly.restart()
            if not client.ask(Command.UPLOAD_IMAGE).ok:
                # Some module may have used its image buffer for the conversion: a fresh image, without one.
                if not self._ask(self._take_command, timeout_s=self._options.patience.take_s).ok:
                    return False
                continue
            transfer_at_s = self._clock()
            try:
                for piece in client.receive(assembly.expected_bytes if self._size_known else None):
                    rows = assembly.add(piece)
                    # Given up: the module sends on all the same, and its byte count still tells the size.
                    if rows is not None and not self._abandoned:
                        yield rows
            except DeviceError as error:
                if error.code != "reader_garbled":
                    raise
                client.drain()
                if self._abandoned:
                    return False
                continue
            wire_s, given_up = self._clock() - transfer_at_s, self._abandoned
            whole = self._is_whole(assembly)
            if whole:
                assembly = yield from self._learn_size(assembly)
            if given_up:
                return False
            if whole:
                yield self._frame(assembly.pixels(), started_at_s, wire_s)
                return True
        if (self._last_baud or 0) > _DEFAULT_BAUD and self._ceiling_baud == 0:
            # The wiring may be too poor for this rate; connecting again lowers it.
            self._ceiling_baud = _DEFAULT_BAUD
            raise DeviceError("reader_garbled", retryable=True)
        raise _ImageLost("reader_garbled", retryable=True)

    def _is_whole(self, assembly: RowAssembly) -> bool:
        """Whether at most a part of the last packet is missing, which some modules cut short or leave out."""
        if not self._size_known and assembly.size_by_count() is not None:
            return True
        return 0 <= assembly.expected_bytes - assembly.received_bytes <= self._data_bytes

    def _learn_size(self, assembly: RowAssembly) -> Generator[ReaderEvent, None, RowAssembly]:
        """Takes the size from the byte count where the module did not tell it."""
        size = None if self._size_known else assembly.size_by_count()
        self._size_known = True
        if size is not None and size != (assembly.width_px, assembly.height_px):
            assembly = assembly.resized(*size)
            self._info = replace(self.info, width_px=size[0], height_px=size[1])
            yield ReaderReady(self._info)
        return assembly

    def _frame(self, pixels: bytes, started_at_s: float, wire_s: float) -> Frame:
        info, finished_at_s, template = self.info, self._clock(), self._read_template()
        return Frame(
            width_px=info.width_px,
            height_px=info.height_px,
            dpi=info.dpi,
            bits=info.bits,
            polarity=info.polarity,
            pixels=pixels,
            started_at_s=started_at_s,
            finished_at_s=finished_at_s,
            wire_s=wire_s,
            template=template,
            template_format=TEMPLATE_FORMAT if template else None,
        )

    def _read_template(self) -> bytes | None:
        if not self._options.keep_template:
            return None
        if not self._options.check_on_sensor:
            self._ask(Command.CONVERT, b"\x01", timeout_s=self._options.patience.take_s)
        return self._connected().read_template()

    # -- small things ----------------------------------------------------------------------------------------

    def _connected(self) -> ModuleClient:
        if self._client is None:
            raise DeviceError("reader_disconnected", retryable=True)
        return self._client

    def _ask(self, command: Command, content: bytes = b"", *, timeout_s: float) -> Reply:
        return self._connected().ask(command, content, timeout_s=timeout_s)

    def _show_wanted_light(self) -> None:
        signal, self._wanted_light = self._wanted_light, None
        if signal is not None and Ability.LED in self.info.abilities:
            show_light(self._connected(), signal)


class _ImageLost(DeviceError):
    """Raised when one image could not be transferred, while the module itself still answers."""


def _check_health(answer: int) -> None:
    """Raises what an answer to GenImg says about the module itself."""
    if answer == Answer.MUST_VERIFY:
        # It was without power for a moment, and its password is asked for anew.
        raise DeviceError("reader_disconnected", retryable=True)
    if answer in (Answer.SENSOR_BAD, Answer.HARDWARE_FAULT):
        raise DeviceError("reader_refused", answer=answer)


def _never() -> bool:
    return False


def _adapter_serial(address: str) -> str:
    return next((port.serial for port in list_serial_ports() if port.device == address), "")
