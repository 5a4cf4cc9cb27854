# SPDX-License-Identifier: Apache-2.0
"""What all mapped tables share: constraint names, types that mean the same on both databases, columns.

The five source documents name some tables, columns and indexes; those names are kept to the letter.
Everything else follows the naming convention below, so that migrations can drop it by name on both databases.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    DateTime,
    Dialect,
    Integer,
    MetaData,
    TypeDecorator,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# None means SQL NULL, not the JSON word null: "no value" has one form.
Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class UTCDateTime(TypeDecorator[datetime]):
    """An instant: aware in, aware UTC out. SQLite keeps it as naive UTC, PostgreSQL as timestamptz.

    Raises:
        ValueError: for a naive datetime; which instant it means is unknown.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class two_hours_from_now(FunctionElement[datetime]):  # noqa: N801 - reads as the SQL function that it stands for
    """Default of ``temp_enrollments.expires_at`` (source document 2: two hours)."""

    type = UTCDateTime()
    inherit_cache = True


@compiles(two_hours_from_now, "sqlite")
def _two_hours_sqlite(element: two_hours_from_now, compiler: SQLCompiler, **kw: Any) -> str:
    return "(datetime('now', '+2 hours'))"


@compiles(two_hours_from_now, "postgresql")
def _two_hours_postgresql(element: two_hours_from_now, compiler: SQLCompiler, **kw: Any) -> str:
    return "(now() + '02:00:00'::interval)"


class Base(DeclarativeBase):
    """Root of every mapped table."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own declaration
        datetime: UTCDateTime(),
        UUID: Uuid(),
        dict[str, Any]: Json,
        list[str]: Json,
    }


class Identity:
    """Integer key of the source documents, and the uid by which stations and operations speak of the row."""

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True, sort_order=-20)
    uid: Mapped[UUID] = mapped_column(Uuid, unique=True, sort_order=-19)


class Dated:
    """When the row was made and last changed. The defaults are a net.

    Applying functions set the operation's instant.
    """

    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), sort_order=90)
    updated_at: Mapped[datetime | None] = mapped_column(
        server_default=func.now(), onupdate=func.now(), sort_order=91
    )


class SoftDeleted:
    """Rows that are hidden, not removed (source document 1)."""

    is_deleted: Mapped[bool] = mapped_column(server_default=text("false"), default=False, sort_order=92)


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """CHECK that a text column holds one of the documents' values; named after the column."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def version_column() -> Mapped[int]:
    """Counter for optimistic locking; the mapper raises it and compares it on every update."""
    return mapped_column(Integer, server_default=text("'1'"), nullable=False, sort_order=93)
