# SPDX-License-Identifier: Apache-2.0
"""The one way to write to and read from a database: an operation per transaction, each applied once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pydantic_core import to_jsonable_python
from sqlalchemy import Engine, Insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.domain.errors import StorageError
from app.domain.operations import Operation
from app.storage.apply.applier import Applier
from app.storage.apply.registry import appliers
from app.storage.engine import reading_options
from app.storage.errors import storage_errors
from app.storage.op_codec import payload_sha256
from app.storage.rows.ledger import AppliedOpRow

# PostgreSQL ends one of two transactions that wait for each other; that one has only to try again.
LOST_RACES = frozenset({"40001", "40P01"})
RACES = 4


class Store:
    """A database in use.

    Args:
        engine: from ``app.storage.engine``, at the schema's head.
        known: functions by kind of operation; all features' unless a test says otherwise.
    """

    def __init__(self, engine: Engine, known: Mapping[str, Applier] | None = None) -> None:
        self._writing = engine
        self._reading = reading_options(engine)
        self._appliers = dict(appliers() if known is None else known)

    def apply(self, op: Operation) -> dict[str, Any]:
        """Write ``op`` in one transaction, or find that it was written before. What it returns is durable.

        Returns:
            What the applying function answered, as JSON values; the same answer for a replay.

        Raises:
            OperatorError: the function refused; record_changed when someone else was faster.
            StorageError: operation_mismatch for an unknown kind or another content under a known ``op_uid``;
                else what the database could not do.
        """
        applier = self._appliers.get(op.kind)
        if applier is None:
            raise StorageError("operation_mismatch", kind=op.kind)
        digest = payload_sha256(op)
        for _ in range(RACES):
            try:
                return self._apply_once(op, applier, digest)
            except StorageError as error:
                if error.facts.get("state") not in LOST_RACES:
                    raise
        return self._apply_once(op, applier, digest)

    def _apply_once(self, op: Operation, applier: Applier, digest: str) -> dict[str, Any]:
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
            return answer

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A read-only transaction with one view of the data; rows must not leave it."""
        with storage_errors(), Session(self._reading, autoflush=False) as session:
            yield session

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
