# SPDX-License-Identifier: Apache-2.0
"""``fingerprint rebuild``: templates of an older engine made anew from the images that policy kept."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from app.commands.context import CommandContext, print_json
from app.commands.options import AsJson, DatabaseUrl, print_table


def rebuild(
    ctx: typer.Context,
    commit: Annotated[bool, typer.Option("--commit", help="Write; without it only count.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Those of the present format too.")] = False,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Make stored templates anew with this program's engine. Code 1 if some cannot be.

    That needs the image; where none was kept, the finger has to be captured again.
    """
    given: CommandContext = ctx.obj
    with given.services(database_url) as services:
        report = services.fingers.rebuild.rebuild(everything=everything, commit=commit)
    stale = report.without_image + report.unreadable
    if as_json:
        print_json({**asdict(report), "committed": commit})
    else:
        print_table(("format", "impressions"), list(report.formats.items()))
        print(f"{report.total} impressions; this engine writes {report.template_format}")
        print(f"{report.current} are of that format")
        print(f"{report.rebuilt} {'made anew' if commit else 'can be made anew; write them with --commit'}")
        print(f"{report.without_image} have no image: they stay until the finger is captured again")
        if report.unreadable:
            print(f"{report.unreadable} have an image that does not open or shows nothing: they stay")
    raise typer.Exit(1 if stale else 0)
