# SPDX-License-Identifier: Apache-2.0
"""Sessions of pages and questions that can be left and gone on with (source document 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.sessions import SessionStatus
from app.storage.rows.people import StudentRow
from app.storage.rows.visits import AnswerRow, PageRow, QuestionRow, StudentResponseRow


@dataclass(frozen=True, slots=True)
class SessionProgress:
    """How many of the active questions are answered, and what that earned.

    ``percentage``: answered among all active questions, 0 to 100 with one decimal; 0 without questions.
    """

    questions_answered: int
    total_questions: int
    total_xp: int
    percentage: float


@dataclass(frozen=True, slots=True)
class StoredSession:
    """One session. ``current_page_id`` is the page's integer key, as the source has it."""

    uid: UUID
    session_id: str
    status: SessionStatus
    last_activity: datetime
    started_at: datetime
    completed_at: datetime | None
    current_page_id: int | None
    current_page: str | None
    student_uid: UUID | None
    student_name: str | None = field(repr=False)
    progress: SessionProgress


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """One answer of a session."""

    page: str
    question: str
    text: str
    value: object = field(repr=False)
    answered_at: datetime


def find_session(session: Session, session_id: str) -> StoredSession | None:
    """The session with that id."""
    rows = _listed(session, session_id=session_id, status=None, limit=1)
    return rows[0] if rows else None


def list_sessions(session: Session, status: SessionStatus | None, limit: int) -> tuple[StoredSession, ...]:
    """Sessions, the latest activity first; two queries whatever their number."""
    return _listed(session, session_id=None, status=status, limit=limit)


def _listed(
    session: Session, *, session_id: str | None, status: SessionStatus | None, limit: int
) -> tuple[StoredSession, ...]:
    query = (
        select(StudentResponseRow, PageRow.key, StudentRow.uid, StudentRow.name)
        .outerjoin(PageRow, PageRow.id == StudentResponseRow.current_page_id)
        .outerjoin(StudentRow, StudentRow.id == StudentResponseRow.student_id)
    )
    if session_id is not None:
        query = query.where(StudentResponseRow.session_id == session_id)
    if status is not None:
        query = query.where(StudentResponseRow.status == status.value)
    newest = query.order_by(StudentResponseRow.last_activity.desc(), StudentResponseRow.id.desc())
    rows = session.execute(newest.limit(limit)).all()
    total = count_questions(session)
    answered = count_answers(session, [row.id for row, *_ in rows])
    return tuple(
        StoredSession(
            uid=row.uid,
            session_id=row.session_id,
            status=SessionStatus(row.status),
            last_activity=row.last_activity,
            started_at=row.started_at,
            completed_at=row.completed_at,
            current_page_id=row.current_page_id,
            current_page=page,
            student_uid=student_uid,
            student_name=student_name,
            progress=progress(answered.get(row.id, 0), total, row.total_xp),
        )
        for row, page, student_uid, student_name in rows
    )


def count_questions(session: Session) -> int:
    """How many questions there are to answer."""
    query = (
        select(func.count(QuestionRow.id))
        .join(PageRow, PageRow.id == QuestionRow.page_id)
        .where(QuestionRow.active.is_(True), PageRow.active.is_(True))
    )
    return session.scalar(query) or 0


def count_answers(session: Session, response_ids: Sequence[int]) -> dict[int, int]:
    """Answers to questions that are still asked, by session."""
    query = (
        select(AnswerRow.response_id, func.count(AnswerRow.id))
        .join(QuestionRow, QuestionRow.id == AnswerRow.question_id)
        .join(PageRow, PageRow.id == QuestionRow.page_id)
        .where(
            AnswerRow.response_id.in_(response_ids), QuestionRow.active.is_(True), PageRow.active.is_(True)
        )
        .group_by(AnswerRow.response_id)
    )
    return dict(session.execute(query).all())


def progress(answered: int, total: int, total_xp: int) -> SessionProgress:
    """The progress that these counts make."""
    percentage = round(100 * answered / total, 1) if total else 0.0
    return SessionProgress(answered, total, total_xp, percentage)


def answers_of(session: Session, session_id: str) -> tuple[StoredAnswer, ...]:
    """The answers of a session in the order of pages and questions."""
    rows = session.execute(
        select(PageRow.key, QuestionRow.key, QuestionRow.text, AnswerRow.value, AnswerRow.answered_at)
        .select_from(AnswerRow)
        .join(StudentResponseRow, StudentResponseRow.id == AnswerRow.response_id)
        .join(QuestionRow, QuestionRow.id == AnswerRow.question_id)
        .join(PageRow, PageRow.id == QuestionRow.page_id)
        .where(StudentResponseRow.session_id == session_id)
        .order_by(PageRow.position, PageRow.id, QuestionRow.position, QuestionRow.id)
    )
    return tuple(StoredAnswer(*row) for row in rows)
