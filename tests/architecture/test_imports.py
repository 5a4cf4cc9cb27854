# SPDX-License-Identifier: Apache-2.0
"""What is loaded when: the command line opens without the heavy libraries."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.architecture.tree import ROOT, sources

HEAVY = ("PySide6", "sqlalchemy", "alembic", "psycopg", "sqlcipher3", "numpy", "cv2")

REPORT = """
import importlib, json, sys
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
print(json.dumps(sorted(sys.modules)))
"""


def command_modules() -> list[str]:
    files = [path for path in sources("app/commands") if path.name != "__init__.py"]
    return [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in files]


def loaded_by(*names: str) -> list[str]:
    """The heavy libraries that a fresh interpreter has loaded after importing the modules."""
    done = subprocess.run(
        [sys.executable, "-c", REPORT, json.dumps(names)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return sorted({name.partition(".")[0] for name in json.loads(done.stdout)} & set(HEAVY))


def test_the_report_sees_a_heavy_library() -> None:
    assert loaded_by("numpy") == ["numpy"]


@pytest.mark.parametrize("name", command_modules())
def test_a_command_opens_without_heavy_libraries(name: str) -> None:
    assert loaded_by(name) == []


def test_the_program_opens_without_heavy_libraries() -> None:
    assert loaded_by("app.__main__", *command_modules()) == []
