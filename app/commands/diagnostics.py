# SPDX-License-Identifier: Apache-2.0
"""``diagnostics``: what an administrator asks first, in one answer and without a student's data."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated, Any

import typer

from app.commands.context import CommandContext, print_json
from app.domain.errors import AppError

PACKAGES = ("PySide6-Essentials", "SQLAlchemy", "sqlcipher3", "psycopg", "cryptography", "numpy", "pyserial")


def register(cli: typer.Typer) -> None:
    """Hang the command into the root."""
    cli.command(name="diagnostics")(diagnostics)


def diagnostics(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Check versions, folders, keys, database and readers; exit 1 where something is not well."""
    given: CommandContext = context.obj
    report = collected(given.profile)
    if as_json:
        print_json(report)
    else:
        for name, part in report.items():
            print(name)
            for line in _lines(part):
                print(f"  {line}")
    if any(isinstance(part, dict) and part.get("error") for part in report.values()):
        raise typer.Exit(1)


def _lines(part: Any) -> list[str]:
    if isinstance(part, dict):
        return [f"{name:<20} {value}" for name, value in part.items()]
    if not part:
        return ["none found"]
    return ["  ".join(str(value) for value in entry.values()) for entry in part]


def collected(profile: str | None) -> dict[str, Any]:
    """The report; each part says for itself what is wrong with it."""
    from app import bootstrap
    from app.config.paths import profile_paths

    paths = profile_paths(bootstrap.chosen_profile(profile), os.environ)
    return {
        "program": {"python": sys.version.split()[0], "system": platform.platform(), **_versions()},
        "profile": {"name": paths.profile, "data": str(paths.data), "settings": str(paths.settings_file)},
        "database": _database(paths.profile),
        "readers": _readers(),
    }


def _versions() -> dict[str, str]:
    found = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:  # frozen without metadata
            found[package] = "bundled"
    return found


def _database(profile: str) -> dict[str, Any]:
    from app import bootstrap

    try:
        engine = bootstrap.open_database(profile, upgraded=False)
        try:
            from app.storage.migrate import current_revision
            from app.storage.revisions import HEAD

            return {"kind": engine.dialect.name, "revision": current_revision(engine), "needed": HEAD}
        finally:
            engine.dispose()
    except AppError as error:
        return {"error": error.code}


def _readers() -> list[dict[str, Any]]:
    from app.devices.registry import list_readers

    return [{"id": port.reader_id, "label": port.label, "likely": port.likely} for port in list_readers()]
