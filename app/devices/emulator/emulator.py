# SPDX-License-Identifier: Apache-2.0
"""An emulated fingerprint reader: a module, its glass and its cable, in one object.

For training without hardware, for the demonstration and for tests. It speaks the real protocol over a socket
or a pseudo-terminal, so that the real driver, and any other client, is what talks to it.
"""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Final, Self

from app.devices.emulator.control import Script, obey
from app.devices.emulator.faults import FaultScript
from app.devices.emulator.glass import GlassImage, Presence
from app.devices.emulator.line import Line, TcpLine
from app.devices.emulator.loop import Loop
from app.devices.emulator.models import module_model
from app.devices.emulator.module import Module
from app.devices.emulator.pattern import ridge_pattern
from app.devices.emulator.server import LoopThread
from app.devices.emulator.timing import REAL_TIME, Timing
from app.devices.protocol import BAUD_STEP
from app.domain.errors import DeviceError, SetupError

_BUILT_IN_FINGERS: Final = 3
_MOST_BAUD_STEPS: Final = 100


class Emulator:
    """One emulated reader. Serve it once; then every method may be called from any thread.

    Args:
        model: one of ``models.MODEL_NAMES``.
        images: the prints that come one after the other; built-in ridge patterns when empty.
        baud: line rate the module is set to.
        fault: one of ``faults.FAULT_NAMES``, with ":3" or ":always" behind it where it shall strike more
        than once.
        seed: of everything that is left to chance.
        presence: says when a finger lies on the glass; None leaves that to ``place_finger`` and
        ``lift_finger``.
        script: orders in the course of time, see ``control``.

    Raises:
        SetupError: ``setting_invalid`` for a model, a fault or a rate that is not there.
    """

    def __init__(
        self,
        model: str = "r307",
        images: Sequence[GlassImage] = (),
        *,
        baud: int = 57_600,
        fault: str | None = None,
        seed: int = 1,
        timing: Timing = REAL_TIME,
        clock: Callable[[], float] = time.monotonic,
        presence: Presence | None = None,
        script: Script | None = None,
    ) -> None:
        if baud % BAUD_STEP or not 1 <= baud // BAUD_STEP <= _MOST_BAUD_STEPS:
            raise SetupError("setting_invalid", key="baud", value=baud)
        self._images = tuple(images)
        self._seed = seed
        self._next_image = 0
        self._clock = clock
        self._presence = presence
        self._script = script
        faults = FaultScript.parse(fault) if fault else None
        self._module = Module(module_model(model), baud, faults, seed, timing)
        self._loop: Loop | None = None
        self._thread: LoopThread | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def module(self) -> Module:
        """The module itself, for looking at."""
        return self._module

    @property
    def address(self) -> str:
        """What a host opens; DeviceError("reader_absent") before it is served."""
        if self._loop is None:
            raise DeviceError("reader_absent")
        return self._loop.line.address

    def serve_tcp(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Starts it behind a TCP port, 0 = any free one; returns the URL for pyserial."""
        return self._start(self.tcp_loop(host, port))

    def serve_pty(self) -> str:
        """Starts it behind a pseudo-terminal; returns its path. ``reader_unsupported`` on Windows."""
        return self._start(self.pty_loop())

    def tcp_loop(self, host: str = "127.0.0.1", port: int = 0, control: socket.socket | None = None) -> Loop:
        """The loop behind a TCP port, for whoever runs ``serve_forever`` on its own thread."""
        return self._looped(TcpLine(host, port), control)

    def pty_loop(self, control: socket.socket | None = None) -> Loop:
        """The loop behind a pseudo-terminal; ``reader_unsupported`` on Windows."""
        if sys.platform == "win32":
            raise DeviceError("reader_unsupported", line="pty")
        from app.devices.emulator.pty_line import PtyLine

        return self._looped(PtyLine(), control)

    def close(self) -> None:
        """Ends it; closing twice changes nothing."""
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.close()

    def place_finger(self, image: GlassImage | None = None) -> None:
        """Puts a finger on the glass: that print, or the next of its own."""
        shown = image or self._image(None)
        self._do(lambda: self._module.place(shown))

    def place_number(self, number: int | None) -> None:
        """Puts print number ``number`` of its own on the glass, from 0, or the next one.

        Raises:
            IndexError: there is no such print.
        """
        shown = self._image(number)
        self._do(lambda: self._module.place(shown))

    def lift_finger(self) -> None:
        """Takes the finger away."""
        self._do(self._module.lift)

    def set_fault(self, name: str | None) -> None:
        """Sets a fault by name, or none. ``SetupError`` when there is no such fault."""
        faults = FaultScript.parse(name) if name else None

        def change() -> None:
            self._module.script = faults

        self._do(change)

    def unplug(self) -> None:
        """Pulls the cable."""
        loop = self._served()
        self._do(loop.unplug)

    def replug(self) -> None:
        """Plugs the cable in again; the module starts anew at the same address."""
        loop = self._served()
        self._do(loop.replug)

    def state(self) -> str:
        """One line for the control socket: finger, rate, images sent."""
        module = self._module
        finger = "down" if module.glass else "up"
        return f"finger={finger} baud={module.baud} images={module.images_sent} light={module.light.hex()}"

    def _image(self, number: int | None) -> GlassImage:
        if number is None:
            number = self._next_image
            self._next_image += 1
            if self._images:
                number %= len(self._images)
        if number < 0:
            raise IndexError(number)
        if self._images:
            return self._images[number]
        return ridge_pattern(self._seed * 1000 + number % _BUILT_IN_FINGERS)

    def _looped(self, line: Line, control: socket.socket | None) -> Loop:
        self._loop = Loop(self._module, line, self._clock, self._tick, lambda order: obey(self, order))
        if control is not None:
            self._loop.listen_for_control(control)
        return self._loop

    def _start(self, loop: Loop) -> str:
        self._thread = LoopThread(loop)
        return loop.line.address

    def _served(self) -> Loop:
        if self._loop is None:
            raise DeviceError("reader_absent")
        return self._loop

    def _do(self, order: Callable[[], None]) -> None:
        """On the loop's own thread where it has one; without one the caller is that thread."""
        if self._thread is None:
            order()
        else:
            self._thread.do(order)

    def _tick(self, now_s: float) -> None:
        if self._script is not None:
            self._script.advance(now_s, self)
        if self._presence is not None:
            down = self._presence(now_s)
            if down and self._module.glass is None:
                self._module.place(self._image(None))
            elif not down and self._module.glass is not None:
                self._module.lift()
