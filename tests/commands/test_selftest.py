# SPDX-License-Identifier: Apache-2.0
"""The self-test of a package passes where everything is there, and names the part where something is not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.commands import selftest
from app.commands.selftest import CHECKS, Facts, run_checks, run_selftest

ROOT = Path(__file__).resolve().parents[2]


def test_the_program_passes_its_own_test(tmp_path: Path) -> None:
    report = tmp_path / "out.json"
    done = subprocess.run(
        [sys.executable, "-m", "app", "--selftest", str(report)],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    written = json.loads(report.read_text(encoding="utf-8"))
    assert [check for check in written["checks"] if not check["ok"]] == []
    assert [check["name"] for check in written["checks"]] == list(CHECKS)
    assert written["ok"] is True
    assert written["frozen"] is False
    assert done.returncode == 0, done.stderr


def test_a_failing_part_is_named_and_the_others_still_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(folder: Path) -> Facts:
        raise ImportError("libegl.so.1 is missing")

    def fine(folder: Path) -> Facts:
        assert folder.is_dir()
        return {"version": "1"}

    report = run_checks({"qt": broken, "database": fine})
    assert report["ok"] is False
    first, second = report["checks"]  # type: ignore[misc]
    assert first["name"] == "qt"
    assert "libegl.so.1" in first["error"]
    assert second["ok"] is True
    monkeypatch.setattr(selftest, "run_checks", lambda: report)
    assert run_selftest(tmp_path / "out.json") == 1


def test_without_a_file_to_write_to_it_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert selftest.main(["--selftest"]) == 2
    assert "--selftest" in capsys.readouterr().err
