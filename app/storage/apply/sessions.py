# SPDX-License-Identifier: Apache-2.0
"""Applies sessions of pages and questions: start, questions, answers with their points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.errors import OperatorError
from app.domain.operations import Operation
from app.domain.operations_sessions import AddQuestion, StartSession, SubmitAnswer
from app.domain.sessions import QuestionKind, SessionStatus
from app.storage.apply.applier import Applier
from app.storage.rows.visits import AnswerRow, PageRow, QuestionRow, StudentResponseRow
from app.storage.sessions import count_answers, count_questions, progress


def apply_start(session: Session, op: Operation) -> Mapping[str, object]:
    """Open a session that belongs to no student yet; it stands at no page."""
    payload = cast(StartSession, op.payload)
    session.add(
        StudentResponseRow(
            uid=payload.response_uid,
            session_id=payload.session_id,
            status=SessionStatus.ACTIVE.value,
            last_activity=op.made_at,
            started_at=op.made_at,
            created_at=op.made_at,
            station_uid=payload.station_uid,
        )
    )
    session.flush()
    return {"session_id": payload.session_id}


def apply_add_question(session: Session, op: Operation) -> Mapping[str, object]:
    """Add a question, or find the one of that page and key."""
    payload = cast(AddQuestion, op.payload)
    page = session.scalar(select(PageRow).where(PageRow.key == payload.page_key))
    if page is None:
        raise OperatorError("page_not_found", page=payload.page_key)
    row = session.scalar(
        select(QuestionRow).where(QuestionRow.page_id == page.id, QuestionRow.key == payload.key)
    )
    added = row is None
    if row is None:
        last = session.scalar(select(func.max(QuestionRow.position)).where(QuestionRow.page_id == page.id))
        row = QuestionRow(
            uid=payload.question_uid,
            page_id=page.id,
            key=payload.key,
            text=payload.text,
            kind=payload.answer_kind.value,
            options=list(payload.options) or None,
            position=0 if last is None else last + 1,
        )
        session.add(row)
        session.flush()
    return {"question_uid": row.uid, "added": added}


def apply_answer(session: Session, op: Operation) -> Mapping[str, object]:
    """Write an answer; the first one to a question gains points."""
    payload = cast(SubmitAnswer, op.payload)
    response = _open_session(session, op, payload)
    question = _question(session, payload)
    if not QuestionKind(question.kind).accepts(payload.value, question.options or ()):
        raise OperatorError("answer_invalid", question=payload.question_key)
    answer = session.scalar(
        select(AnswerRow).where(AnswerRow.response_id == response.id, AnswerRow.question_id == question.id)
    )
    gained = 0
    if answer is None:
        gained = payload.xp
        answer = AnswerRow(uid=payload.answer_uid, response_id=response.id, question_id=question.id)
        session.add(answer)
    answer.value = payload.value
    answer.answered_at = op.made_at
    response.total_xp += gained
    response.last_activity = max(response.last_activity, op.made_at)
    if response.student_id is None:  # where a student's visit stands is the station's matter
        response.current_page_id = question.page_id
    session.flush()
    answered = count_answers(session, [response.id]).get(response.id, 0)
    now = progress(answered, count_questions(session), response.total_xp)
    return {"xp_gained": gained, "total_xp": response.total_xp, "progress": asdict(now)}


def _open_session(session: Session, op: Operation, payload: SubmitAnswer) -> StudentResponseRow:
    row = session.scalar(
        select(StudentResponseRow)
        .where(StudentResponseRow.session_id == payload.session_id)
        .with_for_update()
    )
    if row is None:
        raise OperatorError("session_not_found", session_id=payload.session_id)
    if row.status != SessionStatus.ACTIVE.value:
        raise OperatorError("session_ended", session_id=payload.session_id)
    if op.made_at - row.last_activity > timedelta(days=payload.idle_days):
        raise OperatorError("session_expired", session_id=payload.session_id)
    return row


def _question(session: Session, payload: SubmitAnswer) -> QuestionRow:
    query = (
        select(QuestionRow)
        .join(PageRow, PageRow.id == QuestionRow.page_id)
        .where(
            QuestionRow.key == payload.question_key, QuestionRow.active.is_(True), PageRow.active.is_(True)
        )
    )
    if payload.page_key is not None:
        query = query.where(PageRow.key == payload.page_key)
    found = session.scalars(query.limit(2)).all()
    if len(found) != 1:
        raise OperatorError("question_not_found", question=payload.question_key)
    return found[0]


APPLIERS: dict[str, Applier] = {
    StartSession.kind: apply_start,
    AddQuestion.kind: apply_add_question,
    SubmitAnswer.kind: apply_answer,
}
