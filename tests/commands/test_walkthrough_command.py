# SPDX-License-Identifier: Apache-2.0
"""``walkthrough`` fails where the window stood still, not only where something was not stored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.__main__ import main
from app.walkthrough import run


def ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, complete: bool, over_limit: int) -> int:
    """Exit code for a walk-through that ended so."""
    longest = [{"wall_ms": 70.0, "cpu_ms": 61.5, "event": "Timer", "place": "fingers"}]
    calls = {"held": over_limit == 0, "over_limit": over_limit, "longest": longest}
    options: list[run.WalkthroughOptions] = []

    def walked(given: run.WalkthroughOptions) -> dict[str, Any]:
        options.append(given)
        return {"complete": complete, "students": [], "gui_thread": calls}

    monkeypatch.setattr(run, "run_walkthrough", walked)
    code = main(["walkthrough", "--out", str(tmp_path)])
    assert options[0].gui_limit_ms == 50.0
    return code


def test_everything_stored_and_never_stood_still(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert ended(monkeypatch, tmp_path, complete=True, over_limit=0) == 0


def test_a_window_that_stood_still_fails_and_says_where(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(monkeypatch, tmp_path, complete=True, over_limit=2) == 1
    assert "2 times for more than 50 ms" in (said := capsys.readouterr().err)
    assert "61.5 ms (Timer on page fingers)" in said


def test_something_not_stored_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert ended(monkeypatch, tmp_path, complete=False, over_limit=0) == 1
