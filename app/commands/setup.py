# SPDX-License-Identifier: Apache-2.0
"""``setup``: the first set-up of a station without a window, for silent roll-out."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Annotated

import typer

from app.commands.context import CommandContext, print_json


def register(cli: typer.Typer) -> None:
    """Hang the command into the root."""
    cli.command(name="setup")(setup)


def setup(
    context: typer.Context,
    school: Annotated[str, typer.Option(help="Name of the school, as it stands on receipts.")],
    station: Annotated[str, typer.Option(help="Name of this station, e.g. 'Front office 1'.")],
    database_url: Annotated[
        str | None,
        typer.Option(help="PostgreSQL server, without a password (that goes into the password file)."),
    ] = None,
    reader: Annotated[str, typer.Option(help="Reader as `devices list` names it, or auto.")] = "auto",
    language: Annotated[str, typer.Option(help="Language of the windows, or system.")] = "system",
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Make this station's keys and database and write its settings."""
    from app.bootstrap import PASSPHRASE_VARIABLE, new_id, utc_now
    from app.config.paths import DEFAULT_PROFILE, profile_paths
    from app.domain.station_setup import SetupAnswers
    from app.services.station_setup import StationSetup

    given: CommandContext = context.obj
    paths = profile_paths(given.profile or DEFAULT_PROFILE, os.environ)
    work = StationSetup(paths, utc_now, new_id)
    answers = SetupAnswers(
        school=school,
        station=station,
        database_url=work.choices().database_url if database_url is None else database_url,
        reader_id=reader,
        language=language,
        passphrase=os.environ.get(PASSPHRASE_VARIABLE) or None,
    )
    for _stage in work.set_up(answers):
        pass
    digits = _asked_to_join(replace(given, profile=paths.profile)) if answers.database_url else ""
    if as_json:
        facts = {"profile": paths.profile, "data": str(paths.data), "settings": str(paths.settings_file)}
        print_json({**facts, "fingerprint": digits or None})
    else:
        print(f"The station is set up. Settings: {paths.settings_file}")
        if digits:
            print(f"It waits for the school's keys. Compare on a station of the school: {digits}")


def _asked_to_join(given: CommandContext) -> str:
    """What to compare where the school's server belongs to other stations; empty where it is this one's."""
    with given.services() as services:
        return services.sharing.stations.overview().digits
