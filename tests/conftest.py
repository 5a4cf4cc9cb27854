# SPDX-License-Identifier: Apache-2.0
"""What every test stands on: no screen, no home folder of a person, the same examples in every run."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pydantic.types  # noqa: F401 - before PySide6, whose import hook makes a circle of pydantic's lazy imports
import pytest
from hypothesis import settings

# Before Qt is imported anywhere; a screen can be asked for from outside (QT_QPA_PLATFORM=xcb).
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# As app/__main__.py does, before NumPy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

pytest_plugins = ["tests.databases"]

# Timing asserts fail on busy machines, random examples fail on some days: neither tells about the code.
settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.load_profile("repeatable")


@pytest.fixture(scope="session", autouse=True)
def station_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Point the program's folders at a temporary place: no test may read or write a real station's data."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ENROLLMENT_STATION_HOME", str(tmp_path_factory.mktemp("station")))
        yield
