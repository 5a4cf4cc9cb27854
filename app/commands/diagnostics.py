# SPDX-License-Identifier: Apache-2.0
"""``diagnostics``: what an administrator asks first, in one answer and without a student's data."""

from __future__ import annotations

import os
from typing import Annotated, Any

import typer

from app.commands.context import CommandContext, print_json
from app.domain.errors import AppError


def register(cli: typer.Typer) -> None:
    """Hang the command into the root."""
    cli.command(name="diagnostics")(diagnostics)


def diagnostics(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Check versions, folders, keys, database and readers; exit 1 where something is not well."""
    from app.services.diagnostics import as_text

    given: CommandContext = context.obj
    report = collected(given)
    if as_json:
        print_json(report)
    else:
        print(as_text(report))
    if any(isinstance(part, dict) and part.get("error") for part in report.values()):
        raise typer.Exit(1)


def collected(given: CommandContext) -> dict[str, Any]:
    """The report; each part says for itself what is wrong with it."""
    from app import bootstrap
    from app.config.paths import profile_paths
    from app.services.diagnostics import program_facts, reader_facts

    paths = profile_paths(bootstrap.chosen_profile(given.profile), os.environ)
    return {
        "program": program_facts(),
        "profile": {"name": paths.profile, "data": str(paths.data), "settings": str(paths.settings_file)},
        "database": _database(given),
        "readers": reader_facts(),
    }


def _database(given: CommandContext) -> dict[str, Any]:
    from app.storage.migrate import current_revision
    from app.storage.revisions import HEAD

    try:
        with given.database() as engine:
            return {"kind": engine.dialect.name, "revision": current_revision(engine), "needed": HEAD}
    except AppError as error:
        return {"error": error.code}
