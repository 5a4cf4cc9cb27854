# SPDX-License-Identifier: Apache-2.0
"""What every command gets from the command line's root: the profile, the database, how to open services."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import typer

if TYPE_CHECKING:
    from app.assembly import Services
    from app.storage.engine import Database

Opened = TypeVar("Opened")


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

        return self.unlocked(
            lambda passphrase: open_services(
                self.profile, database_url=database_url, with_reader=False, passphrase=passphrase
            )
        )

    @contextmanager
    def database(self, database_url: str | None = None) -> Iterator[Database]:
        """The database that is named, else the profile's, as it is: nothing is upgraded."""
        from app.bootstrap import open_database

        engine = self.unlocked(
            lambda passphrase: open_database(self.profile, database_url, passphrase=passphrase)
        )
        try:
            yield engine
        finally:
            engine.dispose()

    @staticmethod
    def unlocked(opening: Callable[[str | None], Opened]) -> Opened:
        """What ``opening`` opens. Where a pass phrase is missing it is asked for, at a terminal.

        Elsewhere it comes from the environment (``bootstrap.PASSPHRASE_VARIABLE``).

        Raises:
            SetupError: ``passphrase_missing`` where nobody can be asked; ``passphrase_wrong``.
        """
        from app.domain.errors import SetupError

        try:
            return opening(None)
        except SetupError as error:
            if error.code != "passphrase_missing" or not sys.stdin.isatty():
                raise
        return opening(typer.prompt("Pass phrase", hide_input=True, err=True))


def print_json(value: object) -> None:
    """Print a JSON document; dates and uids as text."""
    print(json.dumps(value, indent=2, ensure_ascii=False, default=str))
