# SPDX-License-Identifier: Apache-2.0
"""Training mode's hand at the check-in: it lays down the finger that is asked for, and lifts it again."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

import pytest
from pytestqt.qtbot import QtBot

from app.domain.capture_events import ImpressionTaken, ReaderCondition, ReaderState, TouchBegan, TouchEnded
from app.domain.fingerprints import Finger
from app.ui.attendance.finger_way import Moment
from app.ui.shell.main_window import MainWindow
from app.ui.shell.practice import STRANGER, Practice
from app.ui.shell.services import WindowServices
from tests.ui import samples


@dataclass
class Hand:
    """Notes what it is asked to do."""

    done: list[tuple[UUID, Finger] | None] = field(default_factory=list)

    def place(self, student_uid: UUID, finger: Finger, touch: int) -> None:
        self.done.append((student_uid, finger))

    def lift(self) -> None:
        self.done.append(None)


@pytest.fixture
def hand(window: MainWindow) -> Hand:
    return Hand()


def look_until(qtbot: QtBot, practice: Practice, hand: Hand, count: int) -> None:
    """Turn the practice's clock on until the hand has done so much; its own clock stands."""
    practice._timer.stop()
    for _ in range(60):
        if len(hand.done) == count:
            return
        practice.look()
        qtbot.waitUntil(lambda: not practice._jobs.busy)
    raise AssertionError(hand.done)


def test_at_the_desk_a_finger_comes_and_goes(
    qtbot: QtBot, window: MainWindow, services: WindowServices, hand: Hand
) -> None:
    assert window.walk is not None
    window.walk.check_in.open_page()
    page, events = window.walk.check_in.page, services.capture.events  # type: ignore[attr-defined]
    events.put(ReaderState(ReaderCondition.READY))
    qtbot.waitUntil(lambda: page.title.text() == "Touch the reader to check in")
    practice = Practice(window, hand)
    look_until(qtbot, practice, hand, 1)
    assert hand.done == [(STRANGER, services.policy.required_fingers[0])]  # nobody is enrolled yet
    events.put(TouchBegan())
    events.put(ImpressionTaken(samples.taken(70)))
    qtbot.waitUntil(lambda: page.finger.moment is Moment.FOUND)
    look_until(qtbot, practice, hand, 2)
    assert hand.done[-1] is None
    events.put(TouchEnded())
    for _ in range(30):
        practice.look()
    assert len(hand.done) == 2  # while the operator is asked about somebody, nobody touches
