# SPDX-License-Identifier: Apache-2.0
"""Loads a script of ``packaging/`` as a module; the folder is no package, its scripts stand side by side."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

SCRIPTS = Path(__file__).resolve().parents[2] / "packaging"


def load(name: str) -> ModuleType:
    """The script ``packaging/<name>.py``, as its neighbours import it."""
    if str(SCRIPTS) not in sys.path:
        sys.path.append(str(SCRIPTS))
    return importlib.import_module(name)
