# SPDX-License-Identifier: Apache-2.0
"""The way back from a copy: as a whole or not at all, and never over a database in use unless asked."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, text

from app.domain.errors import StorageError
from app.storage import migrate
from app.storage.backup import BackupReport, ensure_alone, file_revision, put_back, verify_file
from app.storage.engine import LocalFile, local_file, reading_options
from app.storage.errors import storage_errors
from app.storage.revisions import KNOWN_REVISIONS
from app.storage.rows.schema import SCHEMA
from app.storage.server_dump import dump_revision, load_server

# Rows that every database has from its migrations or its set-up; they do not make it "in use".
_FURNITURE = {"pages", "site_meta"}


def restore(engine: Engine, source: Path, now: datetime, *, replace: bool = False) -> BackupReport:
    """Put back what ``back_up`` wrote; an empty server gets the copy's schema first.

    The engine of a file is closed; use it again and it opens anew.

    Args:
        engine: the database to fill.
        source: the copy.
        now: aware instant.
        replace: whether a database that is in use may be overwritten.

    Raises:
        StorageError: database_too_new; restore_refused with one of the reasons source_absent,
            source_damaged, target_in_use, revision_differs.
    """
    if not source.is_file():
        raise StorageError("restore_refused", reason="source_absent", path=source)
    if not replace and in_use(engine):
        raise StorageError("restore_refused", reason="target_in_use")
    file = local_file(engine)
    if file is None:
        revision = dump_revision(source)
        _refuse_newer(revision)
        if revision is not None and migrate.current_revision(engine) is None:
            migrate.move(engine, revision, now)
        load_server(engine, source)
    else:
        copy = LocalFile(source, file.key)
        try:
            verify_file(copy)
        except StorageError as error:
            raise StorageError("restore_refused", reason="source_damaged", path=source) from error
        revision = file_revision(copy)
        _refuse_newer(revision)
        engine.dispose()
        ensure_alone(file)
        put_back(source, file.path)
    return BackupReport(source, revision, source.stat().st_size)


def in_use(engine: Engine) -> bool:
    """Whether the database holds anything but what its migrations put there."""
    for table in SCHEMA.sorted_tables:
        if table.name in _FURNITURE:
            continue
        try:
            with storage_errors(), reading_options(engine).connect() as connection:
                if connection.execute(text(f"SELECT 1 FROM {table.name} LIMIT 1")).first():  # noqa: S608
                    return True
        except StorageError as error:
            # A table of a later revision.
            if error.code != "schema_differs":
                raise
    return False


def _refuse_newer(revision: str | None) -> None:
    if revision is not None and revision not in KNOWN_REVISIONS:
        raise StorageError("database_too_new", revision=revision)
