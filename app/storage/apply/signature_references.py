# SPDX-License-Identifier: Apache-2.0
"""Applies what follows a sign-in: its drawing as a reference, a person's decision; and the archive."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.errors import OperatorError
from app.domain.operations import Operation
from app.domain.operations_signatures import ArchiveCompleted, DecideSignIn, KeepReference
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
    enrollment, verification = _answered_sign_in(session, payload)
    if verification["decision"] != CONSISTENT:
        raise OperatorError("sign_in_not_accepted", session_id=payload.session_id)
    known = session.scalar(
        select(SignatureReferenceRow).where(SignatureReferenceRow.sign_in_uid == enrollment.uid)
    )
    if known is None:
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


def apply_decide_sign_in(session: Session, op: Operation) -> Mapping[str, object]:
    """Write a person's decision beside the verifier's answer, which stays as it was."""
    payload = cast(DecideSignIn, op.payload)
    enrollment, verification = _answered_sign_in(session, payload)
    if verification["decision"] == CONSISTENT or "by_hand" in verification:
        return {"decided": False}
    by_hand = {"reason": payload.reason.value, "decided_at": op.made_at.isoformat()}
    enrollment.metadata_ = {
        **(enrollment.metadata_ or {}),
        "verification": {**verification, "by_hand": by_hand},
    }
    enrollment.updated_at = op.made_at
    return {"decided": True}


def _answered_sign_in(
    session: Session, payload: KeepReference | DecideSignIn
) -> tuple[TempEnrollmentRow, dict[str, Any]]:
    row = enrollment_row(session, payload.session_id)
    norm = normalize_username(payload.username)
    if row is None or row.flow_type != FlowType.SIGNIN.value or row.username_norm != norm:
        raise OperatorError("enrollment_not_found", session_id=payload.session_id)
    verification = (row.metadata_ or {}).get("verification")
    if row.status != TempEnrollmentStatus.COMPLETED.value or not verification or not row.steps:
        raise OperatorError("sign_in_not_accepted", session_id=payload.session_id)
    return row, verification


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
    DecideSignIn.kind: apply_decide_sign_in,
    ArchiveCompleted.kind: apply_archive,
}
