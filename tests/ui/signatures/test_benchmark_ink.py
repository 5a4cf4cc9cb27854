# SPDX-License-Identifier: Apache-2.0
"""The ink's benchmark tells what it says: every event counted, every screen, the baseline beside ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui.signatures.benchmark_ink import BASELINE, MIRRORED, OURS, benchmark_ink, virtual_screens


def test_every_event_of_ours_is_timed_and_a_sample_of_the_baselines(qtbot: QtBot, qapp: QApplication) -> None:
    found = benchmark_ink(points=200, rounds=2, cases=((400, 150, 1.0),))
    timed = {entry["strategy"]: entry["timed_events"] for entry in found["figures"]}
    assert timed == {OURS: 400, MIRRORED: 200, BASELINE: 4}
    assert set(found["times_faster"]) == {"400x150@1"}
    assert found["limits"] == {"mean_ms": 0.1, "p99_ms": 1.0}


def test_the_limits_are_held_against_ours_alone(
    qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    for limit, within in ((1e6, True), (0.0, False)):
        monkeypatch.setattr("app.ui.signatures.benchmark_ink.LIMIT_MEAN_MS", limit or 1e-9)
        monkeypatch.setattr("app.ui.signatures.benchmark_ink.LIMIT_P99_MS", 1e6)
        found = benchmark_ink(points=100, rounds=1, cases=((400, 150, 1.0),))
        assert found["within_limits"] is within
        assert (found["share_of_limit"] <= 1) is within


def test_the_command_measures_both_device_pixel_ratios() -> None:
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "app",
            "signature",
            "benchmark-ink",
            "--points",
            "100",
            "--rounds",
            "1",
            "--json",
        ],
        capture_output=True,
        timeout=60,
        check=True,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    found = json.loads(run.stdout)
    sizes = {
        (entry["width_px"], entry["height_px"], entry["device_pixel_ratio"]) for entry in found["figures"]
    }
    assert sizes == {(800, 300, 1.0), (1920, 1080, 1.0), (1920, 1080, 2.0)}
    assert found["platform"] == "offscreen"


def test_the_screens_are_written_where_it_is_told(tmp_path: Path) -> None:
    told = virtual_screens(tmp_path)
    file = told["QT_QPA_PLATFORM"].partition("configfile=")[2]
    assert Path(file).parent == tmp_path
    screens = json.loads(Path(file).read_text(encoding="utf-8"))["screens"]
    assert [screen["width"] for screen in screens] == [1920, 3840]
