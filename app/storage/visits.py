# SPDX-License-Identifier: Apache-2.0
"""Reads visits back: every value of the capture flow is rebuilt from rows, never remembered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.fingerprints import Finger, Reason, SkipReason
from app.domain.listings import UnfinishedVisit
from app.domain.sessions import AttendanceStatus, EnrollmentStatus, SessionStatus, TempEnrollmentStatus
from app.domain.signature_flow import FlowType
from app.domain.visits import (
    CheckIn,
    DuplicateDecision,
    DuplicateHit,
    FingerTask,
    Impression,
    SignatureTask,
    Skip,
    Step,
    StudentCard,
    Verification,
    Visit,
)
from app.storage.rows.attendance import AttendanceRow, ClassRow, ClassSessionRow
from app.storage.rows.enrollment import EnrollmentSessionRow, FingerSkipRow, ImpressionRow
from app.storage.rows.finger_checks import DuplicateCandidateRow, FingerVerificationRow
from app.storage.rows.people import StudentRow
from app.storage.rows.signatures import TempEnrollmentRow, TempEnrollmentStepRow
from app.storage.rows.visit_plan import StepSkipRow, VisitCheckInRow, VisitFingerRow
from app.storage.rows.visits import PageRow, StudentResponseRow
from app.storage.temp_enrollments import TOTAL_STEPS


@dataclass(frozen=True, slots=True)
class StoredTemplate:
    """The sealed template of one impression, with what opens it."""

    impression_uid: UUID
    finger: Finger
    quality: int
    accepted: bool
    token: str
    template_format: str


def student_card(row: StudentRow) -> StudentCard:
    """What the station shows of a student."""
    return StudentCard(
        uid=row.uid,
        name=row.name,
        number=row.external_id or "",
        class_name=row.class_name or "",
        email=row.email or "",
    )


def find_visit(session: Session, session_id: str) -> Visit | None:
    """The visit with that session id, whatever its status; None for one without a student."""
    row = session.scalar(select(StudentResponseRow).where(StudentResponseRow.session_id == session_id))
    return None if row is None or row.student is None else _visit(session, row, row.student)


def active_visit_of(session: Session, student_uid: UUID) -> UnfinishedVisit | None:
    """The student's active visit."""
    rows = _unfinished(session, student_uid)
    return rows[0] if rows else None


def unfinished_visits(session: Session) -> tuple[UnfinishedVisit, ...]:
    """Every active visit, the latest first."""
    return _unfinished(session, None)


def _unfinished(session: Session, student_uid: UUID | None) -> tuple[UnfinishedVisit, ...]:
    query = (
        select(StudentResponseRow, StudentRow, PageRow)
        .join(StudentRow, StudentRow.id == StudentResponseRow.student_id)
        .outerjoin(PageRow, PageRow.id == StudentResponseRow.current_page_id)
        .where(StudentResponseRow.status == SessionStatus.ACTIVE.value)
        .order_by(StudentResponseRow.last_activity.desc(), StudentResponseRow.id.desc())
    )
    if student_uid is not None:
        query = query.where(StudentRow.uid == student_uid)
    return tuple(
        UnfinishedVisit(
            visit_uid=row.uid,
            session_id=row.session_id,
            student=student_card(student),
            step=_step(page),
            last_activity_at=row.last_activity,
        )
        for row, student, page in session.execute(query)
    )


def _step(page: PageRow | None) -> Step:
    try:
        return Step(page.key) if page is not None else Step.FINGERS
    except ValueError:  # a page of questions, not one of the station's
        return Step.FINGERS


def _visit(session: Session, row: StudentResponseRow, student: StudentRow) -> Visit:
    skips = {
        page.key: _skip(skip.reason, skip.comment, skip.permanent)
        for skip, page in session.execute(
            select(StepSkipRow, PageRow)
            .join(PageRow, PageRow.id == StepSkipRow.page_id)
            .where(StepSkipRow.response_id == row.id)
        )
    }
    fingers = _finger_tasks(session, row)
    return Visit(
        uid=row.uid,
        session_id=row.session_id,
        student=student_card(student),
        status=SessionStatus(row.status),
        step=_step(row.current_page),
        fingers=fingers,
        signatures=_signature_task(session, row, skips.get(Step.SIGNATURES.value)),
        check_in=_check_in(session, row),
        check_in_skip=skips.get(Step.CHECK_IN.value),
        started_at=row.started_at,
        completed_at=row.completed_at,
        receipt_number=row.receipt_number or "",
        duplicates=_duplicates(session, row),
    )


