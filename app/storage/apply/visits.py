# SPDX-License-Identifier: Apache-2.0
"""Applies the life of a visit: start, pages, steps left out, the end in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast
from uuid import UUID, uuid5

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.errors import OperatorError
from app.domain.operations import Operation
from app.domain.operations_visits import (
    AbandonVisit,
    AddFinger,
    FinishedFinger,
    FinishVisit,
    OpenPage,
    SkipStep,
    StartVisit,
)
from app.domain.sessions import EnrollmentStatus, SessionStatus, TempEnrollmentStatus
from app.domain.visits import Step
from app.storage.apply.applier import Applier
from app.storage.apply.signatures import make_user
from app.storage.lookup import need_row
from app.storage.rows.enrollment import EnrollmentSessionRow
from app.storage.rows.people import StudentRow
from app.storage.rows.signatures import TempEnrollmentRow
from app.storage.rows.visit_plan import StepSkipRow, VisitFingerRow
from app.storage.rows.visits import PageRow, StudentResponseRow
from app.storage.temp_enrollments import complete_enrollment, enrollment_row


def active_visit(session: Session, op: Operation, visit_uid: UUID) -> StudentResponseRow:
    """The visit's row, touched by this act.

    Raises:
        OperatorError: ``session_not_found``, or ``session_ended`` for a completed or abandoned visit.
    """
    row = need_row(session, StudentResponseRow, visit_uid, "session_not_found")
    if row.status != SessionStatus.ACTIVE.value:
        raise OperatorError("session_ended", session_id=row.session_id)
    row.last_activity = max(row.last_activity, op.made_at)
    return row


def page_row(session: Session, step: Step) -> PageRow:
    """The page of a step of the visit."""
    row = session.scalar(select(PageRow).where(PageRow.key == step.value))
    if row is None:
        raise OperatorError("page_not_found", page=step.value)
    return row


def add_visit_finger(session: Session, op: Operation, visit: StudentResponseRow, finger_id: int) -> None:
    """Ask for a finger, behind those already asked for; asking twice changes nothing."""
    rows = session.scalars(select(VisitFingerRow).where(VisitFingerRow.response_id == visit.id)).all()
    if any(row.finger_id == finger_id for row in rows):
        return
    position = max((row.position for row in rows), default=-1) + 1
    # The uid follows from the visit and the finger, so that a replay on another database makes the same row.
    uid = uuid5(visit.uid, f"finger:{finger_id}")
    session.add(VisitFingerRow(uid=uid, response_id=visit.id, finger_id=finger_id, position=position))
    session.flush()


def apply_start(session: Session, op: Operation) -> Mapping[str, object]:
    """Open a visit; a student has at most one that is active."""
    payload = cast(StartVisit, op.payload)
    student = need_row(session, StudentRow, payload.student_uid, "student_not_found")
    # On PostgreSQL two stations may start one student at once: the second waits here and finds the visit.
    session.execute(select(StudentRow.id).where(StudentRow.id == student.id).with_for_update(key_share=True))
    active = session.scalar(
        select(StudentResponseRow).where(
            StudentResponseRow.student_id == student.id,
            StudentResponseRow.status == SessionStatus.ACTIVE.value,
        )
    )
    if active is not None:
        raise OperatorError("visit_in_progress", session_id=active.session_id)
    visit = StudentResponseRow(
        uid=payload.visit_uid,
        session_id=payload.session_id,
        student_id=student.id,
        status=SessionStatus.ACTIVE.value,
        last_activity=op.made_at,
        started_at=op.made_at,
        current_page_id=page_row(session, Step.FINGERS).id,
        station_uid=payload.station_uid,
    )
    session.add(visit)
    session.flush()
    for finger in payload.fingers:
        add_visit_finger(session, op, visit, int(finger))
    return {"session_id": payload.session_id}


def apply_open_page(session: Session, op: Operation) -> Mapping[str, object]:
    """Note the page that the visit stands at."""
    payload = cast(OpenPage, op.payload)
    visit = active_visit(session, op, payload.visit_uid)
    visit.current_page_id = page_row(session, payload.page).id
    return {"session_id": visit.session_id}


def apply_add_finger(session: Session, op: Operation) -> Mapping[str, object]:
    """Ask for one more finger."""
    payload = cast(AddFinger, op.payload)
    visit = active_visit(session, op, payload.visit_uid)
    add_visit_finger(session, op, visit, int(payload.finger))
    return {"session_id": visit.session_id}


def apply_abandon(session: Session, op: Operation) -> Mapping[str, object]:
    """End a visit without completing it; abandoning twice changes nothing."""
    payload = cast(AbandonVisit, op.payload)
    visit = need_row(session, StudentResponseRow, payload.visit_uid, "session_not_found")
    if visit.status == SessionStatus.COMPLETED.value:
        raise OperatorError("session_ended", session_id=visit.session_id)
    visit.status = SessionStatus.ABANDONED.value
    visit.last_activity = op.made_at
    _cancel_open(session, visit)
    temporary = session.scalars(
        select(TempEnrollmentRow).where(
            TempEnrollmentRow.response_id == visit.id,
            TempEnrollmentRow.status == TempEnrollmentStatus.IN_PROGRESS.value,
        )
    )
    for enrollment in temporary:
        enrollment.status = TempEnrollmentStatus.EXPIRED.value
        enrollment.updated_at = op.made_at
    return {"session_id": visit.session_id}


def _cancel_open(session: Session, visit: StudentResponseRow) -> None:
    """End the finger sessions of a visit that were begun and are not completed."""
    open_states = (EnrollmentStatus.PENDING.value, EnrollmentStatus.IN_PROGRESS.value)
    query = select(EnrollmentSessionRow).where(
        EnrollmentSessionRow.response_id == visit.id, EnrollmentSessionRow.status.in_(open_states)
    )
    for row in session.scalars(query):
        row.status = EnrollmentStatus.CANCELLED.value


def apply_skip_step(session: Session, op: Operation) -> Mapping[str, object]:
    """Leave a step out, or take that back."""
    payload = cast(SkipStep, op.payload)
    visit = active_visit(session, op, payload.visit_uid)
    page = page_row(session, payload.step)
    session.execute(
        delete(StepSkipRow).where(StepSkipRow.response_id == visit.id, StepSkipRow.page_id == page.id)
    )
    if payload.skip is not None:
        session.add(
            StepSkipRow(
                uid=uuid5(visit.uid, f"skip:{payload.step.value}"),
                response_id=visit.id,
                page_id=page.id,
                reason=payload.skip.reason.value,
                comment=payload.skip.comment or None,
                permanent=payload.skip.permanent,
                skipped_at=op.made_at,
            )
        )
    return {"session_id": visit.session_id}


def apply_finish(session: Session, op: Operation) -> Mapping[str, object]:
    """Complete the visit's enrollment sessions, its signatures and the visit itself."""
    payload = cast(FinishVisit, op.payload)
    visit = active_visit(session, op, payload.visit_uid)
    for finger in payload.fingers:
        _complete_finger(session, op, finger)
    _cancel_open(session, visit)
    user_uid: UUID | None = None
    if payload.temp_session_id is not None:
        user_uid = _complete_signatures(session, op, payload.temp_session_id, payload.user_uid)
    visit.status = SessionStatus.COMPLETED.value
    visit.completed_at = op.made_at
    visit.receipt_number = payload.receipt_number
    visit.current_page_id = page_row(session, Step.RECEIPT).id
    return {"session_id": visit.session_id, "user_uid": user_uid}


