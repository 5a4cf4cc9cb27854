# SPDX-License-Identifier: Apache-2.0
"""The first set-up, on a real encrypted file and a real server; and what is left when it is cut off."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from threading import Event

import pytest

from app import bootstrap
from app.__main__ import main
from app.config.paths import DEFAULT_PROFILE, TRAINING_PROFILE, Paths, profile_paths
from app.config.settings_files import load_settings, save_settings
from app.domain.errors import OperatorError, SetupError, StorageError
from app.domain.station_setup import FoundReader, SetupAnswers, SetupStage
from app.security import secret_stores
from app.services import station_setup
from app.services.station_setup import StationSetup
from app.storage.engine import open_server
from tests.postgresql_server import Server

PASSPHRASE = "a quiet pass phrase"
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def quick_passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cost of a pass phrase is the security room's business."""
    monkeypatch.setattr(secret_stores, "ARGON2_MEMORY_KIB", 1024)
    monkeypatch.setattr(secret_stores, "ARGON2_PASSES", 1)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A computer on which nothing was set up."""
    monkeypatch.setenv("ENROLLMENT_STATION_HOME", str(tmp_path))
    monkeypatch.delenv(bootstrap.PASSPHRASE_VARIABLE, raising=False)
    return tmp_path


@pytest.fixture
def paths(home: Path) -> Paths:
    return profile_paths(DEFAULT_PROFILE, os.environ)


@pytest.fixture
def setup(paths: Paths) -> StationSetup:
    return StationSetup(paths, bootstrap.utc_now, bootstrap.new_id)


def answers(**changes: object) -> SetupAnswers:
    given: dict[str, object] = {"school": "Hillside", "station": "Front office", "passphrase": PASSPHRASE}
    return SetupAnswers(**{**given, **changes})  # type: ignore[arg-type]


def test_it_makes_an_encrypted_station_that_opens(setup: StationSetup, paths: Paths) -> None:
    assert list(setup.set_up(answers())) == list(SetupStage)
    assert paths.database_file.read_bytes()[:6] != b"SQLite"
    with pytest.raises(SetupError, match="passphrase_missing"):
        bootstrap.open_services(with_reader=False)
    services = bootstrap.open_services(with_reader=False, passphrase=PASSPHRASE)
    try:
        assert services.paths.profile == DEFAULT_PROFILE
        assert services.settings.settings.station.school == "Hillside"
        assert services.roster.is_empty()
    finally:
        services.close()


def test_the_command_and_the_window_write_the_same(
    setup: StationSetup, paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    list(setup.set_up(answers()))
    written = paths.settings_file.read_text("utf-8")
    monkeypatch.setenv("ENROLLMENT_STATION_HOME", str(tmp_path / "other"))
    monkeypatch.setenv(bootstrap.PASSPHRASE_VARIABLE, PASSPHRASE)
    assert main(["setup", "--school", "Hillside", "--station", "Front office"]) == 0
    by_command = profile_paths(DEFAULT_PROFILE, os.environ)
    assert by_command.settings_file.read_text("utf-8") == written
    assert {file.suffix for file in by_command.data.iterdir()} == {
        file.suffix for file in paths.data.iterdir()
    }


def test_the_command_again_keeps_the_server_that_was_chosen(
    setup: StationSetup, paths: Paths, migrated_postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    list(setup.set_up(answers(database_url=migrated_postgresql_url)))
    monkeypatch.setenv(bootstrap.PASSPHRASE_VARIABLE, PASSPHRASE)
    assert main(["setup", "--school", "Hillside", "--station", "Library"]) == 0
    chosen = load_settings(paths).settings
    assert (chosen.station.name, chosen.database.url) == ("Library", migrated_postgresql_url)


KILLED = """
import os, signal, sys
from app import bootstrap
from app.config.paths import profile_paths
from app.domain.station_setup import SetupAnswers
from app.services.station_setup import StationSetup
work = StationSetup(profile_paths("station", os.environ), bootstrap.utc_now, bootstrap.new_id)
for stage in work.set_up(SetupAnswers("Hillside", "Front office", passphrase="a quiet pass phrase")):
    if stage.value == sys.argv[1]:
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("stage", [SetupStage.SETTINGS, SetupStage.KEYS, SetupStage.RECORDS])
def test_cut_off_anywhere_it_leaves_a_station_that_opens(
    stage: SetupStage, setup: StationSetup, home: Path
) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, stage.value], cwd=ROOT, timeout=60)
    assert done.returncode == -signal.SIGKILL
    made = stage is SetupStage.RECORDS
    assert bootstrap.chosen_profile(None) == (DEFAULT_PROFILE if made else TRAINING_PROFILE)
    opened = bootstrap.open_services(with_reader=False, passphrase=PASSPHRASE)
    try:
        assert opened.students.school_uid()
    finally:
        opened.close()
    choices = setup.choices()
    assert choices.exists is made
    assert choices.school == ("" if stage is SetupStage.SETTINGS else "Hillside")
    assert list(setup.set_up(answers())) == list(SetupStage)


def test_a_station_on_a_server(setup: StationSetup, migrated_postgresql_url: str, paths: Paths) -> None:
    list(setup.set_up(answers(database_url=migrated_postgresql_url)))
    assert not paths.database_file.exists()
    engine = open_server(migrated_postgresql_url)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT name FROM schools").scalars().all() == ["Hillside"]
    engine.dispose()


