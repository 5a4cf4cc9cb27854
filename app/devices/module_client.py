# SPDX-License-Identifier: Apache-2.0
"""The host's side of a conversation with one 0xEF01 module: commands, acknowledgements, transfers.

Every wait has a deadline, damaged packets are never used, and a command that went wrong on the way is sent
once more. Sources: GROW R503 manual V1.1 and V1.2.2, manuals of R305 and R307.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, TypeVar

from app.devices.base import Clock, Patience
from app.devices.packets import Packet, PacketId, PacketReader, encode_packet
from app.devices.protocol import Answer, Command, Parameter, ProductInfo, SystemParameters
from app.devices.serial_link import SerialLink
from app.domain.errors import CancelledError, DeviceError

#: More bytes than a packet's frame that belong to no packet: something was lost, not just a stray byte.
_NOISE_BYTES: Final = 12
_TRIES: Final = 2
#: A whole image at 9600 baud takes 42 s; whatever still flows is waited for as long as packets arrive.
_DRAIN_S: Final = 1.0

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Reply:
    """An acknowledge packet: its confirmation code and what follows it."""

    answer: int
    content: bytes = field(repr=False)

    @property
    def ok(self) -> bool:
        """Whether the module did what was asked."""
        return self.answer == Answer.OK


class ModuleClient:
    """Speaks to one module over an open link.

    Args:
        cancelled: looked at between two slices of every wait; when true, ``CancelledError`` is raised.
    """

    def __init__(
        self, link: SerialLink, clock: Clock, patience: Patience, address: int, cancelled: Callable[[], bool]
    ) -> None:
        self._link = link
        self._clock = clock
        self._patience = patience
        self._address = address
        self._reader = PacketReader(address)
        self._arrived: deque[Packet] = deque()
        self._cancelled = cancelled
        self._packets_heard = 0
        self._transfer_open = False

    def ask(
        self,
        command: Command,
        content: bytes = b"",
        *,
        timeout_s: float | None = None,
        tries: int = _TRIES,
    ) -> Reply:
        """Sends a command and waits for its acknowledgement.

        Raises:
            DeviceError: ``reader_silent`` or ``reader_garbled`` when no acknowledgement came, what the link
            says.
            CancelledError: the wait was cancelled.
        """
        deadline_s = self._patience.reply_s if timeout_s is None else timeout_s
        if self._transfer_open:
            self.drain()
        error = DeviceError("reader_silent", retryable=True)
        for attempt in range(tries):
            if attempt:
                self.drain()
            self._forget_input()
            self._link.write(encode_packet(PacketId.COMMAND, bytes([command]) + content, self._address))
            try:
                reply = self._await_acknowledgement(self._clock() + deadline_s)
            except DeviceError as failure:
                if failure.code not in ("reader_silent", "reader_garbled"):
                    raise
                error = failure
                continue
            if reply.answer != Answer.PACKET_ERROR or attempt + 1 == tries:
                return reply
        raise error

    def receive(self, expected_bytes: int | None) -> Iterator[bytes]:
        """The content of the data packets that follow an acknowledgement, as they arrive.

        Ends at the last data packet, at ``expected_bytes`` (some modules send no last packet), or when
        nothing came for ``silence_s``. Whoever stops listening earlier must ``drain``.

        Raises:
            DeviceError: ``reader_garbled`` when a packet was damaged or lost; the rest is still on its way.
        """
        self._transfer_open = True
        count = 0
        quiet_at_s = self._clock() + self._patience.reply_s
        while self._clock() < quiet_at_s:
            packet = self._next_packet()
            if self._reader.damaged_packets or self._reader.skipped_bytes >= _NOISE_BYTES:
                raise DeviceError("reader_garbled", retryable=True, received_bytes=count)
            if packet is None:
                continue
            if packet.packet_id not in (PacketId.DATA, PacketId.LAST_DATA):
                continue
            count += len(packet.content)
            last = packet.packet_id is PacketId.LAST_DATA or (
                expected_bytes is not None and count >= expected_bytes
            )
            if last:
                self._transfer_open = False
            yield packet.content
            if last:
                return
            # Counted from here: what the listener did meanwhile is not the module's silence.
            quiet_at_s = self._clock() + self._patience.silence_s
        self._transfer_open = False

    def drain(self) -> None:
        """Reads on until the module has nothing more to say: last data packet or silence."""
        now_s = self._clock()
        quiet_at_s, give_up_at_s = now_s + self._patience.silence_s, now_s + _DRAIN_S
        self._reader.reset()
        while (now_s := self._clock()) < min(quiet_at_s, give_up_at_s):
            if self._cancelled():
                raise CancelledError
            received = self._link.read(self._reader.missing_bytes)
            if not received:
                continue
            quiet_at_s = now_s + self._patience.silence_s
            packets = self._reader.feed(received)
            if packets:
                give_up_at_s = now_s + _DRAIN_S
            if any(packet.packet_id is PacketId.LAST_DATA for packet in packets):
                break
        self._transfer_open = False
        self._forget_input()

    def verify_password(self, password: int, timeout_s: float) -> Reply:
        """VfyPwd, sent once (GROW R503 manual V1.2.2, VfyPwd)."""
        content = password.to_bytes(4, "big")
        return self.ask(Command.VERIFY_PASSWORD, content, timeout_s=timeout_s, tries=1)

    def read_parameters(self) -> SystemParameters | None:
        """ReadSysPara; None when the module has none (R308) or they make no sense."""
        return self._parsed(Command.READ_PARAMETERS, SystemParameters.parse, self._patience.probe_s)

    def read_product(self) -> ProductInfo | None:
        """ReadProdInfo; None when the module does not know it (all but the R503 family)."""
        return self._parsed(Command.PRODUCT_INFO, ProductInfo.parse, self._patience.probe_s, b"\0")

    def set_parameter(self, parameter: Parameter, value: int) -> bool:
        """SetSysPara; whether the module took it. Sent once: it may answer at another line rate than it was
        asked."""
        try:
            return self.ask(Command.SET_PARAMETER, bytes((parameter, value)), tries=1).ok
        except DeviceError as error:
            if error.code in ("reader_silent", "reader_garbled"):
                return False
            raise

    def read_template(self) -> bytes | None:
        """UpChar of buffer 1: the character file in the length the module gives it; None when it refuses."""
        if not self.ask(Command.UPLOAD_TEMPLATE, b"\x01").ok:
            return None
        return b"".join(self.receive(None))

    @property
    def heard_packets(self) -> bool:
        """Whether anything that is a packet came since the last command."""
        return self._packets_heard > 0

    def _parsed(
        self, command: Command, parse: Callable[[bytes], _Value], timeout_s: float, content: bytes = b""
    ) -> _Value | None:
        try:
            reply = self.ask(command, content, timeout_s=timeout_s)
            return parse(reply.content) if reply.ok else None
        except ValueError:
            return None
        except DeviceError as error:
            if error.code in ("reader_silent", "reader_garbled"):
                return None
            raise

    def _await_acknowledgement(self, deadline_s: float) -> Reply:
        while self._clock() < deadline_s:
            packet = self._next_packet()
            if packet is not None and packet.packet_id is PacketId.ACKNOWLEDGE and packet.content:
                return Reply(packet.content[0], packet.content[1:])
        noise = self._reader.damaged_packets or self._reader.skipped_bytes >= _NOISE_BYTES
        code = "reader_garbled" if noise or self._packets_heard else "reader_silent"
        raise DeviceError(code, retryable=True)

    def _next_packet(self) -> Packet | None:
        """The next packet, or None when none was completed within one slice of waiting."""
        if self._cancelled():
            raise CancelledError
        if not self._arrived:
            self._arrived.extend(self._reader.feed(self._link.read(self._reader.missing_bytes)))
            self._packets_heard += len(self._arrived)
        return self._arrived.popleft() if self._arrived else None

    def _forget_input(self) -> None:
        self._reader.reset()
        self._arrived.clear()
        self._packets_heard = 0
        self._link.discard_input()
