# SPDX-License-Identifier: Apache-2.0
"""``keys`` as it is typed, by stations with folders of their own on a real server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from app import bootstrap
from app.__main__ import main
from app.domain.fingerprints import Finger, SkipReason
from app.domain.operations_fingerprints import SignInDecision
from app.domain.visits import Skip, Step
from app.security import secret_stores
from tests.services.finger_desk import synthetic_template, synthetic_touch

PASSPHRASE = "a quiet pass phrase"
SKIP = Skip(SkipReason.REFUSED)
ANNA, BEN = 8_001, 8_101


class School:
    """Computers of one school; a command is typed at one of them."""

    def __init__(
        self,
        folder: Path,
        url: str | None,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        self.folder = folder
        self.url = url
        self._patch = monkeypatch
        self._capsys = capsys

    def at(self, name: str) -> None:
        self._patch.setenv("ENROLLMENT_STATION_HOME", str(self.folder / name))

    def types(self, name: str, *arguments: str, code: int = 0) -> Any:
        """The JSON that a command prints; its exit code is looked at."""
        self.at(name)
        given = [*arguments, "--json"]
        found = main(given)
        printed = self._capsys.readouterr()
        assert found == code, printed.err
        return json.loads(printed.out) if printed.out else printed.err

    def set_up(self, name: str) -> str | None:
        """The digits to compare, where the server has a school already."""
        where = [] if self.url is None else ["--database-url", self.url]
        done = self.types(name, "setup", "--school", "Hillside", "--station", name, *where)
        digits: str | None = done["fingerprint"]
        return digits

    @contextmanager
    def services(self, name: str) -> Iterator[bootstrap.Services]:
        self.at(name)
        services = bootstrap.open_services(with_reader=False)
        try:
            yield services
        finally:
            services.close()

    def digits(self, name: str) -> str:
        return str(self.types(name, "keys", "join")["fingerprint"])


@pytest.fixture
def patched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv(bootstrap.PASSPHRASE_VARIABLE, PASSPHRASE)
    monkeypatch.setattr(secret_stores, "ARGON2_MEMORY_KIB", 1024)
    monkeypatch.setattr(secret_stores, "ARGON2_PASSES", 1)
    return monkeypatch


@pytest.fixture
def school(
    tmp_path: Path,
    migrated_postgresql_url: str,
    patched: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> School:
    return School(tmp_path, migrated_postgresql_url, patched, capsys)


def enrolled(services: bootstrap.Services, name: str, seed: int) -> UUID:
    """A student with the fingers that policy wants, each of its own seed."""
    visit = services.enrollment.start(services.students.add(name).uid)
    policy = services.enrollment.policy
    for number, finger in enumerate(policy.required_fingers):
        for touch in range(1, policy.impressions_per_finger + 1):
            taken = synthetic_touch(policy, seed + number, touch)
            visit = services.enrollment.record_impression(visit, finger, taken)
    visit = services.enrollment.open_step(visit, Step.SIGNATURES)
    visit = services.enrollment.skip_signatures(visit, SKIP)
    visit = services.enrollment.skip_check_in(visit, SKIP)
    return services.enrollment.finish(visit).student.uid


def test_a_finger_enrolled_at_one_station_signs_in_at_another(school: School) -> None:
    school.set_up("Front")
    with school.services("Front") as front:
        student = enrolled(front, "Anna Example", ANNA)
        first: Finger = front.enrollment.policy.required_fingers[0]
    digits = school.set_up("Back")
    with school.services("Back") as back:
        back.fingers.sign_in.load_all()
        probe = synthetic_template(ANNA, 9)
        assert back.fingers.sign_in.identify_template(probe).student is None

    listed = school.types("Front", "keys", "stations", code=1)
    (waiting,) = [each for each in listed["holders"] if each["standing"] == "waiting"]
    assert waiting["digits"] == digits == school.digits("Back")
    assert school.types("Back", "diagnostics", code=0)["keys"]["state"] == "waiting"
    error = school.types("Front", "keys", "approve", "Back", "--fingerprint", "0000 0000 0000", code=2)
    assert error.startswith("fingerprint_differs: ")
    school.types("Front", "keys", "approve", "Back", "--fingerprint", waiting["digits"])

    with school.services("Back") as back:
        back.fingers.sign_in.load_all()
        found = back.fingers.sign_in.identify_template(probe)
        assert found.decision is SignInDecision.ACCEPTED
        assert found.student is not None
        assert (found.student.uid, found.finger) == (student, first)
        assert back.fingers.sign_in.verify_template(student, probe).decision is SignInDecision.ACCEPTED
    for name in ("Front", "Back"):
        seen = school.types(name, "keys", "stations")
        assert [each["standing"] for each in seen["holders"]] == ["member", "member"]
    facts = school.types("Front", "diagnostics")["keys"]
    assert (facts["state"], facts["stations_member"], facts["subject_keys_behind"]) == ("member", 2, 0)

    with school.services("Back") as back, school.services("Front") as front:
        gone = enrolled(front, "Ben Example", BEN)
        back.fingers.sign_in.load_all()
        found = back.fingers.sign_in.identify_template(synthetic_template(BEN, 9))
        assert found.student is not None
        front.fingers.keys.destroy(gone)
        found = back.fingers.sign_in.identify_template(synthetic_template(BEN, 9))
        assert found.student is None  # also not from what is in memory there
        assert back.fingers.vault.enrolled(gone) == {}

    school.types("Front", "keys", "remove", "Back", "--yes")
    with school.services("Back") as back:
        back.fingers.sign_in.load_all()
        assert back.fingers.sign_in.identify_template(probe).student is None
    assert school.types("Back", "keys", "stations", code=1)["state"] == "removed"
    with school.services("Front") as front:
        front.fingers.sign_in.load_all()
        assert front.fingers.sign_in.identify_template(probe).decision is SignInDecision.ACCEPTED


def test_recovery_code_refusal_and_rotation(school: School, tmp_path: Path) -> None:
    school.set_up("Front")
    paper = tmp_path / "paper.txt"
    school.types("Front", "keys", "recovery", "create", "--label", "Safe", "--code-file", str(paper))
    assert school.types("Front", "keys", "recovery", "check", "--code-file", str(paper)) == {"opens": True}
    assert school.types("Front", "keys", "rotate") == {"key_version": 2, "left": 0}
    assert school.types("Front", "keys", "recovery", "check", "--code-file", str(paper)) == {"opens": True}
    again = ("keys", "recovery", "create", "--label", "Safe", "--code-file", str(paper))
    assert school.types("Front", *again, code=2).startswith("key_store_failed: ")

    assert len(school.set_up("Back") or "") == len("0000 0000 0000")
    assert school.types("Front", "keys", "refuse", "Back")["outcome"] == "refused"
    assert school.types("Front", "keys", "refuse", "Nobody", code=2).startswith("station_not_found: ")
    used = school.types("Back", "keys", "recovery", "use", "--code-file", str(paper))
    assert used == {"key_version": 2, "left": 0}
    assert school.types("Back", "keys", "rewrap") == {"left": 0}
    paper.write_text("AAAA-BBBB")
    assert school.types("Back", "keys", "recovery", "use", "--code-file", str(paper), code=2).startswith(
        "recovery_code_wrong: "
    )


def test_a_code_must_be_typed_back_before_it_counts(
    tmp_path: Path,
    patched: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """On a station with a file of its own; and the tables for people."""
    desk = School(tmp_path, None, patched, capsys)
    assert desk.set_up("Front") is None
    patched.setattr("typer.prompt", lambda *_, **__: "AAAA-AAAA")
    assert desk.types("Front", "keys", "recovery", "create", "--label", "Safe", code=2)
    assert [each["is_station"] for each in desk.types("Front", "keys", "stations")["holders"]] == [True]

    shown: list[str] = []
    patched.setattr("typer.echo", lambda message, **_: shown.append(message))
    patched.setattr("typer.prompt", lambda *_, **__: shown[-1].split()[-1].lower())
    desk.at("Front")
    assert main(["keys", "recovery", "create", "--label", "Safe"]) == 0
    assert main(["keys", "recovery", "check"]) == 0
    assert main(["keys", "stations"]) == 0
    printed = capsys.readouterr().out
    assert "recovery code" in printed
    assert "Front (this station)" in printed
    assert shown[-1].split()[-1] not in printed
