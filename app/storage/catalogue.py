# SPDX-License-Identifier: Apache-2.0
"""What a database really consists of, read from its own catalogue, so that two schemas can be compared.

Alembic's comparison does not see CHECK constraints, nor expression indexes on SQLite; this one sees every
column, default, constraint and index, with names and definitions.
"""

from __future__ import annotations

import re

from sqlalchemy import Connection, Engine, create_engine, text

from app.storage.engine import reading_options
from app.storage.errors import storage_errors
from app.storage.rows.schema import SCHEMA

VERSION_TABLE = "alembic_version"
FUNCTIONS = ("cleanup_expired_enrollments", "complete_enrollment", "get_enrollment_progress")
_SCRATCH = "schema_of_the_program"

Catalogue = dict[str, str]


def differences(engine: Engine) -> list[str]:
    """How the database differs from the program's models, one line each; empty when it does not."""
    with storage_errors():
        if engine.dialect.name == "postgresql":
            return _differences_postgresql(engine)
        with reading_options(engine).connect() as connection:
            found = read_sqlite(connection)
        model = create_engine("sqlite://")
        with model.connect() as connection:
            SCHEMA.create_all(connection)
            expected = read_sqlite(connection)
        model.dispose()
        return compare(expected, found)


def compare(expected: Catalogue, found: Catalogue) -> list[str]:
    """Lines that tell what is missing, unknown or otherwise."""
    lines = []
    for name in sorted(expected.keys() | found.keys()):
        if name not in found:
            lines.append(f"{name} is missing: {expected[name]}")
        elif name not in expected:
            lines.append(f"{name} is unknown: {found[name]}")
        elif expected[name] != found[name]:
            lines.append(f"{name} is {found[name]} instead of {expected[name]}")
    return lines


def read_sqlite(connection: Connection) -> Catalogue:
    """The schema of a SQLite or SQLCipher file."""
    entries: Catalogue = {}
    masters = connection.exec_driver_sql(
        "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' "
        "AND tbl_name <> 'alembic_version'"
    ).all()
    definitions = {name: sql or "" for _, name, sql in masters}
    for kind, table, sql in masters:
        if kind == "table":
            _sqlite_columns(connection, table, entries)
            _sqlite_keys_and_indexes(connection, table, definitions, entries)
            entries.update(_sqlite_constraints(table, sql))
        elif kind in {"view", "trigger"}:
            entries[f"{kind} {table}"] = _squeezed(sql)
    return entries


def _sqlite_columns(connection: Connection, table: str, entries: Catalogue) -> None:
    for _, name, kind, required, default, key, _ in connection.exec_driver_sql(
        f"PRAGMA table_xinfo({table})"
    ):
        nullable = "" if required else " null"
        entries[f"column {table}.{name}"] = f"{kind}{nullable} default={default} key={key}"


def _sqlite_keys_and_indexes(
    connection: Connection, table: str, definitions: dict[str, str], entries: Catalogue
) -> None:
    keys: dict[int, list[str]] = {}
    for number, _, parent, column, target, on_update, on_delete, _ in connection.exec_driver_sql(
        f"PRAGMA foreign_key_list({table})"
    ):
        keys.setdefault(number, []).append(f"{column}->{parent}.{target} {on_update}/{on_delete}")
    for key in keys.values():
        entries[f"foreign key {table} {' '.join(key)}"] = "present"
    for _, name, unique, origin, partial in connection.exec_driver_sql(f"PRAGMA index_list({table})").all():
        columns = ",".join(
            str(row[2]) for row in connection.exec_driver_sql(f"PRAGMA index_xinfo({name})") if row[5]
        )
        if origin == "c":
            where = _squeezed(definitions[name].partition(" WHERE ")[2]) if partial else ""
            entries[f"index {name}"] = f"{table}({columns}) unique={unique} {where}"
        else:
            entries[f"unique {table}({columns})"] = f"origin={origin}"


def _sqlite_constraints(table: str, sql: str) -> Catalogue:
    """Named constraints from the table's text, the only place where SQLite keeps CHECKs and names."""
    found: Catalogue = {}
    for match in re.finditer(r'CONSTRAINT\s+"?(\w+)"?\s+(CHECK|UNIQUE|PRIMARY KEY|FOREIGN KEY)\s*\(', sql):
        depth, end = 1, match.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(sql[end], 0)
            end += 1
        found[f"constraint {table}.{match[1]}"] = f"{match[2]} {_squeezed(sql[match.end() : end - 1])}"
    return found


def _squeezed(sql: str) -> str:
    return re.sub(r"\s+", " ", sql.replace('"', "")).strip()


_PG_COLUMNS = text("""
    SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
           pg_get_expr(d.adbin, d.adrelid)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE n.nspname = :schema AND c.relkind = 'r' AND c.relname <> 'alembic_version'
""")
_PG_CONSTRAINTS = text("""
    SELECT c.relname, o.conname, pg_get_constraintdef(o.oid)
    FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = :schema AND c.relname <> 'alembic_version'
""")
_PG_INDEXES = text("""
    SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = :schema AND tablename <> 'alembic_version'
""")
_PG_FUNCTIONS = text("""
    SELECT p.proname, pg_get_function_identity_arguments(p.oid) FROM pg_proc p
    JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = :schema
""")


def read_postgresql(connection: Connection, schema: str) -> Catalogue:
    """The schema of a PostgreSQL database, without its functions."""
    entries: Catalogue = {}
    names = {"schema": schema}
    for table, column, kind, required, default in connection.execute(_PG_COLUMNS, names):
        nullable = "" if required else " null"
        plain = None if default is None else default.replace(f"{schema}.", "")
        entries[f"column {table}.{column}"] = f"{kind}{nullable} default={plain}"
    for table, name, definition in connection.execute(_PG_CONSTRAINTS, names):
        entries[f"constraint {table}.{name}"] = definition.replace(f"{schema}.", "")
    for name, definition in connection.execute(_PG_INDEXES, names):
        entries[f"index {name}"] = definition.replace(f" ON {schema}.", " ON ")
    return entries


def functions(connection: Connection, schema: str = "public") -> dict[str, str]:
    """Names of the stored functions of a PostgreSQL schema with their arguments."""
    return {row[0]: row[1] for row in connection.execute(_PG_FUNCTIONS, {"schema": schema})}


def _differences_postgresql(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        found = read_postgresql(connection, "public")
        missing = [f"function {name} is missing" for name in FUNCTIONS if name not in functions(connection)]
        # The models are built beside the data and rolled back with the transaction.
        connection.execute(text(f"CREATE SCHEMA {_SCRATCH}"))
        connection.execute(text(f"SET LOCAL search_path TO {_SCRATCH}"))
        SCHEMA.create_all(connection, checkfirst=False)
        expected = read_postgresql(connection, _SCRATCH)
        connection.rollback()
    return compare(expected, found) + missing
