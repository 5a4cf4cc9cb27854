# SPDX-License-Identifier: Apache-2.0
"""Temporary enrollments: the source's three functions, its monitoring queries and the look-ups of the flow.

``get_enrollment_progress``, ``complete_enrollment`` and ``cleanup_expired_enrollments`` exist on PostgreSQL
as SQL functions of the same names; a test holds both equal.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.domain.sessions import TempEnrollmentStatus
from app.domain.signature_flow import FlowType
from app.storage.rows.people import UserRow
from app.storage.rows.signatures import (
    TempEnrollmentRow,
    TempEnrollmentStepRow,
    TempStepDraftRow,
)
from app.storage.rows.visits import StudentResponseRow

TOTAL_STEPS = {FlowType.SIGNUP.value: 11, FlowType.SIGNIN.value: 1}
DELETED_AFTER = timedelta(days=7)

NOT_FOUND = "Enrollment session not found or already completed"
NOT_COMPLETE = "Enrollment is not complete"
SIGNUP_COMPLETED = "Sign-up enrollment completed - ready for processing"
SIGNIN_COMPLETED = "Sign-in enrollment completed"


def normalize_username(username: str) -> str:
    """The form in which user names are compared: NFKC, case folded, without outer blanks."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", username).casefold()).strip()


@dataclass(frozen=True, slots=True)
class EnrollmentProgress:
    """The row that ``get_enrollment_progress`` returns."""

    total_steps: int
    completed_steps: int
    last_step_number: int | None
    last_step_type: str | None
    remaining_steps: int
    is_complete: bool


@dataclass(frozen=True, slots=True)
class Completion:
    """The row that ``complete_enrollment`` returns; ``user_id``: integer key of the user, if there is one."""

    success: bool
    user_id: int | None
    message: str


@dataclass(frozen=True, slots=True)
class ActiveEnrollment:
    """One row of the source's query of active sessions."""

    username: str = field(repr=False)
    flow_type: str
    steps_completed: int
    created_at: datetime
    expires_at: datetime
    session_id: str


@dataclass(frozen=True, slots=True)
class StoredStep:
    """One accepted step as stored: sealed tokens and what opens them."""

    step_uid: UUID
    step_number: int
    step_type: str
    instruction: str
    signature_data: str = field(repr=False)
    raw_data: str | None = field(repr=False)
    metrics: str | None = field(repr=False)
    attempt_count: int
    completed_at: datetime


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """The unfinished drawing of a step."""

    draft_uid: UUID
    step_number: int
    raw_data: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class StoredEnrollment:
    """A temporary enrollment with its steps."""

    enrollment_uid: UUID
    session_id: str
    username: str = field(repr=False)
    flow_type: FlowType
    status: TempEnrollmentStatus
    expires_at: datetime
    subject_uid: UUID
    station_uid: UUID | None
    steps: tuple[StoredStep, ...]
    drafts: tuple[StoredDraft, ...]


def enrollment_row(session: Session, session_id: str) -> TempEnrollmentRow | None:
    """The row with that session id."""
    return session.scalar(select(TempEnrollmentRow).where(TempEnrollmentRow.session_id == session_id))


def is_open(row: TempEnrollmentRow, now: datetime) -> bool:
    """Whether the enrollment still takes steps: in progress and not past its expiry."""
    return row.status == TempEnrollmentStatus.IN_PROGRESS.value and row.expires_at > now


def get_enrollment_progress(session: Session, session_id: str) -> EnrollmentProgress | None:
    """Progress; None for an unknown session id. Complete means the set of steps, not their count."""
    row = enrollment_row(session, session_id)
    if row is None:
        return None
    total = TOTAL_STEPS[row.flow_type]
    steps = session.execute(
        select(TempEnrollmentStepRow.step_number, TempEnrollmentStepRow.step_type)
        .where(TempEnrollmentStepRow.enrollment_id == row.id)
        .order_by(TempEnrollmentStepRow.completed_at.desc(), TempEnrollmentStepRow.step_number.desc())
    ).all()
    done = {number for number, _ in steps if 1 <= number <= total}
    return EnrollmentProgress(
        total_steps=total,
        completed_steps=len(done),
        last_step_number=steps[0][0] if steps else None,
        last_step_type=steps[0][1] if steps else None,
        remaining_steps=total - len(done),
        is_complete=len(done) == total,
    )


