# SPDX-License-Identifier: Apache-2.0
"""The roster's import: document 5's CSV format, dry run first, one transaction, twice changes nothing."""

from __future__ import annotations

from importlib.resources import files

import pytest
from sqlalchemy import event, func, select

from app.domain.errors import OperatorError, StorageError
from app.domain.roster import ImportReport, RowCode, RowError
from app.services.roster import RosterService
from app.storage.rows.courses import CourseEnrollmentRow, CourseRow, GroupMemberRow
from app.storage.rows.people import StudentRow
from tests.services.desk import Desk

DOCUMENT_CSV = b"""name,email,class_name,course,status
John Doe,john@example.com,Class A,Math 101,active
Jane Smith,jane@example.com,Class B,Physics 201,active
"""


def counts(report: ImportReport) -> tuple[int, ...]:
    return (report.added, report.changed, report.unchanged, report.courses_added, report.enrollments_added)


def test_csv_import_uses_the_documents_format(desk: Desk, roster: RosterService) -> None:
    assert roster.is_empty()
    assert counts(roster.import_csv(DOCUMENT_CSV, commit=True)) == (2, 0, 0, 2, 2)
    assert not roster.is_empty()
    jane, john = desk.students.list().students
    assert (john.name, john.email, john.class_name, john.course_name, john.status) == (
        "John Doe",
        "john@example.com",
        "Class A",
        "Math 101",
        "active",
    )
    assert jane.course_name == "Physics 201"
    with desk.writer.store.reading() as session:  # "SELECT COUNT(*) FROM group_members; -- Should be 0"
        assert session.scalar(select(func.count()).select_from(GroupMemberRow)) == 0


def test_a_dry_run_tells_what_the_import_does_and_writes_nothing(roster: RosterService) -> None:
    told = roster.import_csv(DOCUMENT_CSV, commit=False)
    assert roster.is_empty()
    done = roster.import_csv(DOCUMENT_CSV, commit=True)
    assert (told.committed, done.committed) == (False, True)
    assert counts(told) == counts(done)


def test_importing_a_file_again_changes_nothing(desk: Desk, roster: RosterService) -> None:
    roster.import_csv(DOCUMENT_CSV, commit=True)
    with desk.writer.store.reading() as session:
        before = session.execute(select(StudentRow.uid, StudentRow.version, StudentRow.updated_at)).all()
    desk.clock.turn(days=1)
    assert counts(roster.import_csv(DOCUMENT_CSV, commit=True)) == (0, 0, 2, 0, 0)
    with desk.writer.store.reading() as session:
        after = session.execute(select(StudentRow.uid, StudentRow.version, StudentRow.updated_at)).all()
        assert session.scalar(select(func.count()).select_from(CourseEnrollmentRow)) == 2
    assert before == after


def test_an_import_changes_reactivates_and_leaves_empty_cells_alone(
    desk: Desk, roster: RosterService
) -> None:
    roster.import_csv(DOCUMENT_CSV, commit=True)
    john = desk.students.find("john@example.com")
    desk.students.update(john.uid, status="inactive", number="0042")
    again = b"name,email,class_name,course,status\nJohn M. Doe,JOHN@example.com,,Art,active\n"
    report = roster.import_csv(again, commit=True)
    assert (report.changed, report.reactivated, report.added) == (1, 1, 0)
    found = desk.students.get(john.uid)
    assert (found.name, found.class_name, found.number, found.status) == (
        "John M. Doe",
        "Class A",
        "0042",
        "active",
    )
    assert [hit.card.uid for hit in desk.students.search("0042")] == [john.uid]


def test_a_deleted_student_who_is_on_the_roster_again_is_back(desk: Desk, roster: RosterService) -> None:
    roster.import_csv(DOCUMENT_CSV, commit=True)
    with desk.writer.store._writing.begin() as connection:
        connection.execute(StudentRow.__table__.update().values(is_deleted=True))  # type: ignore[attr-defined]
    assert desk.students.list().total == 0
    report = roster.import_csv(DOCUMENT_CSV, commit=True)
    assert (report.changed, report.reactivated) == (2, 2)
    assert desk.students.list().total == 2


