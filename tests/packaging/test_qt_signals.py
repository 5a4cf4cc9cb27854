# SPDX-License-Identifier: Apache-2.0
"""The installed Qt binding counts its references: a live reading of 15 a second runs for a whole school day.

PySide6 6.12.0 on CPython 3.11 loses one reference per emitted signal and aborts; these die there.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QLabel, QProgressBar
from pytestqt.qtbot import QtBot

EMITS = 5_000
UPDATES = 10_000
# Objects that the interpreter itself makes and drops during the loop.
SLACK = 200


class Meter(QObject):
    """Emits what a capture page is fed with."""

    reading = Signal(int, bool, object)
    changed = Signal(bool)


class Listener(QObject):
    """Receives in Python, as a page does."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[int, bool, object]] = []

    def on_reading(self, quality: int, ready: bool, extra: object) -> None:
        self.seen.append((quality, ready, extra))


def references() -> tuple[int, int, int]:
    return sys.getrefcount(None), sys.getrefcount(True), sys.getrefcount(False)


def test_5000_signals_lose_no_reference(qtbot: QtBot) -> None:
    meter, listener = Meter(), Listener()
    meter.reading.connect(listener.on_reading)
    meter.changed.connect(lambda value: None)
    before = references()
    for number in range(EMITS):
        meter.reading.emit(number % 101, number % 2 == 0, None)
        meter.changed.emit(number % 2 == 0)
    assert len(listener.seen) == EMITS
    assert listener.seen[-1] == ((EMITS - 1) % 101, False, None)
    listener.seen.clear()
    assert all(after > held - SLACK for held, after in zip(before, references(), strict=True))


def test_10000_updates_of_widgets_keep_none_alive(qtbot: QtBot) -> None:
    bar, label = QProgressBar(), QLabel()
    qtbot.addWidget(bar)
    qtbot.addWidget(label)
    bar.show()
    before = sys.getrefcount(None)
    for number in range(UPDATES):
        bar.setValue(number % 101)
        label.setText(str(number))
        label.setEnabled(number % 2 == 0)
        bar.update()
        label.setAttribute(Qt.WidgetAttribute.WA_Hover, number % 3 == 0)
    assert bar.value() == (UPDATES - 1) % 101
    assert abs(sys.getrefcount(None) - before) < SLACK
