# SPDX-License-Identifier: Apache-2.0
"""Where the emulated module's line comes out: a TCP port, reached through pyserial's ``socket://``.

A line never blocks. Bytes that nobody listens to are lost, as on a wire.
"""

from __future__ import annotations

import contextlib
import socket
import sys
from typing import Final, Protocol

from app.domain.errors import DeviceError

_READ_BYTES: Final = 4096


class Line(Protocol):
    """The end of a serial cable."""

    @property
    def address(self) -> str:
        """What a host opens."""

    def sources(self) -> list[int]:
        """File numbers to wait on for ``poll``."""

    def sinks(self) -> list[int]:
        """File numbers to wait on when ``send`` took nothing."""

    def poll(self, ready: list[int]) -> bytes:
        """Looks after the file numbers that are ready; what the host sent."""

    def send(self, data: bytes) -> int:
        """How many bytes of it the host's side took; 0 when it can take none now."""

    def host_baud(self) -> int | None:
        """The rate the host's side is set to; None where a line has none."""

    def set_busy(self, busy: bool) -> None:
        """Lets the port look as if another program held it."""

    def vanish(self) -> None:
        """Pulls the cable."""

    def come_back(self) -> None:
        """Plugs it in again, at the same address."""

    def close(self) -> None:
        """Ends the line for good."""


class TcpLine:
    """A line behind a listening socket; one host at a time."""

    def __init__(self, host: str, port: int) -> None:
        self._busy = False
        self._client: socket.socket | None = None
        self._listener = _bound(host, port)
        self._host, self._port = self._listener.getsockname()[:2]
        self._present = True
        self._listener.listen()

    @property
    def address(self) -> str:
        """The URL for pyserial."""
        return f"socket://{self._host}:{self._port}"

    def sources(self) -> list[int]:
        """See ``Line``."""
        ends = [self._listener] if self._present else []
        return [end.fileno() for end in [*ends, *([self._client] if self._client else [])]]

    def sinks(self) -> list[int]:
        """See ``Line``."""
        return [self._client.fileno()] if self._client else []

    def poll(self, ready: list[int]) -> bytes:
        """See ``Line``; takes a waiting host, or turns it away when there is one."""
        data = b""
        if self._client is not None and self._client.fileno() in ready:
            try:
                data = self._client.recv(_READ_BYTES)
            except (BlockingIOError, InterruptedError):
                return b""
            except OSError:
                data = b""
            if not data:
                self._drop_client()
        if self._present and self._listener.fileno() in ready:
            self._take_host()
        return data

    def send(self, data: bytes) -> int:
        """See ``Line``."""
        if self._client is None:
            return len(data)
        try:
            return self._client.send(data)
        except (BlockingIOError, InterruptedError):
            return 0
        except OSError:
            self._drop_client()
            return len(data)

    def host_baud(self) -> int | None:
        """See ``Line``: a socket has no line rate."""
        return None

    def set_busy(self, busy: bool) -> None:
        """See ``Line``: a host that comes is turned away without a word, as serial servers do."""
        self._busy = busy

    def vanish(self) -> None:
        """See ``Line``. The port stays ours, so that nobody else gets it meanwhile, but refuses
        connections."""
        if self._present:
            self._drop_client()
            self._listener.close()
            self._listener = _bound(self._host, self._port)
            self._present = False

    def come_back(self) -> None:
        """See ``Line``."""
        if not self._present:
            self._listener.listen()
            self._present = True

    def close(self) -> None:
        """See ``Line``."""
        self._drop_client()
        self._listener.close()
        self._present = False

    def _take_host(self) -> None:
        try:
            host, _ = self._listener.accept()
        except OSError:
            return
        if self._busy or self._client is not None:
            host.close()
            return
        host.setblocking(False)
        with contextlib.suppress(OSError):
            host.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._client = host

    def _drop_client(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()


def _bound(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        # On Windows the same option would let a second program take the port.
        if sys.platform != "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setblocking(False)
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise DeviceError("reader_busy", host=host, port=port) from error
    return listener
