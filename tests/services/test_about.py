# SPDX-License-Identifier: Apache-2.0
"""Nothing that is shipped is missing among the licenses."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from app.services.about import about

ROOT = Path(__file__).parents[2]


def key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_required_package_is_listed_with_its_license() -> None:
    told = about()
    parts = {key(part.name): part for part in told.components}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert told.version == project["version"]
    for requirement in project["dependencies"]:
        if "sys_platform" in requirement:
            continue
        name = key(re.split(r"[\[<>=;~ ]", requirement)[0])
        assert parts[name].version
        assert parts[name].license or parts[name].text, name
    assert "psycopg-binary" in parts  # an extra that is asked for
    assert "shiboken6" in parts  # required by what is required
    assert "pytest" not in parts  # needed to build, not to run


def test_what_the_lgpl_asks_for_is_there() -> None:
    qt = next(part for part in about().components if part.name.startswith("Qt"))
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in qt.text
    assert "may be replaced" in qt.text


def test_fonts_and_icons_are_named() -> None:
    parts = {part.name: part for part in about().components}
    assert "SIL OPEN FONT LICENSE" in parts["Inter"].text.upper()
    assert "ISC" in parts["Lucide"].text
