# SPDX-License-Identifier: Apache-2.0
"""What pause-and-resume sessions and single enrollment sessions write."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from app.domain.fingerprints import Finger
from app.domain.operations import Payload
from app.domain.sessions import EnrollmentStatus, QuestionKind


@dataclass(frozen=True, slots=True)
class StartSession(Payload):
    """Open a session that belongs to no student yet (``session/start`` of the source).

    A student's session is a visit and opened by ``StartVisit``.
    """

    kind: ClassVar[str] = "session.start"

    response_uid: UUID
    session_id: str
    station_uid: UUID | None = None


@dataclass(frozen=True, slots=True)
class AddQuestion(Payload):
    """Add a question to a page, behind those that are there; the page's key and the question's name it."""

    kind: ClassVar[str] = "question.add"

    question_uid: UUID
    page_key: str
    key: str
    text: str
    answer_kind: QuestionKind
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SubmitAnswer(Payload):
    """One answer; answering a question again replaces the answer and gains nothing.

    Attributes:
        idle_days: a session without activity for longer takes no answer.
        xp: points for a first answer.
        page_key: page of the question; None where the question's key is on one page only.
    """

    kind: ClassVar[str] = "session.answer"

    answer_uid: UUID
    session_id: str
    question_key: str
    value: str = field(repr=False)
    idle_days: int
    xp: int
    page_key: str | None = None


@dataclass(frozen=True, slots=True)
class CreateEnrollmentSession(Payload):
    """Add one row of ``enrollment_sessions``."""

    kind: ClassVar[str] = "enrollment_session.create"

    enrollment_uid: UUID
    session_id: str
    student_uid: UUID
    device_uid: UUID
    finger: Finger
    status: EnrollmentStatus = EnrollmentStatus.PENDING


@dataclass(frozen=True, slots=True)
class UpdateEnrollmentSession(Payload):
    """Change what may change of an enrollment session; None leaves a field as it is."""

    kind: ClassVar[str] = "enrollment_session.update"

    session_id: str
    status: EnrollmentStatus | None = None
    error_message: str | None = None
    template_data: str | None = None  # sealed token: table enrollment_sessions, row the session's uid
    template_format: str | None = None
    quality_score: int | None = None
    completed_at: datetime | None = None
    base_version: int | None = None


@dataclass(frozen=True, slots=True)
class DeleteEnrollmentSession(Payload):
    """Soft delete: the row stays, ``is_deleted`` is set and its template is blanked."""

    kind: ClassVar[str] = "enrollment_session.delete"

    session_id: str
