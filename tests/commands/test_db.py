# SPDX-License-Identifier: Apache-2.0
"""``db`` as an administrator types it, on a plain file, a server and a profile's encrypted file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.__main__ import main
from app.storage.revisions import HEAD

Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command with --json; exit code and what it printed."""

    def run_command(*arguments: str) -> tuple[int, Any]:
        code = main(["db", *arguments, "--json"])
        printed = capsys.readouterr().out
        return code, json.loads(printed) if printed.strip() else None

    return run_command


@pytest.fixture(params=["sqlite", "postgresql", "profile"])
def where(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The option that names an empty database, or none for the practice profile's encrypted file."""
    if request.param == "postgresql":
        return ["--database-url", request.getfixturevalue("postgresql_url")]
    if request.param == "sqlite":
        return ["--database-url", f"sqlite:///{(tmp_path / 'plain.db').as_posix()}"]
    monkeypatch.setenv("ENROLLMENT_STATION_HOME", str(tmp_path / "home"))
    return []


def test_a_database_is_upgraded_checked_taken_back_and_upgraded_again(run: Run, where: list[str]) -> None:
    assert run("current", *where) == (1, {"revision": None, "head": HEAD, "current": False})
    code, done = run("upgrade", *where)
    assert (code, done["before"], done["after"]) == (0, None, HEAD)
    assert run("current", *where) == (0, {"revision": HEAD, "head": HEAD, "current": True})
    assert run("check", *where) == (0, {"revision": HEAD, "differences": []})

    code, done = run("downgrade", "0007", *where)
    assert (code, done["before"], done["after"]) == (0, HEAD, "0007")
    code, found = run("check", *where)
    assert code == 1
    assert found["revision"] == "0007"
    assert any("impressions" in line for line in found["differences"])

    code, done = run("upgrade", *where)
    assert (code, done["before"], done["after"]) == (0, "0007", HEAD)
    assert run("check", *where)[0] == 0
    assert run("downgrade", "base", *where)[0] == 0
    assert run("current", *where)[0] == 1


def test_a_backup_is_written_and_restored(run: Run, where: list[str], tmp_path: Path) -> None:
    run("upgrade", *where)
    copy = str(tmp_path / "copies" / "station.copy")
    code, report = run("backup", copy, *where)
    assert (code, report["revision"], report["path"]) == (0, HEAD, copy)
    assert Path(copy).stat().st_size == report["size_bytes"]
    assert run("restore", copy, *where)[0] == 0
    assert run("check", *where)[0] == 0


def test_what_fails_is_one_line_on_the_error_stream(
    where: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["db", "upgrade", *where])
    capsys.readouterr()
    assert main(["db", "restore", str(tmp_path / "absent"), *where]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "restore_refused" in printed.err
    assert "Traceback" not in printed.err


def test_without_json_it_says_it_in_words(where: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    main(["db", "upgrade", *where])
    assert capsys.readouterr().out.startswith(f"From nothing to {HEAD}.")
    main(["db", "upgrade", *where])
    assert capsys.readouterr().out == f"Already at {HEAD}.\n"
    assert main(["db", "check", *where]) == 0
    assert capsys.readouterr().out == "The database is as this program expects it.\n"