def _skip(reason: str, comment: str | None, permanent: bool) -> Skip:
    return Skip(SkipReason(reason), comment or "", permanent)


def _finger_tasks(session: Session, row: StudentResponseRow) -> tuple[FingerTask, ...]:
    planned = session.scalars(
        select(VisitFingerRow)
        .where(VisitFingerRow.response_id == row.id)
        .order_by(VisitFingerRow.position, VisitFingerRow.finger_id)
    ).all()
    skips = {
        skip.finger_id: _skip(skip.reason, skip.comment, skip.permanent)
        for skip in session.scalars(select(FingerSkipRow).where(FingerSkipRow.response_id == row.id))
    }
    sessions = {
        enrollment.finger_id: enrollment
        for enrollment in session.scalars(
            select(EnrollmentSessionRow)
            .where(
                EnrollmentSessionRow.response_id == row.id,
                EnrollmentSessionRow.is_deleted.is_(False),
                EnrollmentSessionRow.status != EnrollmentStatus.CANCELLED.value,
            )
            .order_by(EnrollmentSessionRow.id)
        )
    }
    impressions: dict[int, list[ImpressionRow]] = defaultdict(list)
    ids = [enrollment.id for enrollment in sessions.values()]
    for impression in session.scalars(
        select(ImpressionRow)
        .where(ImpressionRow.enrollment_session_id.in_(ids))
        .order_by(ImpressionRow.attempt_number)
    ):
        impressions[impression.enrollment_session_id].append(impression)
    verifications: dict[int, list[FingerVerificationRow]] = defaultdict(list)
    for verification in session.scalars(
        select(FingerVerificationRow)
        .where(FingerVerificationRow.enrollment_session_id.in_(ids))
        .order_by(FingerVerificationRow.id)
    ):
        verifications[verification.enrollment_session_id].append(verification)
    return tuple(
        _finger_task(
            plan.finger_id,
            sessions.get(plan.finger_id),
            impressions,
            verifications,
            skips.get(plan.finger_id),
        )
        for plan in planned
    )


def _finger_task(
    finger_id: int,
    enrollment: EnrollmentSessionRow | None,
    impressions: dict[int, list[ImpressionRow]],
    verifications: dict[int, list[FingerVerificationRow]],
    skip: Skip | None,
) -> FingerTask:
    if enrollment is None:
        return FingerTask(Finger(finger_id), skip=skip)
    return FingerTask(
        finger=Finger(finger_id),
        session_uid=enrollment.uid,
        impressions=tuple(_impression(row) for row in impressions[enrollment.id]),
        skip=skip,
        low_quality_reason=enrollment.low_quality_reason or "",
        verifications=tuple(
            Verification(
                uid=row.uid,
                accepted=row.accepted,
                score=row.score,
                false_match_rate=row.false_match_rate,
                made_at=row.made_at,
                skip_reason=row.skip_reason or "",
            )
            for row in verifications[enrollment.id]
        ),
        searched=enrollment.duplicates_searched_at is not None,
    )


def _duplicates(session: Session, row: StudentResponseRow) -> tuple[DuplicateHit, ...]:
    found = session.execute(
        select(DuplicateCandidateRow, EnrollmentSessionRow.finger_id, StudentRow)
        .join(EnrollmentSessionRow, EnrollmentSessionRow.id == DuplicateCandidateRow.enrollment_session_id)
        .join(StudentRow, StudentRow.id == DuplicateCandidateRow.student_id)
        .where(
            EnrollmentSessionRow.response_id == row.id,
            EnrollmentSessionRow.is_deleted.is_(False),
            EnrollmentSessionRow.status != EnrollmentStatus.CANCELLED.value,
        )
        .order_by(DuplicateCandidateRow.id)
    )
    return tuple(
        DuplicateHit(
            uid=candidate.uid,
            finger=Finger(finger_id),
            student=student_card(student),
            candidate_finger=Finger(candidate.candidate_finger_id),
            score=candidate.score,
            false_match_rate=candidate.false_match_rate,
            enrolled_at=candidate.enrolled_at,
            decision=DuplicateDecision(candidate.decision),
            reason=candidate.reason or "",
        )
        for candidate, finger_id, student in found
    )


