# SPDX-License-Identifier: Apache-2.0
"""Every command that opens the station asks for its pass phrase in the same way."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer

from app import bootstrap
from app.__main__ import main
from app.config.paths import DEFAULT_PROFILE, profile_paths
from app.storage import migrate

PASS_PHRASE = "seven green buses at noon"
COMMANDS = (("db", "current"), ("db", "check"), ("diagnostics",), ("students", "list", "--school", "North"))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A station whose secret is a pass phrase."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ENROLLMENT_STATION_HOME", str(folder))
        patch.setenv(bootstrap.PASSPHRASE_VARIABLE, PASS_PHRASE)
        paths = profile_paths(DEFAULT_PROFILE, {"ENROLLMENT_STATION_HOME": str(folder)})
        paths.make_folders()
        keys = bootstrap.vault_of(paths, training=False).create(bootstrap.new_id)
        migrate.upgrade_local(paths.database_file, keys.database_key, paths.backups, bootstrap.utc_now())
    return folder


@pytest.fixture
def asked(home: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was asked for at the terminal; whoever sits there knows the pass phrase."""
    questions: list[str] = []

    def prompt(words: str, *, hide_input: bool, err: bool) -> str:
        assert hide_input
        assert err, "the answer on standard output stays readable for programs"
        questions.append(words)
        return PASS_PHRASE

    monkeypatch.setenv("ENROLLMENT_STATION_HOME", str(home))
    monkeypatch.delenv(bootstrap.PASSPHRASE_VARIABLE, raising=False)
    monkeypatch.setattr(typer, "prompt", prompt)
    return questions


def sits(monkeypatch: pytest.MonkeyPatch, somebody: bool) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: somebody, raising=False)


@pytest.mark.parametrize("command", COMMANDS)
def test_it_is_asked_for_once_at_a_terminal(
    command: tuple[str, ...], asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sits(monkeypatch, True)
    assert main([*command, "--json"]) == 0
    assert asked == ["Pass phrase"]


@pytest.mark.parametrize("command", COMMANDS)
def test_it_comes_from_the_environment_without_a_question(
    command: tuple[str, ...], asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sits(monkeypatch, True)
    monkeypatch.setenv(bootstrap.PASSPHRASE_VARIABLE, PASS_PHRASE)
    assert main([*command, "--json"]) == 0
    assert asked == []


@pytest.mark.parametrize("command", COMMANDS)
def test_where_nobody_sits_it_is_said_to_be_missing(
    command: tuple[str, ...],
    asked: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    sits(monkeypatch, False)
    assert main([*command, "--json"]) == (1 if command == ("diagnostics",) else 2)
    assert asked == []
    printed = capsys.readouterr()
    assert "passphrase_missing" in printed.out + printed.err