def _complete_finger(session: Session, op: Operation, finger: FinishedFinger) -> None:
    row = need_row(session, EnrollmentSessionRow, finger.enrollment_uid, "enrollment_not_found")
    earlier = session.scalars(
        select(EnrollmentSessionRow).where(
            EnrollmentSessionRow.student_id == row.student_id,
            EnrollmentSessionRow.finger_id == row.finger_id,
            EnrollmentSessionRow.is_current.is_(True),
            EnrollmentSessionRow.id != row.id,
        )
    ).all()
    for other in earlier:
        other.is_current = False
    session.flush()
    row.status = EnrollmentStatus.COMPLETED.value
    row.completed_at = op.made_at
    row.quality_score = finger.quality
    row.template_data = finger.template_data
    row.template_format = finger.template_format
    row.is_current = True


def _complete_signatures(
    session: Session, op: Operation, session_id: str, user_uid: UUID | None
) -> UUID | None:
    completion = complete_enrollment(session, session_id, op.made_at)
    enrollment = enrollment_row(session, session_id)
    if enrollment is None:
        raise OperatorError("enrollment_not_found", session_id=session_id)
    if not completion.success:
        expired = enrollment.expires_at <= op.made_at
        raise OperatorError(
            "session_expired" if expired else "enrollment_incomplete",
            session_id=session_id,
            missing="signatures",
        )
    return make_user(session, op, enrollment, user_uid).uid if user_uid is not None else None


APPLIERS: dict[str, Applier] = {
    StartVisit.kind: apply_start,
    OpenPage.kind: apply_open_page,
    AddFinger.kind: apply_add_finger,
    AbandonVisit.kind: apply_abandon,
    SkipStep.kind: apply_skip_step,
    FinishVisit.kind: apply_finish,
}
