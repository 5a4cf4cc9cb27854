# SPDX-License-Identifier: Apache-2.0
"""What keeps the calls on the window's thread short, and the count that the walk-through keeps of them."""

from __future__ import annotations

import gc
import os
import subprocess
import sys

import pytest

from app.opening import uncollected

CLASSES = """
import enum
from app.ui.shell.application import make_application
make_application()
from PySide6.QtWidgets import QListView, QScrollArea
made = []
create = enum.EnumType._create_
enum.EnumType._create_ = lambda cls, *given, **named: made.append(given) or create(cls, *given, **named)
area, rows = QScrollArea(), QListView()
seen = [area.viewport(), rows.viewport(), rows.verticalScrollBar().parentWidget()]
assert len(made) < 5, len(made)
"""

COUNT = """
from app.ui.shell.application import make_application
from app.walkthrough.watchdog import TimedApplication
from PySide6.QtCore import QEvent, QObject
application = make_application(TimedApplication)
assert application.calls == 0  # no window yet
application.place = lambda: "student"
application.limit_ms = 50.0
QObject().setProperty("seen", True)
assert application.calls == 1
application._note(400.0, 49.0, "Paint", "student")
assert application.report()["held"]
application._note(51.0, 50.5, "Timer", "fingers")
report = application.report()
assert not report["held"] and report["over_limit"] == 1
assert report["longest"][0] == {"wall_ms": 51.0, "cpu_ms": 50.5, "event": "Timer", "place": "fingers"}
application.limit_ms = 0.0
application._note(900.0, 900.0, "Timer", "fingers")
assert application.report()["over_limit"] == 1
"""


def run(program: str) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_no_page_waits_for_qt_s_classes_to_be_made() -> None:
    run(CLASSES)


def test_a_call_counts_by_what_it_computed_not_by_what_it_waited() -> None:
    run(COUNT)


def test_a_start_is_not_looked_through_for_garbage_and_stays_out_of_later_looks() -> None:
    before = gc.get_freeze_count()
    try:
        with uncollected():
            assert not gc.isenabled()
        assert gc.isenabled()
        assert gc.get_freeze_count() > before
    finally:
        gc.unfreeze()


def test_a_start_that_fails_leaves_the_collector_on() -> None:
    try:
        with pytest.raises(OSError, match="no disk"), uncollected():
            raise OSError("no disk")
        assert gc.isenabled()
    finally:
        gc.unfreeze()
