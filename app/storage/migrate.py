# SPDX-License-Identifier: Apache-2.0
"""Brings a database to the schema of this program, or says why not.

The station's own file is upgraded at start, after a verified copy was put aside. A server is upgraded only
when an administrator says so. A database that is newer than the program is never touched. Alembic is
imported only when there is something to do.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from app.domain.errors import StorageError
from app.storage.backup import copy_file, ensure_alone, prune_copies, put_back, verify_file
from app.storage.engine import LocalFile, local_file, open_local, reading_options
from app.storage.errors import storage_errors
from app.storage.revisions import HEAD, KNOWN_REVISIONS

if TYPE_CHECKING:
    from alembic.config import Config

# What the rooms above call the thing they hand back and forth.
Database = Engine

BASE = "base"
COPIES_KEPT = 5
LOCK_TIMEOUT_S = 10.0
_ORDER = (BASE, *KNOWN_REVISIONS)
# "enrollment" on a telephone's keys: any number does, as long as every program uses the same.
_ADVISORY_LOCK = 3676556368


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What an upgrade or downgrade did.

    ``backup`` is the copy made before it, if there was anything to copy.
    """

    before: str | None
    after: str | None
    backup: Path | None


def current_revision(engine: Engine) -> str | None:
    """The revision the database is at, None for one that was never migrated. One SELECT."""
    try:
        with storage_errors(), reading_options(engine).connect() as connection:
            return _revision(connection)
    except StorageError as error:
        if error.code != "schema_differs":
            raise
        return None


def ensure_head(engine: Engine) -> None:
    """Check that the database fits this program.

    Raises:
        StorageError: database_too_new, database_too_old.
    """
    revision = current_revision(engine)
    if not _needs_upgrade(revision):
        return
    raise StorageError("database_too_old", revision=revision, needed=HEAD)


def upgrade_local(path: Path, key: bytes | None, backups: Path, now: datetime) -> Upgraded:
    """Make the station's file if it is absent, upgrade it if it is old.

    Args:
        path: the database file.
        key: its 32-byte key; None for a plain file.
        backups: folder for the copies made before an upgrade; the last five are kept.
        now: aware instant, for the copy's name.

    Raises:
        StorageError: database_too_new (the file is untouched), migration_failed (the file is as it was
        before),
            backup_failed, or why the file cannot be opened.
    """
    return _change_local(LocalFile(path, key), backups, now, HEAD)


def upgrade_server(engine: Engine, *, lock_timeout_s: float = LOCK_TIMEOUT_S) -> Upgraded:
    """Upgrade a PostgreSQL database; one program at a time, the others wait and then find it done.

    Raises:
        StorageError: database_busy when another upgrade takes longer than ``lock_timeout_s``,
        database_too_new,
            migration_failed.
    """
    return _change_server(engine, HEAD, lock_timeout_s)


def upgrade(engine: Engine, now: datetime) -> Upgraded:
    """Upgrade whatever ``engine`` works on.

    The engine of a file is closed; use it again and it opens anew.
    """
    return move(engine, HEAD, now)


def downgrade(engine: Engine, revision: str, now: datetime) -> Upgraded:
    """Go back to ``revision`` (or "base"), after a copy was put aside where the database is a file.

    Raises:
        StorageError: migration_failed, also for a revision that does not exist or lies ahead.
    """
    at = current_revision(engine)
    _needs_upgrade(at)
    if revision not in _ORDER or _ORDER.index(revision) > _ORDER.index(at or BASE):
        raise StorageError("migration_failed", revision=revision, at=at)
    return move(engine, revision, now)


def move(engine: Engine, revision: str, now: datetime) -> Upgraded:
    """Take the database to ``revision``, forward or back, after a copy was put aside where it is a file.

    Raises:
        StorageError: as ``upgrade_local`` and ``upgrade_server``.
    """
    file = local_file(engine)
    if file is None:
        return _change_server(engine, revision, LOCK_TIMEOUT_S)
    engine.dispose()
    return _change_local(file, backups_beside(file.path), now, revision)


def backups_beside(path: Path) -> Path:
    """Where copies of a file go unless the caller says otherwise."""
    return path.parent / "backups"


def script_location() -> Path:
    """Folder of the migrations, in the source tree, an installed package or a frozen program."""
    frozen = getattr(sys, "_MEIPASS", None)
    return Path(frozen) / "migrations" if frozen else Path(str(files("migrations")))


def _needs_upgrade(revision: str | None) -> bool:
    if revision is not None and revision not in KNOWN_REVISIONS:
        raise StorageError("database_too_new", revision=revision, known=HEAD)
    return revision != HEAD


def _revision(connection: Connection) -> str | None:
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    return str(found[0]) if found else None


def _change_local(file: LocalFile, backups: Path, now: datetime, target: str) -> Upgraded:
    engine = open_local(file.path, file.key)
    done, copy = False, None
    try:
        before = current_revision(engine)
        _needs_upgrade(before)
        if before == _stored(target):
            done = True
            return Upgraded(before, before, None)
        engine.dispose()
        ensure_alone(file)
        if before is not None:
            stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
            copy = copy_file(file, backups / f"{file.path.stem}-{before}-{stamp}.db")
            prune_copies(backups, file.path.stem, COPIES_KEPT)
        with _failing_as_migration(), _foreign_keys_off(engine) as connection:
            _run(connection, before, target)
        engine.dispose()
        verify_file(file)
        done = True
    finally:
        engine.dispose()
        # The transaction was rolled back, so the file should be as it was; the copy makes sure of it.
        if not done and copy is not None:
            put_back(copy, file.path)
    return Upgraded(before, _stored(target), copy)


def _change_server(engine: Engine, target: str, lock_timeout_s: float) -> Upgraded:
    with _failing_as_migration(), engine.begin() as connection:
        milliseconds = str(int(lock_timeout_s * 1000))
        connection.execute(select(func.set_config("lock_timeout", milliseconds, True)))
        connection.execute(select(func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
        # Another program may have upgraded while this one waited.
        there = connection.execute(select(func.to_regclass("alembic_version"))).scalar()
        before = _revision(connection) if there else None
        _needs_upgrade(before)
        if before != _stored(target):
            _run(connection, before, target)
    return Upgraded(before, _stored(target), None)


def _stored(target: str) -> str | None:
    """What the revision's table says at ``target``."""
    return None if target == BASE else target


@contextmanager
def _foreign_keys_off(engine: Engine) -> Iterator[Connection]:
    """A write transaction in which tables may be rebuilt; checked as a whole before it commits.

    SQLite ignores the pragma inside a transaction, hence the driver's own connection.
    """
    with engine.connect() as connection:
        driver_connection = connection.connection.driver_connection
        assert driver_connection is not None
        driver_connection.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                yield connection
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                if broken:
                    raise StorageError("migration_failed", broken_references=len(broken))
        finally:
            driver_connection.execute("PRAGMA foreign_keys = ON")


@contextmanager
def _failing_as_migration() -> Iterator[None]:
    """What a database refuses during a migration is the migration's failure.

    Unless it is a plain lack of access.
    """
    from alembic.util import CommandError

    try:
        with storage_errors():
            yield
    except StorageError as error:
        if error.code in {"record_refused", "schema_differs"}:
            raise StorageError("migration_failed", **error.facts) from error
        raise
    except (SQLAlchemyError, CommandError) as error:
        raise StorageError("migration_failed") from error


def _run(connection: Connection, before: str | None, target: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(script_location()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    forward = _ORDER.index(target) > _ORDER.index(before or BASE)
    act: Callable[[Config, str], None] = command.upgrade if forward else command.downgrade
    act(config, target)
