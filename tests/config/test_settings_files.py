# SPDX-License-Identifier: Apache-2.0
"""Settings: defaults, the profile's file, the computer's policy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from app.config.paths import Paths, profile_paths
from app.config.settings import Settings
from app.config.settings_files import load_settings, save_settings
from app.domain.errors import SetupError
from app.domain.fingerprints import Finger, SkipReason
from app.domain.policy import Policy


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    made = profile_paths("station", {"ENROLLMENT_STATION_HOME": str(tmp_path)})
    made.make_folders()
    return made


def refused(paths: Paths) -> SetupError:
    with pytest.raises(SetupError) as caught:
        load_settings(paths)
    return caught.value


def test_without_files_the_defaults_hold(paths: Paths) -> None:
    loaded = load_settings(paths)
    assert loaded.settings == Settings()
    assert loaded.locked == frozenset()
    assert loaded.settings.policy() == Policy()
    assert loaded.settings.database.url == ""
    assert loaded.settings.reader.id == "auto"


def test_the_policy_file_outranks_the_profiles_and_locks(paths: Paths) -> None:
    paths.settings_file.write_text('[look]\ntheme = "dark"\nsounds = false\n[capture]\ngood_from = 60\n')
    paths.policy_file.write_text('[look]\ntheme = "light"\n[capture]\nkeep_images = true\n')
    loaded = load_settings(paths)
    assert (loaded.settings.look.theme, loaded.settings.look.sounds) == ("light", False)
    assert loaded.locked == {"look.theme", "capture.keep_images"}
    assert loaded.settings.policy() == Policy(good_from=60, keep_images=True)


def test_fingers_and_reasons_are_words(paths: Paths) -> None:
    paths.settings_file.write_text(
        '[capture]\nrequired_fingers = ["left_thumb", "right_index"]\nskip_reasons = ["bandaged"]\n'
    )
    rules = load_settings(paths).settings.policy()
    assert rules.required_fingers == (Finger.LEFT_THUMB, Finger.RIGHT_INDEX)
    assert rules.skip_reasons == (SkipReason.BANDAGED,)


@pytest.mark.parametrize("place", ["settings_file", "policy_file"])
@pytest.mark.parametrize(
    ("content", "key"),
    [
        ('[look]\ncolour = "red"\n', "look.colour"),
        ("[looks]\n", "looks"),
        ("training = true\n", "training"),
        ('[look]\ntheme = "pink"\n', "look.theme"),
        ("[look]\nsounds = 1\n", "look.sounds"),
        ('[capture]\ngood_from = "60"\n', "capture.good_from"),
        ("[capture]\ngood_from = 60.0\n", "capture.good_from"),
        ("[capture]\ngood_from = true\n", "capture.good_from"),
        ("[capture]\ngood_from = 101\n", "capture.good_from"),
        ("[capture]\nimpressions_per_finger = 0\n", "capture.impressions_per_finger"),
        ('[capture]\nrequired_fingers = ["right_tail"]\n', "capture.required_fingers"),
        ('[capture]\nrequired_fingers = "right_index"\n', "capture.required_fingers"),
        ("[capture]\nrequired_fingers = [6]\n", "capture.required_fingers"),
        ("[capture]\nrequired_fingers = [[]]\n", "capture.required_fingers"),
        ("[capture]\nrequired_fingers = []\n", "capture.required_fingers"),
        ('[capture]\nrequired_fingers = ["right_index", "right_index"]\n', "capture.required_fingers"),
        ("[desk]\nidle_lock_s = 10\n", "desk.idle_lock_s"),
        ('[look]\nlanguage = "../../x"\n', "look.language"),
        ('[database]\nurl = "sqlite:///x.db"\n', "database.url"),
        ('[database]\nurl = "postgresql://host"\n', "database.url"),
        ('[database]\nurl = "postgresql://[x/y"\n', "database.url"),
        ("[look]\n\nthis is no toml\n", "line 3"),
    ],
)
def test_what_cannot_be_stops_the_start(paths: Paths, place: str, content: str, key: str) -> None:
    file: Path = getattr(paths, place)
    file.write_text(content)
    error = refused(paths)
    assert (error.code, error.facts) == ("setting_invalid", {"file": file, "key": key})


def test_a_file_in_another_encoding_is_refused(paths: Paths) -> None:
    paths.settings_file.write_bytes('[station]\nschool = "Überlingen"\n'.encode("cp1252"))
    assert refused(paths).code == "setting_invalid"


@pytest.mark.parametrize(
    ("own", "fixed", "at_fault"),
    [
        ("[capture]\nrefuse_below = 40\n", "", "settings_file"),
        ("[capture]\nask_again_below = 30\n", "[capture]\nrefuse_below = 32\n", "settings_file"),
        ("", "[capture]\nask_again_below = 10\n", "policy_file"),
    ],
)
def test_contradicting_rules_are_refused(paths: Paths, own: str, fixed: str, at_fault: str) -> None:
    paths.settings_file.write_text(own)
    paths.policy_file.write_text(fixed)
    error = refused(paths)
    assert error.code == "setting_invalid"
    assert error.facts == {"file": getattr(paths, at_fault), "key": "capture.ask_again_below"}


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://clerk:tulip@host/school",
        "postgresql+psycopg://clerk:@host/school",
        "postgresql://clerk@host/school?password=tulip",
        "postgresql://clerk@host/school?sslmode=verify-full&password=",
    ],
)
def test_a_password_in_a_setting_is_refused_and_not_repeated(paths: Paths, url: str) -> None:
    paths.settings_file.write_text(f'[database]\nurl = "{url}"\n')
    error = refused(paths)
    assert (error.code, error.facts) == (
        "setting_secret",
        {"file": paths.settings_file, "key": "database.url"},
    )
    assert "tulip" not in str(error) + repr(error.__cause__)
    assert error.__suppress_context__
    with pytest.raises(SetupError, match="setting_secret"):
        save_settings(paths, {"database.url": url})


@pytest.mark.parametrize(
    "url",
    [
        "",
        "postgresql://clerk@host:5433/school",
        "postgresql+psycopg:///school?host=/run/pg&sslmode=verify-full",
    ],
)
def test_a_database_url_without_a_password_is_taken(paths: Paths, url: str) -> None:
    assert save_settings(paths, {"database.url": url}).settings.database.url == url


def test_changes_are_written_and_the_rest_stays(paths: Paths) -> None:
    paths.settings_file.write_text('[station]\nschool = "Hill School"\n')
    changed = save_settings(
        paths,
        {"look.theme": "dark", "capture.required_fingers": [Finger.LEFT_THUMB], "station.name": "Desk 1"},
    )
    assert load_settings(paths) == changed
    assert (changed.settings.station.school, changed.settings.station.name) == ("Hill School", "Desk 1")
    assert 'required_fingers = [\n    "left_thumb",\n]' in paths.settings_file.read_text()
    assert "sounds" not in paths.settings_file.read_text()  # what nobody chose follows the defaults


def test_all_settings_survive_writing_and_reading(paths: Paths) -> None:
    everything: dict[str, Any] = {
        f"{section}.{name}": value
        for section, values in Settings().model_dump(mode="json").items()
        for name, value in values.items()
    }
    assert save_settings(paths, everything).settings == load_settings(paths).settings == Settings()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"look.theme": "dark"}, "setting_locked"),
        ({"look.theme": "light"}, "setting_locked"),
        ({"look.colour": "red"}, "setting_invalid"),
        ({"nothing": 1}, "setting_invalid"),
        ({"capture.refuse_below": 90}, "setting_invalid"),
    ],
)
def test_a_refused_change_leaves_the_file_alone(paths: Paths, change: dict[str, object], code: str) -> None:
    paths.policy_file.write_text('[look]\ntheme = "light"\n')
    paths.settings_file.write_text("[look]\nsounds = false\n")
    with pytest.raises(SetupError) as caught:
        save_settings(paths, change)
    assert caught.value.code == code
    assert paths.settings_file.read_text() == "[look]\nsounds = false\n"
    assert list(paths.settings_file.parent.glob("*.new")) == []


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "profiles").write_text("in the way")
    paths = profile_paths("station", {"ENROLLMENT_STATION_HOME": str(tmp_path)})
    with pytest.raises(SetupError) as caught:
        save_settings(paths, {"look.sounds": False})
    assert caught.value.code in {"folder_unusable", "setting_invalid"}


def test_settings_do_not_change_under_their_reader() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().look.theme = "dark"  # type: ignore[misc]
