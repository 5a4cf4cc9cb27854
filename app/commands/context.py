# SPDX-License-Identifier: Apache-2.0
"""What every command gets from the command line's root: the profile, the database, how to open services."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from app.bootstrap import Services


@dataclass(frozen=True, slots=True)
class CommandContext:
    """The root's options. ``profile`` None: the station's where one was set up, else training."""

    profile: str | None = None
    debug: bool = False

    @contextmanager
    def services(self, database_url: str | None = None) -> Iterator[Services]:
        """Every service but the reader, closed at the end."""
        services = self._opened(database_url)
        try:
            yield services
        finally:
            services.close()

    def _opened(self, database_url: str | None) -> Services:
        from app.bootstrap import open_services
        from app.domain.errors import SetupError

        try:
            return open_services(self.profile, database_url=database_url, with_reader=False)
        except SetupError as error:
            if error.code != "passphrase_missing" or not sys.stdin.isatty():
                raise
        typed = typer.prompt("Pass phrase", hide_input=True, err=True)
        return open_services(self.profile, database_url=database_url, with_reader=False, passphrase=typed)


def print_json(value: object) -> None:
    """Print a JSON document; dates and uids as text."""
    print(json.dumps(value, indent=2, ensure_ascii=False, default=str))
