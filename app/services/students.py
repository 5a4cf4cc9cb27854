# SPDX-License-Identifier: Apache-2.0
"""The roster's students, one at a time: find, add, change, list."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event
from uuid import UUID

from app.domain.errors import OperatorError
from app.domain.listings import StudentListing
from app.domain.names import course_uid_of, school_uid_of
from app.domain.operations_students import AddSchool, AddStudent, SetCourseEnrollment, UpdateStudent
from app.domain.roster import REQUIRED, STUDENT_STATUSES, RowCode, checked
from app.domain.visits import StudentCard
from app.services.student_finder import StudentFinder
from app.services.writer import Writer
from app.storage import students as stored

MAX_PAGE = 200


class StudentService:
    """Students of one school.

    Args:
        school: its name; the school is added at the first need.
    """

    def __init__(self, writer: Writer, school: str) -> None:
        self._writer = writer
        self.school = school
        self._school_uid: UUID | None = None
        self._finder = StudentFinder(writer, school)

    def school_uid(self) -> UUID:
        """The school's uid.

        Raises:
            OperatorError: ``school_not_found`` where the settings name no school.
        """
        if self._school_uid is None:
            if not self.school:
                raise OperatorError("school_not_found")
            with self._writer.store.reading() as session:
                self._school_uid = stored.find_school(session, self.school)
            if self._school_uid is None:
                uid = school_uid_of(self.school)
                answer = self._writer.write(uid, AddSchool(uid, self.school))
                self._school_uid = UUID(answer["school_uid"])
        return self._school_uid

    def search(self, text: str, limit: int = 50) -> tuple[StudentListing, ...]:
        """Active students whose name, e-mail, number or class holds every word of ``text``.

        A number or e-mail given whole comes first, then whole words, then hits at the beginning of words.
        Once the roster is loaded, a slip in a name is forgiven where nobody is found otherwise. Without a
        text the students with a visit under way come first, the latest first.
        """
        return self._finder.search(text, limit)

    def load_roster(self, stop: Event) -> Iterator[int]:
        """Make the search quick: index the roster in memory; to be run beside the window."""
        return self._finder.load(stop)

    def roster_changed(self) -> None:
        """Students were changed elsewhere in this program, by an import for example."""
        self._finder.look_again()

    def forget_roster(self) -> None:
        """Keep no name in memory, as when the station is locked; searches ask the database from then on."""
        self._finder.forget()

    def add(
        self,
        name: str,
        email: str | None = None,
        class_name: str | None = None,
        number: str | None = None,
        course_name: str | None = None,
    ) -> StudentCard:
        """Add a student at the desk, where no e-mail may be known.

        Raises:
            OperatorError: ``input_invalid`` with the field; ``student_exists`` for a taken e-mail or number.
        """
        made = self._add(
            {"name": name, "email": email, "class_name": class_name, "number": number, "course": course_name},
            required=("name",),
        )
        return StudentCard(
            made.student_uid, made.name, made.number or "", made.class_name or "", made.email or ""
        )

    def create(
        self,
        name: str,
        email: str,
        *,
        class_name: str | None = None,
        course_name: str | None = None,
        status: str = "active",
        number: str | None = None,
    ) -> stored.StoredStudent:
        """Create a student with an active enrollment in the course (``POST /admin/students``).

        Raises:
            OperatorError: as ``add``; a name and an e-mail are required.
        """
        made = self._add(
            {
                "name": name,
                "email": email,
                "class_name": class_name,
                "number": number,
                "course": course_name,
                "status": status,
            },
            required=REQUIRED,
        )
        return self.get(made.student_uid)

    def _add(self, given: dict[str, str | None], required: tuple[str, ...]) -> AddStudent:
        values = {field: _checked(field, text or "", required) or None for field, text in given.items()}
        course_name = values.get("course")
        payload = AddStudent(
            student_uid=self._writer.new_id(),
            school_uid=self.school_uid(),
            name=values["name"] or "",
            email=values["email"],
            class_name=values["class_name"],
            number=values["number"],
            status=values.get("status") or STUDENT_STATUSES[0],
            course_name=course_name,
            course_uid=course_uid_of(self.school_uid(), course_name) if course_name else None,
            course_enrollment_uid=self._writer.new_id() if course_name else None,
        )
        self._writer.write(payload.student_uid, payload)
        return payload

    def update(
        self,
        student_uid: UUID,
        *,
        name: str | None = None,
        email: str | None = None,
        class_name: str | None = None,
        number: str | None = None,
        status: str | None = None,
        course_name: str | None = None,
        seen_version: int | None = None,
    ) -> stored.StoredStudent:
        """Change a student (``PUT /admin/students/{id}``).

        None leaves a field as it is, an empty text clears e-mail, class and number. A course is enrolled in,
        never left, by this.

        Args:
            seen_version: refuses the change where somebody else changed the student since.

        Raises:
            OperatorError: ``student_not_found``, ``student_exists``, ``input_invalid``, ``record_changed``.
        """
        given = {
            "name": name,
            "email": email,
            "class_name": class_name,
            "number": number,
            "status": status,
            "course": course_name,
        }
        values = {
            field: None if text is None else _checked(field, text, ("name", "status"))
            for field, text in given.items()
        }
        course = values["course"]
        self._writer.write(
            student_uid,
            UpdateStudent(
                student_uid=student_uid,
                name=values["name"],
                email=values["email"],
                class_name=values["class_name"],
                number=values["number"],
                status=values["status"],
                course_name=course or None,
                course_uid=course_uid_of(self.school_uid(), course) if course else None,
                course_enrollment_uid=self._writer.new_id() if course else None,
                base_version=seen_version,
            ),
        )
        self._finder.look_again()
        return self.get(student_uid)

    def set_course_enrollment(self, student_uid: UUID, course_name: str | None) -> int | None:
        """``_set_user_course_enrollment`` of the source; the course's integer key, None without a name.

        Without a name nothing is done. An enrollment that is there is made active; otherwise it is created,
        and the course too where the school has none of that name.
        """
        course = _checked("course", course_name or "", ())
        if not course:
            return None
        payload = SetCourseEnrollment(
            student_uid, course, course_uid_of(self.school_uid(), course), self._writer.new_id()
        )
        return int(self._writer.write(student_uid, payload)["course_id"])

    def get(self, student_uid: UUID) -> stored.StoredStudent:
        """The student.

        Raises:
            OperatorError: ``student_not_found``.
        """
        with self._writer.store.reading() as session:
            found = stored.find_student(session, student_uid)
        if found is None:
            raise OperatorError("student_not_found", uid=student_uid)
        return found

    def find(self, reference: str) -> stored.StoredStudent:
        """The student that a uid, an integer key, a number or an e-mail names.

        Raises:
            OperatorError: ``student_not_found``.
        """
        with self._writer.store.reading() as session:
            found = stored.named_student(session, self.school, reference.strip())
        if found is None:
            raise OperatorError("student_not_found")
        return found

    def list(
        self,
        q: str = "",
        class_or_course: str = "",
        class_name: str = "",
        status: str = "",
        page: int = 1,
        limit: int = 50,
    ) -> stored.StudentPage:
        """One page of the students (``GET /students``), by name.

        Args:
            q: searches name and e-mail, number and class.
            class_or_course: name of a class or of a course that is actively taken.
            status: active, inactive or empty for both.
            page: 1 for the first.
            limit: 1 to 200.

        Raises:
            OperatorError: ``input_invalid`` with the field.
        """
        for field, wrong in (("page", page < 1), ("limit", not 1 <= limit <= MAX_PAGE)):
            if wrong:
                raise OperatorError("input_invalid", field=field)
        with self._writer.store.reading() as session:
            return stored.list_students(
                session,
                self.school,
                text=q,
                class_or_course=class_or_course,
                class_name=class_name,
                status=_checked("status", status, ()),
                page=page,
                limit=limit,
            )


def _checked(field: str, text: str, required: tuple[str, ...]) -> str:
    value, code = checked(field, text)
    if not value and field in required:
        code = RowCode.MISSING
    if code is not None:
        raise OperatorError("input_invalid", field=field, reason=code.value)
    return value
