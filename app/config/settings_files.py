# SPDX-License-Identifier: Apache-2.0
"""Reading and writing the settings: defaults, then the profile's file, then the computer's policy file.

What the policy file sets is locked. A key that nobody knows and a value of the wrong type stop the start: a
threshold that silently falls back to its default would be worse than no start.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w
from pydantic import ValidationError

from app.config.paths import Paths
from app.config.settings import SECRET_IN_SETTING, Settings
from app.domain.errors import SetupError

_Tables = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """The settings in force. ``locked``: keys such as ``capture.good_from`` that the policy file has
    fixed."""

    settings: Settings
    locked: frozenset[str]


def load_settings(paths: Paths) -> LoadedSettings:
    """Read the settings of a profile; files that are not there count as empty.

    Raises:
        SetupError: ``setting_invalid`` or ``setting_secret`` with ``file`` and ``key`` (``key`` is the line's
            number for a file that is no TOML).
    """
    own, fixed = _read(paths.settings_file), _read(paths.policy_file)
    _checked(own, paths.settings_file)
    _checked(fixed, paths.policy_file)
    return _combined(own, fixed, paths)


def save_settings(paths: Paths, changes: Mapping[str, object]) -> LoadedSettings:
    """Change some keys of the profile's file and give back what is then in force.

    Args:
        changes: values by key, e.g. ``{"look.theme": "dark"}``.

    Raises:
        SetupError: ``setting_locked`` for a key that the policy file has fixed, ``setting_invalid`` or
            ``setting_secret`` for a value that cannot be, ``folder_unusable`` when the file cannot be
            written; the file is then as it was.
    """
    own, fixed = _read(paths.settings_file), _read(paths.policy_file)
    locked = _keys(fixed)
    for key, value in changes.items():
        if key in locked:
            raise SetupError("setting_locked", key=key, file=paths.policy_file)
        section, _, name = key.partition(".")
        own.setdefault(section, {})[name] = value
    checked = _checked(own, paths.settings_file)
    loaded = _combined(own, fixed, paths)
    _write(paths.settings_file, checked.model_dump(mode="json", exclude_unset=True))
    return loaded


def _combined(own: _Tables, fixed: _Tables, paths: Paths) -> LoadedSettings:
    merged = {section: own.get(section, {}) | fixed.get(section, {}) for section in own.keys() | fixed.keys()}
    settings = Settings.model_validate(merged)
    locked = _keys(fixed)
    try:
        settings.policy()
    except ValueError as error:
        key = f"capture.{str(error).partition(':')[0]}"
        file = paths.policy_file if key in locked else paths.settings_file
        raise SetupError("setting_invalid", file=file, key=key) from error
    return LoadedSettings(settings, locked)


def _read(file: Path) -> _Tables:
    try:
        with file.open("rb") as stream:
            tables = tomllib.load(stream)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:  # TOMLDecodeError and UnicodeDecodeError are ValueErrors
        raise SetupError("setting_invalid", file=file, key=_line(error)) from error
    for section, table in tables.items():
        if not isinstance(table, dict):
            raise SetupError("setting_invalid", file=file, key=section)
    return tables


def _line(error: Exception) -> str:
    """Where a file stops being TOML: ``line 3``. The parser's own sentence would quote the content."""
    place = str(error).rpartition("(at ")[2]
    return place.partition(",")[0] if place.startswith("line ") else "?"


def _checked(tables: _Tables, file: Path) -> Settings:
    try:
        return Settings.model_validate(tables)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        code = "setting_secret" if first["type"] == SECRET_IN_SETTING else "setting_invalid"
        key = ".".join(str(part) for part in first["loc"] if isinstance(part, str))
        raise SetupError(code, file=file, key=key) from None  # the cause would show the value


def _keys(tables: _Tables) -> frozenset[str]:
    return frozenset(f"{section}.{name}" for section, table in tables.items() for name in table)


def _write(file: Path, tables: Mapping[str, Any]) -> None:
    temporary = file.with_name(file.name + ".new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with temporary.open("wb") as stream:
            tomli_w.dump(tables, stream)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(file)
    except OSError as error:
        raise SetupError("folder_unusable", path=file.parent) from error
