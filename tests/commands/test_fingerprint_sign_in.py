# SPDX-License-Identifier: Apache-2.0
"""``fingerprint identify`` and ``verify`` as they are typed, over a station with two students."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from app.__main__ import main
from app.bootstrap import open_services
from app.config.paths import HOME_VARIABLE
from app.domain.fingerprints import Finger, SkipReason
from app.domain.visits import Skip
from app.storage.rows.finger_checks import FingerSignInRow
from tests.services.finger_desk import HEIGHT_PX, WIDTH_PX, synthetic_image, synthetic_touch

ANNA, BEN, NOBODY = 8_101, 8_102, 8_103
Run = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A training station in which Anna and Ben have their right index fingers enrolled."""
    home = tmp_path_factory.mktemp("signing-in")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(HOME_VARIABLE, str(home))
        services = open_services("training", with_reader=False)
        enrollment = services.enrollment
        skip = Skip(SkipReason.REFUSED)
        for name, seed in (("Anna Example", ANNA), ("Ben Example", BEN)):
            email = f"{name.split()[0].lower()}@school.example"
            visit = enrollment.start(services.students.add(name, email=email, number=str(seed)).uid)
            for number in (1, 2, 3):
                taken = synthetic_touch(enrollment.policy, seed, number)
                visit = enrollment.record_impression(visit, Finger.RIGHT_INDEX, taken)
            visit = enrollment.skip_finger(visit, Finger.LEFT_INDEX, skip)
            visit = enrollment.search_duplicates(visit)
            visit = enrollment.skip_signatures(visit, skip)
            enrollment.finish(enrollment.skip_check_in(visit, skip))
        services.close()
    return home


@pytest.fixture
def run(
    station: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    monkeypatch.setenv(HOME_VARIABLE, str(station))

    def ran(*words: str, seed: int | None = ANNA) -> tuple[int, str]:
        picture = tmp_path / "finger.png"
        pixels = np.full((HEIGHT_PX, WIDTH_PX), 255, np.uint8)
        if seed is not None:
            pixels = np.frombuffer(synthetic_image(seed, 9), np.uint8).reshape(HEIGHT_PX, WIDTH_PX)
        cv2.imwrite(str(picture), pixels)
        capsys.readouterr()
        code = main(["--profile", "training", "fingerprint", *(word or str(picture) for word in words)])
        return code, capsys.readouterr().out

    return ran


def document(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text)
    return found


def test_an_enrolled_finger_is_identified_and_leaves_a_row(run: Run, station: Path) -> None:
    code, text = run("identify", "", "--json")
    found = document(text)
    assert (code, found["decision"], found["student"]["name"]) == (0, "accepted", "Anna Example")
    assert (found["mode"], found["finger"], found["fingers_compared"]) == ("identify", "right_index", 2)
    assert found["false_match_rate"] <= found["threshold"] <= 1e-5
    assert found["score"] > 0
    assert found["seconds"] >= 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(HOME_VARIABLE, str(station))
        services = open_services("training", with_reader=False)
        with services.writer.store.reading() as session:
            assert session.query(FingerSignInRow).filter_by(decision="accepted").count() >= 1
        services.close()


def test_a_stranger_and_an_empty_picture_are_nobody(run: Run) -> None:
    for seed in (NOBODY, None):
        code, text = run("identify", "", "--json", seed=seed)
        found = document(text)
        assert (code, found["decision"], found["student"]) == (1, "rejected", None)


@pytest.mark.parametrize("name", ["anna@school.example", str(ANNA)])
def test_verify_takes_a_student_by_address_or_number(run: Run, name: str) -> None:
    code, text = run("verify", name, "", "--json")
    found = document(text)
    assert (code, found["mode"], found["decision"]) == (0, "verify", "accepted")
    assert (found["student"]["number"], found["threshold"]) == (str(ANNA), 1e-4)


def test_the_finger_of_somebody_else_is_not_verified(run: Run) -> None:
    code, text = run("verify", "ben@school.example", "")
    assert code == 1
    assert text.startswith("rejected: Ben Example")
    assert "needed: a false match rate of 1.0e-04 or less" in text


def test_in_words_it_says_who_and_how_sure(run: Run) -> None:
    code, text = run("identify", "")
    assert code == 0
    lines = text.splitlines()
    assert lines[0] == "accepted: Anna Example"
    assert "right_index" in lines[1]
    assert lines[2].startswith("score ")
    assert "compared with 2 fingers" in text


def test_a_student_nobody_knows_and_a_missing_file_fail(run: Run) -> None:
    assert run("verify", "nobody@school.example", "")[0] == 2
    assert run("identify", "/nowhere/at/all.png")[0] == 2
