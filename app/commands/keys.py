# SPDX-License-Identifier: Apache-2.0
"""``keys``: who holds the school's keys; letting stations in, taking them out, the printed recovery code."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from app.commands.context import CommandContext, print_json
from app.commands.options import AsJson, print_table

if TYPE_CHECKING:
    from app.domain.station_sharing import HolderEntry, Sharing
    from app.services.sharing_services import SharingServices

app = typer.Typer(
    no_args_is_help=True, help="Who holds the school's keys: stations that join or leave, recovery codes."
)
recovery = typer.Typer(no_args_is_help=True, help="The printed code that opens everything again.")
app.add_typer(recovery, name="recovery")

Station = Annotated[str, typer.Argument(help="Name or uid, as `keys stations` lists it.")]
Code = Annotated[
    str | None,
    typer.Option("--code-file", help="File that holds the code; without it the code is asked for."),
]
REMOVED = (
    "What the station could read until now, it may have kept: fingers, signatures and old keys. Nothing here "
    "undoes that. What is written from now on it cannot open. Take its access to the database away as well."
)


@app.command()
def stations(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List who holds or wants the school's keys. Code 1 when somebody waits or something is not right."""
    given: CommandContext = ctx.obj
    with given.services() as services:
        services.sharing.stations.tend()
        sharing = services.sharing.stations.overview()
    if as_json:
        print_json(sharing_facts(sharing))
    else:
        _tell(sharing)
    raise typer.Exit(1 if attention(sharing) else 0)