def _impression(row: ImpressionRow) -> Impression:
    return Impression(
        uid=row.uid,
        attempt_number=row.attempt_number,
        quality=row.quality_score,
        accepted=row.accepted,
        reasons=tuple(Reason(reason) for reason in row.reasons),
        seconds=row.seconds,
        wire_seconds=row.wire_seconds,
        match_rate=row.match_rate,
        other_finger=None if row.other_finger_id is None else Finger(row.other_finger_id),
        override_reason=row.override_reason or "",
    )


def _signature_task(session: Session, row: StudentResponseRow, skip: Skip | None) -> SignatureTask:
    total = TOTAL_STEPS[FlowType.SIGNUP.value]
    enrollment = session.scalar(
        select(TempEnrollmentRow)
        .where(
            TempEnrollmentRow.response_id == row.id,
            TempEnrollmentRow.status != TempEnrollmentStatus.EXPIRED.value,
        )
        .order_by(TempEnrollmentRow.id.desc())
        .limit(1)
    )
    if enrollment is None:
        return SignatureTask(total, skip=skip)
    numbers: Sequence[int] = session.scalars(
        select(TempEnrollmentStepRow.step_number).where(
            TempEnrollmentStepRow.enrollment_id == enrollment.id,
            TempEnrollmentStepRow.step_number.between(1, total),
        )
    ).all()
    return SignatureTask(
        total_steps=total,
        session_id=enrollment.session_id,
        username=enrollment.username,
        accepted=frozenset(numbers),
        expires_at=enrollment.expires_at,
        skip=skip,
    )


def _check_in(session: Session, row: StudentResponseRow) -> CheckIn | None:
    found = session.execute(
        select(AttendanceRow, ClassSessionRow, ClassRow)
        .join(VisitCheckInRow, VisitCheckInRow.attendance_id == AttendanceRow.id)
        .join(ClassSessionRow, ClassSessionRow.id == AttendanceRow.class_session_id)
        .join(ClassRow, ClassRow.id == ClassSessionRow.class_id)
        .where(VisitCheckInRow.response_id == row.id)
    ).first()
    if found is None:
        return None
    attendance, class_session, class_row = found
    return CheckIn(
        attendance_uid=attendance.uid,
        class_session_uid=class_session.uid,
        title=class_row.name,
        status=AttendanceStatus(attendance.status),
        checked_in_at=attendance.check_in_time or attendance.created_at,
        version=attendance.version,
    )


def visit_templates(session: Session, visit_uid: UUID) -> tuple[StoredTemplate, ...]:
    """The sealed templates of a visit's live enrollment sessions, in the order of capture."""
    rows = session.execute(
        select(ImpressionRow, EnrollmentSessionRow.finger_id)
        .join(EnrollmentSessionRow, EnrollmentSessionRow.id == ImpressionRow.enrollment_session_id)
        .join(StudentResponseRow, StudentResponseRow.id == EnrollmentSessionRow.response_id)
        .where(
            StudentResponseRow.uid == visit_uid,
            EnrollmentSessionRow.is_deleted.is_(False),
            ImpressionRow.template_data.is_not(None),
        )
        .order_by(EnrollmentSessionRow.id, ImpressionRow.attempt_number)
    )
    return tuple(
        StoredTemplate(
            impression_uid=row.uid,
            finger=Finger(finger_id),
            quality=row.quality_score,
            accepted=row.accepted,
            token=row.template_data or "",
            template_format=row.template_format or "",
        )
        for row, finger_id in rows
    )
