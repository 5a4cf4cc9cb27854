# SPDX-License-Identifier: Apache-2.0
"""``run`` and ``walkthrough``: the station's window, used by a person or by the program itself."""

from __future__ import annotations

import os
import sys
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from app.commands.context import CommandContext, print_json


class Speed(str, Enum):
    """How the walk-through goes: at the line's real speed, or as fast as the machine."""

    REAL = "real"
    FAST = "fast"


def register(cli: typer.Typer) -> None:
    """Hang the commands into the root."""
    cli.command(name="run")(run)
    cli.command(name="walkthrough")(walkthrough)
    cli.command(name="read-back", hidden=True)(read_back)


def run(context: typer.Context) -> None:
    """Open the station. Without a set-up it opens in training mode."""
    from app.opening import run_window

    given: CommandContext = context.obj
    raise typer.Exit(run_window(given.profile))


def walkthrough(
    context: typer.Context,
    out: Annotated[Path, typer.Option(help="Folder for pictures, receipt and summary.json.")],
    students: Annotated[int, typer.Option(min=1, max=40, help="How many students to enroll.")] = 1,
    speed: Annotated[Speed, typer.Option(help="Of the emulated reader's line.")] = Speed.FAST,
    images: Annotated[
        Path | None, typer.Option(help="Folder of <finger>_<impression>.png shown to the emulated reader.")
    ] = None,
    database_url: Annotated[str | None, typer.Option(help="PostgreSQL server to write to.")] = None,
    scale: Annotated[float, typer.Option(min=1.0, max=3.0, help="Scale of the window.")] = 1.0,
    theme: Annotated[str, typer.Option(help="light or dark.")] = "light",
    mistakes: Annotated[bool, typer.Option(help="Lay wrong fingers on purpose: all must be caught.")] = False,
    gui_limit_ms: Annotated[
        float, typer.Option(min=0, help="Fail where a call computes longer on the window's thread; 0: never.")
    ] = 50.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Enroll students through the real window, with an emulated reader and pen, and show what was stored."""
    from app.ui.shell.application import has_display
    from app.walkthrough.run import WalkthroughOptions, run_walkthrough

    if not has_display(os.environ):
        print("There is no screen; the window is drawn in memory.", file=sys.stderr)
    given: CommandContext = context.obj
    summary = run_walkthrough(
        WalkthroughOptions(
            out=out,
            students=students,
            real_time=speed is Speed.REAL,
            images=images,
            database_url=database_url,
            profile=given.profile,
            scale=scale,
            theme=theme,
            mistakes=mistakes,
            gui_limit_ms=gui_limit_ms,
        )
    )
    if as_json:
        print_json(summary)
    else:
        print(f"{len(summary['students'])} students enrolled; pictures and summary.json in {out}")
    calls = summary["gui_thread"]
    if not calls["held"]:
        worst = calls["longest"][0]
        print(
            f"The window's thread was held up {calls['over_limit']} times for more than {gui_limit_ms:g} ms; "
            f"longest: {worst['cpu_ms']} ms ({worst['event']} on page {worst['place']}).",
            file=sys.stderr,
        )
    raise typer.Exit(0 if summary["complete"] and calls["held"] else 1)


def read_back(
    context: typer.Context,
    session_ids: Annotated[list[str], typer.Argument(help="Visits, by session id.")],
    database_url: Annotated[str | None, typer.Option(help="PostgreSQL server to read from.")] = None,
) -> None:
    """Print what visits left in the database, and whether each sealed part opens."""
    given: CommandContext = context.obj
    with given.services(database_url) as services:
        print_json({session_id: services.readback.visit(session_id) for session_id in session_ids})
