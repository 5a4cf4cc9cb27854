# SPDX-License-Identifier: Apache-2.0
"""The books of the exchange with a server: what goes out, what comes in, how far this station has read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, delete, func, insert, literal, select, update
from sqlalchemy.orm import Session

from app.domain.delivery import Direction, HeldOperation
from app.storage.rows.ledger import SiteMetaRow
from app.storage.rows.log import InboxRow, OpLogRow, OutboxRow

DATABASE_UID = "database.uid"
SERVER_UID = "delivery.server"
CURSOR = "delivery.cursor"


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last operation of the server that this station has read; ``seq`` 0 before the first."""

    seq: int = 0
    op_uid: UUID | None = None

    @classmethod
    def parsed(cls, text: str | None) -> Cursor:
        """What ``str`` made of it; the beginning for None."""
        if not text:
            return cls()
        seq, _, op_uid = text.partition(":")
        return cls(int(seq), UUID(op_uid))

    def __str__(self) -> str:
        return f"{self.seq}:{self.op_uid}"


@dataclass(frozen=True, slots=True)
class Packed:
    """An operation as it lies in a log. ``document`` is None where there is nothing to apply."""

    op_uid: UUID
    aggregate_uid: UUID
    kind: str
    document: bytes | None = field(repr=False)
    attempts: int = 0
    origin_uid: UUID | None = None
    cursor: Cursor = Cursor()


@dataclass(frozen=True, slots=True)
class Counts:
    """How much waits."""

    waiting: int
    refused: int
    unread: int
    oldest_waiting_at: datetime | None


def fact(session: Session, key: str) -> str | None:
    """A fact about this database, None where it was never written."""
    return session.scalar(select(SiteMetaRow.value).where(SiteMetaRow.key == key))


def keep_fact(session: Session, key: str, value: str) -> None:
    """Write or replace a fact."""
    row = session.get(SiteMetaRow, key)
    if row is None:
        session.add(SiteMetaRow(key=key, value=value))
    else:
        row.value = value


def outgoing(session: Session, now: datetime, limit: int) -> list[Packed]:
    """What may be sent now, oldest first; nothing that stands behind a refused operation of its aggregate."""
    held = select(OutboxRow.aggregate_uid).where(OutboxRow.next_attempt_at > now)
    query = (
        select(OutboxRow, OpLogRow.document)
        .join(OpLogRow, OpLogRow.op_uid == OutboxRow.op_uid)
        .where(OutboxRow.aggregate_uid.not_in(held))
        .order_by(OutboxRow.seq)
        .limit(limit)
    )
    return [
        Packed(row.op_uid, row.aggregate_uid, row.kind, document, row.attempts)
        for row, document in session.execute(query)
    ]


def confirm(session: Session, op_uids: Sequence[UUID]) -> None:
    """The server has these for good."""
    session.execute(delete(OutboxRow).where(OutboxRow.op_uid.in_(op_uids)))


def refuse(session: Session, op_uid: UUID, problem: str, facts: dict[str, Any], again_at: datetime) -> None:
    """The server refused an operation; it stays, and is tried again."""
    session.execute(
        update(OutboxRow)
        .where(OutboxRow.op_uid == op_uid)
        .values(problem=problem, facts=facts, attempts=OutboxRow.attempts + 1, next_attempt_at=again_at)
    )


def lay_out(session: Session, station_uid: UUID) -> int:
    """Lay everything that this station ever wrote into the outbox; how much was not there yet."""
    there = select(OutboxRow.op_uid)
    own = select(
        OpLogRow.op_uid, OpLogRow.seq, OpLogRow.aggregate_uid, OpLogRow.kind, OpLogRow.logged_at, literal(0)
    ).where(OpLogRow.origin_uid == station_uid, OpLogRow.document.is_not(None), OpLogRow.op_uid.not_in(there))
    columns = ["op_uid", "seq", "aggregate_uid", "kind", "made_at", "attempts"]
    laid = insert(OutboxRow).from_select(columns, own).returning(OutboxRow.op_uid)
    return len(session.execute(laid).all())


