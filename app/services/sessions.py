# SPDX-License-Identifier: Apache-2.0
"""Sessions of pages and questions that can be left and gone on with (source document 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from app.domain.errors import OperatorError
from app.domain.operations_sessions import AddQuestion, StartSession, SubmitAnswer
from app.domain.operations_visits import AbandonVisit, StartVisit
from app.domain.policy import Policy
from app.domain.sessions import QuestionKind, SessionStatus
from app.services.writer import Writer
from app.storage import sessions as stored

MAX_LISTED = 1000


@dataclass(frozen=True, slots=True)
class SessionValidation:
    """Answer to ``validate``: session and progress are None for a session id that nobody knows."""

    valid: bool
    session: stored.StoredSession | None = None
    progress: stored.SessionProgress | None = None


@dataclass(frozen=True, slots=True)
class SubmittedAnswer:
    """Answer to ``submit_answer``: points of this answer, of the session, and the progress."""

    xp_gained: int
    total_xp: int
    progress: stored.SessionProgress


class SessionService:
    """Start, validate, abandon and answer; a student's session is the student's visit."""

    def __init__(self, writer: Writer, policy: Policy, *, station_uid: UUID | None = None) -> None:
        self._writer = writer
        self._policy = policy
        self._station_uid = station_uid

    def start(self, student_uid: UUID | None = None) -> stored.StoredSession:
        """Open a session (``POST /session/start``); with a student it is a visit that the window can resume.

        Raises:
            OperatorError: ``visit_in_progress`` for a student who has an active one; ``student_not_found``.
        """
        uid = self._writer.new_id()
        session_id = f"visit_{uid.hex}" if student_uid else f"session_{uid.hex}"
        if student_uid is None:
            self._writer.write(uid, StartSession(uid, session_id, self._station_uid))
        else:
            fingers = self._policy.required_fingers
            self._writer.write(uid, StartVisit(uid, session_id, student_uid, fingers, self._station_uid))
        return self.show(session_id)

    def validate(self, session_id: str) -> SessionValidation:
        """Whether the session can be gone on with (``GET /session/{session_id}/validate``).

        False for an unknown session, for one without activity for more than 30 days (by policy), and for one
        that was completed or abandoned: nothing is left to go on with. Validating changes nothing.
        """
        with self._writer.store.reading() as session:
            found = stored.find_session(session, session_id)
        if found is None:
            return SessionValidation(False)
        idle = self._writer.clock() - found.last_activity
        alive = found.status is SessionStatus.ACTIVE and idle <= timedelta(days=self._policy.visit_idle_days)
        return SessionValidation(alive, found, found.progress)

    def abandon(self, session_id: str) -> stored.StoredSession:
        """End the session without completing it, "Start Fresh" (``POST /session/{session_id}/abandon``).

        Raises:
            OperatorError: ``session_not_found``; ``session_ended`` for a completed one. Abandoning an
                abandoned session changes nothing.
        """
        found = self.show(session_id)
        if found.status is SessionStatus.ABANDONED:
            return found
        self._writer.write(found.uid, AbandonVisit(found.uid))
        return self.show(session_id)

    def submit_answer(
        self, session_id: str, question_key: str, value: str, page_key: str | None = None
    ) -> SubmittedAnswer:
        """Answer a question (``POST /answers/submit``); answering again replaces and gains nothing.

        Args:
            page_key: page of the question, needed where two pages have a question of that key.

        Raises:
            OperatorError: ``session_not_found``, ``session_ended``, ``session_expired``,
                ``question_not_found`` or ``answer_invalid``.
        """
        answer_uid = self._writer.new_id()
        answer = self._writer.write(
            answer_uid,
            SubmitAnswer(
                answer_uid=answer_uid,
                session_id=session_id,
                question_key=question_key,
                value=value,
                idle_days=self._policy.visit_idle_days,
                xp=self._policy.xp_per_answer,
                page_key=page_key,
            ),
        )
        progress = stored.SessionProgress(**answer["progress"])
        return SubmittedAnswer(int(answer["xp_gained"]), int(answer["total_xp"]), progress)

    def add_question(
        self,
        page_key: str,
        key: str,
        text: str,
        kind: QuestionKind = QuestionKind.TEXT,
        options: Sequence[str] = (),
    ) -> bool:
        """Add a question to a page; False where the page has one of that key.

        Raises:
            OperatorError: ``page_not_found``; ``input_invalid`` with the field.
        """
        choices = tuple(option.strip() for option in options)
        wrong = {
            "key": not key.strip() or len(key) > 60,
            "text": not text.strip(),
            "options": not all(choices) or (kind is QuestionKind.CHOICE) != bool(choices),
        }
        for field, is_wrong in wrong.items():
            if is_wrong:
                raise OperatorError("input_invalid", field=field)
        uid = self._writer.new_id()
        payload = AddQuestion(uid, page_key, key.strip(), text.strip(), kind, choices)
        return bool(self._writer.write(uid, payload)["added"])

    def list(self, status: SessionStatus | None = None, limit: int = 50) -> tuple[stored.StoredSession, ...]:
        """Sessions, the latest activity first."""
        if not 1 <= limit <= MAX_LISTED:
            raise OperatorError("input_invalid", field="limit")
        with self._writer.store.reading() as session:
            return stored.list_sessions(session, status, limit)

    def show(self, session_id: str) -> stored.StoredSession:
        """One session.

        Raises:
            OperatorError: ``session_not_found``.
        """
        with self._writer.store.reading() as session:
            found = stored.find_session(session, session_id)
        if found is None:
            raise OperatorError("session_not_found", session_id=session_id)
        return found

    def answers(self, session_id: str) -> tuple[stored.StoredAnswer, ...]:
        """The session's answers in the order of pages and questions."""
        with self._writer.store.reading() as session:
            return stored.answers_of(session, session_id)
