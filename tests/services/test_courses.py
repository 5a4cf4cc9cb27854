# SPDX-License-Identifier: Apache-2.0
"""Document 5's audit and backfill of course enrollments, and its list of what tests cover."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session

from app.commands.courses import audit_lines, backfill_lines
from app.services.courses import AuditResult, CourseAudit, CourseService
from app.storage.courses import StudentCourse
from app.storage.rows.courses import CourseEnrollmentRow, CourseRow, GroupMemberRow, GroupRow
from app.storage.rows.people import StudentRow
from tests.services.desk import Desk, fresh_id


@pytest.fixture
def courses(desk: Desk) -> CourseService:
    return CourseService(desk.writer)


class Legacy:
    """Groups, members and enrollments as the old tables hold them."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.students: list[int] = []
        self.courses: list[int] = []

    def add(self, students: int, courses: int) -> None:
        for number in range(students):
            made = self.desk.students.create(f"Student {number:03}", f"s{number}@x.org")
            self.students.append(made.id)
        with Session(self.desk.writer.store._writing) as session, session.begin():
            school_id = session.scalar(select(StudentRow.school_id).limit(1))
            for number in range(len(self.courses), len(self.courses) + courses):
                course = CourseRow(
                    uid=fresh_id(), school_id=school_id, name=f"Course {number}", name_norm=f"course {number}"
                )
                session.add(course)
                session.flush()
                self.courses.append(course.id)

    def member(self, student: int, course: int, group: str = "Team 1", *, active: bool = True) -> None:
        with Session(self.desk.writer.store._writing) as session, session.begin():
            row = session.scalar(
                select(GroupRow).where(GroupRow.course_id == self.courses[course], GroupRow.name == group)
            )
            if row is None:
                row = GroupRow(uid=fresh_id(), course_id=self.courses[course], name=group)
                session.add(row)
                session.flush()
            session.add(
                GroupMemberRow(
                    uid=fresh_id(), group_id=row.id, student_id=self.students[student], active=active
                )
            )

    def enroll(self, student: int, course: int, *, active: bool = True) -> None:
        with Session(self.desk.writer.store._writing) as session, session.begin():
            session.add(
                CourseEnrollmentRow(
                    uid=fresh_id(),
                    course_id=self.courses[course],
                    student_id=self.students[student],
                    active=active,
                )
            )


@pytest.fixture
def legacy(desk: Desk) -> Legacy:
    made = Legacy(desk)
    made.add(students=3, courses=2)
    return made


def stored(desk: Desk) -> list[tuple[int, int, bool]]:
    with desk.writer.store.reading() as session:
        rows = session.execute(
            select(
                CourseEnrollmentRow.student_id, CourseEnrollmentRow.course_id, CourseEnrollmentRow.active
            ).order_by(CourseEnrollmentRow.student_id, CourseEnrollmentRow.course_id)
        )
        return [(student, course, active) for student, course, active in rows]


# -- the document's list of test coverage -----------------------------------------------------------------


def test_course_enrollment_creation_logic(desk: Desk, courses: CourseService, legacy: Legacy) -> None:
    legacy.member(0, 0)
    done = courses.backfill(commit=True)
    assert (done.created, done.reactivated) == (1, 0)
    assert stored(desk) == [(legacy.students[0], legacy.courses[0], True)]


def test_backfill_logic_validation_creates_what_lacks_and_activates_what_is_inactive(
    desk: Desk, courses: CourseService, legacy: Legacy
) -> None:
    legacy.member(0, 0)
    legacy.member(1, 0)
    legacy.member(2, 0)
    legacy.enroll(1, 0, active=False)
    legacy.enroll(2, 0)
    done = courses.backfill(commit=True)
    assert (done.before.complete, done.created, done.reactivated) == (1, 1, 1)
    assert [row[2] for row in stored(desk)] == [True, True, True]
    assert done.after is not None
    assert done.after.result is AuditResult.PASSED


def test_unique_pair_identification_multiple_groups_in_same_course(
    courses: CourseService, legacy: Legacy
) -> None:
    legacy.member(0, 0, "Team 1")
    legacy.member(0, 0, "Team 2")
    audit = courses.audit()
    assert (audit.active_members, audit.pairs) == (2, 1)
    assert audit.missing[0].groups == ("Team 1", "Team 2")
    assert courses.backfill(commit=True).created == 1


def test_multiple_courses_for_same_student_are_multiple_enrollments(
    desk: Desk, courses: CourseService, legacy: Legacy
) -> None:
    legacy.member(0, 0)
    legacy.member(0, 1)
    assert courses.backfill(commit=True).created == 2
    assert [course for _, course, _ in stored(desk)] == legacy.courses


def test_inactive_member_filtering(desk: Desk, courses: CourseService, legacy: Legacy) -> None:
    legacy.member(0, 0, active=False)
    assert courses.audit().active_members == 0
    assert courses.backfill(commit=True).created == 0
    assert stored(desk) == []


def test_idempotent_creation_safe_to_run_multiple_times(
    desk: Desk, courses: CourseService, legacy: Legacy
) -> None:
    legacy.member(0, 0)
    legacy.member(1, 1)
    courses.backfill(commit=True)
    before = stored(desk)
    again = courses.backfill(commit=True)
    assert (again.created, again.reactivated, again.before.complete) == (0, 0, 2)
    assert stored(desk) == before


def test_coverage_calculation(courses: CourseService, legacy: Legacy) -> None:
    for student in range(3):
        legacy.member(student, 0)
    legacy.enroll(0, 0)
    legacy.enroll(1, 0, active=False)
    audit = courses.audit()
    assert (audit.complete, len(audit.inactive), len(audit.missing)) == (1, 1, 1)
    assert audit.coverage_percent == pytest.approx(100 / 3)


