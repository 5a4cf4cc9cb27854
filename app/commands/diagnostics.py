# SPDX-License-Identifier: Apache-2.0
"""``diagnostics``: what an administrator asks first, in one answer and without a student's data."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands.context import CommandContext, print_json
from app.domain.errors import AppError

if TYPE_CHECKING:
    from app.config.paths import Paths
    from app.security.vault import StationKeys
    from app.storage.migrate import Database


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
        **_database_and_keys(given, paths),
        "readers": reader_facts(),
    }


def _database_and_keys(given: CommandContext, paths: Paths) -> dict[str, Any]:
    """Both are opened at once, so that a pass phrase is asked for once."""
    from app import bootstrap
    from app.config.settings_files import load_settings
    from app.storage.migrate import current_revision
    from app.storage.revisions import HEAD

    def opening(passphrase: str | None) -> tuple[Database, StationKeys]:
        training = bootstrap.is_training(paths, load_settings(paths))
        engine = bootstrap.open_database(given.profile, passphrase=passphrase)
        return engine, bootstrap.opened_keys(paths, training=training, passphrase=passphrase)

    try:
        engine, keys = given.unlocked(opening)
        try:
            facts = {"kind": engine.dialect.name, "revision": current_revision(engine), "needed": HEAD}
            return {"database": facts, "keys": _keys(engine, keys)}
        finally:
            engine.dispose()
    except AppError as error:
        return {"database": {"error": error.code}}


def _keys(engine: Database, keys: StationKeys) -> dict[str, Any]:
    """Who shares the school's keys, as this station sees it; only looks."""
    from app.services.station_overview import sharing_summary
    from app.storage.migrate import ensure_head
    from app.storage.store import Store

    try:
        ensure_head(engine)
        return sharing_summary(Store(engine), keys)
    except AppError as error:
        return {"error": error.code}
