# SPDX-License-Identifier: Apache-2.0
"""Brings the school's roster in from a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from app.domain.names import folded
from app.domain.operations_students import ImportedCourse, ImportedStudent, ImportStudents
from app.domain.roster import ImportReport, RosterFile, RosterRow, RowCode, RowError
from app.services.roster_csv import read_roster
from app.services.students import StudentService
from app.services.writer import Writer
from app.storage import roster as stored
from app.storage.students import count_students


class RosterService:
    """Imports rosters into the school of ``students``."""

    def __init__(self, writer: Writer, students: StudentService) -> None:
        self._writer = writer
        self._students = students

    def is_empty(self) -> bool:
        """Whether there is no student at all."""
        with self._writer.store.reading() as session:
            return count_students(session) == 0

    def import_csv(self, data: bytes, *, commit: bool) -> ImportReport:
        """Import a CSV file, or tell what importing it would do.

        Rows with errors are left out and reported, all others are written in one transaction. Importing
        the same file again changes nothing, so a corrected file can be imported as a whole.

        Args:
            commit: False only compares.

        Raises:
            OperatorError: ``file_unreadable`` or ``columns_missing``; nothing is written then.
        """
        file = read_roster(data)
        school_uid = self._students.school_uid()
        students, lines = self._grouped(file.rows)
        if commit:
            answer = self._writer.write(school_uid, ImportStudents(school_uid, students))
        else:
            with self._writer.store.reading() as session:
                plan = stored.planned(session, school_uid, students)
            answer = {**plan.counts(), "conflicts": plan.conflicts}
        return _report(file, answer, lines, committed=commit)

    def _grouped(
        self, rows: Sequence[RosterRow]
    ) -> tuple[tuple[ImportedStudent, ...], tuple[tuple[int, ...], ...]]:
        """One entry per student with all courses of the student, and the lines that each comes from."""
        by_email: dict[str, list[RosterRow]] = {}
        for row in rows:
            by_email.setdefault(folded(row.email), []).append(row)
        course_uids: dict[str, UUID] = {}
        students = tuple(self._student(group, course_uids) for group in by_email.values())
        return students, tuple(tuple(row.line for row in group) for group in by_email.values())

    def _student(self, group: Sequence[RosterRow], course_uids: dict[str, UUID]) -> ImportedStudent:
        first = group[0]
        courses = []
        for row in group:
            if row.course_name is not None:
                norm = folded(row.course_name)
                if norm not in course_uids:
                    course_uids[norm] = self._writer.new_id()
                courses.append(ImportedCourse(row.course_name, course_uids[norm], self._writer.new_id()))
        return ImportedStudent(
            student_uid=self._writer.new_id(),
            name=first.name,
            email=first.email,
            class_name=first.class_name,
            status=first.status,
            number=first.number,
            courses=tuple(courses),
        )


def _report(
    file: RosterFile, answer: dict[str, Any], lines: Sequence[Sequence[int]], *, committed: bool
) -> ImportReport:
    conflicts = answer.pop("conflicts")
    taken = [RowError(line, "number", RowCode.NUMBER_TAKEN) for place in conflicts for line in lines[place]]
    return ImportReport(
        committed=committed,
        encoding=file.encoding,
        delimiter=file.delimiter,
        errors=tuple(sorted([*file.errors, *taken], key=lambda error: error.line)),
        notices=file.notices,
        **answer,
    )
