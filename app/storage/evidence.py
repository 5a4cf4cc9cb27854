# SPDX-License-Identifier: Apache-2.0
"""What a visit left in the tables, row by row: for proofs, not for pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.storage.rows.attendance import AttendanceRow
from app.storage.rows.enrollment import EnrollmentSessionRow, FingerSkipRow, ImpressionRow
from app.storage.rows.people import StudentRow
from app.storage.rows.signatures import TempEnrollmentRow, TempEnrollmentStepRow, TempStepDraftRow
from app.storage.rows.visits import StudentResponseRow


@dataclass(frozen=True, slots=True)
class ImpressionEvidence:
    """One row of ``impressions``."""

    uid: UUID
    finger_id: int
    attempt_number: int
    quality: int
    accepted: bool
    template_token: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class SessionEvidence:
    """One row of ``enrollment_sessions``."""

    uid: UUID
    finger_id: int
    status: str
    quality: int | None
    template_token: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class StepEvidence:
    """One row of ``temp_enrollment_steps``."""

    step_uid: UUID
    step_number: int
    picture_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class VisitEvidence:
    """Everything that a visit wrote."""

    session_id: str
    student_uid: UUID
    status: str
    receipt_number: str
    sessions: tuple[SessionEvidence, ...]
    impressions: tuple[ImpressionEvidence, ...]
    skipped_fingers: tuple[int, ...]
    signature_status: str
    steps: tuple[StepEvidence, ...]
    drafts: int
    attendance: int


def visit_evidence(session: Session, session_id: str) -> VisitEvidence | None:
    """What the tables hold of a visit; None for an unknown one or one without a student."""
    found = session.execute(
        select(StudentResponseRow, StudentRow)
        .join(StudentRow, StudentRow.id == StudentResponseRow.student_id)
        .where(StudentResponseRow.session_id == session_id)
    ).first()
    if found is None:
        return None
    visit, student = found
    sessions = session.scalars(
        select(EnrollmentSessionRow)
        .where(EnrollmentSessionRow.response_id == visit.id, EnrollmentSessionRow.is_deleted.is_(False))
        .order_by(EnrollmentSessionRow.id)
    ).all()
    impressions = session.execute(
        select(ImpressionRow, EnrollmentSessionRow.finger_id)
        .join(EnrollmentSessionRow, EnrollmentSessionRow.id == ImpressionRow.enrollment_session_id)
        .where(EnrollmentSessionRow.response_id == visit.id)
        .order_by(ImpressionRow.id)
    ).all()
    skips = session.scalars(
        select(FingerSkipRow.finger_id).where(FingerSkipRow.response_id == visit.id)
    ).all()
    temporary = session.scalars(
        select(TempEnrollmentRow)
        .where(TempEnrollmentRow.response_id == visit.id)
        .order_by(TempEnrollmentRow.id.desc())
        .limit(1)
    ).first()
    attendance = session.scalars(select(AttendanceRow.id).where(AttendanceRow.student_id == student.id)).all()
    return VisitEvidence(
        session_id=visit.session_id,
        student_uid=student.uid,
        status=visit.status,
        receipt_number=visit.receipt_number or "",
        sessions=tuple(
            SessionEvidence(row.uid, row.finger_id, row.status, row.quality_score, row.template_data)
            for row in sessions
        ),
        impressions=tuple(
            ImpressionEvidence(
                row.uid,
                finger_id,
                row.attempt_number,
                row.quality_score,
                row.accepted,
                row.template_data,
            )
            for row, finger_id in impressions
        ),
        skipped_fingers=tuple(skips),
        signature_status=temporary.status if temporary else "",
        steps=_steps(session, temporary),
        drafts=_drafts(session, temporary),
        attendance=len(attendance),
    )


def _steps(session: Session, temporary: TempEnrollmentRow | None) -> tuple[StepEvidence, ...]:
    if temporary is None:
        return ()
    rows = session.scalars(
        select(TempEnrollmentStepRow)
        .where(TempEnrollmentStepRow.enrollment_id == temporary.id)
        .order_by(TempEnrollmentStepRow.step_number)
    )
    return tuple(StepEvidence(row.uid, row.step_number, row.signature_data) for row in rows)


def _drafts(session: Session, temporary: TempEnrollmentRow | None) -> int:
    if temporary is None:
        return 0
    query = select(TempStepDraftRow.id).where(TempStepDraftRow.enrollment_id == temporary.id)
    return len(session.scalars(query).all())
