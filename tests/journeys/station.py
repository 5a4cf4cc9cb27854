# SPDX-License-Identifier: Apache-2.0
"""Runs the program as a person would: as a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT_S = 180


def environment(home: Path | None = None) -> dict[str, str]:
    """The environment of a machine without a screen."""
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONFAULTHANDLER": "1"}
    if home is not None:
        env["ENROLLMENT_STATION_HOME"] = str(home)
    return env


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "app", *arguments]


def start(*arguments: str) -> subprocess.Popen[bytes]:
    """Start the program and let it run."""
    return subprocess.Popen(
        command(*arguments),
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def run(*arguments: str, home: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the program to its end."""
    return subprocess.run(
        command(*arguments),
        cwd=ROOT,
        env=environment(home),
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )


def walkthrough(out: Path, *more: str) -> dict[str, Any]:
    """Enroll through the window and give the summary; how fast this machine is decides nothing."""
    done = run("walkthrough", "--out", str(out), "--json", "--gui-limit-ms", "0", *more)
    assert done.returncode == 0, done.stderr
    summary: dict[str, Any] = json.loads(done.stdout)
    return summary


def accepted(out: Path) -> list[dict[str, Any]]:
    """What the screen said was saved, so far; a line that was cut off was not written."""
    file = out / "accepted.jsonl"
    if not file.exists():
        return []
    lines = file.read_text("utf-8").split("\n")
    return [json.loads(line) for line in lines[:-1]]
