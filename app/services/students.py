# SPDX-License-Identifier: Apache-2.0
"""The roster's students, one at a time: find, add, change."""

from __future__ import annotations

from uuid import UUID

from app.domain.errors import OperatorError
from app.domain.listings import StudentListing
from app.domain.operations_students import AddSchool, AddStudent
from app.domain.visits import StudentCard
from app.services.writer import Writer
from app.storage import students as stored


class StudentService:
    """Students of one school.

    Args:
        school: its name; the school is added at the first need.
    """

    def __init__(self, writer: Writer, school: str) -> None:
        self._writer = writer
        self._school = school
        self._school_uid: UUID | None = None

    def school_uid(self) -> UUID:
        """The school's uid.

        Raises:
            OperatorError: ``school_not_found`` where the settings name no school.
        """
        if self._school_uid is None:
            if not self._school:
                raise OperatorError("school_not_found")
            with self._writer.store.reading() as session:
                self._school_uid = stored.find_school(session, self._school)
            if self._school_uid is None:
                uid = self._writer.new_id()
                answer = self._writer.write(uid, AddSchool(uid, self._school))
                self._school_uid = UUID(answer["school_uid"])
        return self._school_uid

    def search(self, text: str, limit: int = 50) -> tuple[StudentListing, ...]:
        """Students whose name, e-mail, number or class holds every word of ``text``."""
        with self._writer.store.reading() as session:
            return stored.search_students(session, text, limit)

    def add(
        self,
        name: str,
        email: str | None = None,
        class_name: str | None = None,
        number: str | None = None,
        course_name: str | None = None,
    ) -> StudentCard:
        """Add a student.

        Raises:
            OperatorError: ``input_invalid`` with the field; ``student_exists`` for a taken e-mail or number.
        """
        clean = " ".join(name.split())
        if not clean or len(clean) > 200:
            raise OperatorError("input_invalid", field="name")
        uid = self._writer.new_id()
        self._writer.write(
            uid,
            AddStudent(
                student_uid=uid,
                school_uid=self.school_uid(),
                name=clean,
                email=email or None,
                class_name=class_name or None,
                number=number or None,
                course_name=course_name or None,
                course_uid=self._writer.new_id() if course_name else None,
                course_enrollment_uid=self._writer.new_id() if course_name else None,
            ),
        )
        return StudentCard(uid, clean, number or "", class_name or "", email or "")