def complete_enrollment(session: Session, session_id: str, now: datetime) -> Completion:
    """Mark an enrollment as completed; refuses an unknown, ended, expired or incomplete one."""
    row = enrollment_row(session, session_id)
    if row is None or not is_open(row, now):
        return Completion(False, None, NOT_FOUND)
    progress = get_enrollment_progress(session, session_id)
    if progress is None or not progress.is_complete:
        return Completion(False, None, NOT_COMPLETE)
    row.status = TempEnrollmentStatus.COMPLETED.value
    row.updated_at = now
    session.flush()
    user_id = session.scalar(
        select(UserRow.id).where(UserRow.username_norm == row.username_norm, UserRow.is_deleted.is_(False))
    )
    signup = row.flow_type == FlowType.SIGNUP.value
    return Completion(True, user_id, SIGNUP_COMPLETED if signup else SIGNIN_COMPLETED)


def cleanup_expired_enrollments(session: Session, now: datetime) -> int:
    """Expire what is past its time, delete what expired over seven days ago; how many rows were touched."""
    doomed = TempEnrollmentRow.expires_at < now - DELETED_AFTER
    overdue = (TempEnrollmentRow.status == TempEnrollmentStatus.IN_PROGRESS.value) & (
        TempEnrollmentRow.expires_at <= now
    )
    marked = session.execute(
        update(TempEnrollmentRow)
        .where(overdue & ~doomed)
        .values(
            status=TempEnrollmentStatus.EXPIRED.value, updated_at=now, version=TempEnrollmentRow.version + 1
        )
        .execution_options(synchronize_session="fetch")
    )
    ids = session.scalars(
        select(TempEnrollmentRow.id).where(
            doomed & (overdue | (TempEnrollmentRow.status == TempEnrollmentStatus.EXPIRED.value))
        )
    ).all()
    for table in (TempEnrollmentStepRow, TempStepDraftRow):
        session.execute(delete(table).where(table.enrollment_id.in_(ids)))
    session.execute(delete(TempEnrollmentRow).where(TempEnrollmentRow.id.in_(ids)))
    return int(marked.rowcount) + len(ids)  # type: ignore[attr-defined]


def active_enrollments(session: Session) -> tuple[ActiveEnrollment, ...]:
    """The source's first monitoring query: sessions in progress, the newest first."""
    steps = (
        select(func.count())
        .where(TempEnrollmentStepRow.enrollment_id == TempEnrollmentRow.id)
        .correlate(TempEnrollmentRow)
        .scalar_subquery()
    )
    rows = session.execute(
        select(TempEnrollmentRow, steps)
        .where(TempEnrollmentRow.status == TempEnrollmentStatus.IN_PROGRESS.value)
        .order_by(TempEnrollmentRow.created_at.desc(), TempEnrollmentRow.id.desc())
    )
    return tuple(
        ActiveEnrollment(
            username=row.username,
            flow_type=row.flow_type,
            steps_completed=count,
            created_at=row.created_at,
            expires_at=row.expires_at,
            session_id=row.session_id,
        )
        for row, count in rows
    )


def count_pending_cleanup(session: Session, now: datetime) -> int:
    """The source's second monitoring query: sessions in progress past their expiry."""
    return (
        session.scalar(
            select(func.count())
            .select_from(TempEnrollmentRow)
            .where(
                TempEnrollmentRow.status == TempEnrollmentStatus.IN_PROGRESS.value,
                TempEnrollmentRow.expires_at < now,
            )
        )
        or 0
    )