def published(session: Session, after: Cursor, reader_uid: UUID, limit: int) -> list[Packed]:
    """The server's operations behind ``after``; what the reader made itself comes without its document."""
    own = OpLogRow.origin_uid == reader_uid
    query = (
        select(
            OpLogRow.seq,
            OpLogRow.op_uid,
            OpLogRow.aggregate_uid,
            OpLogRow.kind,
            OpLogRow.origin_uid,
            case((own, None), else_=OpLogRow.document),
        )
        .where(OpLogRow.seq > after.seq)
        .order_by(OpLogRow.seq)
        .limit(limit)
    )
    return [
        Packed(op_uid, aggregate_uid, kind, document, 0, origin_uid, Cursor(seq, op_uid))
        for seq, op_uid, aggregate_uid, kind, origin_uid, document in session.execute(query)
    ]


def holds(session: Session, cursor: Cursor) -> bool:
    """Whether the server still has what was read last: not if it was put back from an older copy."""
    query = select(OpLogRow.op_uid).where(OpLogRow.seq == cursor.seq)
    return cursor.seq == 0 or session.scalar(query) == cursor.op_uid


def put_by(
    session: Session, op: Packed, now: datetime, problem: str, facts: dict[str, Any], again_at: datetime
) -> None:
    """Keep a received operation that could not be applied, with the reason."""
    row = session.get(InboxRow, op.op_uid)
    if row is None:
        last = session.scalar(select(func.max(InboxRow.position))) or 0
        row = InboxRow(
            op_uid=op.op_uid,
            position=last + 1,
            aggregate_uid=op.aggregate_uid,
            kind=op.kind,
            document=op.document or b"",
            origin_uid=op.origin_uid,
            received_at=now,
            attempts=0,
        )
        session.add(row)
    row.attempts += 1
    row.problem, row.facts, row.next_attempt_at = problem, facts, again_at


def put_by_due(session: Session, now: datetime) -> list[Packed]:
    """What was put by and is to be tried again, in the order in which it came."""
    query = select(InboxRow).where(InboxRow.next_attempt_at <= now).order_by(InboxRow.position)
    return [
        Packed(row.op_uid, row.aggregate_uid, row.kind, row.document, row.attempts, row.origin_uid)
        for row in session.scalars(query)
    ]


def aggregates_put_by(session: Session) -> set[UUID]:
    """Whose operations wait in the inbox: later ones of the same have to stand behind them."""
    return set(session.scalars(select(InboxRow.aggregate_uid)))


def take_in(session: Session, op_uid: UUID) -> None:
    """An operation of the inbox was applied."""
    session.execute(delete(InboxRow).where(InboxRow.op_uid == op_uid))


def try_again(session: Session, op_uid: UUID | None) -> int:
    """Make held operations due at once, one or all; how many."""
    long_ago = datetime.fromtimestamp(0, tz=UTC)
    due = 0
    for row_type in (OutboxRow, InboxRow):
        change = (
            update(row_type).where(row_type.next_attempt_at.is_not(None)).values(next_attempt_at=long_ago)
        )
        if op_uid is not None:
            change = change.where(row_type.op_uid == op_uid)
        due += len(session.execute(change.returning(row_type.op_uid)).all())
    return due


def held(session: Session) -> list[HeldOperation]:
    """Everything that was refused, there or here, oldest first."""
    out = session.scalars(select(OutboxRow).where(OutboxRow.problem.is_not(None)).order_by(OutboxRow.seq))
    listed = [_held(row, Direction.OUT, row.made_at) for row in out]
    return listed + [
        _held(row, Direction.IN, row.received_at)
        for row in session.scalars(select(InboxRow).order_by(InboxRow.position))
    ]


def _held(row: OutboxRow | InboxRow, direction: Direction, at: datetime) -> HeldOperation:
    return HeldOperation(
        row.op_uid,
        direction,
        row.kind,
        at,
        row.problem or "",
        dict(row.facts or {}),
        row.attempts,
        row.next_attempt_at,
    )


def counts(session: Session) -> Counts:
    """How much waits, and since when."""
    waiting, refused, oldest = session.execute(
        select(func.count(), func.count(OutboxRow.problem), func.min(OutboxRow.made_at))
    ).one()
    unread = session.scalar(select(func.count()).select_from(InboxRow)) or 0
    return Counts(waiting, refused, unread, oldest)
