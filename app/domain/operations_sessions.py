# SPDX-License-Identifier: Apache-2.0
"""What pause-and-resume sessions and single enrollment sessions write."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from app.domain.fingerprints import Finger
from app.domain.operations import Payload
from app.domain.sessions import EnrollmentStatus


@dataclass(frozen=True, slots=True)
class StartSession(Payload):
    """Open a session of questions (``session/start`` of the source); a student is optional."""

    kind: ClassVar[str] = "session.start"

    response_uid: UUID
    session_id: str
    student_uid: UUID | None = None
    page_key: str | None = None


@dataclass(frozen=True, slots=True)
class AbandonSession(Payload):
    """The user chose "Start Fresh"."""

    kind: ClassVar[str] = "session.abandon"

    session_id: str


@dataclass(frozen=True, slots=True)
class SubmitAnswer(Payload):
    """One answer; answering a question again replaces the answer and gains nothing."""

    kind: ClassVar[str] = "session.answer"

    answer_uid: UUID
    session_id: str
    question_key: str
    value: str
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


@dataclass(frozen=True, slots=True)
class DeleteEnrollmentSession(Payload):
    """Soft delete: the row stays, ``is_deleted`` is set and its template is blanked."""

    kind: ClassVar[str] = "enrollment_session.delete"

    session_id: str
