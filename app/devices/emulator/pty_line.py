# SPDX-License-Identifier: Apache-2.0
"""The emulated module's line as a pseudo-terminal: a serial port with a line rate, on POSIX only."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import tempfile
import termios
import tty
from pathlib import Path
from typing import Final

_READ_BYTES: Final = 4096
_PORT_NAME: Final = "ttyEMULATED0"
_OUTPUT_SPEED: Final = 5


class PtyLine:
    """A line behind a pseudo-terminal. Its address is a link that stays the same after it was unplugged."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="reader-")
        self._link = Path(self._folder.name) / _PORT_NAME
        self._master = self._slave = -1
        self._speeds = {
            getattr(termios, name): int(name[1:])
            for name in dir(termios)
            if name[0] == "B" and name[1:].isdecimal()
        }
        self.come_back()

    @property
    def address(self) -> str:
        """The path a host opens."""
        return str(self._link)

    def sources(self) -> list[int]:
        """See ``Line``."""
        return [self._master] if self._master >= 0 else []

    def sinks(self) -> list[int]:
        """See ``Line``."""
        return self.sources()

    def poll(self, ready: list[int]) -> bytes:
        """See ``Line``."""
        if self._master not in ready:
            return b""
        with contextlib.suppress(OSError):
            return os.read(self._master, _READ_BYTES)
        return b""

    def send(self, data: bytes) -> int:
        """See ``Line``."""
        if self._master < 0:
            return len(data)
        try:
            return os.write(self._master, data)
        except OSError:
            return 0

    def host_baud(self) -> int | None:
        """See ``Line``; Linux shows the host's setting at our end of the pair."""
        if self._master < 0:
            return None
        return self._speeds.get(termios.tcgetattr(self._master)[_OUTPUT_SPEED])

    def set_busy(self, busy: bool) -> None:
        """See ``Line``: holds the lock that programs take on a port of their own."""
        if self._slave >= 0:
            with contextlib.suppress(OSError):
                fcntl.flock(self._slave, (fcntl.LOCK_EX if busy else fcntl.LOCK_UN) | fcntl.LOCK_NB)

    def vanish(self) -> None:
        """See ``Line``: a host that has the port open reads an end of file."""
        self._link.unlink(missing_ok=True)
        for end in (self._master, self._slave):
            if end >= 0:
                os.close(end)
        self._master = self._slave = -1

    def come_back(self) -> None:
        """See ``Line``."""
        if self._master >= 0:
            return
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self._link.symlink_to(os.ttyname(self._slave))

    def close(self) -> None:
        """See ``Line``."""
        self.vanish()
        self._folder.cleanup()
