# SPDX-License-Identifier: Apache-2.0
"""A line that plays (sent, received) byte pairs. A wrong byte fails at once, leftovers fail at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from app.devices.base import Patience
from app.devices.module_client import ModuleClient
from app.devices.packets import BROADCAST_ADDRESS
from app.devices.serial_link import SLICE_S


def packet(text: str) -> bytes:
    """Bytes from hexadecimal text; "EF01" stands for header and broadcast address, as the manuals abridge."""
    return bytes.fromhex(text.replace("EF01", "EF01FFFFFFFF"))


class ScriptedLine:
    """Stands for a serial link; time passes only while it is read and has nothing."""

    has_line_rate = True

    def __init__(self, pairs: Sequence[tuple[bytes, bytes]]) -> None:
        self._pairs = list(pairs)
        self._waiting = bytearray()
        self._sent = bytearray()
        self.now_s = 100.0
        self.baud = 57_600

    def clock(self) -> float:
        return self.now_s

    def set_baud(self, baud: int) -> None:
        self.baud = baud
        self._waiting.clear()

    def discard_input(self) -> None:
        self._waiting.clear()

    def write(self, content: bytes) -> None:
        self._sent += content
        assert self._pairs, f"nothing more was to be sent: {content.hex(' ')}"
        expected, answer = self._pairs[0]
        assert expected.startswith(self._sent), f"sent {self._sent.hex(' ')}, expected {expected.hex(' ')}"
        if self._sent == expected:
            self._sent.clear()
            self._pairs.pop(0)
            self._waiting += answer

    def read(self, size: int) -> bytes:
        received = bytes(self._waiting[:size])
        del self._waiting[:size]
        if len(received) < size:
            self.now_s += SLICE_S
        return received

    def finish(self) -> None:
        assert not self._pairs, f"{len(self._pairs)} pairs were not played"
        assert not self._waiting, f"not read: {self._waiting.hex(' ')}"


@contextmanager
def conversation(
    *pairs: tuple[bytes, bytes], cancelled: bool = False
) -> Iterator[tuple[ModuleClient, ScriptedLine]]:
    """A client on a line that plays these pairs, all of them."""
    line = ScriptedLine(pairs)
    yield ModuleClient(line, line.clock, Patience(), BROADCAST_ADDRESS, lambda: cancelled), line
    line.finish()
