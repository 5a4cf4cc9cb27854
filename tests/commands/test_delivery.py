# SPDX-License-Identifier: Apache-2.0
"""``delivery`` as it is typed, at a station that was set up for a real server."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from app.__main__ import main
from app.bootstrap import open_services
from app.config.paths import profile_paths
from app.config.settings_files import save_settings
from app.storage.engine import open_server
from app.storage.rows.ledger import SiteMetaRow
from app.storage.store import Store
from tests.network import network


def said(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def joined(url: str) -> None:
    """The station's settings name that server."""
    paths = profile_paths("training", os.environ)
    paths.make_folders()
    save_settings(paths, {"database.url": url})


@pytest.fixture
def networked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, migrated_postgresql_url: str) -> str:
    """URL of the server of a station in training mode."""
    monkeypatch.setenv("ENROLLMENT_STATION_HOME", str(tmp_path / "home"))
    joined(migrated_postgresql_url)
    return migrated_postgresql_url


def with_student(email: str) -> None:
    """As the window does: write into the station's own file."""
    services = open_services("training", reader_id="none:")
    services.students.add("Noor Example", email)
    services.close()


def test_what_waits_is_shown_and_sent(networked: str, capsys: pytest.CaptureFixture[str]) -> None:
    with_student("noor@school.example")
    assert main(["--profile", "training", "delivery", "status", "--json"]) == 0
    waiting = said(capsys)["waiting"]
    assert waiting > 0
    assert main(["--profile", "training", "delivery", "status"]) == 0
    assert f"{waiting} operations wait to be sent" in capsys.readouterr().out
    assert main(["--profile", "training", "delivery", "now", "--json"]) == 0
    state = said(capsys)
    assert (state["link"], state["waiting"]) == ("up", 0)
    assert main(["--profile", "training", "delivery", "held", "--json"]) == 0
    assert said(capsys) == []


def test_a_server_that_is_away_is_said_and_nothing_is_lost(
    networked: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with network(networked) as line:
        joined(line.url)
        with_student("noor@school.example")
        line.cut()
        assert main(["--profile", "training", "delivery", "now"]) == 2
        assert "database_unavailable" in capsys.readouterr().out
        line.mend()
        assert main(["--profile", "training", "delivery", "now", "--json"]) == 0
        assert said(capsys)["waiting"] == 0


def test_a_refused_operation_is_listed_and_tried_again(
    networked: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with_student("kim@school.example")
    arguments = ["students", "add", "--name", "Somebody", "--email", "noor@school.example"]
    assert main(["--profile", "training", "delivery", "now", "--json"]) == 0
    with_student("noor@school.example")
    # At the server somebody else took the address first.
    assert main(["--profile", "training", *arguments, "--database-url", networked]) == 0
    capsys.readouterr()
    assert main(["--profile", "training", "delivery", "now", "--json"]) == 1
    assert said(capsys)["refused"] == 1
    assert main(["--profile", "training", "delivery", "held"]) == 1
    assert "student.add" in capsys.readouterr().out
    assert main(["--profile", "training", "delivery", "retry", "--json"]) == 1
    assert said(capsys)["refused"] == 1


def test_a_strange_server_is_written_to_only_when_accepted(
    networked: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with_student("noor@school.example")
    assert main(["--profile", "training", "delivery", "now"]) == 0
    engine = open_server(networked)
    with Store(engine).books() as session:
        session.get_one(SiteMetaRow, "database.uid").value = "another"
    engine.dispose()
    capsys.readouterr()
    assert main(["--profile", "training", "delivery", "now"]) == 2
    assert "server_changed" in capsys.readouterr().out
    assert main(["--profile", "training", "delivery", "accept-server", "--json"]) == 0
    assert said(capsys)["link"] == "up"


def test_a_station_of_its_own_has_nothing_to_deliver(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ENROLLMENT_STATION_HOME", str(tmp_path / "home"))
    services = open_services("training", reader_id="none:")
    assert services.delivery is None
    services.close()
    assert main(["--profile", "training", "delivery", "status"]) == 2
    assert "server_missing" in capsys.readouterr().err