def test_an_empty_server_is_prepared_only_when_asked(setup: StationSetup, postgresql_url: str) -> None:
    assert setup.check_server(postgresql_url).prepared is False
    with pytest.raises(StorageError, match="server_unprepared"):
        list(setup.set_up(answers(database_url=postgresql_url)))
    assert not setup.choices().exists
    assert setup.check_server(postgresql_url).prepared is False
    assert setup.prepare_server(postgresql_url).prepared is True
    assert list(setup.set_up(answers(database_url=postgresql_url)))[-1] is SetupStage.DONE


def test_each_failure_of_a_server_has_its_own_explanation(
    setup: StationSetup, postgresql_server_or_skip: Server, postgresql_url: str
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        closed = taken.getsockname()[1]
        with pytest.raises(StorageError, match="server_closed"):
            setup.check_server(f"postgresql://a@127.0.0.1:{closed}/x")
    with pytest.raises(StorageError, match="server_unknown"):
        setup.check_server("postgresql://a@no-such-host.invalid/x")
    with pytest.raises(StorageError, match="server_database_absent"):
        setup.check_server(postgresql_server_or_skip.url("nowhere_to_be_found"))
    head, _, tail = postgresql_url.partition("://")
    stranger = f"{head}://nobody_at_all@{tail.rpartition('@')[2]}"
    with pytest.raises(StorageError, match="server_login_refused") as refused:
        setup.check_server(stranger)
    assert refused.value.facts["user"] == "nobody_at_all"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("server/records", "server_url_invalid"),
        ("mysql://a@server/records", "server_url_invalid"),
        ("postgresql://a@server", "server_url_invalid"),
        ("postgresql://a:secret@server/records", "server_url_secret"),
        ("postgresql://a@server/records?password=secret", "server_url_secret"),
    ],
)
def test_an_address_is_looked_at_before_anything_is_tried(setup: StationSetup, url: str, code: str) -> None:
    for attempt in (lambda: setup.check_server(url), lambda: list(setup.set_up(answers(database_url=url)))):
        with pytest.raises(SetupError, match=code) as refused:
            attempt()
        assert "secret" not in str(refused.value.facts)
    assert not setup.paths.keys_file.exists()


def test_what_is_missing_is_said_before_anything_is_written(setup: StationSetup, paths: Paths) -> None:
    with pytest.raises(OperatorError, match="input_invalid") as refused:
        list(setup.set_up(answers(school=" ")))
    assert refused.value.facts == {"field": "school"}
    with pytest.raises(SetupError, match="passphrase_short"):
        list(setup.set_up(answers(passphrase="short")))
    assert not paths.settings_file.exists()
    assert not paths.keys_file.exists()


def test_what_the_administrator_fixed_is_told_and_kept(setup: StationSetup, paths: Paths) -> None:
    paths.policy_file.parent.mkdir(parents=True, exist_ok=True)
    paths.policy_file.write_text('[station]\nschool = "Fixed"\n[reader]\nid = "r30x:COM9"\n', "utf-8")
    choices = setup.choices()
    assert choices.locked == {"station.school", "reader.id"}
    assert (choices.school, choices.reader_id) == ("Fixed", "r30x:COM9")
    with pytest.raises(SetupError, match="setting_locked"):
        list(setup.set_up(answers(school="Other")))
    assert not paths.keys_file.exists()
    list(setup.set_up(answers(school="Fixed")))
    assert load_settings(paths).settings.reader.id == "r30x:COM9"


def test_records_without_their_keys_are_not_covered_up(setup: StationSetup, paths: Paths) -> None:
    paths.make_folders()
    paths.database_file.write_bytes(b"records of somebody")
    with pytest.raises(SetupError, match="key_absent"):
        list(setup.set_up(answers()))
    assert paths.database_file.read_bytes() == b"records of somebody"


def test_two_at_once_do_not_mix(setup: StationSetup, paths: Paths) -> None:
    first = setup.set_up(answers())
    assert next(first) is SetupStage.CHECKING
    assert next(first) is SetupStage.SETTINGS
    with pytest.raises(SetupError, match="profile_in_use"):
        list(StationSetup(paths, bootstrap.utc_now, bootstrap.new_id).set_up(answers()))
    assert list(first)[-1] is SetupStage.DONE


def test_a_cancelled_set_up_gives_the_lock_back(setup: StationSetup) -> None:
    work = setup.set_up(answers())
    assert [next(work), next(work)] == [SetupStage.CHECKING, SetupStage.SETTINGS]
    work.close()  # type: ignore[attr-defined]
    assert list(setup.set_up(answers()))[-1] is SetupStage.DONE


def test_choices_start_from_what_an_earlier_attempt_wrote(setup: StationSetup, paths: Paths) -> None:
    paths.make_folders()
    save_settings(paths, {"station.school": "Hillside", "database.url": "postgresql://a@b/c"})
    choices = setup.choices()
    assert (choices.exists, choices.school, choices.database_url) == (False, "Hillside", "postgresql://a@b/c")


def test_readers_are_told_again_when_they_change(
    setup: StationSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = FoundReader("r30x:COM5", "USB serial (CP210x)", True)

    class Port:
        reader_id, label, likely = port.reader_id, port.label, port.likely

    looks = iter([[], [], [Port()], [Port()]])
    stop = Event()

    def look() -> list[object]:
        found = next(looks, None)
        if found is None:
            stop.set()
            return [Port()]
        return list(found)

    monkeypatch.setattr(station_setup, "list_readers", look)
    monkeypatch.setattr(station_setup, "LOOK_EVERY_S", 0.0)
    assert list(setup.watch_readers(stop)) == [(), (port,)]
