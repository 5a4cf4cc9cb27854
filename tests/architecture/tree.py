# SPDX-License-Identifier: Apache-2.0
"""The source tree as the architecture tests see it."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SPDX = "# SPDX-License-Identifier: Apache-2.0"


def sources(*folders: str) -> list[Path]:
    """Every Python file of the project's own folders, sorted."""
    found: list[Path] = []
    for folder in folders or ("app", "migrations", "resources", "packaging", "tests"):
        found.extend(path for path in (ROOT / folder).rglob("*.py") if "__pycache__" not in path.parts)
    return sorted(found)


def shown(path: Path) -> str:
    """A path as it reads in a message: from the root, with forward slashes."""
    return path.relative_to(ROOT).as_posix()
