# SPDX-License-Identifier: Apache-2.0
"""Where things lie."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.config.paths import TRAINING_PROFILE, profile_paths
from app.domain.errors import SetupError


def folders(profile: str, home: Path) -> set[Path]:
    paths = profile_paths(profile, {"ENROLLMENT_STATION_HOME": str(home)})
    return {paths.data, paths.settings_file.parent, paths.logs, paths.cache, paths.backups, paths.receipts}


def test_the_variable_puts_everything_below_one_folder(tmp_path: Path) -> None:
    assert all(each.is_relative_to(tmp_path) for each in folders("station", tmp_path))
    paths = profile_paths("station", {"ENROLLMENT_STATION_HOME": str(tmp_path)})
    assert paths.policy_file == tmp_path / "policy.toml"


def test_profiles_share_nothing_but_the_policy(tmp_path: Path) -> None:
    assert not folders("station", tmp_path) & folders(TRAINING_PROFILE, tmp_path)
    home = {"ENROLLMENT_STATION_HOME": str(tmp_path)}
    assert profile_paths("station", home).policy_file == profile_paths(TRAINING_PROFILE, home).policy_file


def test_without_the_variable_the_systems_places_are_used() -> None:
    paths = profile_paths("station", {})
    assert paths.data.parts[-2:] == paths.logs.parts[-2:] == ("profiles", "station")
    assert "enrollment-station" in paths.data.parts
    assert "enrollment-station" in paths.policy_file.parts
    assert not paths.policy_file.is_relative_to(Path.home())


def test_the_files_of_a_profile(tmp_path: Path) -> None:
    paths = profile_paths("station", {"ENROLLMENT_STATION_HOME": str(tmp_path)})
    files = {paths.database_file, paths.keys_file, paths.secret_file, paths.lock_file}
    assert {each.parent for each in files} == {paths.data}
    assert len(files) == 4
    assert paths.log_file.parent == paths.logs


def test_the_folders_are_made_private(tmp_path: Path) -> None:
    paths = profile_paths("station", {"ENROLLMENT_STATION_HOME": str(tmp_path / "home")})
    paths.make_folders()
    paths.make_folders()
    assert paths.data.is_dir()
    assert os.name == "nt" or paths.data.stat().st_mode & 0o077 == 0


def test_a_file_in_the_way_of_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "profiles").write_text("in the way")
    with pytest.raises(SetupError) as caught:
        profile_paths("station", {"ENROLLMENT_STATION_HOME": str(tmp_path)}).make_folders()
    assert (caught.value.code, caught.value.facts["path"]) == (
        "folder_unusable",
        tmp_path / "profiles" / "station" / "data",
    )


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a/b", "a\\b", "Big", "ä", "-x", "x" * 33, "a b", "station\n", "a:"]
)
def test_a_profile_name_is_a_folder_name_everywhere(name: str) -> None:
    with pytest.raises(SetupError, match="profile_unknown"):
        profile_paths(name, {})
