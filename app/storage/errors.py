# SPDX-License-Identifier: Apache-2.0
"""The door of the storage room: what the databases raise goes in, our errors come out.

Whatever is not named here is a mistake in our SQL and propagates as it is.
"""

from __future__ import annotations

import re
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import sqlcipher3.dbapi2
from sqlalchemy.exc import DBAPIError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm.exc import StaleDataError

from app.domain.errors import AppError, OperatorError, StorageError
from app.storage.rows.schema import SCHEMA

SQLITE_ERRORS = (sqlite3.Error, sqlcipher3.dbapi2.Error)

# https://www.sqlite.org/rescode.html; the low byte of an extended code is its primary code.
_SQLITE_CODES = {
    5: "database_busy",
    6: "database_busy",
    8: "database_read_only",
    10: "database_unavailable",
    11: "database_damaged",
    13: "disk_full",
    14: "database_unavailable",
    26: "database_key_wrong",
}
_SQLITE_CONSTRAINT = 19

# https://www.postgresql.org/docs/15/errcodes-appendix.html; the longest prefix wins.
_POSTGRESQL_STATES = {
    "08": "database_unavailable",
    "23": "record_refused",
    "25006": "database_read_only",
    "28": "database_unavailable",
    "3D000": "database_unavailable",
    "40001": "database_busy",
    "40P01": "database_busy",
    "42501": "database_read_only",
    "42703": "schema_differs",
    "42P01": "schema_differs",
    "53100": "disk_full",
    "53": "database_unavailable",
    "55P03": "database_busy",
    "57014": "database_busy",
    "57P": "database_unavailable",
    "58": "database_damaged",
    "XX001": "database_damaged",
    "XX002": "database_damaged",
}


@contextmanager
def storage_errors() -> Iterator[None]:
    """Turn database errors into ``StorageError``, a lost race into ``OperatorError("record_changed")``."""
    try:
        yield
    except StaleDataError as error:
        raise OperatorError("record_changed") from error
    except PendingRollbackError:
        raise
    except PoolTimeoutError as error:
        raise StorageError("database_busy") from error
    except DBAPIError as error:
        known = _from_driver(error.orig)
        if known is None:
            raise
        raise known from error
    except Exception as error:
        known = _from_driver(error)
        if known is None:
            raise
        raise known from error


def _from_driver(error: BaseException | None) -> AppError | None:
    if isinstance(error, SQLITE_ERRORS):
        return _from_sqlite(error)
    if "psycopg" in sys.modules:  # a station on its own file never loads it
        return _from_postgresql(error)
    return None


def _from_sqlite(error: BaseException) -> AppError | None:
    code = int(getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF
    message = str(error)
    if code == _SQLITE_CONSTRAINT:
        return StorageError("record_refused", constraint=_sqlite_constraint(message))
    if message.startswith(("no such table", "no such column")) or "has no column named" in message:
        return StorageError("schema_differs")
    if code in _SQLITE_CODES:
        return StorageError(_SQLITE_CODES[code])
    return None


def _from_postgresql(error: BaseException | None) -> AppError | None:
    import psycopg

    if not isinstance(error, psycopg.Error):
        return None
    state = error.sqlstate
    if state is None:
        # Raised by the client: the server cannot be reached, or the connection broke.
        return StorageError("database_unavailable") if isinstance(error, psycopg.OperationalError) else None
    for length in (5, 3, 2):
        code = _POSTGRESQL_STATES.get(state[:length])
        if code == "record_refused":
            return StorageError(code, constraint=error.diag.constraint_name or state)
        if code is not None:
            return StorageError(code, state=state)
    return None


def _sqlite_constraint(message: str) -> str:
    """Name of the constraint SQLite complains about; for a unique one it gives only the columns."""
    check = re.match(r"CHECK constraint failed: (\w+)", message)
    if check:
        return check[1]
    unique = re.match(r"UNIQUE constraint failed: (.+)", message)
    if not unique:
        return message.partition(":")[0].lower().replace(" ", "_")
    names = [part.strip().split(".") for part in unique[1].split(",")]
    table = SCHEMA.tables.get(names[0][0])
    columns = [name[-1] for name in names]
    if table is None:
        return ",".join(columns)
    for index in table.indexes:
        if index.unique and [column.name for column in index.columns] == columns:
            return str(index.name)
    return f"uq_{table.name}_{'_'.join(columns)}" if columns != ["id"] else f"pk_{table.name}"
