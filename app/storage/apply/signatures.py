# SPDX-License-Identifier: Apache-2.0
"""Applies what the signature flow writes: steps, drafts, completion, users made of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.errors import OperatorError
from app.domain.operations import Operation
from app.domain.operations_signatures import (
    CleanUpExpired,
    CompleteEnrollment,
    LogInUser,
    RegisterUser,
    SaveDraft,
    SaveDrawing,
    TempEnrollmentStart,
)
from app.domain.sessions import TempEnrollmentStatus
from app.domain.signature_flow import FlowType
from app.storage.apply.applier import Applier
from app.storage.lookup import need_row
from app.storage.rows.people import StudentRow, UserRow
from app.storage.rows.signatures import (
    SignatureReferenceRow,
    SignatureSampleRow,
    TempEnrollmentRow,
    TempEnrollmentStepRow,
    TempStepDraftRow,
)
from app.storage.rows.visits import StudentResponseRow
from app.storage.temp_enrollments import (
    TOTAL_STEPS,
    cleanup_expired_enrollments,
    complete_enrollment,
    enrollment_row,
    get_enrollment_progress,
    is_open,
    normalize_username,
)


def apply_save_drawing(session: Session, op: Operation) -> Mapping[str, object]:
    """Upsert the step; forget its draft; return the session id and the progress."""
    payload = cast(SaveDrawing, op.payload)
    enrollment = _open_enrollment(session, op, payload.start)
    if not 1 <= payload.step_number <= TOTAL_STEPS[enrollment.flow_type]:
        raise OperatorError(
            "step_not_in_flow",
            step_number=payload.step_number,
            total_steps=TOTAL_STEPS[enrollment.flow_type],
        )
    row = session.scalar(
        select(TempEnrollmentStepRow).where(
            TempEnrollmentStepRow.enrollment_id == enrollment.id,
            TempEnrollmentStepRow.step_number == payload.step_number,
        )
    )
    if row is None:
        row = TempEnrollmentStepRow(
            uid=payload.step_uid,
            enrollment_id=enrollment.id,
            step_number=payload.step_number,
            attempt_count=0,
        )
        session.add(row)
    # The uid follows the drawing: the tokens are bound to it.
    row.uid = payload.step_uid
    row.step_type = payload.step_type.value
    row.instruction = payload.instruction
    row.signature_data = payload.signature_data
    subject = str(payload.start.subject_uid)
    row.raw_data = {"sealed": payload.raw_data, "subject_uid": subject}
    row.metrics = {"sealed": payload.metrics, "subject_uid": subject}
    row.pointer_type = payload.pointer_type
    row.attempt_count += 1
    row.completed_at = op.made_at
    enrollment.updated_at = op.made_at
    _forget_draft(session, enrollment.id, payload.step_number)
    session.flush()
    progress = get_enrollment_progress(session, enrollment.session_id)
    return {"session_id": enrollment.session_id, "progress": progress, "expires_at": enrollment.expires_at}


def apply_save_draft(session: Session, op: Operation) -> Mapping[str, object]:
    """Keep or forget the unfinished drawing of a step."""
    payload = cast(SaveDraft, op.payload)
    if payload.raw_data is None:
        existing = enrollment_row(session, payload.start.session_id)
        if existing is not None:
            _forget_draft(session, existing.id, payload.step_number)
        return {"session_id": payload.start.session_id}
    enrollment = _open_enrollment(session, op, payload.start)
    row = session.scalar(
        select(TempStepDraftRow).where(
            TempStepDraftRow.enrollment_id == enrollment.id,
            TempStepDraftRow.step_number == payload.step_number,
        )
    )
    if row is None:
        row = TempStepDraftRow(
            uid=payload.draft_uid, enrollment_id=enrollment.id, step_number=payload.step_number
        )
        session.add(row)
    row.uid = payload.draft_uid
    row.raw_data = payload.raw_data
    row.saved_at = op.made_at
    return {"session_id": enrollment.session_id, "expires_at": enrollment.expires_at}


def _forget_draft(session: Session, enrollment_id: int, step_number: int) -> None:
    session.execute(
        delete(TempStepDraftRow).where(
            TempStepDraftRow.enrollment_id == enrollment_id, TempStepDraftRow.step_number == step_number
        )
    )


def _open_enrollment(session: Session, op: Operation, start: TempEnrollmentStart) -> TempEnrollmentRow:
    """The enrollment that the step belongs to: found by its session id, or opened now."""
    row = enrollment_row(session, start.session_id)
    if row is not None:
        if not is_open(row, op.made_at):
            code = (
                "session_ended" if row.status == TempEnrollmentStatus.COMPLETED.value else "session_expired"
            )
            raise OperatorError(code, session_id=start.session_id)
        return row
    _expire_overdue(session, op, start)
    student = None
    if start.student_uid is not None:
        student = need_row(session, StudentRow, start.student_uid, "student_not_found")
    visit = None
    if start.visit_uid is not None:
        visit = need_row(session, StudentResponseRow, start.visit_uid, "session_not_found")
    row = TempEnrollmentRow(
        uid=start.enrollment_uid,
        session_id=start.session_id,
        username=start.username,
        username_norm=normalize_username(start.username),
        flow_type=start.flow_type.value,
        status=TempEnrollmentStatus.IN_PROGRESS.value,
        device_info=start.device_info,
        metadata_={
            "subject_uid": str(start.subject_uid),
            "station_uid": str(start.station_uid) if start.station_uid else None,
        },
        created_at=op.made_at,
        updated_at=op.made_at,
        expires_at=start.expires_at,
        student_id=student.id if student else None,
        response_id=visit.id if visit else None,
    )
    session.add(row)
    session.flush()
    return row


def _expire_overdue(session: Session, op: Operation, start: TempEnrollmentStart) -> None:
    """Let an overdue sign-up give the user name free; a running one keeps it."""
    rows = session.scalars(
        select(TempEnrollmentRow).where(
            TempEnrollmentRow.username_norm == normalize_username(start.username),
            TempEnrollmentRow.flow_type == start.flow_type.value,
            TempEnrollmentRow.status == TempEnrollmentStatus.IN_PROGRESS.value,
        )
    ).all()
    for row in rows:
        if is_open(row, op.made_at) and start.flow_type is FlowType.SIGNUP:
            raise OperatorError(
                "username_in_use",
                session_id=row.session_id,
                station=(row.metadata_ or {}).get("station_uid"),
                since=row.created_at.isoformat(timespec="minutes"),
            )
        if not is_open(row, op.made_at):
            row.status = TempEnrollmentStatus.EXPIRED.value
    session.flush()


def apply_complete(session: Session, op: Operation) -> Mapping[str, object]:
    """``complete_enrollment`` of the source."""
    completion = complete_enrollment(session, cast(CompleteEnrollment, op.payload).session_id, op.made_at)
    return {
        "success": completion.success,
        "user_id": completion.user_id,
        "message": completion.message,
    }


def apply_cleanup(session: Session, op: Operation) -> Mapping[str, object]:
    """``cleanup_expired_enrollments`` of the source."""
    return {"cleaned": cleanup_expired_enrollments(session, op.made_at)}


def apply_register(session: Session, op: Operation) -> Mapping[str, object]:
    """Make the user of a complete sign-up, with the drawings as signature samples, in one transaction."""
    payload = cast(RegisterUser, op.payload)
    norm = normalize_username(payload.username)
    if session.scalar(select(UserRow.id).where(UserRow.username_norm == norm)) is not None:
        raise OperatorError("username_taken")
    enrollment = _completed_now(session, op, payload.session_id, norm, FlowType.SIGNUP)
    user = make_user(session, op, enrollment, payload.user_uid)
    return {"user_uid": user.uid, "user_id": user.id}


def apply_log_in(session: Session, op: Operation) -> Mapping[str, object]:
    """Complete a sign-in and keep the verifier's answer with it."""
    payload = cast(LogInUser, op.payload)
    norm = normalize_username(payload.username)
    user = session.scalar(select(UserRow).where(UserRow.username_norm == norm, UserRow.is_deleted.is_(False)))
    if user is None:
        raise OperatorError("username_unknown")
    enrollment = _completed_now(session, op, payload.session_id, norm, FlowType.SIGNIN)
    if "verification" in (enrollment.metadata_ or {}):  # one drawing signs in once
        raise OperatorError("session_ended", session_id=payload.session_id)
    enrollment.metadata_ = {
        **(enrollment.metadata_ or {}),
        "verification": {
            "decision": payload.decision,
            "score": payload.score,
            "threshold": payload.threshold,
            "algorithm": payload.algorithm,
            "device_match": payload.device_match,
            "flags": list(payload.flags),
            "references": [str(uid) for uid in payload.reference_uids],
        },
    }
    enrollment.updated_at = op.made_at
    return {"user_uid": user.uid, "user_id": user.id, "decision": payload.decision}


