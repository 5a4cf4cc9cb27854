# SPDX-License-Identifier: Apache-2.0
"""``attendance``: who is checked in to a class session, check-in, corrections."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from app.commands.context import CommandContext, print_json
from app.commands.options import AsJson, DatabaseUrl, print_table
from app.domain.sessions import AttendanceStatus

if TYPE_CHECKING:
    from app.assembly import Services

app = typer.Typer(no_args_is_help=True, help="Attendance: list, check in, correct.")


@app.command(name="list")
def list_attendance(
    ctx: typer.Context,
    session: Annotated[
        UUID | None, typer.Option(help="Uid of the class session; the one that is open now without it.")
    ] = None,
    student: Annotated[str | None, typer.Option(help="A student's whole attendance instead.")] = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """List attendance with the versions that a correction has to name."""
    given: CommandContext = ctx.obj
    with given.services(database_url) as services:
        if student is not None:
            rows = services.attendance.of_student(services.students.find(student).uid)
        else:
            rows = services.attendance.of_session(session or _open_session(services))
    if as_json:
        print_json([asdict(row) for row in rows])
        return
    print_table(
        ("uid", "version", "student", "class", "status", "checked in", "method"),
        [
            (
                row.uid,
                row.version,
                row.student_name,
                row.class_name,
                row.status.value,
                row.checked_in_at and row.checked_in_at.isoformat(timespec="minutes"),
                row.method,
            )
            for row in rows
        ],
    )


@app.command(name="check-in")
def check_in(
    ctx: typer.Context,
    student: Annotated[str, typer.Argument(help="The student's number, e-mail, uid or id.")],
    session: Annotated[
        UUID | None, typer.Option(help="Uid of the class session; the one that is open now without it.")
    ] = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Check a student in; doing it again keeps the row that is there."""
    given: CommandContext = ctx.obj
    with given.services(database_url) as services:
        done = services.attendance.check_in(
            services.students.find(student).uid, session or _open_session(services)
        )
    if as_json:
        print_json(asdict(done))
    else:
        at = done.checked_in_at.isoformat(timespec="minutes")
        print(f"{done.attendance_uid}: {done.status.value} in {done.title} at {at}, version {done.version}")


@app.command()
def correct(
    ctx: typer.Context,
    attendance: Annotated[UUID, typer.Argument(help="Uid of the attendance row.")],
    version: Annotated[int, typer.Option(min=1, help="The version that you saw; a stale one is refused.")],
    status: Annotated[AttendanceStatus, typer.Option(help="What the row shall say.")],
    at: Annotated[datetime | None, typer.Option(help="Time of the check-in, local time.")] = None,
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Correct an attendance row that nobody changed since you saw it."""
    given: CommandContext = ctx.obj
    checked_in_at = None if at is None else at.astimezone()
    with given.services(database_url) as services:
        now = services.attendance.correct(
            attendance, version, status, checked_in_at=checked_in_at, reason=reason
        )
    if as_json:
        print_json({"attendance_uid": str(attendance), "status": status.value, "version": now})
    else:
        print(f"{attendance}: {status.value}, version {now}")


def _open_session(services: Services) -> UUID:
    from app.domain.errors import OperatorError

    sessions = services.attendance.open_sessions()
    if not sessions:
        raise OperatorError("class_session_not_found")
    return sessions[0].uid
