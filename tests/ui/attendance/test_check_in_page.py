# SPDX-License-Identifier: Apache-2.0
"""The check-in page of a visit: by choice as ever, or by a touch that shows who it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.domain.capture_events import ImpressionTaken, ReaderCondition, ReaderState, TouchBegan, TouchEnded
from app.domain.operations_fingerprints import SignInDecision
from app.domain.policy import Policy
from app.domain.visits import Step
from app.ui.attendance.finger_way import Moment
from app.ui.attendance.page import CheckInPage
from tests.ui import samples
from tests.ui.fakes import FakeSignIn

READY, LOST, ABSENT = (
    ReaderState(state) for state in (ReaderCondition.READY, ReaderCondition.LOST, ReaderCondition.ABSENT)
)


@pytest.fixture
def page(qtbot: QtBot, appearance: object) -> CheckInPage:
    made = CheckInPage()
    qtbot.addWidget(made)
    made.set_finger_way(Policy(), offered=True)
    made.show_visit(replace(samples.signing_visit(11), step=Step.CHECK_IN))
    made.show_sessions(samples.sessions())
    made.show()
    made.on_capture_event(READY)
    return made


def touch(page: CheckInPage, decision: SignInDecision) -> None:
    taken = samples.taken(60)
    page.on_capture_event(TouchBegan())
    page.on_capture_event(ImpressionTaken(taken))
    answer = FakeSignIn()
    answer.decision = decision
    page.finger.show_outcome(answer.verify(samples.STUDENT.uid, taken), taken)
    page.on_capture_event(TouchEnded())


def title(page: CheckInPage) -> str:
    found: Any = page.findChild(QWidget, "check_in_touch_title")
    return str(found.text())


def test_without_a_touch_it_is_by_name(qtbot: QtBot, page: CheckInPage) -> None:
    assert title(page) == "Or touch the reader"
    with qtbot.waitSignal(page.check_in_wanted) as wanted:
        page.act("primary")
    assert wanted.args == [samples.uid(71), "manual"]


def test_a_touch_that_fits_is_written_as_such(qtbot: QtBot, page: CheckInPage) -> None:
    touch(page, SignInDecision.ACCEPTED)
    assert title(page) == "It is Amina Okafor"
    with qtbot.waitSignal(page.check_in_wanted) as wanted:
        page.act("primary")
    assert wanted.args == [samples.uid(71), "fingerprint"]
    page.on_capture_event(TouchBegan())  # while it is being written
    assert page.finger.moment is Moment.FOUND


def test_a_touch_that_does_not_fit_is_explained_and_the_next_one_forgets_it(page: CheckInPage) -> None:
    touch(page, SignInDecision.REJECTED)
    assert (title(page), page.candidate) == ("This is not a finger of Amina Okafor", None)
    touch(page, SignInDecision.ACCEPTED)
    assert page.candidate is not None
    assert page.act("cancel")
    assert (title(page), page.candidate) == ("Or touch the reader", None)


def test_a_reader_that_goes_is_missed_and_one_that_never_was_is_not(page: CheckInPage) -> None:
    page.on_capture_event(TouchBegan())
    page.on_capture_event(LOST)
    assert "unplugged" in page.notice.words
    assert page.finger.moment is Moment.PLACE
    page.on_capture_event(READY)
    assert page.notice.words == ""
    page.on_capture_event(ABSENT)
    assert (page.notice.words, page.takes_touch) == ("", False)
    page.on_capture_event(READY)
    assert page.takes_touch


def test_a_station_without_sign_in_asks_for_no_touch(page: CheckInPage) -> None:
    page.set_finger_way(Policy(), offered=False)
    page.on_capture_event(READY)
    page.on_capture_event(TouchBegan())
    assert (page.takes_touch, page.finger.moment) == (False, Moment.PLACE)
