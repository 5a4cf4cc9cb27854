# SPDX-License-Identifier: Apache-2.0
"""Options that several commands share, and the plain tables that they print."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        help="postgresql://… or sqlite:///file; the profile's database without it.",
        envvar="STATION_DATABASE_URL",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Limit = Annotated[int, typer.Option(min=1, max=1000, help="How many rows at most.")]


def print_table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows in columns as wide as their widest cell; None is printed as -."""
    cells = [[("-" if cell in (None, "") else str(cell)) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(headings, *cells, strict=True)]
    for line in ([*headings], *cells):
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
