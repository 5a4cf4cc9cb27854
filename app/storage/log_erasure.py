# SPDX-License-Identifier: Apache-2.0
"""Takes a subject's wrapped keys out of the log: a destroyed key must not live on in an old operation."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import cast
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.domain.operations import Operation
from app.domain.operations_subject_keys import AddSubjectKey, RewrapSubjectKeys
from app.storage.op_codec import encode, pack, text_sha256, unpack
from app.storage.rows.ledger import AppliedOpRow
from app.storage.rows.log import InboxRow, OpLogRow


def forget_wraps(session: Session, subject_uid: UUID, key_uids: Collection[UUID]) -> None:
    """Leave no wrapped key of the subject in an operation, neither applied nor waiting to be.

    An operation that made a key is emptied; one that wrapped many anew goes on without this subject's. The
    same is done wherever the destruction is applied, so that the rest stays one text with one digest.
    """
    made = select(OpLogRow).where(OpLogRow.kind == AddSubjectKey.kind, OpLogRow.aggregate_uid == subject_uid)
    for emptied in session.scalars(made):
        emptied.document = None
    session.execute(
        delete(InboxRow).where(InboxRow.kind == AddSubjectKey.kind, InboxRow.aggregate_uid == subject_uid)
    )
    keys, kind = set(key_uids), RewrapSubjectKeys.kind
    logged = select(OpLogRow).where(OpLogRow.kind == kind, OpLogRow.document.is_not(None))
    waiting = select(InboxRow).where(InboxRow.kind == kind)
    rows: list[OpLogRow | InboxRow] = [*session.scalars(logged), *session.scalars(waiting)]
    for row in rows:
        op = unpack(row.document or b"")
        without = _without(op, keys)
        if without is not None:
            text = encode(without)
            row.document = pack(text)
            session.execute(
                update(AppliedOpRow)
                .where(AppliedOpRow.op_uid == op.op_uid)
                .values(payload_sha256=text_sha256(text))
            )
    session.flush()


def _without(op: Operation, keys: set[UUID]) -> Operation | None:
    """The operation without these keys, None where it has none of them."""
    payload = cast(RewrapSubjectKeys, op.payload)
    kept = tuple(key for key in payload.keys if key.key_uid not in keys)
    return None if len(kept) == len(payload.keys) else replace(op, payload=replace(payload, keys=kept))
