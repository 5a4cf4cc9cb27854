# SPDX-License-Identifier: Apache-2.0
"""Applies what comparing fingers found and what people decided about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import OperatorError
from app.domain.operations import Operation
from app.domain.operations_fingerprints import (
    CountTouch,
    DecideDuplicate,
    RebuildTemplate,
    RecordDuplicateSearch,
    RecordSignIn,
    RecordVerification,
)
from app.storage.apply.applier import Applier
from app.storage.apply.fingerprints import OPEN_STATES
from app.storage.lookup import need_row, row_by_uid
from app.storage.rows.enrollment import EnrollmentSessionRow, ImpressionRow
from app.storage.rows.finger_checks import DuplicateCandidateRow, FingerSignInRow, FingerVerificationRow
from app.storage.rows.people import StudentRow


def apply_count_touch(session: Session, op: Operation) -> Mapping[str, object]:
    """Count a touch by decision, with the reason beside it."""
    payload = cast(CountTouch, op.payload)
    row = _open_session(session, payload.enrollment_uid)
    impression = need_row(session, ImpressionRow, payload.impression_uid, "enrollment_not_found")
    impression.accepted = True
    impression.override_reason = payload.reason
    return {"session_id": row.session_id}


def apply_verification(session: Session, op: Operation) -> Mapping[str, object]:
    """Keep the outcome of a touch that was to prove the enrollment; the touch itself is not kept."""
    payload = cast(RecordVerification, op.payload)
    row = _open_session(session, payload.enrollment_uid)
    done = payload.verification
    session.add(
        FingerVerificationRow(
            uid=done.uid,
            enrollment_session_id=row.id,
            accepted=done.accepted,
            score=done.score,
            false_match_rate=done.false_match_rate,
            skip_reason=done.skip_reason or None,
            made_at=done.made_at or op.made_at,
        )
    )
    return {"session_id": row.session_id}


def apply_duplicate_search(session: Session, op: Operation) -> Mapping[str, object]:
    """Note that a finger was searched for, and what was found; a hit found before stays as it is."""
    payload = cast(RecordDuplicateSearch, op.payload)
    row = need_row(session, EnrollmentSessionRow, payload.enrollment_uid, "enrollment_not_found")
    row.duplicates_searched_at = op.made_at
    row.duplicates_searched_among = payload.among
    known = {
        (candidate.student_id, candidate.candidate_finger_id)
        for candidate in session.scalars(
            select(DuplicateCandidateRow).where(DuplicateCandidateRow.enrollment_session_id == row.id)
        )
    }
    for hit in payload.found:
        student = row_by_uid(session, StudentRow, hit.student_uid)
        if student is None or (student.id, int(hit.candidate_finger)) in known:
            continue
        session.add(
            DuplicateCandidateRow(
                uid=hit.uid,
                enrollment_session_id=row.id,
                student_id=student.id,
                candidate_finger_id=int(hit.candidate_finger),
                score=hit.score,
                false_match_rate=hit.false_match_rate,
                enrolled_at=hit.enrolled_at,
                created_at=op.made_at,
                updated_at=op.made_at,
            )
        )
    return {"session_id": row.session_id}


def apply_decide_duplicate(session: Session, op: Operation) -> Mapping[str, object]:
    """Keep a person's decision about a hit; the last one counts."""
    payload = cast(DecideDuplicate, op.payload)
    row = need_row(session, DuplicateCandidateRow, payload.candidate_uid, "enrollment_not_found")
    row.decision = payload.decision.value
    row.reason = payload.reason
    row.decided_at = op.made_at
    row.updated_at = op.made_at
    return {"decision": row.decision}


def apply_sign_in(session: Session, op: Operation) -> Mapping[str, object]:
    """Keep one sign-in by finger, whatever came of it."""
    payload = cast(RecordSignIn, op.payload)
    student = None
    if payload.student_uid is not None:
        student = need_row(session, StudentRow, payload.student_uid, "student_not_found")
    session.add(
        FingerSignInRow(
            uid=payload.sign_in_uid,
            student_id=None if student is None else student.id,
            finger_id=None if payload.finger is None else int(payload.finger),
            mode=payload.mode.value,
            decision=payload.decision.value,
            score=payload.score,
            false_match_rate=payload.false_match_rate,
            threshold=payload.threshold,
            searched_among=payload.searched_among,
            seconds=payload.seconds,
            station_uid=payload.station_uid,
            made_at=op.made_at,
        )
    )
    return {"sign_in_uid": payload.sign_in_uid}


def apply_rebuild(session: Session, op: Operation) -> Mapping[str, object]:
    """Replace a template; one that was blanked meanwhile stays blank."""
    payload = cast(RebuildTemplate, op.payload)
    impression = need_row(session, ImpressionRow, payload.impression_uid, "enrollment_not_found")
    if impression.template_data is None:
        return {"rebuilt": False}
    impression.template_data = payload.template_data
    impression.template_format = payload.template_format
    impression.updated_at = op.made_at
    if payload.enrollment_uid is not None and payload.session_template is not None:
        row = need_row(session, EnrollmentSessionRow, payload.enrollment_uid, "enrollment_not_found")
        if row.template_data is not None:
            row.template_data = payload.session_template
            row.template_format = payload.template_format
            row.updated_at = op.made_at
    return {"rebuilt": True}


def _open_session(session: Session, enrollment_uid: UUID) -> EnrollmentSessionRow:
    row = need_row(session, EnrollmentSessionRow, enrollment_uid, "enrollment_not_found")
    if row.status not in OPEN_STATES:
        raise OperatorError("session_ended", session_id=row.session_id)
    return row


APPLIERS: dict[str, Applier] = {
    CountTouch.kind: apply_count_touch,
    RecordVerification.kind: apply_verification,
    RecordDuplicateSearch.kind: apply_duplicate_search,
    DecideDuplicate.kind: apply_decide_duplicate,
    RecordSignIn.kind: apply_sign_in,
    RebuildTemplate.kind: apply_rebuild,
}