def average_steps(session: Session) -> dict[str, float]:
    """The source's third monitoring query: average steps of completed enrollments by flow."""
    counts = (
        select(
            TempEnrollmentRow.flow_type.label("flow_type"),
            func.count(TempEnrollmentStepRow.id).label("step_count"),
        )
        .outerjoin(TempEnrollmentStepRow, TempEnrollmentStepRow.enrollment_id == TempEnrollmentRow.id)
        .where(TempEnrollmentRow.status == TempEnrollmentStatus.COMPLETED.value)
        .group_by(TempEnrollmentRow.id, TempEnrollmentRow.flow_type)
        .subquery()
    )
    rows = session.execute(
        select(counts.c.flow_type, func.avg(counts.c.step_count)).group_by(counts.c.flow_type)
    )
    return {flow_type: float(average) for flow_type, average in rows}


def username_is_taken(session: Session, username: str) -> bool:
    """Whether a user of that name exists, whatever its case."""
    return session.scalar(_user_query(username)) is not None


def _user_query(username: str):  # type: ignore[no-untyped-def]
    return select(UserRow.id).where(
        UserRow.username_norm == normalize_username(username), UserRow.is_deleted.is_(False)
    )


def open_enrollment_of(
    session: Session, username: str, flow_type: FlowType, now: datetime
) -> StoredEnrollment | None:
    """The enrollment that a user name is being signed up (or in) with right now."""
    row = session.scalar(
        select(TempEnrollmentRow)
        .where(
            TempEnrollmentRow.username_norm == normalize_username(username),
            TempEnrollmentRow.flow_type == flow_type.value,
            TempEnrollmentRow.status == TempEnrollmentStatus.IN_PROGRESS.value,
            TempEnrollmentRow.expires_at > now,
        )
        .order_by(TempEnrollmentRow.id.desc())
        .limit(1)
    )
    return None if row is None else stored_enrollment(row)


def open_enrollment_of_visit(session: Session, visit_uid: UUID, now: datetime) -> StoredEnrollment | None:
    """The visit's enrollment that still takes steps."""
    row = session.scalar(
        select(TempEnrollmentRow)
        .join(StudentResponseRow, StudentResponseRow.id == TempEnrollmentRow.response_id)
        .where(
            StudentResponseRow.uid == visit_uid,
            TempEnrollmentRow.status == TempEnrollmentStatus.IN_PROGRESS.value,
            TempEnrollmentRow.expires_at > now,
        )
        .order_by(TempEnrollmentRow.id.desc())
        .limit(1)
    )
    return None if row is None else stored_enrollment(row)


def find_enrollment(session: Session, session_id: str) -> StoredEnrollment | None:
    """The enrollment with that session id, with its steps and drafts."""
    row = enrollment_row(session, session_id)
    return None if row is None else stored_enrollment(row)


def stored_enrollment(row: TempEnrollmentRow) -> StoredEnrollment:
    """The row as a value."""
    metadata = row.metadata_ or {}
    station = metadata.get("station_uid")
    subject = metadata.get("subject_uid")
    return StoredEnrollment(
        enrollment_uid=row.uid,
        session_id=row.session_id,
        username=row.username,
        flow_type=FlowType(row.flow_type),
        status=TempEnrollmentStatus(row.status),
        expires_at=row.expires_at,
        subject_uid=UUID(str(subject)) if subject else row.uid,
        station_uid=UUID(str(station)) if station else None,
        steps=_stored_steps(row.steps),
        drafts=tuple(
            StoredDraft(draft.uid, draft.step_number, draft.raw_data)
            for draft in sorted(row.drafts, key=lambda draft: draft.step_number)
        ),
    )


def _stored_steps(rows: Sequence[TempEnrollmentStepRow]) -> tuple[StoredStep, ...]:
    return tuple(
        StoredStep(
            step_uid=row.uid,
            step_number=row.step_number,
            step_type=row.step_type,
            instruction=row.instruction,
            signature_data=row.signature_data,
            raw_data=sealed_token(row.raw_data),
            metrics=sealed_token(row.metrics),
            attempt_count=row.attempt_count,
            completed_at=row.completed_at,
        )
        for row in sorted(rows, key=lambda row: row.step_number)
    )


def sealed_token(document: object) -> str | None:
    """The token inside a JSON column, or None."""
    if isinstance(document, dict):
        token = document.get("sealed")
        return token if isinstance(token, str) else None
    return None
