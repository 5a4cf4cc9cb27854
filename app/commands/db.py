# SPDX-License-Identifier: Apache-2.0
"""``db``: look after a database, the station's own file or a server."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.context import CommandContext, print_json

if TYPE_CHECKING:
    from app.storage.migrate import Database

app = typer.Typer(
    no_args_is_help=True, help="Look after the database: revision, upgrade, check, backup, restore."
)

DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        help="postgresql://… or sqlite:///file; the profile's database without it.",
        envvar="STATION_DATABASE_URL",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def current(ctx: typer.Context, database_url: DatabaseUrl = None, as_json: AsJson = False) -> None:
    """Print the revision of the database. Exit code 1 if it is not this program's."""
    from app.storage import migrate
    from app.storage.revisions import HEAD

    with _opened(ctx, database_url) as engine:
        revision = migrate.current_revision(engine)
    fits = revision == HEAD
    _print(
        {"revision": revision, "head": HEAD, "current": fits},
        f"{revision or 'no revision'} ({'up to date' if fits else f'this program needs {HEAD}'})",
        as_json,
    )
    raise typer.Exit(0 if fits else 1)


@app.command()
def upgrade(ctx: typer.Context, database_url: DatabaseUrl = None, as_json: AsJson = False) -> None:
    """Bring the database up to date. A file is copied first; a server lets one upgrade run at a time."""
    from app.storage import migrate

    with _opened(ctx, database_url) as engine:
        done = migrate.upgrade(engine, datetime.now(UTC))
    _print_change(done.before, done.after, done.backup, as_json)


@app.command()
def downgrade(
    ctx: typer.Context,
    revision: Annotated[
        str, typer.Argument(help='A revision such as 0007, or "base" for an empty database.')
    ],
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Go back to an earlier revision; what later ones added is lost. A file is copied first."""
    from app.storage import migrate

    with _opened(ctx, database_url) as engine:
        done = migrate.downgrade(engine, revision, datetime.now(UTC))
    _print_change(done.before, done.after, done.backup, as_json)


@app.command()
def check(ctx: typer.Context, database_url: DatabaseUrl = None, as_json: AsJson = False) -> None:
    """Compare every column, constraint and index with this program's. Exit code 1 if any differs."""
    from app.storage import catalogue, migrate
    from app.storage.revisions import HEAD

    with _opened(ctx, database_url) as engine:
        revision = migrate.current_revision(engine)
        found = catalogue.differences(engine)
    summary = "The database is as this program expects it." if not found else f"{len(found)} differences:"
    _print({"revision": revision, "differences": found}, "\n".join([summary, *found]), as_json)
    raise typer.Exit(1 if found or revision != HEAD else 0)


@app.command()
def backup(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="Where to write; must not exist.")],
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Write a checked copy: of a file one encrypted alike, of a server one that holds names in plain text."""
    from app.storage.backup import back_up

    with _opened(ctx, database_url) as engine:
        report = back_up(engine, file)
    _print(
        {"path": str(report.path), "revision": report.revision, "size_bytes": report.size_bytes},
        f"Wrote {report.path}: {report.size_bytes} bytes, revision {report.revision}.",
        as_json,
    )


@app.command()
def restore(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="What db backup wrote.")],
    replace: Annotated[bool, typer.Option("--replace", help="Overwrite a database that is in use.")] = False,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Put a copy back, as a whole or not at all."""
    from app.storage.restore import restore as put_back

    with _opened(ctx, database_url) as engine:
        report = put_back(engine, file, datetime.now(UTC), replace=replace)
    _print(
        {"path": str(report.path), "revision": report.revision, "size_bytes": report.size_bytes},
        f"Restored {report.path}, revision {report.revision}.",
        as_json,
    )


def _opened(ctx: typer.Context, database_url: str | None) -> AbstractContextManager[Database]:
    """The database that the command is about: the one named by URL, else the profile's."""
    options: CommandContext = ctx.obj
    return options.database(database_url)


def _print_change(before: str | None, after: str | None, copy: Path | None, as_json: bool) -> None:
    facts = {"before": before, "after": after, "backup": None if copy is None else str(copy)}
    text = (
        f"Already at {after}." if before == after else f"From {before or 'nothing'} to {after or 'nothing'}."
    )
    if copy is not None:
        text += f" Copy of the database before: {copy}"
    _print(facts, text, as_json)


def _print(facts: Mapping[str, object], text: str, as_json: bool) -> None:
    if as_json:
        print_json(facts)
    else:
        print(text)