def _completed_now(
    session: Session, op: Operation, session_id: str, username_norm: str, flow_type: FlowType
) -> TempEnrollmentRow:
    row = enrollment_row(session, session_id)
    if row is None or row.flow_type != flow_type.value or row.username_norm != username_norm:
        raise OperatorError("enrollment_not_found", session_id=session_id)
    if row.status == TempEnrollmentStatus.IN_PROGRESS.value:
        if not is_open(row, op.made_at):
            raise OperatorError("session_expired", session_id=session_id)
        if not complete_enrollment(session, session_id, op.made_at).success:
            raise OperatorError("enrollment_incomplete", missing="signatures")
    elif row.status != TempEnrollmentStatus.COMPLETED.value:
        raise OperatorError("session_expired", session_id=session_id)
    return row


def make_user(session: Session, op: Operation, enrollment: TempEnrollmentRow, user_uid: UUID) -> UserRow:
    """The user of a completed sign-up; its samples are replaced by the drawings of this one."""
    same = UserRow.username_norm == enrollment.username_norm
    if enrollment.student_id is not None:
        same = same | (UserRow.student_id == enrollment.student_id)
    user = session.scalar(select(UserRow).where(same).order_by(UserRow.student_id.is_(None), UserRow.id))
    if user is None:
        user = UserRow(
            uid=user_uid,
            username=enrollment.username,
            username_norm=enrollment.username_norm,
            student_id=enrollment.student_id,
            created_at=op.made_at,
        )
        session.add(user)
        session.flush()
    # Who signs up anew is known by the new signatures alone.
    session.execute(delete(SignatureSampleRow).where(SignatureSampleRow.user_id == user.id))
    session.execute(delete(SignatureReferenceRow).where(SignatureReferenceRow.user_id == user.id))
    for step in enrollment.steps:
        session.add(
            SignatureSampleRow(
                uid=step.uid,
                user_id=user.id,
                student_id=enrollment.student_id,
                step_number=step.step_number,
                step_type=step.step_type,
                instruction=step.instruction,
                signature_data=step.signature_data,
                raw_data=step.raw_data,
                metrics=step.metrics,
                completed_at=step.completed_at,
            )
        )
    session.flush()
    return user


APPLIERS: dict[str, Applier] = {
    SaveDrawing.kind: apply_save_drawing,
    SaveDraft.kind: apply_save_draft,
    CompleteEnrollment.kind: apply_complete,
    CleanUpExpired.kind: apply_cleanup,
    RegisterUser.kind: apply_register,
    LogInUser.kind: apply_log_in,
}