# -- the scripts ------------------------------------------------------------------------------------------


def test_safe_dry_run_mode_by_default_makes_no_changes(
    desk: Desk, courses: CourseService, legacy: Legacy
) -> None:
    legacy.member(0, 0)
    told = courses.backfill(commit=False)
    assert (told.created, told.reactivated, told.after) == (1, 0, None)
    assert stored(desk) == []


def test_re_run_audit_to_confirm_100_percent_coverage(courses: CourseService, legacy: Legacy) -> None:
    legacy.member(0, 0)
    legacy.member(1, 0)
    assert courses.audit().result is AuditResult.FAILED
    done = courses.backfill(commit=True)
    audit = courses.audit()
    assert done.after == audit
    assert (audit.result, audit.coverage_percent) == (AuditResult.PASSED, 100.0)


def test_fresh_installation_shows_0_group_members_and_100_percent(courses: CourseService) -> None:
    audit = courses.audit()
    assert (audit.active_members, audit.pairs, audit.coverage_percent) == (0, 0, 100.0)
    assert audit.result is AuditResult.PASSED


def test_the_final_coverage_is_measured_not_assumed(
    desk: Desk, courses: CourseService, legacy: Legacy
) -> None:
    """A member who joins between the backfill's reading and its end is in the final figure."""
    legacy.member(0, 0)
    write = desk.writer.write

    def write_and_join(*arguments: object) -> object:
        answer = write(*arguments)  # type: ignore[arg-type]
        legacy.member(1, 0)
        return answer

    desk.writer.write = write_and_join  # type: ignore[method-assign,assignment]
    done = courses.backfill(commit=True)
    assert done.after is not None
    assert done.after.coverage_percent == 50.0


def test_students_who_were_deleted_are_not_enrolled(
    desk: Desk, courses: CourseService, legacy: Legacy
) -> None:
    legacy.member(0, 0)
    with Session(desk.writer.store._writing) as session, session.begin():
        row = session.get(StudentRow, legacy.students[0])
        assert row is not None
        row.is_deleted = True
    assert courses.audit().pairs == 0


def test_audit_and_backfill_ask_a_fixed_number_of_questions(
    desk: Desk, courses: CourseService, legacy: Legacy
) -> None:
    legacy.add(students=0, courses=3)
    for student in range(3):
        for course in range(5):
            legacy.member(student, course)
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    courses.audit()
    assert len([text for text in statements if text.startswith("SELECT")]) == 1
    statements.clear()
    courses.backfill(commit=True)
    event.remove(Engine, "before_cursor_execute", note)
    assert len(statements) < 18  # one of them writes the log
    with desk.writer.store.reading() as session:
        assert session.scalar(select(func.count()).select_from(CourseEnrollmentRow)) == 15


# -- what is printed; no database -------------------------------------------------------------------------


def pair(number: int) -> StudentCourse:
    return StudentCourse(
        UUID(int=number), UUID(int=1), f"Student {number}", f"s{number}@x.org", "Art", ("Team 1",), None
    )


def audited(complete: int, inactive: int = 0, missing: int = 0) -> CourseAudit:
    return CourseAudit(
        active_members=complete + inactive + missing,
        complete=complete,
        inactive=tuple(pair(n) for n in range(inactive)),
        missing=tuple(pair(n) for n in range(missing)),
    )


@pytest.mark.parametrize(
    ("audit", "result", "exit_code"),
    [
        (audited(0), AuditResult.PASSED, 0),
        (audited(5), AuditResult.PASSED, 0),
        (audited(99, missing=1), AuditResult.WARNING, 1),
        (audited(99, inactive=1), AuditResult.FAILED, 2),
        (audited(98, missing=1), AuditResult.FAILED, 2),
        (audited(0, missing=1), AuditResult.FAILED, 2),
    ],
)
def test_exit_codes_for_automation_0_pass_1_warning_2_fail(
    audit: CourseAudit, result: AuditResult, exit_code: int
) -> None:
    assert (audit.result, audit.result.exit_code) == (result, exit_code)


def test_audit_output_includes_what_the_document_lists() -> None:
    text = "\n".join(audit_lines(audited(39, inactive=1, missing=12)))
    assert "Found 52 active GroupMember records" in text
    assert "Unique student-course pairs from GroupMember: 52" in text
    assert "CourseEnrollment coverage: 75.0%" in text
    assert "MISSING CourseEnrollment records (12):" in text
    assert "  - Student 9 (s9@x.org)\n    Course: Art\n    Groups: Team 1\n  ... and 2 more" in text
    assert "INACTIVE CourseEnrollment records (1):" in text
    assert text.splitlines()[0] == "=" * 80
    assert text.splitlines()[-1].startswith("AUDIT FAILED")


def test_a_coverage_just_short_of_all_is_not_printed_as_100() -> None:
    text = "\n".join(audit_lines(audited(9999, missing=1)))
    assert "coverage: 99.9%" in text
    assert "AUDIT WARNING" in text
    assert list(audit_lines(audited(1)))[-1] == (
        "AUDIT PASSED: All students have active CourseEnrollment records"
    )


def test_backfill_says_when_it_is_a_dry_run(courses: CourseService) -> None:
    assert any("DRY RUN MODE" in line for line in backfill_lines(courses.backfill(commit=False)))
    live = list(backfill_lines(courses.backfill(commit=True)))
    assert not any("DRY RUN" in line for line in live)
    assert live[-1] == "Final coverage: 100.0%"
