# SPDX-License-Identifier: Apache-2.0
"""The one way to write to and read from a database: an operation per transaction, each applied once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import Engine, Insert, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.domain.errors import StorageError
from app.domain.operations import Operation
from app.storage.apply.applier import Applier
from app.storage.apply.registry import appliers
from app.storage.engine import reading_options
from app.storage.errors import storage_errors
from app.storage.op_codec import encode, pack, text_sha256
from app.storage.rows.ledger import AppliedOpRow
from app.storage.rows.log import OpLogRow, OutboxRow

# PostgreSQL ends one of two transactions that wait for each other; that one has only to try again.
LOST_RACES = frozenset({"40001", "40P01"})
RACES = 4
LOG_LOCK = 3676556564  # "enroll-log" on a telephone's keys, cut: any number that all programs share


class Store:
    """A database in use.

    Args:
        engine: from ``app.storage.engine``, at the schema's head.
        known: functions by kind of operation; all features' unless a test says otherwise.
        station_uid: the station whose operators write here; None for a command at a server.
        outgoing: whether what is written here is also laid into the outbox, for a server.
    """

    def __init__(
        self,
        engine: Engine,
        known: Mapping[str, Applier] | None = None,
        *,
        station_uid: UUID | None = None,
        outgoing: bool = False,
    ) -> None:
        self._writing = engine
        self._reading = reading_options(engine)
        self._appliers = dict(appliers() if known is None else known)
        self._station_uid = station_uid
        self._outgoing = outgoing

    def apply(self, op: Operation) -> dict[str, Any]:
        """Write ``op`` in one transaction, or find that it was written before. What it returns is durable.

        Returns:
            What the applying function answered, as JSON values; the same answer for a replay.

        Raises:
            OperatorError: the function refused; record_changed when someone else was faster.
            StorageError: operation_mismatch for an unknown kind or another content under a known ``op_uid``;
                else what the database could not do.
        """
        return self._apply(op, self._station_uid, outgoing=self._outgoing)

    def receive(self, op: Operation, origin_uid: UUID | None) -> dict[str, Any]:
        """Write an operation that was made elsewhere, at the station ``origin_uid``; as ``apply``."""
        return self._apply(op, origin_uid, outgoing=False)

    def _apply(self, op: Operation, origin_uid: UUID | None, *, outgoing: bool) -> dict[str, Any]:
        applier = self._appliers.get(op.kind)
        if applier is None:
            raise StorageError("operation_mismatch", kind=op.kind)
        text = encode(op)
        for _ in range(RACES):
            try:
                return self._apply_once(op, applier, text, origin_uid, outgoing=outgoing)
            except StorageError as error:
                if error.facts.get("state") not in LOST_RACES:
                    raise
        return self._apply_once(op, applier, text, origin_uid, outgoing=outgoing)

    def _apply_once(
        self, op: Operation, applier: Applier, text: str, origin_uid: UUID | None, *, outgoing: bool
    ) -> dict[str, Any]:
        digest = text_sha256(text)
        with storage_errors(), Session(self._writing) as session, session.begin():
            # First the ledger: on PostgreSQL a second writer of the same operation waits here for the first.
            claim = session.execute(self._claim(op, digest))
            if claim.scalar() is None:
                return self._earlier_answer(session, op, digest)
            answer: dict[str, Any] = to_jsonable_python(dict(applier(session, op)))
            session.flush()
            session.execute(
                update(AppliedOpRow).where(AppliedOpRow.op_uid == op.op_uid).values(result=answer)
            )
            if op.payload.shared:
                _log(session, op, text, origin_uid, outgoing=outgoing)
            return answer

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A read-only transaction with one view of the data; rows must not leave it."""
        with storage_errors(), Session(self._reading, autoflush=False) as session:
            yield session

    @contextmanager
    def books(self) -> Iterator[Session]:
        """A write transaction for the storage room's own books; what operators do goes through ``apply``."""
        with storage_errors(), Session(self._writing) as session, session.begin():
            yield session

    def close(self) -> None:
        """Give back every connection; a later call opens new ones."""
        self._writing.dispose()

    def ping(self) -> None:
        """Ask the database for a sign of life.

        Raises:
            StorageError: why there is none.
        """
        with self.reading() as session:
            session.execute(select(1))

    def _claim(self, op: Operation, digest: str) -> Insert:
        insert = postgresql.insert if self._writing.dialect.name == "postgresql" else sqlite.insert
        values = {
            "op_uid": op.op_uid,
            "kind": op.kind,
            "payload_sha256": digest,
            "result": {},
            "applied_at": op.made_at,
        }
        claim: Any = insert(AppliedOpRow).values(values).on_conflict_do_nothing(index_elements=["op_uid"])
        claimed: Insert = claim.returning(AppliedOpRow.op_uid)
        return claimed

    @staticmethod
    def _earlier_answer(session: Session, op: Operation, digest: str) -> dict[str, Any]:
        row = session.execute(
            select(AppliedOpRow.payload_sha256, AppliedOpRow.result).where(AppliedOpRow.op_uid == op.op_uid)
        ).one()
        if row.payload_sha256 != digest:
            raise StorageError("operation_mismatch", op_uid=op.op_uid)
        return dict(row.result)


def _log(session: Session, op: Operation, text: str, origin_uid: UUID | None, *, outgoing: bool) -> None:
    """Write the operation into the log and, where it is to go to a server, into the outbox."""
    if session.get_bind().dialect.name == "postgresql":
        # The log's numbers are given in the order of the commits; a file has one writer at a time anyway.
        session.execute(select(func.pg_advisory_xact_lock(LOG_LOCK)))
    row = OpLogRow(
        op_uid=op.op_uid,
        aggregate_uid=op.aggregate_uid,
        kind=op.kind,
        document=pack(text),
        origin_uid=origin_uid,
        logged_at=op.made_at,
    )
    session.add(row)
    session.flush()
    if outgoing:
        session.add(
            OutboxRow(
                op_uid=op.op_uid,
                seq=row.seq,
                aggregate_uid=op.aggregate_uid,
                kind=op.kind,
                made_at=op.made_at,
            )
        )
        session.flush()
