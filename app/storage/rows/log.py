# SPDX-License-Identifier: Apache-2.0
"""The log of operations, from which stations and server bring each other up to date."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Integer, LargeBinary, String, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.rows.base import Base

Counter = BigInteger().with_variant(Integer(), "sqlite")


class OpLogRow(Base):
    """An operation as it was applied here, for whoever has not seen it.

    Writers stand in line for ``seq`` until they commit, so no number can appear before one already read.
    """

    __tablename__ = "op_log"

    seq: Mapped[int] = mapped_column(Counter, primary_key=True, autoincrement=True)
    op_uid: Mapped[UUID] = mapped_column(Uuid, unique=True)
    aggregate_uid: Mapped[UUID] = mapped_column(Uuid, index=True)
    kind: Mapped[str] = mapped_column(String(60))
    document: Mapped[bytes | None] = mapped_column(LargeBinary)  # deflated text; None once it was forgotten
    origin_uid: Mapped[UUID | None] = mapped_column(Uuid, index=True)  # the station that made it
    logged_at: Mapped[datetime]


class OutboxRow(Base):
    """An operation of this station that the server has not confirmed. ``problem``: why it was refused."""

    __tablename__ = "outbox"

    op_uid: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    seq: Mapped[int] = mapped_column(Counter, index=True)  # its place in ``op_log``
    aggregate_uid: Mapped[UUID] = mapped_column(Uuid, index=True)
    kind: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    next_attempt_at: Mapped[datetime | None]
    problem: Mapped[str | None] = mapped_column(String(60))
    facts: Mapped[dict[str, Any] | None]


class InboxRow(Base):
    """An operation of another station that could not be applied here yet."""

    __tablename__ = "inbox"

    op_uid: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    position: Mapped[int] = mapped_column(Counter, index=True)  # order in which they were received
    aggregate_uid: Mapped[UUID] = mapped_column(Uuid, index=True)
    kind: Mapped[str] = mapped_column(String(60))
    document: Mapped[bytes] = mapped_column(LargeBinary)
    origin_uid: Mapped[UUID | None] = mapped_column(Uuid)
    received_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    next_attempt_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(String(60))
    facts: Mapped[dict[str, Any] | None]
