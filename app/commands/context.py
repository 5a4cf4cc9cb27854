# SPDX-License-Identifier: Apache-2.0
"""What every command gets from the command line's root: the profile, the database, how to open services."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

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
        from app.bootstrap import open_services

        services = open_services(self.profile, database_url=database_url, with_reader=False)
        try:
            yield services
        finally:
            services.close()


def print_json(value: object) -> None:
    """Print a JSON document; dates and uids as text."""
    print(json.dumps(value, indent=2, ensure_ascii=False, default=str))
