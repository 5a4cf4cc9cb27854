# SPDX-License-Identifier: Apache-2.0
"""Brings the school's roster in from a file."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from app.domain.errors import OperatorError
from app.domain.names import course_uid_of, folded
from app.domain.operations_students import ImportedCourse, ImportedStudent, ImportStudents
from app.domain.roster import (
    ImportReport,
    PreviewRow,
    RosterFile,
    RosterPreview,
    RosterProgress,
    RosterRow,
    RosterStage,
    RowCode,
    RowError,
    RowState,
)
from app.services.roster_csv import reading_roster
from app.services.students import StudentService
from app.services.writer import Writer
from app.storage import roster as stored
from app.storage.students import count_students

MAX_BYTES = 50_000_000


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
            OperatorError: ``file_unreadable``, ``file_is_spreadsheet`` or ``columns_missing``; nothing is
                written then.
        """
        if commit:
            return next(step for step in self.importing(data) if isinstance(step, ImportReport))
        return next(step.report for step in self.previewing(data) if isinstance(step, RosterPreview))

    @staticmethod
    def read_file(path: Path) -> bytes:
        """The bytes of a roster file.

        Raises:
            OperatorError: ``file_unreadable``, also for one of more than ``MAX_BYTES``.
        """
        try:
            if path.stat().st_size > MAX_BYTES:
                raise OperatorError("file_unreadable", file=str(path))
            return path.read_bytes()
        except OSError as error:
            raise OperatorError("file_unreadable", file=str(path)) from error

    def previewing(self, data: bytes) -> Iterator[RosterProgress | RosterPreview]:
        """What importing the file would do, row by row; tells how far it is, the preview comes last.

        Raises:
            OperatorError: as ``import_csv``.
        """
        file = yield from _read(data)
        yield RosterProgress(RosterStage.COMPARING)
        school_uid = self._students.school_uid()
        students, lines = self._grouped(file.rows)
        with self._writer.store.reading() as session:
            plan = stored.planned(session, school_uid, students)
        answer = {**plan.counts(), "conflicts": plan.conflicts}
        report = _report(file, answer, lines, committed=False)
        yield RosterPreview(report, file.columns, _rows(file, report, _states(plan, lines)))

    def importing(self, data: bytes) -> Iterator[RosterProgress | ImportReport]:
        """Import the file; tells how far it is, the report comes last. Stopped before ``WRITING`` nothing is
        written; writing is one transaction.

        Raises:
            OperatorError: as ``import_csv``.
        """
        file = yield from _read(data)
        school_uid = self._students.school_uid()
        students, lines = self._grouped(file.rows)
        yield RosterProgress(RosterStage.WRITING, len(file.rows), len(file.rows))
        answer = self._writer.write(school_uid, ImportStudents(school_uid, students))
        self._students.roster_changed()
        yield _report(file, answer, lines, committed=True)

    def _grouped(
        self, rows: Sequence[RosterRow]
    ) -> tuple[tuple[ImportedStudent, ...], tuple[tuple[int, ...], ...]]:
        """One entry per student with all courses of the student, and the lines that each comes from."""
        by_email: dict[str, list[RosterRow]] = {}
        for row in rows:
            by_email.setdefault(folded(row.email), []).append(row)
        school_uid = self._students.school_uid()
        students = tuple(self._student(group, school_uid) for group in by_email.values())
        return students, tuple(tuple(row.line for row in group) for group in by_email.values())

    def _student(self, group: Sequence[RosterRow], school_uid: UUID) -> ImportedStudent:
        first = group[0]
        courses = [
            ImportedCourse(row.course_name, course_uid_of(school_uid, row.course_name), self._writer.new_id())
            for row in group
            if row.course_name is not None
        ]
        return ImportedStudent(
            student_uid=self._writer.new_id(),
            name=first.name,
            email=first.email,
            class_name=first.class_name,
            status=first.status,
            number=first.number,
            courses=tuple(courses),
        )


def _read(data: bytes) -> Generator[RosterProgress, None, RosterFile]:
    for step in reading_roster(data):
        if isinstance(step, RosterFile):
            return step
        yield step
    raise AssertionError("a reading ends with the file")


def _states(plan: stored.RosterPlan, lines: Sequence[Sequence[int]]) -> dict[int, RowState]:
    """What the import makes of each line that is not refused."""
    changed = {change.id for change in plan.changed}
    enrolled = {place for place, _course, _uid in plan.enrollments_added}
    states = dict.fromkeys(plan.added, RowState.NEW)
    for place, student_id in plan.known.items():
        differs = student_id in changed or place in enrolled
        states[place] = RowState.CHANGED if differs else RowState.UNCHANGED
    return {line: state for place, state in states.items() for line in lines[place]}


def _rows(file: RosterFile, report: ImportReport, states: dict[int, RowState]) -> tuple[PreviewRow, ...]:
    errors: dict[int, list[RowError]] = {}
    for error in report.errors:
        errors.setdefault(error.line, []).append(error)
    return tuple(
        PreviewRow(row, states.get(row.line, RowState.REFUSED), tuple(errors.get(row.line, ())))
        for row in sorted((*file.rows, *file.refused), key=lambda row: row.line)
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
