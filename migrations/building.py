# SPDX-License-Identifier: Apache-2.0
"""Frozen building blocks of the migrations.

A migration that was released must do tomorrow what it does today, so nothing in this file may change its
meaning; add beside it instead.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

Instant = sa.DateTime(timezone=True)
Json = sa.JSON().with_variant(JSONB(), "postgresql")


def on_postgresql() -> bool:
    """Whether the migration runs on PostgreSQL; SQLite otherwise."""
    return op.get_bind().dialect.name == "postgresql"


def identity() -> list[sa.Column[Any]]:
    """Integer key of the documents, uid of the operations."""
    return [
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("uid", sa.Uuid, nullable=False, unique=True),
    ]


def dated() -> list[sa.Column[Any]]:
    """When a row was made and last changed."""
    return [
        instant("created_at", now=True),
        instant("updated_at", now=True, nullable=True),
    ]


def instant(name: str, *, now: bool = False, nullable: bool = False) -> sa.Column[Any]:
    """A time, by default of the database's clock if ``now``."""
    return sa.Column(name, Instant, nullable=nullable, server_default=sa.func.now() if now else None)


def text(
    name: str, length: int | None = None, *, nullable: bool = False, default: str | None = None
) -> sa.Column[Any]:
    """A text; VARCHAR with a length, TEXT without."""
    return sa.Column(
        name,
        sa.String(length) if length else sa.Text(),
        nullable=nullable,
        server_default=None if default is None else sa.text(f"'{default}'"),
    )


def number(name: str, *, nullable: bool = False, default: str | None = None) -> sa.Column[Any]:
    """An integer; ``default`` is SQL."""
    return sa.Column(
        name, sa.Integer, nullable=nullable, server_default=None if default is None else sa.text(default)
    )


def flag(name: str, default: str | None) -> sa.Column[Any]:
    """A boolean; ``default`` is ``true``, ``false`` or None."""
    return sa.Column(
        name, sa.Boolean, nullable=False, server_default=None if default is None else sa.text(default)
    )


def json(name: str, *, nullable: bool = True) -> sa.Column[Any]:
    """A JSON document, JSONB on PostgreSQL."""
    return sa.Column(name, Json, nullable=nullable)


def ref(
    name: str, target: str, *, nullable: bool = False, cascade: bool = False, unique: bool = False
) -> sa.Column[Any]:
    """A foreign key to ``target``'s id."""
    return sa.Column(
        name,
        sa.Integer,
        sa.ForeignKey(f"{target}.id", ondelete="CASCADE" if cascade else None),
        nullable=nullable,
        unique=unique or None,
    )


def one_of(column: str, values: Iterable[str]) -> sa.CheckConstraint:
    """CHECK that a text column holds one of ``values``."""
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=column)


def between(column: str, low: int, high: int) -> sa.CheckConstraint:
    """CHECK of a range, both ends included."""
    return sa.CheckConstraint(f"{column} BETWEEN {low} AND {high}", name=column)
