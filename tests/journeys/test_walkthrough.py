# SPDX-License-Identifier: Apache-2.0
"""One student through the real window, on the encrypted file and on a server, and what is left on disk."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.station import ROOT, walkthrough

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("walkthrough")


@pytest.fixture(scope="module")
def summary(out: Path) -> dict[str, Any]:
    return walkthrough(out)


def whole(student: dict[str, Any]) -> None:
    """Two fingers with three impressions, eleven steps, one attendance row; read back by another process."""
    stored = student["stored"]
    assert [sum(touch["accepted"] for touch in finger["impressions"]) for finger in student["fingers"]] == [
        3,
        3,
    ]
    assert student["signature_steps"] == 11
    assert stored["status"] == "completed"
    assert stored["signature_steps"] == list(range(1, 12))
    assert stored["signatures_open"]
    assert stored["attendance_rows"] == 1
    assert [finger["status"] for finger in stored["fingers"]] == ["completed", "completed"]
    assert all(finger["template_opens"] for finger in stored["fingers"])


def test_one_student_from_the_search_box_to_the_receipt(summary: dict[str, Any]) -> None:
    assert summary["complete"]
    (student,) = summary["students"]
    whole(student)


def test_a_picture_of_every_page_is_there(summary: dict[str, Any], out: Path) -> None:
    names = {picture.stem for picture in out.glob("*.png")}
    for page in ("1-student", "2-fingers", "3-signatures", "4-check-in", "5-review", "6-receipt"):
        assert f"1-{page}" in names


def test_files_hold_no_name_no_stroke_and_no_template(summary: dict[str, Any], out: Path) -> None:
    roster = list(csv.DictReader((ROOT / "resources/training_roster.csv").read_text("utf-8").splitlines()))
    secrets = [row["name"] for row in roster] + [row["email"] for row in roster]
    # Shorter ones stand in encrypted pages by chance.
    words = [
        part.encode("utf-8") for secret in secrets for part in {secret, *secret.split()} if len(part) >= 6
    ]
    # An ISO template, a database page, a picture and the strokes' own columns begin like this.
    words += [b"FMR\x00", b"SQLite format 3", b"\x89PNG", b'"t_us"', b'"pressure"', b"be1:a256gcm"]
    files = [path for path in (out / "station").rglob("*") if path.is_file() and path.suffix != ".finger"]
    assert any(path.name == "station.db" for path in files)
    assert any(path.name == "station.log" for path in files)
    for path in files:
        content = path.read_bytes()
        found = [word for word in words if re.search(re.escape(word), content)]
        assert not found, f"{path.name} holds {found}"


def test_the_same_walk_on_a_server(tmp_path: Path, postgresql_url: str) -> None:
    summary = walkthrough(tmp_path, "--database-url", postgresql_url)
    assert summary["database"] == "server"
    whole(summary["students"][0])


def test_wrong_fingers_and_a_student_enrolled_twice_are_caught_in_the_window(tmp_path: Path) -> None:
    summary = walkthrough(tmp_path, "--students", "2", "--mistakes")
    assert summary["complete"]
    found = [mistake for student in summary["students"] for mistake in student["mistakes"]]
    assert {mistake["mistake"] for mistake in found} == {
        "another_finger",
        "second_name",
        "same_student_again",
    }
    assert all(mistake["caught"] for mistake in found)
    assert list(tmp_path.glob("*duplicate.png")), "the side-by-side question was never shown"
