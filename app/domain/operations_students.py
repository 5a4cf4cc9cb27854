# SPDX-License-Identifier: Apache-2.0
"""What the roster writes: schools, students, their courses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar
from uuid import UUID

from app.domain.operations import Payload


@dataclass(frozen=True, slots=True)
class AddSchool(Payload):
    """Add the school, where its name is new."""

    kind: ClassVar[str] = "school.add"

    school_uid: UUID
    name: str


@dataclass(frozen=True, slots=True)
class AddStudent(Payload):
    """Add a student with, where given, the course that the student takes."""

    kind: ClassVar[str] = "student.add"

    student_uid: UUID
    school_uid: UUID
    name: str = field(repr=False)
    email: str | None = field(default=None, repr=False)
    class_name: str | None = None
    number: str | None = None
    status: str = "active"
    course_name: str | None = None
    course_uid: UUID | None = None  # taken when the course is new
    course_enrollment_uid: UUID | None = None


@dataclass(frozen=True, slots=True)
class UpdateStudent(Payload):
    """Change a student; None leaves a field as it is. A ``base_version`` refuses a stale edit."""

    kind: ClassVar[str] = "student.update"

    student_uid: UUID
    name: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    class_name: str | None = None
    number: str | None = None
    status: str | None = None
    course_name: str | None = None
    course_uid: UUID | None = None
    course_enrollment_uid: UUID | None = None
    base_version: int | None = None


@dataclass(frozen=True, slots=True)
class SetCourseEnrollment(Payload):
    """Make sure that the student is actively enrolled in the course (``_set_user_course_enrollment``)."""

    kind: ClassVar[str] = "course_enrollment.set"

    student_uid: UUID
    course_name: str | None
    course_uid: UUID
    course_enrollment_uid: UUID


@dataclass(frozen=True, slots=True)
class ImportedCourse:
    """One course that an imported student takes; the uids count where course or enrollment is new."""

    name: str
    course_uid: UUID
    course_enrollment_uid: UUID


@dataclass(frozen=True, slots=True)
class ImportedStudent:
    """One student of an import; None leaves a field as it is, ``student_uid`` counts for a new student."""

    student_uid: UUID
    name: str = field(repr=False)
    email: str = field(repr=False)
    class_name: str | None = None
    status: str | None = None
    number: str | None = None
    courses: tuple[ImportedCourse, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportStudents(Payload):
    """A whole file of students in one transaction."""

    kind: ClassVar[str] = "students.import"

    school_uid: UUID
    students: tuple[ImportedStudent, ...]


@dataclass(frozen=True, slots=True)
class BackfillPair:
    """One student-course pair that the legacy tables hold; the uid counts where an enrollment is created."""

    student_uid: UUID
    course_uid: UUID
    course_enrollment_uid: UUID


@dataclass(frozen=True, slots=True)
class BackfillCourseEnrollments(Payload):
    """Create the missing course enrollments and reactivate the inactive ones."""

    kind: ClassVar[str] = "course_enrollments.backfill"

    pairs: tuple[BackfillPair, ...]
