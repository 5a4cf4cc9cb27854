# SPDX-License-Identifier: Apache-2.0
"""Opens the station's own encrypted file or a PostgreSQL server, with the settings that keep its promises.

Durability rests on ``synchronous=FULL``: with WAL and NORMAL a power cut loses acknowledged commits.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary

import sqlcipher3.dbapi2
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from app.domain.errors import SetupError, StorageError
from app.storage.errors import storage_errors

#: The name by which the rooms above speak of an open database.
Database = Engine

KEY_BYTES = 32
BUSY_TIMEOUT_MS = 10_000
CONNECT_TIMEOUT_S = 5
#: Copies, upgrades and imports are long single statements.
ANSWER_TIMEOUT_S = 600.0
OLDEST_POSTGRESQL = 15
# Older versions can corrupt a WAL database when two connections write and checkpoint at the same instant
# (https://www.sqlite.org/releaselog/3_51_3.html); with them the rollback journal is used.
WAL_SAFE_SQLITE = (3, 51, 3)
SETTINGS = (
    "PRAGMA mmap_size = 0",
    "PRAGMA synchronous = FULL",
    # macOS: fsync alone leaves the data in the drive's cache.
    "PRAGMA fullfsync = ON",
    "PRAGMA foreign_keys = ON",
    # Erased pages are overwritten, not only unlinked.
    "PRAGMA secure_delete = ON",
)
READING = "storage_reading"


@dataclass(frozen=True, slots=True)
class LocalFile:
    """The file behind an engine. ``key`` is its 32-byte key, None for a plain SQLite file."""

    path: Path
    key: bytes | None = field(repr=False)


_LOCAL_FILES: WeakKeyDictionary[Engine, LocalFile] = WeakKeyDictionary()


def local_file(engine: Engine) -> LocalFile | None:
    """The file that ``engine`` works on, None for a server."""
    return _LOCAL_FILES.get(engine)


def driver(key: bytes | None) -> ModuleType:
    """The DB-API module for a file: SQLCipher with a key, the standard library's without."""
    return sqlite3 if key is None else sqlcipher3.dbapi2


def journal_pragma(version: tuple[int, ...]) -> str:
    """The journal that is safe with this version of SQLite."""
    return f"PRAGMA journal_mode = {'WAL' if version >= WAL_SAFE_SQLITE else 'DELETE'}"


def connect_file(path: Path, key: bytes | None, *, journal: bool = True) -> Any:
    """Open ``path`` with the settings of the station; a DB-API connection in autocommit mode.

    Without ``journal`` the file's journal mode stays as it is: for copies that are only looked at.

    Raises:
        StorageError: database_key_wrong, database_busy, database_unavailable, database_damaged.
    """
    if key is not None and len(key) != KEY_BYTES:
        raise StorageError("database_key_wrong")
    module = driver(key)
    with storage_errors():
        connection = module.connect(
            str(path), timeout=BUSY_TIMEOUT_MS / 1000, isolation_level=None, check_same_thread=False
        )
        try:
            if key is not None:
                # It would write to the error stream what we say in one line there.
                connection.execute("PRAGMA cipher_log_level = NONE").fetchall()
                connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
            # The monitoring queries of source document 2 say NOW(), which SQLite does not have.
            connection.create_function("now", 0, _now)
            if journal:
                connection.execute(journal_pragma(module.sqlite_version_info)).fetchall()
            for setting in SETTINGS:
                connection.execute(setting).fetchall()
        except BaseException:
            connection.close()
            raise
    return connection


def _now() -> str:
    """The database's clock, in the form in which the file keeps times."""
    return datetime.now(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def open_local(path: Path, key: bytes | None) -> Engine:
    """The station's own file, encrypted with ``key``. None leaves it plain: development and tests only.

    The file is made if it is absent; the first connection is opened here, so that a wrong key shows at once.

    Raises:
        StorageError: database_key_wrong, database_busy, database_unavailable, database_damaged.
    """
    engine = create_engine(
        "sqlite:///" + path.as_posix(), module=driver(key), creator=lambda: connect_file(path, key)
    )
    event.listen(engine, "begin", _begin_sqlite)
    _LOCAL_FILES[engine] = LocalFile(path, key)
    with storage_errors(), reading_options(engine).connect() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")
    return engine


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once: a deferred transaction that turns writer fails at once."""
    reading = bool(connection.get_execution_options().get(READING))
    connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if reading else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def open_server(url: str, *, answer_timeout_s: float = ANSWER_TIMEOUT_S) -> Engine:
    """A PostgreSQL server, version 15 or later.

    Args:
        answer_timeout_s: how long one answer may take before the connection is given up.

    Raises:
        SetupError: setting_invalid, for a URL that is none.
        StorageError: database_unavailable, server_too_old.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise SetupError("setting_invalid", key="database_url") from error
    engine = create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": CONNECT_TIMEOUT_S,
            # A server that went away without a word is noticed within half a minute.
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 25_000,
            "application_name": "enrollment-station",
            "options": "-c timezone=UTC -c client_min_messages=warning",
        },
    )

    from app.storage.patient_connection import PatientConnection  # a station on its own file needs none

    @event.listens_for(engine, "do_connect")
    def _connect(_dialect: object, _record: object, cargs: list[Any], cparams: dict[str, Any]) -> Any:
        connection = PatientConnection.connect(*cargs, **cparams)
        connection.answer_timeout_s = answer_timeout_s
        return connection

    with storage_errors(), engine.connect() as connection:
        version = int((connection.dialect.server_version_info or (0,))[0])
    if version < OLDEST_POSTGRESQL:
        engine.dispose()
        raise StorageError("server_too_old", version=version, needed=OLDEST_POSTGRESQL)
    return engine


def open_url(url: str) -> Engine:
    """Open what ``url`` names: ``postgresql://…`` or ``sqlite:///file`` (a plain file, without encryption).

    Raises:
        SetupError: setting_invalid, for any other URL.
        StorageError: as ``open_local`` and ``open_server``.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise SetupError("setting_invalid", key="database_url") from error
    backend = parsed.get_backend_name()
    if backend == "sqlite" and parsed.database:
        return open_local(Path(parsed.database), None)
    if backend == "postgresql":
        return open_server(url)
    raise SetupError("setting_invalid", key="database_url")


def reading_options(engine: Engine) -> Engine:
    """The same engine, its transactions read only."""
    return engine.execution_options(**{READING: True, "postgresql_readonly": True})
