# SPDX-License-Identifier: Apache-2.0
"""``delivery``: what waits between this station and the school's server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from app.commands.context import CommandContext, print_json
from app.commands.options import AsJson, print_table

if TYPE_CHECKING:
    from app.domain.delivery import DeliveryState
    from app.services.delivery import DeliveryService

app = typer.Typer(
    no_args_is_help=True, help="Between this station and its server: what waits, what was refused."
)


@app.command()
def status(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Show how much waits and since when; asks only this station. Code 1 if something was refused."""
    with _opened(ctx, alone=False) as delivery:
        state = delivery.state()
    _print_state(state, as_json, asked=False)
    raise typer.Exit(1 if state.refused or state.unread else 0)


@app.command()
def now(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Bring station and server up to date now. Code 1 if something is left, 2 if the server is away."""
    with _opened(ctx, alone=True) as delivery:
        state = delivery.exchange()
    _print_state(state, as_json, asked=True)
    if state.code:
        raise typer.Exit(2)
    raise typer.Exit(1 if state.waiting or state.unread else 0)


@app.command()
def held(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the operations that the server refused, or that could not be applied here. Code 1 if there are."""
    from app.ui.common.error_texts import text_of

    with _opened(ctx, alone=False) as delivery:
        listed = delivery.held()
    if as_json:
        print_json([asdict(one) for one in listed])
    else:
        print_table(
            ("operation", "way", "what", "made", "why", "tried"),
            [
                (
                    one.op_uid,
                    one.direction.value,
                    one.kind,
                    one.at.isoformat(timespec="minutes"),
                    text_of(one.problem, one.facts).what,
                    one.attempts,
                )
                for one in listed
            ],
        )
    raise typer.Exit(1 if listed else 0)


@app.command()
def retry(
    ctx: typer.Context,
    operation: Annotated[UUID | None, typer.Argument(help="As `held` lists it; all without it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Try refused operations again, at once. Code 1 if some are refused again."""
    with _opened(ctx, alone=True) as delivery:
        delivery.try_again(operation)
        state = delivery.exchange()
    _print_state(state, as_json, asked=True)
    raise typer.Exit(2 if state.code else 1 if state.refused or state.unread else 0)


@app.command(name="accept-server")
def accept_server(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Take the server as it is now for the school's: read it anew, send everything of this station again.

    For a server that was put back from an older copy, or that took the place of another one.
    """
    with _opened(ctx, alone=True) as delivery:
        delivery.accept_server()
        state = delivery.exchange()
    _print_state(state, as_json, asked=True)
    raise typer.Exit(2 if state.code else 0)


@contextmanager
def _opened(ctx: typer.Context, *, alone: bool) -> Iterator[DeliveryService]:
    from app.bootstrap import open_delivery

    given: CommandContext = ctx.obj
    delivery, held = given.unlocked(
        lambda passphrase: open_delivery(given.profile, alone=alone, passphrase=passphrase)
    )
    with held:
        yield delivery


def _print_state(state: DeliveryState, as_json: bool, *, asked: bool) -> None:
    from app.ui.common.error_texts import text_of

    if as_json:
        shown = asdict(state)
        if not asked:
            del shown["link"], shown["code"], shown["facts"], shown["heard_at"], shown["received"]
        print_json(shown)
        return
    if state.code:
        text = text_of(state.code, state.facts)
        print(f"{text.what} {text.what_to_do} ({state.code})")
    since = (
        f", the oldest since {state.oldest_waiting_at:%Y-%m-%d %H:%M} UTC" if state.oldest_waiting_at else ""
    )
    print(f"{state.waiting} operations wait to be sent{since}; {state.refused} of them were refused.")
    print(f"{state.unread} operations of other stations could not be applied here.")