@app.command()
def join(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Ask to join the school of the database, or ask again; prints the digits to compare."""
    given: CommandContext = ctx.obj
    with given.services() as services:
        services.sharing.stations.ask()
        services.sharing.stations.tend()
        sharing = services.sharing.stations.overview()
    if as_json:
        print_json({"state": sharing.state.value, "fingerprint": sharing.digits})
    elif sharing.digits:
        print(f"Compare on a station of the school: {sharing.digits}")
    else:
        print("This station holds the school's keys.")


@app.command()
def approve(
    ctx: typer.Context,
    station: Station,
    fingerprint: Annotated[
        str, typer.Option("--fingerprint", help="The 12 digits on the new station's own screen.")
    ],
    as_json: AsJson = False,
) -> None:
    """Let a station have the school's keys, if the digits on its screen are those of its request."""
    given: CommandContext = ctx.obj
    with given.services() as services:
        entry = _entry(services.sharing, station)
        services.sharing.stations.let_in(entry.uid, fingerprint)
    _done(as_json, entry, "joined", f"{entry.name} has the school's keys.")


@app.command()
def refuse(ctx: typer.Context, station: Station, as_json: AsJson = False) -> None:
    """Take a station that asks off the list; it has never had a key."""
    given: CommandContext = ctx.obj
    with given.services() as services:
        entry = _entry(services.sharing, station)
        services.sharing.stations.refuse(entry.uid)
    _done(as_json, entry, "refused", f"{entry.name} was refused.")


@app.command()
def remove(
    ctx: typer.Context,
    station: Station,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take a station or a recovery code out: the school gets a new key that it does not."""
    given: CommandContext = ctx.obj
    with given.services() as services:
        entry = _entry(services.sharing, station)
        if not yes:
            typer.confirm(f"{REMOVED}\nRemove {entry.name}?", abort=True, err=True)
        services.sharing.stations.remove(entry.uid)
        left = _rewrap(services.sharing, quiet=as_json)
    _done(as_json, entry, "removed", f"{entry.name} was removed. {REMOVED}", left=left)


@app.command()
def rotate(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Make a new school key and bring every student's key under it."""
    given: CommandContext = ctx.obj
    with given.services() as services:
        services.sharing.stations.change_keys()
        left = _rewrap(services.sharing, quiet=as_json)
        version = services.sharing.stations.overview().key_version
    if as_json:
        print_json({"key_version": version, "left": left})
    else:
        print(f"The school's key has the number {version} now.")


@app.command()
def rewrap(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Bring students' keys that are behind under the newest school key. Code 1 if some cannot be here."""
    given: CommandContext = ctx.obj
    with given.services() as services:
        left = _rewrap(services.sharing, quiet=as_json)
    if as_json:
        print_json({"left": left})
    raise typer.Exit(1 if left else 0)


@recovery.command("create")
def create_recovery(
    ctx: typer.Context,
    label: Annotated[str, typer.Option(help="Where the paper is kept, e.g. 'Safe of the head'.")],
    code_file: Annotated[
        Path | None, typer.Option(help="Write the code into this new file, for silent roll-out.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a recovery code: print it, keep the paper where no station is, and type it in to prove it."""
    given: CommandContext = ctx.obj
    with given.services() as services:
        code = services.sharing.kits.new_code()
        if code_file is None:
            typer.echo(f"Write down, or print:\n\n    {code}\n", err=True)
            typed = typer.prompt("Type the code as it stands on the paper", err=True)
        else:
            typed = _written(code_file, code)
        services.sharing.kits.add(code, typed, label)
    if as_json:
        print_json({"label": label, "code_file": None if code_file is None else str(code_file)})
    else:
        print("The code opens the school's keys from now on.")


@recovery.command("check")
def check_recovery(ctx: typer.Context, code_file: Code = None, as_json: AsJson = False) -> None:
    """Does the paper still open the school's keys? Code 1 if not."""
    given: CommandContext = ctx.obj
    typed = _code(code_file)
    with given.services() as services:
        opens = services.sharing.kits.opens(typed)
    if as_json:
        print_json({"opens": opens})
    else:
        print("The code opens the school's keys." if opens else "The code does not open the newest key.")
    raise typer.Exit(0 if opens else 1)


@recovery.command("use")
def use_recovery(ctx: typer.Context, code_file: Code = None, as_json: AsJson = False) -> None:
    """Give this station the school's keys by the printed code, as when every other station is lost."""
    given: CommandContext = ctx.obj
    typed = _code(code_file)
    with given.services() as services:
        services.sharing.kits.recover(typed)
        left = _rewrap(services.sharing, quiet=as_json)
        version = services.sharing.stations.overview().key_version
    if as_json:
        print_json({"key_version": version, "left": left})
    else:
        print("This station holds the school's keys. Remove the stations that are lost: keys remove.")


def sharing_facts(sharing: Sharing) -> dict[str, Any]:
    """The state of the shared keys for a machine; no key and no student in it."""
    facts = asdict(sharing)
    facts["state"] = sharing.state.value
    for holder in facts["holders"]:
        holder["standing"] = holder["standing"].value
    return facts


def attention(sharing: Sharing) -> bool:
    """Whether a person should look."""
    unusual = any(each.standing.value in ("waiting", "unproven") for each in sharing.holders)
    return sharing.is_forged or unusual or sharing.state.value != "member"


def _tell(sharing: Sharing) -> None:
    print_table(
        ("name", "kind", "standing", "since", "digits", "uid"),
        [
            (
                each.name + (" (this station)" if each.is_own else ""),
                "station" if each.is_station else "recovery code",
                each.standing.value,
                each.since and each.since.date(),
                each.digits,
                each.uid,
            )
            for each in sharing.holders
        ],
    )
    print(f"This station: {sharing.state.value}; school key number {sharing.key_version}")
    if sharing.digits:
        print(f"Compare on a station of the school: {sharing.digits}")
    if sharing.is_outdated:
        print("Stations came or went since this one asked; ask again: keys join")
    if sharing.behind:
        print(f"{sharing.behind} students' keys are not under the newest key yet: keys rewrap")
    if sharing.is_forged:
        print("Somebody left false keys for this station in the database; they were not taken.")


def _entry(sharing: SharingServices, station: str) -> HolderEntry:
    """The one that was meant; a name must be of one only."""
    from app.domain.errors import OperatorError

    holders = sharing.stations.overview().holders
    found = [each for each in holders if str(each.uid) == station.lower()] or [
        each for each in holders if each.name == station and each.standing.value != "removed"
    ]
    if len(found) != 1:
        raise OperatorError("station_not_found")
    return found[0]


def _rewrap(sharing: SharingServices, *, quiet: bool) -> int:
    """Wrap everything anew; Ctrl+C stops it, and it goes on at the next call. How many could not be."""
    from threading import Event

    left = 0
    for progress in sharing.rewrapping.run(Event()):
        left = progress.left
        if not quiet:
            typer.echo(f"{progress.done} of {progress.total} students' keys", err=True)
    return left


def _done(as_json: bool, entry: HolderEntry, outcome: str, text: str, **facts: object) -> None:
    if as_json:
        uid: UUID = entry.uid
        print_json({"station": uid, "name": entry.name, "outcome": outcome, **facts})
    else:
        print(text)


def _code(code_file: str | None) -> str:
    if code_file is None:
        return str(typer.prompt("Recovery code", err=True))
    from app.domain.errors import OperatorError

    try:
        return Path(code_file).read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise OperatorError("file_unreadable", path=code_file) from error


def _written(path: Path, code: str) -> str:
    """Write the code where only this account reads it, and give back what was really written."""
    import os

    from app.domain.errors import SetupError

    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(code + "\n")
            file.flush()
            os.fsync(file.fileno())
        return path.read_text("ascii").strip()
    except OSError as error:
        raise SetupError("key_store_failed", path=path) from error
