# SPDX-License-Identifier: Apache-2.0
"""``roster``: how quick the roster is on this computer."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from app.commands.context import print_json
from app.commands.options import AsJson

app = typer.Typer(no_args_is_help=True, help="The roster as a whole: how quick it is here.")


@app.callback()
def roster() -> None:
    """Hold the commands together."""


@app.command()
def benchmark(
    rows: Annotated[int, typer.Option(min=100, max=500_000, help="Students of the made-up roster.")] = 50_000,
    as_json: AsJson = False,
) -> None:
    """Import a made-up roster into an encrypted file of its own and search it letter by letter."""
    import os

    from app.bootstrap import new_id
    from app.services.roster_benchmark import measured

    with tempfile.TemporaryDirectory(prefix="roster-") as folder:
        found = measured(Path(folder), rows, os.urandom(32), new_id)
    if as_json:
        print_json(found)
        return
    print(f"{found['rows']} students, processor time:")
    print(f"  import           {found['import_s']} s ({found['import_to_bare_writing']} x bare writing)")
    print(f"  compared again   {found['compare_again_s']} s")
    print(f"  load into memory {found['load_s']} s, {found['index_mb']} MB")
    for label, name in (("search           ", "search_ms"), ("  in the database", "search_in_database_ms")):
        times = found[name]
        print(f"  {label}{times['median']} ms, 95 % {times['p95']} ms, longest {times['longest']} ms")
