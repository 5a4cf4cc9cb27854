# SPDX-License-Identifier: Apache-2.0
"""The emulator's loop: carries bytes between a module and its line in the line's own time, and takes orders.

One thread calls ``serve_forever`` and owns module and line; orders of others are handed over to it. It waits
in ``select`` only, so it needs no sleep and no lock.
"""

from __future__ import annotations

import contextlib
import select
import socket
from collections import deque
from collections.abc import Callable
from typing import Final

from app.devices.emulator.faults import Fault
from app.devices.emulator.line import Line
from app.devices.emulator.module import Module
from app.devices.emulator.output import Output

#: Bytes sent at once on a throttled line: 11 ms at 57600 baud.
_CHUNK_BYTES: Final = 64
#: How late the loop may be before lost time is not caught up any more.
_CATCH_UP_S: Final = 0.1
_IDLE_S: Final = 0.1
_CONTROL_BYTES: Final = 4096

Clock = Callable[[], float]
#: Called with the seconds since the start, a few times a second: presence and scripts.
Tick = Callable[[float], None]


class Loop:
    """Runs one module on one line.

    Args:
        obey: takes a line of the control socket, gives the answer.
    """

    def __init__(
        self, module: Module, line: Line, clock: Clock, tick: Tick, obey: Callable[[str], str]
    ) -> None:
        self.line = line
        self._module = module
        self._clock = clock
        self._tick = tick
        self._obey = obey
        self._outputs: deque[Output] = deque()
        self._sent_bytes = 0
        self._delayed = False
        self._due_s = clock()
        self._inbox = bytearray()
        self._orders: deque[Callable[[], None]] = deque()
        self._wake_reader, self._wake_writer = socket.socketpair()
        self._wake_reader.setblocking(False)
        self._control: socket.socket | None = None
        self._desks: dict[socket.socket, bytearray] = {}

    def listen_for_control(self, listener: socket.socket) -> None:
        """Takes orders from that listening socket, one a line."""
        listener.setblocking(False)
        self._control = listener

    def hand_over(self, order: Callable[[], None]) -> None:
        """Lets the loop's thread do something; may be called from any thread."""
        self._orders.append(order)
        self.wake()

    def wake(self) -> None:
        """Ends the loop's waiting; may be called from any thread."""
        with contextlib.suppress(OSError):
            self._wake_writer.send(b"\0")

    def unplug(self) -> None:
        """Pulls the cable: nothing that was under way arrives. On the loop's thread only."""
        self._outputs.clear()
        self._inbox.clear()
        self._sent_bytes, self._delayed = 0, False
        self.line.vanish()

    def replug(self) -> None:
        """Plugs the cable in; the module starts. On the loop's thread only."""
        self.line.come_back()
        self._outputs.append(self._module.power_on())

    def serve_forever(self, stopped: Callable[[], bool]) -> None:
        """Works until ``stopped`` says so (``wake`` makes it look), then closes everything."""
        started_s = self._clock()
        try:
            while not stopped():
                while self._orders:
                    self._orders.popleft()()
                self._tick(self._clock() - started_s)
                self.line.set_busy(self._module.holds(Fault.BUSY_PORT))
                blocked, wait_s = self._send_what_is_due()
                self._wait(blocked, wait_s)
                if self._inbox and not self._outputs:
                    data, self._inbox = bytes(self._inbox), bytearray()
                    self._outputs.extend(self._module.receive(self._as_heard(data)))
        finally:
            while self._orders:
                self._orders.popleft()()
            self._close()

    def _send_what_is_due(self) -> tuple[bool, float]:
        """(whether the host's side takes no more, seconds until something is due)."""
        while self._outputs:
            output, now_s = self._outputs[0], self._clock()
            if not self._delayed:
                self._delayed = True
                self._due_s = max(self._due_s, now_s - _CATCH_UP_S) + output.delay_s
            baud, timing = self._module.baud, self._module.timing
            throttled = timing.wire_s(1, baud) > 0
            end = self._sent_bytes + _CHUNK_BYTES if throttled else len(output.data)
            chunk = output.data[self._sent_bytes : end]
            arrives_s = self._due_s + timing.wire_s(len(chunk), baud)
            if arrives_s > now_s:
                return False, arrives_s - now_s
            if chunk:
                taken = self.line.send(self._as_heard(chunk))
                if not taken:
                    return True, _IDLE_S
                self._sent_bytes += taken
                self._due_s += timing.wire_s(taken, baud)
            if self._sent_bytes >= len(output.data):
                self._finish(output)
        return False, _IDLE_S

    def _finish(self, output: Output) -> None:
        if self._outputs:
            self._outputs.popleft()
        self._sent_bytes, self._delayed = 0, False
        if output.baud_after is not None:
            self._module.baud = output.baud_after
        if output.unplugs:
            self.unplug()

    def _as_heard(self, data: bytes) -> bytes:
        """What arrives of it: noise when the two sides are set to different rates."""
        host_baud = self.line.host_baud()
        if host_baud in (None, self._module.baud):
            return data
        return bytes((byte * 7 + 13) & 0xFE for byte in data)

    def _wait(self, blocked: bool, wait_s: float) -> None:
        own: list[socket.socket] = [self._wake_reader, *self._desks]
        if self._control is not None:
            own.append(self._control)
        sources = [*self.line.sources(), *(end.fileno() for end in own)]
        if self._inbox and not self._outputs:
            wait_s = 0.0
        ready, _, _ = select.select(sources, self.line.sinks() if blocked else [], [], wait_s)
        self._inbox += self.line.poll(ready)
        for end in own:
            if end.fileno() in ready:
                self._attend(end)

    def _attend(self, end: socket.socket) -> None:
        with contextlib.suppress(BlockingIOError):
            if end is self._control:
                desk, _ = end.accept()
                desk.setblocking(False)
                self._desks[desk] = bytearray()
            elif end is self._wake_reader:
                end.recv(_CONTROL_BYTES)
            else:
                self._answer_desk(end)

    def _answer_desk(self, desk: socket.socket) -> None:
        try:
            received = desk.recv(_CONTROL_BYTES)
            self._desks[desk] += received
            *lines, rest = self._desks[desk].split(b"\n")
            self._desks[desk] = bytearray(rest)
            for line in lines:
                answer = self._obey(line.decode("utf-8", errors="replace").strip())
                desk.send(answer.encode() + b"\n")
        except BlockingIOError:
            return
        except OSError:
            received = b""
        if not received:
            del self._desks[desk]
            desk.close()

    def _close(self) -> None:
        for desk in self._desks:
            desk.close()
        if self._control is not None:
            self._control.close()
        self.line.close()
        self._wake_reader.close()
        self._wake_writer.close()
