# SPDX-License-Identifier: Apache-2.0
"""``sessions``: visits and other sessions of questions that can be left and gone on with."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.context import CommandContext, print_json
from app.commands.options import AsJson, DatabaseUrl, Limit, print_table
from app.domain.sessions import SessionStatus

if TYPE_CHECKING:
    from app.storage.sessions import SessionProgress, StoredSession

app = typer.Typer(no_args_is_help=True, help="Sessions: list, show, validate, start, abandon, answer.")

SessionId = Annotated[str, typer.Argument(help="The session's id.")]


@app.command(name="list")
def list_sessions(
    ctx: typer.Context,
    status: Annotated[SessionStatus | None, typer.Option(help="Only sessions of this status.")] = None,
    limit: Limit = 50,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """List sessions, the latest activity first."""
    with _context(ctx).services(database_url) as services:
        found = services.sessions.list(status, limit)
    if as_json:
        print_json([asdict(row) for row in found])
        return
    print_table(
        ("session", "status", "student", "page", "last activity", "answers", "xp"),
        [
            (
                row.session_id,
                row.status.value,
                row.student_name,
                row.current_page,
                _time(row),
                f"{row.progress.questions_answered}/{row.progress.total_questions}",
                row.progress.total_xp,
            )
            for row in found
        ],
    )


@app.command()
def show(
    ctx: typer.Context, session_id: SessionId, database_url: DatabaseUrl = None, as_json: AsJson = False
) -> None:
    """Show a session with its answers."""
    with _context(ctx).services(database_url) as services:
        found = services.sessions.show(session_id)
        answers = services.sessions.answers(session_id)
    if as_json:
        print_json({**asdict(found), "answers": [asdict(answer) for answer in answers]})
        return
    _print_session(found)
    for answer in answers:
        print(f"  {answer.page}/{answer.question}: {answer.value}")


@app.command()
def validate(
    ctx: typer.Context, session_id: SessionId, database_url: DatabaseUrl = None, as_json: AsJson = False
) -> None:
    """Tell whether a session can be gone on with. Exit code 1 if not."""
    with _context(ctx).services(database_url) as services:
        answer = services.sessions.validate(session_id)
    if as_json:
        found = answer.session
        print_json(
            {
                "valid": answer.valid,
                "session": None
                if found is None
                else {
                    "status": found.status.value,
                    "current_page_id": found.current_page_id,
                    "last_activity": found.last_activity,
                },
                "progress": None if answer.progress is None else asdict(answer.progress),
            }
        )
    else:
        print("valid" if answer.valid else "not valid")
        if answer.session is not None:
            _print_session(answer.session)
    raise typer.Exit(0 if answer.valid else 1)


@app.command()
def start(
    ctx: typer.Context,
    student: Annotated[
        str | None, typer.Option(help="Number, e-mail, uid or id of the student whose visit it is.")
    ] = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Start a session: of a student, or of nobody yet."""
    with _context(ctx).services(database_url) as services:
        uid = None if student is None else services.students.find(student).uid
        found = services.sessions.start(uid)
    _print(found, as_json)


@app.command()
def abandon(
    ctx: typer.Context, session_id: SessionId, database_url: DatabaseUrl = None, as_json: AsJson = False
) -> None:
    """End a session without completing it ("Start Fresh")."""
    with _context(ctx).services(database_url) as services:
        found = services.sessions.abandon(session_id)
    _print(found, as_json)


@app.command()
def answer(
    ctx: typer.Context,
    session_id: SessionId,
    question: Annotated[str, typer.Argument(help="Key of the question.")],
    value: Annotated[str, typer.Argument(help="The answer.")],
    page: Annotated[
        str | None, typer.Option(help="Key of the question's page, where two pages have such a question.")
    ] = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question; answering again replaces the answer and gains nothing."""
    with _context(ctx).services(database_url) as services:
        given = services.sessions.submit_answer(session_id, question, value, page)
    if as_json:
        print_json(asdict(given))
    else:
        print(f"+{given.xp_gained} xp, {given.total_xp} in all. {_progress(given.progress)}")


def _context(ctx: typer.Context) -> CommandContext:
    given: CommandContext = ctx.obj
    return given


def _print(found: StoredSession, as_json: bool) -> None:
    if as_json:
        print_json(asdict(found))
    else:
        _print_session(found)


def _print_session(found: StoredSession) -> None:
    print(f"{found.session_id}: {found.status.value}, last activity {_time(found)}")
    print(f"Student: {found.student_name or '-'}. Page: {found.current_page or '-'}.")
    print(_progress(found.progress))


def _progress(progress: SessionProgress) -> str:
    return (
        f"{progress.questions_answered} of {progress.total_questions} questions answered "
        f"({progress.percentage} %), {progress.total_xp} xp."
    )


def _time(found: StoredSession) -> str:
    return found.last_activity.isoformat(timespec="minutes")
