# SPDX-License-Identifier: Apache-2.0
"""Nothing that the screen called saved is lost when the station is killed, wherever that happens."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.station import accepted, start, walkthrough

KILLS = 20
STUDENTS = "2"
DEADLINE_S = 90


def waited(process: subprocess.Popen[bytes], until: Callable[[], bool]) -> bool:
    """Wait for something while the process lives; whether it came."""
    deadline_s = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline_s:
        if until():
            return True
        try:
            process.wait(0.02)
        except subprocess.TimeoutExpired:
            continue
        return until()
    return False


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_killed_at_twenty_random_moments_the_station_loses_nothing_accepted(tmp_path: Path) -> None:
    moments = random.Random(20)
    arguments = ("walkthrough", "--out", str(tmp_path), "--students", STUDENTS)
    kills = 0
    while kills < KILLS:
        before = len(accepted(tmp_path))
        wanted = moments.choice((0, 1, 1, 2))
        process = start(*arguments)
        try:
            if wanted:
                came = waited(process, lambda: len(accepted(tmp_path)) >= before + wanted)  # noqa: B023
            else:  # anywhere from the start of the program to the first touch
                came = waited(process, lambda: (tmp_path / "station").exists())
            # Between two acts, in the middle of one, or while it is being written.
            try:
                process.wait(moments.uniform(0.0, 0.4))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                kills += 1
            else:
                assert process.returncode == 0, process.stderr.read().decode() if process.stderr else ""
                assert came
                break  # every student was enrolled before all kills were used up
        finally:
            process.kill()
            process.wait()
            if process.stderr:
                process.stderr.close()
    assert kills >= KILLS // 2
    summary = walkthrough(tmp_path, "--students", STUDENTS)
    assert summary["complete"]
    facts = accepted(tmp_path)
    check_nothing_lost(tmp_path, facts)


def check_nothing_lost(out: Path, facts: list[dict[str, object]]) -> None:
    """Every saved touch is in the tables, and nothing that was saved had to be done again."""
    import json

    from tests.journeys.station import run

    sessions = sorted({str(fact["session_id"]) for fact in facts})
    answer = run("--profile", "training", "read-back", *sessions, home=out / "station")
    assert answer.returncode == 0, answer.stderr
    stored = json.loads(answer.stdout)
    there = {
        touch["uid"]
        for visit in stored.values()
        for finger in visit["fingers"]
        for touch in finger["impressions"]
    }
    assert {fact["uid"] for fact in facts if fact["kind"] == "impression"} <= there
    steps = Counter((fact["session_id"], fact["number"]) for fact in facts if fact["kind"] == "step")
    assert all(count == 1 for count in steps.values()), "a saved step was asked for again"
    for session_id, visit in stored.items():
        numbers = {
            fact["number"] for fact in facts if fact["kind"] == "step" and fact["session_id"] == session_id
        }
        assert numbers <= set(visit["signature_steps"])
    ends = Counter(fact["session_id"] for fact in facts if fact["kind"] == "finished")
    assert all(count == 1 for count in ends.values())
