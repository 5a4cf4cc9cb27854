# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL database in one ZIP and back: no program of the server's is needed, only a connection.

The ZIP holds ``manifest.json`` (format, revision, tables with columns, row counts and digests) and one
member per table in the text format of COPY (PostgreSQL manual, COPY, "Text Format").
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Engine, inspect, text

from app.domain.errors import StorageError
from app.storage.errors import storage_errors

FORMAT = "enrollment-station-dump-1"
_CHUNK = 1 << 20
#: Columns that count by themselves.
COUNTERS = frozenset({"id", "seq"})


def dump_server(engine: Engine, target: Path) -> str | None:
    """Write every table as of one instant; the revision of the schema is returned."""
    unfinished = target.with_name(target.name + ".part")
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(unfinished, os.O_CREAT | os.O_TRUNC | os.O_RDWR, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            with (
                zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive,
                _one_view(engine) as connection,
            ):
                revision = _write(archive, connection)
            stream.flush()
            os.fsync(stream.fileno())
        _checked_manifest(unfinished)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return revision


def dump_revision(source: Path) -> str | None:
    """Revision of the schema that a dump was made of.

    Raises:
        StorageError: restore_refused with reason source_damaged.
    """
    revision = _checked_manifest(source)["revision"]
    return None if revision is None else str(revision)


def load_server(engine: Engine, source: Path) -> None:
    """Fill the database from a dump; all of it or, if anything is refused, nothing.

    Raises:
        StorageError: restore_refused with reason source_damaged or revision_differs.
    """
    manifest = _checked_manifest(source)
    with storage_errors(), zipfile.ZipFile(source) as archive, engine.begin() as connection:
        if _revision(connection) != manifest["revision"]:
            raise StorageError("restore_refused", reason="revision_differs", revision=manifest["revision"])
        raw = _raw(connection)
        tables = _tables(connection)
        names = sql.SQL(", ").join(sql.Identifier(name) for name in tables)
        raw.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY").format(names))
        for name in tables:
            columns = sql.SQL(", ").join(
                sql.Identifier(column) for column in manifest["tables"][name]["columns"]
            )
            statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(name), columns)
            with (
                archive.open(_member(name)) as stream,
                raw.cursor() as cursor,
                cursor.copy(statement) as copy,
            ):
                while chunk := stream.read(_CHUNK):
                    copy.write(chunk)
            for counter in COUNTERS.intersection(manifest["tables"][name]["columns"]):
                _count_on(raw, name, counter)


def _count_on(raw: Any, table: str, column: str) -> None:
    """Let the table's counter go on behind the rows that were put back; a plain number has none."""
    raw.execute(
        sql.SQL(
            "SELECT setval(counter, coalesce((SELECT max({column}) FROM {table}), 1),"
            " EXISTS (SELECT 1 FROM {table})) FROM pg_get_serial_sequence({name}, {text}) AS counter"
            " WHERE counter IS NOT NULL"
        ).format(
            column=sql.Identifier(column),
            table=sql.Identifier(table),
            name=sql.Literal(table),
            text=sql.Literal(column),
        )
    )


def _write(archive: zipfile.ZipFile, connection: Connection) -> str | None:
    revision = _revision(connection)
    tables: dict[str, dict[str, Any]] = {}
    raw = _raw(connection)
    for name in _tables(connection):
        columns = [column["name"] for column in inspect(connection).get_columns(name)]
        digest = hashlib.sha256()
        rows = 0
        statement = sql.SQL("COPY {} ({}) TO STDOUT").format(
            sql.Identifier(name), sql.SQL(", ").join(sql.Identifier(column) for column in columns)
        )
        with archive.open(_member(name), "w", force_zip64=True) as stream, raw.cursor() as cursor:
            with cursor.copy(statement) as copy:
                for chunk in copy:
                    stream.write(chunk)
                    digest.update(chunk)
            rows = cursor.rowcount
        tables[name] = {"columns": columns, "rows": rows, "sha256": digest.hexdigest()}
    manifest = {"format": FORMAT, "revision": revision, "tables": tables}
    archive.writestr("manifest.json", json.dumps(manifest, indent=1, sort_keys=True))
    return revision


def _checked_manifest(path: Path) -> dict[str, Any]:
    """The manifest of a dump whose members are all there and have their digests."""
    try:
        with zipfile.ZipFile(path) as archive:
            manifest: dict[str, Any] = json.loads(archive.read("manifest.json"))
            intact = manifest["format"] == FORMAT
            for name, table in manifest["tables"].items():
                digest = hashlib.sha256()
                with archive.open(_member(name)) as stream:
                    while chunk := stream.read(_CHUNK):
                        digest.update(chunk)
                intact = intact and digest.hexdigest() == table["sha256"]
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, TypeError, ValueError) as error:
        raise StorageError("restore_refused", reason="source_damaged", path=path) from error
    if not intact:
        raise StorageError("restore_refused", reason="source_damaged", path=path)
    return manifest


@contextmanager
def _one_view(engine: Engine) -> Iterator[Connection]:
    options = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with storage_errors(), options.connect() as connection:
        yield connection


def _tables(connection: Connection) -> list[str]:
    """All tables but the revision's, parents before children."""
    ordered = [name for name, _ in inspect(connection).get_sorted_table_and_fkc_names() if name]
    return [name for name in ordered if name != "alembic_version"]


def _revision(connection: Connection) -> str | None:
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    return str(found[0]) if found else None


def _raw(connection: Connection) -> psycopg.Connection[Any]:
    raw = connection.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)
    return raw


def _member(table: str) -> str:
    return f"tables/{table}.copy"
