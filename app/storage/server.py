# SPDX-License-Identifier: Apache-2.0
"""The server as a networked station sees it: opened when needed, dropped when it fails."""

from __future__ import annotations

from app.storage.engine import open_server
from app.storage.migrate import ensure_head
from app.storage.store import Store

#: One answer; an import of 50,000 students takes a few seconds.
ANSWER_TIMEOUT_S = 45.0


class Server:
    """A way to a server. ``store`` opens the line at the first call and after every ``drop``."""

    def __init__(self, url: str, *, answer_timeout_s: float = ANSWER_TIMEOUT_S) -> None:
        self._url = url
        self._answer_timeout_s = answer_timeout_s
        self._store: Store | None = None

    def store(self) -> Store:
        """The server's database.

        Raises:
            SetupError: setting_invalid.
            StorageError: database_unavailable, server_too_old, database_too_old, database_too_new.
        """
        if self._store is None:
            engine = open_server(self._url, answer_timeout_s=self._answer_timeout_s)
            try:
                ensure_head(engine)
            except BaseException:
                engine.dispose()
                raise
            self._store = Store(engine)
        return self._store

    def drop(self) -> None:
        """Hang up; the next ``store`` dials again."""
        if self._store is not None:
            self._store.close()
            self._store = None
