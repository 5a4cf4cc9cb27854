# SPDX-License-Identifier: Apache-2.0
"""The import contracts of pyproject.toml hold, and each of them breaks when it is violated."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT

LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")

# A wrong line per contract: where it is written, what it says, which contract must break.
VIOLATIONS: Mapping[str, tuple[str, str]] = {
    "rooms": ("app/domain/planted.py", "import app.services"),
    "screens": ("app/ui/students/planted.py", "import app.ui.fingerprints"),
    "screens-ask-services": ("app/ui/students/planted.py", "import app.storage"),
    "qt": ("app/services/planted.py", "import PySide6.QtCore"),
    "sql": ("app/services/planted.py", "import sqlalchemy"),
    "serial": ("app/services/planted.py", "import serial"),
    "keys": ("app/storage/planted.py", "import keyring"),
    "numbers": ("app/devices/planted.py", "import numpy"),
    "migrations": ("migrations/planted.py", "import app.domain"),
    "readers": ("app/devices/readers/planted.py", "import app.devices.readers.other"),
}


def contracts() -> dict[str, str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {contract["id"]: contract["name"] for contract in settings["tool"]["importlinter"]["contracts"]}


def lint(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(LINT_IMPORTS), "--no-cache", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_every_contract_holds() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_library_is_kept_out_of_every_room_but_its_own() -> None:
    """A contract lists the rooms it is about; a new room must not slip past the list."""
    owners = {
        "qt": {"__main__", "commands", "walkthrough", "opening", "bootstrap", "assembly", "ui"},
        "sql": {"storage"},
        "serial": {"devices"},
        "keys": {"security"},
        "numbers": {"biometrics", "services", "commands"},
    }
    rooms = {
        path.stem
        for path in (ROOT / "app").iterdir()
        if (path.is_dir() and path.name != "__pycache__")
        or (path.suffix == ".py" and path.name != "__init__.py")
    }
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for contract in settings["tool"]["importlinter"]["contracts"]:
        if contract["id"] in owners:
            listed = {
                name.removeprefix("app.") for name in contract["source_modules"] if name.startswith("app.")
            }
            assert listed == rooms - owners[contract["id"]], contract["id"]


def test_every_contract_has_a_violation() -> None:
    assert set(VIOLATIONS) == set(contracts())


@pytest.fixture(scope="module")
def skeleton(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's packages without their code: small enough to break and mend ten times."""
    folder = tmp_path_factory.mktemp("skeleton")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for package in ("app", "migrations"):
        for path in [*(ROOT / package).rglob("__init__.py"), *(ROOT / package).glob("*.py")]:
            target = folder / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.touch()
    (folder / "app/devices/readers/other.py").touch()
    return folder


def test_an_innocent_skeleton_passes(skeleton: Path) -> None:
    done = lint(skeleton)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("contract", VIOLATIONS)
def test_a_violation_breaks_its_contract(skeleton: Path, contract: str) -> None:
    place, line = VIOLATIONS[contract]
    planted = skeleton / place
    planted.write_text(line + "\n", encoding="utf-8")
    try:
        done = lint(skeleton, "--contract", contract)
    finally:
        planted.unlink()
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{contracts()[contract]} BROKEN" in done.stdout


def test_a_room_without_a_place_breaks_the_contract(skeleton: Path) -> None:
    stranger = skeleton / "app" / "helpers"
    stranger.mkdir()
    (stranger / "__init__.py").touch()
    try:
        done = lint(skeleton, "--contract", "rooms")
    finally:
        shutil.rmtree(stranger)
    assert done.returncode == 1
    assert "helpers" in done.stdout
