# SPDX-License-Identifier: Apache-2.0
"""A network that can be cut: a relay in front of a real PostgreSQL server."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import make_url


class Network:
    """Relays connections to a server, until told otherwise.

    ``cut``: connections break, new ones are refused. ``swallow``: everything stays up and nothing comes
    through. ``cut_after``: the line breaks after so many bytes towards the server.
    """

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        host = parsed.query.get("host") or parsed.host or "127.0.0.1"
        port = parsed.port or 5432
        assert isinstance(host, str)
        self._target = f"{host}/.s.PGSQL.{port}" if host.startswith("/") else (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        query = {key: value for key, value in parsed.query.items() if key != "host"}
        self.url = parsed.set(
            host="127.0.0.1", port=self._listener.getsockname()[1], query=query
        ).render_as_string(hide_password=False)
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._mode = "pass"
        self._left: int | None = None
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Break every line and refuse new ones."""
        self._mode = "cut"
        self._hang_up()

    def swallow(self) -> None:
        """Let lines be, and let nothing through."""
        self._mode = "swallow"

    def cut_after(self, size: int) -> None:
        """Break the line once so many bytes more went to the server."""
        self._left = size

    def mend(self) -> None:
        """Work again."""
        self._mode, self._left = "pass", None
        self._hang_up()

    def close(self) -> None:
        """Stop."""
        self.cut()
        self._listener.close()

    def _hang_up(self) -> None:
        with self._lock:
            ends, self._open = self._open, set()
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if self._mode == "cut":
                near.close()
                continue
            family = socket.AF_UNIX if isinstance(self._target, str) else socket.AF_INET
            far = socket.socket(family)
            far.connect(self._target)
            with self._lock:
                self._open |= {near, far}
            for source, sink, counted in ((near, far, True), (far, near, False)):
                threading.Thread(target=self._relay, args=(source, sink, counted), daemon=True).start()

    def _relay(self, source: socket.socket, sink: socket.socket, counted: bool) -> None:
        with contextlib.suppress(OSError):
            while content := source.recv(1 << 14):
                if self._mode == "swallow":
                    continue
                if counted and self._left is not None:
                    content, self._left = content[: self._left], self._left - len(content)
                    sink.sendall(content)
                    if self._left <= 0:
                        self.cut()
                        return
                else:
                    sink.sendall(content)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextmanager
def network(url: str) -> Iterator[Network]:
    """A network in front of the server of ``url``."""
    relay = Network(url)
    try:
        yield relay
    finally:
        relay.close()
