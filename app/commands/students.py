# SPDX-License-Identifier: Apache-2.0
"""``students``: the roster, one by one and from a file."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.context import CommandContext, print_json
from app.commands.options import AsJson, DatabaseUrl, print_table

if TYPE_CHECKING:
    from app.assembly import Services
    from app.domain.roster import ImportReport
    from app.services.students import StudentService
    from app.storage.students import StoredStudent

app = typer.Typer(no_args_is_help=True, help="Students: list, add, update, import from a file.")

School = Annotated[str | None, typer.Option(help="Name of the school; the station's own without it.")]
StudentReference = Annotated[str, typer.Argument(help="The student's number, e-mail, uid or id.")]
HEADINGS = ("id", "number", "name", "email", "class", "course", "status")


@app.command(name="list")
def list_students(
    ctx: typer.Context,
    q: Annotated[str, typer.Option(help="Words in name, e-mail, number or class.")] = "",
    class_or_course: Annotated[str, typer.Option(help="Only of this class or course.")] = "",
    class_name: Annotated[str, typer.Option(help="Only of this class.")] = "",
    status: Annotated[str, typer.Option(help="active or inactive.")] = "",
    page: Annotated[int, typer.Option(min=1)] = 1,
    limit: Annotated[int, typer.Option(min=1, max=200, help="Students on a page.")] = 50,
    school: School = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """List students by name, a page at a time."""
    from app.services.schemas import StudentList

    with _context(ctx).services(database_url) as services:
        found = _students(services, school).list(q, class_or_course, class_name, status, page, limit)
    if as_json:
        print_json(StudentList.of(found).model_dump(mode="json"))
        return
    print_table(HEADINGS, [_cells(student) for student in found.students])
    print(f"{len(found.students)} of {found.total} students, page {found.page}")


@app.command()
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Option(help="First name and family name.")],
    email: Annotated[str, typer.Option(help="Unique in the school.")],
    class_name: Annotated[str, typer.Option(help="Class.")] = "",
    course_name: Annotated[str, typer.Option(help="Course to enroll in; added where it is new.")] = "",
    number: Annotated[str, typer.Option(help="Number on the student's card.")] = "",
    status: Annotated[str, typer.Option(help="active or inactive.")] = "active",
    school: School = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Add a student, enrolled in the course where one is given."""
    with _context(ctx).services(database_url) as services:
        student = _students(services, school).create(
            name, email, class_name=class_name, course_name=course_name, status=status, number=number
        )
    _print_student(student, as_json)


@app.command()
def update(
    ctx: typer.Context,
    student: StudentReference,
    name: Annotated[str | None, typer.Option(help="New name.")] = None,
    email: Annotated[str | None, typer.Option(help='New e-mail; "" for none.')] = None,
    class_name: Annotated[str | None, typer.Option(help='New class; "" for none.')] = None,
    course_name: Annotated[str | None, typer.Option(help="Course to enroll in as well.")] = None,
    number: Annotated[str | None, typer.Option(help='New number; "" for none.')] = None,
    status: Annotated[str | None, typer.Option(help="active or inactive.")] = None,
    seen_version: Annotated[
        int | None, typer.Option(help="Refuse where somebody changed the student since this version.")
    ] = None,
    school: School = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Change a student; what is not given stays."""
    with _context(ctx).services(database_url) as services:
        students = _students(services, school)
        changed = students.update(
            students.find(student).uid,
            name=name,
            email=email,
            class_name=class_name,
            number=number,
            status=status,
            course_name=course_name,
            seen_version=seen_version,
        )
    _print_student(changed, as_json)


@app.command(name="import")
def import_students(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV with name, email, class_name, course, status, number.")],
    commit: Annotated[bool, typer.Option("--commit", help="Write; without it nothing is written.")] = False,
    school: School = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Compare a roster file with the students, and import it with --commit. Exit code 1 if rows are wrong."""
    from app.domain.errors import OperatorError
    from app.services.roster import RosterService

    try:
        data = file.read_bytes()
    except OSError as error:
        raise OperatorError("file_unreadable", file=str(file)) from error
    with _context(ctx).services(database_url) as services:
        roster = services.roster
        if school is not None:
            roster = RosterService(services.writer, _students(services, school))
        report = roster.import_csv(data, commit=commit)
    if as_json:
        print_json(asdict(report))
    else:
        _print_report(report)
    raise typer.Exit(1 if report.errors else 0)


def _context(ctx: typer.Context) -> CommandContext:
    given: CommandContext = ctx.obj
    return given


def _students(services: Services, school: str | None) -> StudentService:
    if school is None:
        return services.students
    from app.services.students import StudentService

    return StudentService(services.writer, school)


def _cells(student: StoredStudent) -> tuple[object, ...]:
    return (
        student.id,
        student.number,
        student.name,
        student.email,
        student.class_name,
        student.course_name,
        student.status,
    )


def _print_student(student: StoredStudent, as_json: bool) -> None:
    from app.services.schemas import StudentResponse

    if as_json:
        print_json(StudentResponse.of(student).model_dump(mode="json"))
    else:
        print_table(HEADINGS, [_cells(student)])


def _print_report(report: ImportReport) -> None:
    from app.ui.common.roster_texts import NOTICE_TEXTS, ROW_TEXTS

    print("Imported." if report.committed else "DRY RUN: nothing was written. --commit imports.")
    for label, count in (
        ("students new", report.added),
        ("students changed", report.changed),
        ("  of them active again", report.reactivated),
        ("students unchanged", report.unchanged),
        ("courses new", report.courses_added),
        ("enrollments new", report.enrollments_added),
        ("enrollments active again", report.enrollments_reactivated),
        ("rows left out", len(report.errors)),
    ):
        print(f"{count:>7} {label}")
    for notice in report.notices:
        print(f"Notice: {NOTICE_TEXTS[notice.code].format(detail=notice.detail)}")
    for error in report.errors:
        print(f"Line {error.line}, {error.field or 'row'}: {ROW_TEXTS[error.code]}")
