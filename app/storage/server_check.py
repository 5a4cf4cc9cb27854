# SPDX-License-Identifier: Apache-2.0
"""Tries a PostgreSQL server and says what is in the way, finer than a running station needs it.

While a connection is being made the client gives no error state, only a sentence of the server in the
server's language. So the network is tried by ourselves, and of the sentence only the English one for an
absent database is known; every other refusal of a server that answers counts as a refused login.
"""

from __future__ import annotations

import re
import socket

from sqlalchemy import make_url
from sqlalchemy.engine import URL

from app.domain.errors import StorageError
from app.domain.station_setup import ServerFacts
from app.storage.engine import CONNECT_TIMEOUT_S, open_server
from app.storage.migrate import current_revision, ensure_head, upgrade_server

PORT = 5432
_NO_DATABASE = re.compile(r'FATAL:\s+database "[^"]*" does not exist')


def check_server(url: str) -> ServerFacts:
    """Connect once; changes nothing.

    Raises:
        StorageError: ``server_unknown``, ``server_closed``, ``server_silent``, ``server_database_absent``,
            ``server_login_refused``, ``server_too_old``, ``database_too_old``, ``database_too_new``.
    """
    try:
        engine = open_server(url)
    except StorageError as error:
        if error.code != "database_unavailable":
            raise
        raise _explained(make_url(url), error) from error
    try:
        prepared = current_revision(engine) is not None
        if prepared:
            ensure_head(engine)
    finally:
        engine.dispose()
    return ServerFacts(prepared)


def prepare_server(url: str) -> None:
    """Make the tables in an empty database, or bring them to this program's version.

    Raises:
        StorageError: ``database_read_only`` without the right to; as ``migrate.upgrade_server``.
    """
    engine = open_server(url)
    try:
        upgrade_server(engine)
    finally:
        engine.dispose()


def _explained(url: URL, error: StorageError) -> StorageError:
    words = str(getattr(error.__cause__, "orig", ""))
    if _NO_DATABASE.search(words):
        return StorageError("server_database_absent", database=url.database)
    host = url.host or ""
    if not host:
        return error  # a socket in the file system, or an address that only the client's own files know
    port = url.port or PORT
    try:
        socket.create_connection((host, port), timeout=CONNECT_TIMEOUT_S).close()
    except socket.gaierror:
        return StorageError("server_unknown", host=host)
    except ConnectionRefusedError:
        return StorageError("server_closed", host=host, port=port)
    except OSError:
        return StorageError("server_silent", host=host, port=port)
    return StorageError("server_login_refused", user=url.username or "", database=url.database)
