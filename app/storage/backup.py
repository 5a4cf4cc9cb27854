# SPDX-License-Identifier: Apache-2.0
"""Copies of a database that were opened and checked.

A file is copied whole and stays encrypted with its own key. A server is written out table by table, as
PostgreSQL's own COPY text inside a ZIP: templates and strokes in it are sealed, names are not, so it
belongs in a safe place.
"""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from app.domain.errors import StorageError
from app.storage.engine import LocalFile, connect_file, local_file
from app.storage.errors import storage_errors

ALONE_TIMEOUT_MS = 2_000


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What was written or read back."""

    path: Path
    revision: str | None
    size_bytes: int


def back_up(engine: Engine, target: Path) -> BackupReport:
    """Copy the whole database to ``target``, which must not exist; what was written has been read again and
    checked.

    Raises:
        StorageError: backup_failed with a reason, or what the database could not do.
    """
    if target.exists():
        raise StorageError("backup_failed", reason="target_exists", path=target)
    file = local_file(engine)
    if file is None:
        from app.storage.server_dump import dump_server  # loads psycopg, which a file never needs

        with _file_errors(target):
            revision = dump_server(engine, target)
    else:
        copy_file(file, target)
        revision = file_revision(LocalFile(target, file.key))
    return BackupReport(target, revision, target.stat().st_size)


def copy_file(file: LocalFile, target: Path) -> Path:
    """Write a verified copy of a file, encrypted with the same key; it appears whole or not at all.

    Raises:
        StorageError: backup_failed, disk_full, database_damaged.
    """
    with _file_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = target.with_name(target.name + ".part")
        unfinished.unlink(missing_ok=True)
    try:
        with storage_errors(), closing(connect_file(file.path, file.key)) as connection:
            connection.execute("VACUUM INTO ?", (str(unfinished),))
        verify_file(LocalFile(unfinished, file.key))
        with _file_errors(target):
            _flush(unfinished)
            unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return target


def verify_file(file: LocalFile) -> None:
    """Open a file and check every page.

    Raises:
        StorageError: database_damaged, database_key_wrong.
    """
    with storage_errors(), closing(connect_file(file.path, file.key, journal=False)) as connection:
        if file.key is not None and connection.execute("PRAGMA cipher_integrity_check").fetchall():
            raise StorageError("database_damaged", path=file.path)
        if connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            raise StorageError("database_damaged", path=file.path)
        if connection.execute("PRAGMA foreign_key_check").fetchall():
            raise StorageError("database_damaged", path=file.path)


def ensure_alone(file: LocalFile) -> None:
    """Make sure that no other connection has the file open; its journal is folded into it.

    Leaving WAL needs the whole file for oneself, which is what is asked here; the next opening goes back to
    it.

    Raises:
        StorageError: database_busy.
    """
    with storage_errors(), closing(connect_file(file.path, file.key, journal=False)) as connection:
        connection.execute(f"PRAGMA busy_timeout = {ALONE_TIMEOUT_MS}")
        if connection.execute("PRAGMA journal_mode = DELETE").fetchone() != ("delete",):
            raise StorageError("database_busy")


def file_revision(file: LocalFile) -> str | None:
    """Revision of a file that was verified; None if it was never migrated."""
    with storage_errors(), closing(connect_file(file.path, file.key, journal=False)) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchall():
            return None
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else None


def put_back(copy: Path, target: Path) -> None:
    """Replace a closed database file by a copy, in one step; its journal goes with it.

    Raises:
        StorageError: backup_failed.
    """
    with _file_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        arriving = target.with_name(target.name + ".restoring")
        shutil.copyfile(copy, arriving)
        _flush(arriving)
        # The old file's journal must not be replayed into the new file.
        for suffix in ("-wal", "-shm", "-journal"):
            target.with_name(target.name + suffix).unlink(missing_ok=True)
        arriving.replace(target)


def prune_copies(folder: Path, stem: str, kept: int) -> None:
    """Remove all but the newest ``kept`` copies that upgrades of ``stem`` left in ``folder``."""
    copies = sorted(folder.glob(f"{stem}-*.db"), key=lambda path: path.stem.rsplit("-", 1)[-1])
    for path in copies[:-kept]:
        path.unlink()


class _file_errors:  # noqa: N801 - reads as the statement that it is
    """What the file system refuses, as ``backup_failed``."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, OSError):
            raise StorageError("backup_failed", reason="file_refused", path=self._path) from error


def _flush(path: Path) -> None:
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())
