# SPDX-License-Identifier: Apache-2.0
"""The wrapped keys of subjects: everything sealed for a student opens with the student's key alone."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.operations import Operation
from app.domain.operations_students import AddSubjectKey
from app.storage.apply.applier import Applier
from app.storage.rows.ledger import SubjectKeyRow


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A subject's wrapped key; ``wrapped`` is None once it was destroyed."""

    key_version: int
    wrapped: bytes | None = field(repr=False)


def find_subject_key(session: Session, subject_uid: UUID) -> StoredKey | None:
    """The subject's wrapped key, None where none was ever made."""
    row = session.scalar(select(SubjectKeyRow).where(SubjectKeyRow.subject_uid == subject_uid))
    return None if row is None else StoredKey(row.key_version, row.wrapped)


def apply_add_subject_key(session: Session, op: Operation) -> Mapping[str, object]:
    """Keep the key; where another station was first, its key stays and is the answer."""
    payload = cast(AddSubjectKey, op.payload)
    row = session.scalar(select(SubjectKeyRow).where(SubjectKeyRow.subject_uid == payload.subject_uid))
    if row is None:
        row = SubjectKeyRow(
            subject_uid=payload.subject_uid,
            key_version=payload.key_version,
            wrapped=base64.b64decode(payload.wrapped),
            created_at=op.made_at,
        )
        session.add(row)
        session.flush()
    wrapped = None if row.wrapped is None else base64.b64encode(row.wrapped).decode("ascii")
    return {"key_version": row.key_version, "wrapped": wrapped}


APPLIERS: dict[str, Applier] = {AddSubjectKey.kind: apply_add_subject_key}
