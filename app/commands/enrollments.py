# SPDX-License-Identifier: Apache-2.0
"""``enrollments``: the temporary enrollments of the signature flow, watched and cleaned up."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated

import typer

from app.commands.context import CommandContext, print_json
from app.commands.options import AsJson, DatabaseUrl, print_table

app = typer.Typer(no_args_is_help=True, help="Temporary signature enrollments: status, clean-up, archive.")


@app.command()
def status(ctx: typer.Context, database_url: DatabaseUrl = None, as_json: AsJson = False) -> None:
    """Show enrollments in progress, those waiting for the clean-up, average steps. Code 1 if some wait."""
    given: CommandContext = ctx.obj
    with given.services(database_url) as services:
        found = services.signing.status()
    if as_json:
        print_json(asdict(found))
    else:
        print_table(
            ("username", "flow", "steps", "created", "expires"),
            [
                (
                    row.username,
                    row.flow_type,
                    row.steps_completed,
                    row.created_at.isoformat(timespec="minutes"),
                    row.expires_at.isoformat(timespec="minutes"),
                )
                for row in found.active
            ],
        )
        print(f"{found.pending_cleanup} expired and waiting for the clean-up")
        for flow_type, average in sorted(found.average_steps.items()):
            print(f"{flow_type}: {average:.1f} steps on average in completed enrollments")
    raise typer.Exit(1 if found.pending_cleanup else 0)


@app.command(name="cleanup-expired")
def cleanup_expired(ctx: typer.Context, database_url: DatabaseUrl = None, as_json: AsJson = False) -> None:
    """Expire enrollments past their time, delete those expired for over seven days."""
    given: CommandContext = ctx.obj
    with given.services(database_url) as services:
        cleaned = services.signing.cleanup_expired()
    if as_json:
        print_json({"cleaned": cleaned})
    else:
        print(f"{cleaned} enrollments expired or deleted")


@app.command()
def archive(
    ctx: typer.Context,
    days: Annotated[int, typer.Option(min=1, help="Only what was completed longer ago than this.")] = 30,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Put completed enrollments into the archive: facts and answers stay, their drawings go.

    The signatures of a sign-up are the user's own by then and stay; a sign-up without a user is left alone.
    """
    given: CommandContext = ctx.obj
    with given.services(database_url) as services:
        archived = services.signing.archive_completed(timedelta(days=days))
    if as_json:
        print_json({"archived": archived})
    else:
        print(f"{archived} completed enrollments archived")
