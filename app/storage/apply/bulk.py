# SPDX-License-Identifier: Apache-2.0
"""Writes many new rows of one table with the driver's own ``executemany``.

A roster has tens of thousands of rows. Through the mapper every one of them passes through four layers of
Python, which takes several times as long as the encrypted file itself needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Column, Dialect, Table
from sqlalchemy.orm import Session

from app.storage.rows.base import Base


def _processor(column: Column[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """What turns a value of the column into what the driver is given for it; None where that is the same."""
    return column.type.dialect_impl(dialect).bind_processor(dialect)


def as_stored(session: Session, column: Column[Any], value: object) -> object:
    """A value as the driver is given it."""
    processor = _processor(column, session.connection().dialect)
    return value if processor is None else processor(value)


def insert_rows(
    session: Session,
    row_type: type[Base],
    same: Mapping[str, object],
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
) -> None:
    """Insert rows; columns that are not named get the table's own defaults.

    Args:
        same: values that all rows share, by column.
        columns: the other columns.
        rows: their values, in that order.
    """
    connection = session.connection()
    dialect = connection.dialect
    table = cast(Table, row_type.__table__)
    names = [*columns, *same]
    processors = [_processor(table.c[name], dialect) for name in columns]
    turned = [(place, turn) for place, turn in enumerate(processors) if turn is not None]
    shared = tuple(as_stored(session, table.c[name], value) for name, value in same.items())
    given: list[tuple[object, ...]] = []
    for row in rows:
        values = list(row)
        for place, turn in turned:
            values[place] = turn(values[place])
        given.append((*values, *shared))
    if not given:
        return
    mark = "?" if dialect.paramstyle == "qmark" else "%s"
    listed = ", ".join(map(dialect.identifier_preparer.quote, names))
    marks = ", ".join([mark] * len(names))
    target = dialect.identifier_preparer.format_table(table)
    connection.exec_driver_sql(f"INSERT INTO {target} ({listed}) VALUES ({marks})", given)  # noqa: S608
