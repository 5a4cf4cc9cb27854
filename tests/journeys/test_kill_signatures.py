# SPDX-License-Identifier: Apache-2.0
"""Killed at fifty random moments of the eleven steps, the station has every finished step and stroke."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.storage.engine import open_local
from app.storage.store import Store
from tests.databases import KEY
from tests.journeys.signing_driver import FILE, LOG, STEPS, digest_of
from tests.journeys.station import ROOT, environment
from tests.services.desk import Desk, open_desk

KILLS = 50
STUDENTS = 12
DEADLINE_S = 60.0
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")


class Station:
    """The driver process and the lives that it forks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.journeys.signing_driver", str(folder)],
            cwd=ROOT,
            env={**environment(), **dict.fromkeys(THREADS, "1")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._answer() == "ready"

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def start(self) -> int:
        """Begin a life; its process id."""
        assert self._process.stdin is not None
        self._process.stdin.write("live\n")
        self._process.stdin.flush()
        return int(self._answer())

    def kill(self, life: int) -> bool:
        """Kill a life; False where it had come to its end by itself."""
        os.kill(life, signal.SIGKILL)  # not yet waited for, so the number is still its own
        status = int(self._answer())
        assert status in (0, signal.SIGKILL), f"the life failed: {status}"
        return status == signal.SIGKILL

    def facts(self) -> list[dict[str, Any]]:
        """What was written down as durable; a line that was cut off was not written."""
        file = self.folder / LOG
        lines = file.read_text("utf-8").split("\n") if file.exists() else [""]
        return [json.loads(line) for line in lines[:-1]]

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()


@pytest.fixture
def station(migrated_files: dict[str, Path], tmp_path: Path) -> Iterator[Station]:
    shutil.copyfile(migrated_files["sqlcipher"], tmp_path / FILE)
    engine = open_local(tmp_path / FILE, KEY)
    desk = open_desk(Store(engine))
    for number in range(STUDENTS):
        desk.students.add(f"Student {number:02d}")
    engine.dispose()
    made = Station(tmp_path)
    yield made
    made.close()


def waited(station: Station, facts: int) -> None:
    """Wait until so many facts are written down."""
    deadline_s = time.monotonic() + DEADLINE_S
    while len(station.facts()) < facts:
        assert time.monotonic() < deadline_s, "nothing more was stored"
        time.sleep(0.003)


def is_there(desk: Desk, fact: dict[str, Any]) -> bool:
    """Whether the database has the step, or the step's strokes as they were, or the finished step instead."""
    visit = desk.enrollment.resume(fact["session_id"])
    record = desk.enrollment.drawing(visit, fact["step"])
    if record is None and fact["kind"] == "step":
        return False
    if record is None:
        record = desk.enrollment.draft(visit, fact["step"])
    while record is not None and len(record.stroke_starts) > fact.get("strokes", STEPS * 1000):
        record = record.without_last_stroke()  # stored, and killed before it was written down
    return digest_of(record) == fact["record"]


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_killed_at_fifty_random_moments_every_finished_step_and_stroke_is_there(station: Station) -> None:
    moments = random.Random(50)
    kills = checked = 0
    while kills < KILLS:
        before = len(station.facts())
        life = station.start()
        waited(station, before + moments.choice((0, 1, 1, 2, 3, 5)))
        time.sleep(moments.uniform(0.0, 0.06))  # in a stroke, between two, or while one is written
        assert station.kill(life), "the students were through before the kills"
        kills += 1
        facts = station.facts()
        engine = open_local(station.folder / FILE, KEY)
        desk = open_desk(Store(engine))
        for fact in facts[checked:]:
            assert is_there(desk, fact), fact
        checked = len(facts)
        engine.dispose()
    check_all(station)


def check_all(station: Station) -> None:
    """Everything that fifty lives wrote down, once more at the end."""
    facts = station.facts()
    engine = open_local(station.folder / FILE, KEY)
    desk = open_desk(Store(engine))
    for fact in facts:
        assert is_there(desk, fact), fact
    engine.dispose()
    steps = Counter((fact["session_id"], fact["step"]) for fact in facts if fact["kind"] == "step")
    assert steps
    assert set(steps.values()) == {1}, "a finished step was asked for again"
    drawn = {fact["record"]: fact["picture"] for fact in facts if fact["kind"] == "stroke"}
    resumed = [fact for fact in facts if fact["kind"] == "resumed" and fact["record"] in drawn]
    assert len(resumed) >= 5, "hardly a life began in the middle of a step"
    for fact in resumed:
        assert fact["picture"] == drawn[fact["record"]], "the canvas is not what it was before the kill"