def test_one_student_in_several_rows_takes_several_courses(desk: Desk, roster: RosterService) -> None:
    data = (
        b"name,email,course\nAda,ada@x.org,Art\nAda,ADA@x.org,Music\nAda,ada@x.org,ART\nBo,bo@x.org,music\n"
    )
    report = roster.import_csv(data, commit=True)
    assert (report.added, report.courses_added, report.enrollments_added) == (2, 2, 3)
    assert report.errors == ()
    with desk.writer.store.reading() as session:
        assert sorted(session.scalars(select(CourseRow.name))) == ["Art", "Music"]


def test_an_inactive_course_enrollment_is_reactivated_by_an_import(desk: Desk, roster: RosterService) -> None:
    roster.import_csv(DOCUMENT_CSV, commit=True)
    with desk.writer.store._writing.begin() as connection:
        connection.execute(CourseEnrollmentRow.__table__.update().values(active=False))  # type: ignore[attr-defined]
    assert desk.students.find("john@example.com").course_name is None
    report = roster.import_csv(DOCUMENT_CSV, commit=True)
    assert (report.enrollments_reactivated, report.enrollments_added, report.unchanged) == (2, 0, 2)
    assert desk.students.find("john@example.com").course_name == "Math 101"


def test_a_number_of_another_student_is_told_by_line_and_the_rest_is_imported(
    desk: Desk, roster: RosterService
) -> None:
    roster.import_csv(b"name,email,number\nAda,ada@x.org,1\nBo,bo@x.org,2\n", commit=True)
    changed = b"name,email,number\nAda,ada@x.org,2\nCy,cy@x.org,3\nBo B,bo@x.org,\n"
    for commit in (False, True):
        report = roster.import_csv(changed, commit=commit)
        assert report.errors == (RowError(2, "number", RowCode.NUMBER_TAKEN),)
        assert (report.added, report.changed) == (1, 1)
    assert desk.students.find("ada@x.org").number == "1"


def test_a_new_email_is_taken_over_where_the_number_knows_the_student(
    desk: Desk, roster: RosterService
) -> None:
    roster.import_csv(b"name,email,number\nAda,ada@x.org,1\n", commit=True)
    uid = desk.students.find("1").uid
    report = roster.import_csv(b"name,email,number\nAda,ada@new.org,1\n", commit=True)
    assert (report.added, report.changed) == (0, 1)
    assert desk.students.find("ada@new.org").uid == uid


def test_a_file_that_cannot_be_read_writes_nothing(roster: RosterService) -> None:
    for data, code in (
        (b"name,course\nAda,Art\n", "columns_missing"),
        (b"", "columns_missing"),
        (b'name,email\n"Ada,ada@x.org\n', "file_unreadable"),
        (b"name,email\n\x81\x8d,\xff\n", "file_unreadable"),
    ):
        with pytest.raises(OperatorError) as refused:
            roster.import_csv(data, commit=True)
        assert refused.value.code == code
    assert roster.is_empty()


def test_an_import_that_fails_half_way_leaves_nothing(desk: Desk, roster: RosterService) -> None:
    desk.students.school_uid()

    def fail(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if statement.startswith("INSERT INTO course_enrollments"):
            raise StorageError("disk_full")

    engine = desk.writer.store._writing
    event.listen(engine, "before_cursor_execute", fail)
    with pytest.raises(StorageError):
        roster.import_csv(DOCUMENT_CSV, commit=True)
    event.remove(engine, "before_cursor_execute", fail)
    assert roster.is_empty()
    assert counts(roster.import_csv(DOCUMENT_CSV, commit=True)) == (2, 0, 0, 2, 2)


def test_an_import_asks_a_fixed_number_of_questions(desk: Desk, roster: RosterService) -> None:
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    header = "name,email,class_name,course,number\n"
    rows = [f"Student {n},s{n}@x.org,7A,Course {n % 3},{n}" for n in range(1500)]
    desk.students.school_uid()
    event.listen(desk.writer.store._writing, "before_cursor_execute", note)
    report = roster.import_csv((header + "\n".join(rows)).encode(), commit=True)
    event.remove(desk.writer.store._writing, "before_cursor_execute", note)
    assert report.added == report.enrollments_added == 1500
    assert len(statements) < 40


def test_the_training_roster_is_without_errors(roster: RosterService) -> None:
    data = (files("resources") / "training_roster.csv").read_bytes()
    report = roster.import_csv(data, commit=False)
    assert (report.added, report.errors, report.notices) == (40, (), ())
