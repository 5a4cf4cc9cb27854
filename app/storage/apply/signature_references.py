# SPDX-License-Identifier: Apache-2.0
"""Applies what keeps and archives signatures: accepted sign-ins as references, completed enrollments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.errors import OperatorError
from app.domain.operations import Operation
from app.domain.operations_signatures import ArchiveCompleted, KeepReference
from app.domain.sessions import TempEnrollmentStatus
from app.domain.signature_flow import FlowType
from app.storage.apply.applier import Applier
from app.storage.rows.people import UserRow
from app.storage.rows.signatures import SignatureReferenceRow, TempEnrollmentRow
from app.storage.signature_references import archive_completed, find_user, reference_signatures
from app.storage.temp_enrollments import enrollment_row, normalize_username

CONSISTENT = "consistent"


def apply_keep_reference(session: Session, op: Operation) -> Mapping[str, object]:
    """Keep the drawing of an accepted sign-in once; drop kept ones that are too old to be used."""
    payload = cast(KeepReference, op.payload)
    user = find_user(session, payload.username)
    if user is None:
        raise OperatorError("username_unknown")
    enrollment = _accepted_sign_in(session, payload)
    known = session.scalar(
        select(SignatureReferenceRow).where(SignatureReferenceRow.sign_in_uid == enrollment.uid)
    )
    if known is None:
        verification = (enrollment.metadata_ or {})["verification"]
        session.add(
            SignatureReferenceRow(
                uid=payload.reference_uid,
                user_id=user.id,
                sign_in_uid=enrollment.uid,
                score=verification["score"],
                algorithm=verification["algorithm"],
                raw_data={"sealed": payload.raw_data, "subject_uid": str(payload.subject_uid)},
                captured_at=enrollment.steps[0].completed_at,
                added_at=op.made_at,
            )
        )
        session.flush()
        _drop_unused(session, user, payload)
    return {"kept": known is None}


def _accepted_sign_in(session: Session, payload: KeepReference) -> TempEnrollmentRow:
    row = enrollment_row(session, payload.session_id)
    norm = normalize_username(payload.username)
    if row is None or row.flow_type != FlowType.SIGNIN.value or row.username_norm != norm:
        raise OperatorError("enrollment_not_found", session_id=payload.session_id)
    verification = (row.metadata_ or {}).get("verification") or {}
    completed = row.status == TempEnrollmentStatus.COMPLETED.value
    if not completed or verification.get("decision") != CONSISTENT or not row.steps:
        raise OperatorError("sign_in_not_accepted", session_id=payload.session_id)
    return row


def _drop_unused(session: Session, user: UserRow, payload: KeepReference) -> None:
    used = [found.uid for found in reference_signatures(session, payload.username, payload.limit)]
    session.execute(
        delete(SignatureReferenceRow).where(
            SignatureReferenceRow.user_id == user.id, SignatureReferenceRow.uid.not_in(used)
        )
    )


def apply_archive(session: Session, op: Operation) -> Mapping[str, object]:
    """Move long completed enrollments into the archive."""
    payload = cast(ArchiveCompleted, op.payload)
    return {"archived": archive_completed(session, payload.completed_before, op.made_at)}


APPLIERS: dict[str, Applier] = {
    KeepReference.kind: apply_keep_reference,
    ArchiveCompleted.kind: apply_archive,
}
