# SPDX-License-Identifier: Apache-2.0
"""One process for a profile."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.config.paths import Paths, profile_paths
from app.config.profile_lock import ProfileLock
from app.domain.errors import SetupError

HOLDER = """
import os, sys
from app.config.paths import profile_paths
from app.config.profile_lock import ProfileLock
with ProfileLock(profile_paths("station", os.environ)):
    print("held", flush=True)
    sys.stdin.read()
"""


def paths_in(home: Path, profile: str = "station") -> Paths:
    return profile_paths(profile, {"ENROLLMENT_STATION_HOME": str(home)})


def test_a_second_holder_is_refused_until_the_first_lets_go(tmp_path: Path) -> None:
    first, second = ProfileLock(paths_in(tmp_path)), ProfileLock(paths_in(tmp_path))
    with first, pytest.raises(SetupError) as caught, second:
        pytest.fail("two at once")
    assert (caught.value.code, caught.value.facts) == ("profile_in_use", {"profile": "station"})
    with ProfileLock(paths_in(tmp_path)), ProfileLock(paths_in(tmp_path, "training")):
        pass


def test_a_killed_process_does_not_keep_the_profile(tmp_path: Path) -> None:
    environment = os.environ | {"ENROLLMENT_STATION_HOME": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(SetupError, match="profile_in_use"), ProfileLock(paths_in(tmp_path)):
            pytest.fail("two at once")
        process.kill()
        process.wait()
    with ProfileLock(paths_in(tmp_path)):
        pass


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "profiles").write_text("in the way")
    with pytest.raises(SetupError, match="folder_unusable"), ProfileLock(paths_in(tmp_path)):
        pytest.fail("no folder, no lock")
