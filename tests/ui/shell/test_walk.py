# SPDX-License-Identifier: Apache-2.0
"""The walk with services in memory: what an operator does, and what is on the screen then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from app.domain.capture_events import (
    ImpressionTaken,
    ReaderCondition,
    ReaderState,
    TouchBegan,
)
from app.domain.enrollment import Verdict
from app.domain.errors import StorageError
from app.domain.fingerprints import Finger, Reason, SkipReason
from app.domain.visits import DuplicateDecision, DuplicateHit, Skip, Step, StepState
from app.ui.fingerprints.phases import Phase
from app.ui.shell.main_window import MainWindow
from app.ui.shell.services import WindowServices
from tests.ui import acts, samples


@dataclass(frozen=True)
class Desk:
    """The window and whoever works at it; what is done is in ``tests.ui.acts``."""

    qtbot: QtBot
    window: MainWindow
    services: WindowServices

    @property
    def page(self) -> Any:
        """The fingers page."""
        return acts.fingers(self.window)

    @property
    def visit(self) -> Any:
        """The visit as it is stored."""
        return acts.current(self.window)

    @property
    def events(self) -> Any:
        """What the reader reports goes in here."""
        return self.services.capture.events  # type: ignore[attr-defined]

    def button(self, name: str) -> QAbstractButton:
        return acts.button(self.window, name)

    def click(self, name: str) -> None:
        acts.click(self.qtbot, self.window, name)

    def settle(self) -> None:
        acts.settle(self.qtbot, self.window)

    def at(self, step: Step) -> None:
        acts.at_step(self.qtbot, self.window, step)

    def begin(self, text: str) -> None:
        acts.begin(self.qtbot, self.window, text)

    def give(self, quality: int, *reasons: Reason) -> None:
        acts.give(self.qtbot, self.window, self.services, quality, *reasons)

    def capture_all(self) -> None:
        acts.capture_all(self.qtbot, self.window, self.services)

    def draw_step(self) -> None:
        acts.draw_step(self.qtbot, self.window)


@pytest.fixture
def desk(qtbot: QtBot, window: MainWindow, services: WindowServices) -> Desk:
    """A visit is open, at the fingers page."""
    made = Desk(qtbot, window, services)
    made.begin("amina")
    return made


def test_one_student_from_the_search_box_to_the_receipt(desk: Desk) -> None:
    desk.capture_all()
    desk.click("action_primary")
    desk.at(Step.SIGNATURES)
    for _ in range(11):
        desk.draw_step()
    desk.click("action_primary")
    desk.at(Step.CHECK_IN)
    desk.click("action_primary")
    desk.settle()
    assert desk.window.findChild(QWidget, "check_in_status").text() == "On time"  # type: ignore[attr-defined]
    desk.click("action_primary")
    desk.at(Step.REVIEW)
    desk.click("action_primary")
    desk.at(Step.RECEIPT)
    page: Any = desk.window.page("receipt")
    assert page.receipt.number == "2026-000123"
    desk.click("action_primary")
    desk.at(Step.STUDENT)
    assert desk.window.findChild(QWidget, "search_field").hasFocus()  # type: ignore[union-attr]


def test_nothing_is_shown_as_kept_before_it_is_stored(desk: Desk) -> None:
    page = desk.page
    desk.services.enrollment.fail_next = StorageError("disk_full")  # type: ignore[attr-defined]
    desk.events.put(TouchBegan())
    desk.events.put(ImpressionTaken(samples.taken(70)))
    desk.qtbot.waitUntil(lambda: bool(page.notice.words))
    assert page.attempts.shown == ()
    assert page.phase is Phase.PLACE
    assert desk.services.capture.shown == []  # type: ignore[attr-defined]


def test_a_bad_touch_is_explained_and_the_next_one_asked_for(desk: Desk) -> None:
    desk.give(24, Reason.TOO_LIGHT)
    page = desk.page
    assert page.phase is Phase.AGAIN
    assert page.title.text() == "Again, press a little firmer"
    assert desk.services.capture.shown == [Verdict.AGAIN]  # type: ignore[attr-defined]
    desk.events.put(TouchBegan())
    desk.qtbot.waitUntil(lambda: page.phase is Phase.HOLD)
    assert "light" not in page.lead.text()  # a reason is shown only while it is true


def test_after_three_poor_touches_another_finger_is_offered_with_a_reason(desk: Desk) -> None:
    for _ in range(3):
        desk.give(24, Reason.SMEARED)
    desk.click("offer_accept")
    desk.settle()
    visit = desk.visit
    task = visit.task(Finger.RIGHT_INDEX)
    assert task is not None
    assert task.skip == Skip(SkipReason.UNREADABLE)
    assert visit.finger is Finger.RIGHT_THUMB


def test_a_bandaged_finger_is_left_out_and_another_taken_instead(desk: Desk) -> None:
    desk.click("action_skip")
    desk.click("skip_reason_bandaged")
    desk.click("skip_replace")
    desk.settle()
    visit = desk.visit
    task = visit.task(Finger.RIGHT_INDEX)
    assert task is not None
    assert task.skip == Skip(SkipReason.BANDAGED)
    assert visit.finger is Finger.RIGHT_THUMB


def test_a_good_picture_of_the_wrong_finger_says_again_and_can_be_counted_by_decision(desk: Desk) -> None:
    desk.give(60)
    desk.services.enrollment.next_is_wrong = Reason.OTHER_FINGER  # type: ignore[attr-defined]
    desk.give(70)
    assert desk.services.capture.shown == [Verdict.GOOD, Verdict.AGAIN]  # type: ignore[attr-defined]
    assert desk.page.title.text() == "Is it the right finger?"
    desk.click("offer_count")
    desk.settle()
    task = desk.visit.task(Finger.RIGHT_INDEX)
    assert len(task.accepted) == 2
    assert task.impressions[-1].override_reason


def test_a_finger_that_is_not_proven_is_touched_once_more_and_may_go_without(desk: Desk) -> None:
    desk.services.enrollment.rates = 0.01  # type: ignore[attr-defined]
    for _ in range(3):
        desk.give(60)
    assert desk.page.title.text() == "Touch once more"
    desk.give(40)  # not recognized
    assert len(desk.visit.task(Finger.RIGHT_INDEX).verifications) == 1
    desk.qtbot.keyClick(desk.window, Qt.Key.Key_F8)
    desk.qtbot.waitUntil(lambda: desk.visit.task(Finger.RIGHT_INDEX).verifications[-1].skip_reason != "")
    desk.settle()
    assert desk.visit.finger is Finger.LEFT_INDEX


def test_a_finger_that_matches_another_student_is_shown_side_by_side_and_decided(desk: Desk) -> None:
    other = samples.listings()[2].card
    hit = DuplicateHit(
        uid=samples.uid(5000),
        finger=Finger.RIGHT_INDEX,
        student=other,
        candidate_finger=Finger.RIGHT_INDEX,
        score=60.0,
        false_match_rate=1e-7,
        enrolled_at=samples.NOW,
    )
    desk.services.enrollment.duplicates = (hit,)  # type: ignore[attr-defined]
    for _ in range(3):
        desk.give(60)
    panel = desk.page.offer
    desk.qtbot.waitUntil(panel.isVisible)
    assert panel.offer.hit == hit
    desk.click("offer_different_person")
    desk.settle()
    assert desk.visit.duplicates[0].decision is DuplicateDecision.DIFFERENT_PERSON
    assert not panel.isVisible()


def test_a_reader_that_was_unplugged_leaves_the_step_where_it_was(desk: Desk) -> None:
    desk.give(60)
    page = desk.page
    desk.events.put(TouchBegan())
    desk.events.put(ReaderState(ReaderCondition.LOST, code="reader_disconnected"))
    desk.qtbot.waitUntil(lambda: "unplugged" in page.notice.words)
    assert len(page.attempts.shown) == 1
    desk.events.put(ReaderState(ReaderCondition.READY))
    desk.qtbot.waitUntil(lambda: not page.notice.words)
    desk.give(60)
    assert len(page.attempts.shown) == 2


def test_pause_and_resume_come_back_to_the_same_page(desk: Desk) -> None:
    desk.give(60)
    desk.click("action_pause")
    desk.at(Step.STUDENT)
    search: Any = desk.window.findChild(QWidget, "search_field")
    desk.qtbot.keyClicks(search, "amina")
    desk.qtbot.keyClick(search, Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: desk.button("action_primary").text() == "Resume")
    desk.click("action_primary")
    desk.at(Step.FINGERS)
    assert len(desk.page.attempts.shown) == 1


def test_two_quick_changes_do_not_overwrite_each_other(desk: Desk) -> None:
    page = desk.page
    page.on_capture_event(TouchBegan())
    page.on_capture_event(ImpressionTaken(samples.taken(60)))
    page.finger_chosen.emit(Finger.LEFT_INDEX)  # before the impression is stored
    desk.settle()
    visit = desk.visit
    task = visit.task(Finger.RIGHT_INDEX)
    assert task is not None
    assert len(task.accepted) == 1
    assert visit.finger is Finger.LEFT_INDEX


def test_a_line_of_the_review_opens_its_page_and_comes_back(desk: Desk) -> None:
    desk.capture_all()
    desk.click("action_primary")
    desk.at(Step.SIGNATURES)
    desk.click("action_skip")
    desk.click("skip_reason_refused")
    desk.click("skip_confirm")
    desk.settle()
    desk.click("action_primary")
    desk.at(Step.CHECK_IN)
    desk.click("action_skip")
    desk.at(Step.REVIEW)
    desk.click("review_row_1")
    desk.at(Step.FINGERS)
    assert desk.window.rail.item("review").state is not StepState.CURRENT
    desk.click("action_primary")
    desk.at(Step.REVIEW)


def test_pressing_continue_many_times_goes_one_page(desk: Desk) -> None:
    desk.capture_all()
    for _ in range(5):
        desk.window.trigger("primary")
    desk.at(Step.SIGNATURES)


@pytest.mark.parametrize("number", ["20418"])
def test_a_scanned_card_jumps_straight_on(
    qtbot: QtBot, window: MainWindow, services: WindowServices, number: str
) -> None:
    page = window.page("student")
    page.setFocus()  # the focus is anywhere on the page, as when a card is scanned at an idle desk
    qtbot.keyClicks(page, number)
    search: Any = window.findChild(QWidget, "search_field")
    qtbot.keyClick(search, Qt.Key.Key_Return)
    desk = Desk(qtbot, window, services)
    desk.at(Step.FINGERS)
    assert desk.visit.student.number == number


def test_closing_stops_the_reader_and_the_worker(desk: Desk) -> None:
    desk.window.close()
    assert desk.services.capture.stopped  # type: ignore[attr-defined]
    assert desk.window.walk is not None
    assert not desk.window.walk.fingers.stream.running


def test_a_server_that_is_away_is_said_on_the_page_and_the_students_come_back_with_it(
    qtbot: QtBot, window: MainWindow, services: WindowServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    page: Any = window.page("student")
    found = services.students.search

    def away(text: str, limit: int = 50) -> Any:
        raise StorageError("database_unavailable")

    with monkeypatch.context() as patch:
        patch.setattr(services.students, "search", away)
        page.search.setText("amina")
        qtbot.waitUntil(lambda: acts.button(window, "action_primary").text() == "Try again")
        assert page.results.rows == ()
    assert services.students.search == found
    acts.click(qtbot, window, "action_primary")
    qtbot.waitUntil(lambda: len(page.results.rows) == 1)
    acts.settle(qtbot, window)
