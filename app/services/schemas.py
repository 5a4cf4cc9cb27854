# SPDX-License-Identifier: Apache-2.0
"""The source's request and response schemas, checked by pydantic at the edge; inside, values are dataclasses.

``EnrollmentSession*`` are those of document 1, ``StudentResponse`` and ``StudentList`` those of document 5.
"""

from __future__ import annotations

from typing import Annotated, Self
from uuid import UUID

# First: once PySide6 is loaded, its import hook looks into each module that is imported, and pydantic.types
# cannot be looked into while it imports pydantic.errors (a circular import in the latter's __getattr__).
import pydantic.errors  # noqa: F401
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from app.domain.sessions import EnrollmentStatus
from app.storage.enrollment_sessions import StoredEnrollmentSession
from app.storage.students import StoredStudent, StudentPage

SessionId = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[!-~]+$")
]
Key = Annotated[int, Field(ge=1, le=2**31 - 1)]
FingerId = Annotated[int, Field(ge=0, le=9)]
Quality = Annotated[int, Field(ge=0, le=100)]
Template = Annotated[bytes, Field(min_length=1, max_length=65_536)]


class _Schema(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EnrollmentSessionCreate(_Schema):
    """What opens an enrollment session; without ``session_id`` one is made."""

    student_id: Key
    device_id: Key
    finger_id: FingerId
    session_id: SessionId | None = None


class EnrollmentSessionUpdate(_Schema):
    """What may change of an enrollment session; None leaves it. ``template`` is sealed on its way in."""

    status: EnrollmentStatus | None = None
    error_message: Annotated[str, Field(max_length=2000)] | None = None
    template: Template | None = Field(default=None, repr=False)
    template_format: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    quality_score: Quality | None = None
    completed_at: AwareDatetime | None = None
    version: Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if (self.template is None) != (self.template_format is None):
            raise ValueError("template and template_format belong together")
        if self.completed_at is not None and self.status is not EnrollmentStatus.COMPLETED:
            raise ValueError("completed_at belongs to the status completed")
        return self


class EnrollmentSessionResponse(_Schema):
    """An enrollment session as it is handed out: whether there is a template, never the template."""

    id: int
    session_id: str
    student_id: int
    device_id: int
    finger_id: FingerId
    school_id: int
    status: EnrollmentStatus
    error_message: str | None
    has_template: bool
    quality_score: Quality | None
    started_at: AwareDatetime
    completed_at: AwareDatetime | None
    created_at: AwareDatetime
    updated_at: AwareDatetime | None
    version: int

    @classmethod
    def of(cls, stored: StoredEnrollmentSession) -> Self:
        """The response for a stored session."""
        return cls(
            id=stored.id,
            session_id=stored.session_id,
            student_id=stored.student_id,
            device_id=stored.device_id,
            finger_id=int(stored.finger),
            school_id=stored.school_id,
            status=stored.status,
            error_message=stored.error_message,
            has_template=stored.template_data is not None,
            quality_score=stored.quality_score,
            started_at=stored.started_at,
            completed_at=stored.completed_at,
            created_at=stored.created_at,
            updated_at=stored.updated_at,
            version=stored.version,
        )


class StudentResponse(_Schema):
    """A student as the source's endpoints answer; teams are gone and always null."""

    id: int
    name: str
    email: str | None
    class_name: str | None
    course_id: int | None
    course_name: str | None
    team_id: None = None
    team_name: None = None
    team_number: None = None
    status: str
    # Not the source's:
    uid: UUID
    number: str | None
    version: int

    @classmethod
    def of(cls, stored: StoredStudent) -> Self:
        """The response for a stored student."""
        return cls(
            id=stored.id,
            name=stored.name,
            email=stored.email,
            class_name=stored.class_name,
            course_id=stored.course_id,
            course_name=stored.course_name,
            status=stored.status,
            uid=stored.uid,
            number=stored.number,
            version=stored.version,
        )


class StudentList(_Schema):
    """One page of students."""

    items: tuple[StudentResponse, ...]
    total: int
    page: int
    limit: int

    @classmethod
    def of(cls, found: StudentPage) -> Self:
        """The response for a page of stored students."""
        items = tuple(StudentResponse.of(student) for student in found.students)
        return cls(items=items, total=found.total, page=found.page, limit=found.limit)
