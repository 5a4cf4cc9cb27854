# SPDX-License-Identifier: Apache-2.0
"""The command line's root: reads the arguments, shows errors as one line with a code."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from app.commands import (
    attendance,
    courses,
    db,
    delivery,
    devices,
    diagnostics,
    emulator,
    enrollments,
    fingerprint,
    keys,
    roster,
    sessions,
    setup,
    signature,
    station,
    students,
)
from app.commands.context import CommandContext
from app.domain.errors import AppError, CancelledError

EXIT_FAILED = 2

# The engine's products are small: more threads only wait for each other. NumPy reads this when it is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

cli = typer.Typer(
    name="enrollment-station",
    help="Enrolls students at a school's front office: fingerprints, signatures, check-in.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for name, group in {
    "attendance": attendance,
    "courses": courses,
    "db": db,
    "delivery": delivery,
    "devices": devices,
    "emulator": emulator,
    "enrollments": enrollments,
    "fingerprint": fingerprint,
    "keys": keys,
    "roster": roster,
    "sessions": sessions,
    "signature": signature,
    "students": students,
}.items():
    cli.add_typer(group.app, name=name)
station.register(cli)
setup.register(cli)
diagnostics.register(cli)


@cli.callback()
def root(
    context: typer.Context,
    profile: Annotated[
        str | None, typer.Option(help="Which station on this computer; its data and settings.")
    ] = None,
    debug: Annotated[bool, typer.Option(help="Show where in the program an error arose.")] = False,
) -> None:
    """Options that every command takes."""
    context.obj = CommandContext(profile=profile, debug=debug)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code: 0 ok, 1 found something, 2 failed."""
    given = sys.argv[1:] if arguments is None else arguments
    if "--selftest" in given:
        from app.commands.selftest import main as selftest

        return selftest(given)
    try:
        result = cli(args=given, standalone_mode=False)
    except CancelledError:
        return EXIT_FAILED
    except AppError as error:
        return _shown(error, debug="--debug" in given)
    except typer.Exit as end:
        return int(end.exit_code)
    except typer.Abort:
        return EXIT_FAILED
    except Exception as error:
        if type(error).__module__.startswith(("click", "typer")) and hasattr(error, "show"):
            error.show()
            return EXIT_FAILED
        raise
    return result if isinstance(result, int) else 0


def _shown(error: AppError, *, debug: bool) -> int:
    from app.ui.common.error_texts import describe

    text = describe(error)
    print(f"{error.code}: {text.what} {text.what_to_do}", file=sys.stderr)
    if debug:
        raise error
    return EXIT_FAILED


if __name__ == "__main__":
    sys.exit(main())
