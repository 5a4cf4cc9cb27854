# SPDX-License-Identifier: Apache-2.0
"""The walk with services in memory: what an operator does, and what is on the screen then."""

from __future__ import annotations

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
    TouchEnded,
)
from app.domain.enrollment import Verdict
from app.domain.errors import StorageError
from app.domain.fingerprints import Finger, Reason, SkipReason
from app.domain.visits import DuplicateDecision, DuplicateHit, Skip, Step, StepState
from app.ui.fingerprints.phases import Phase
from app.ui.shell.main_window import MainWindow
from app.ui.shell.services import WindowServices
from tests.ui import pen, samples


def button(window: MainWindow, name: str) -> QAbstractButton:
    found = window.page(window.current).findChild(QAbstractButton, name)
    if found is None:
        found = window.findChild(QAbstractButton, name)
    assert found is not None, name
    return found


def click(qtbot: QtBot, window: MainWindow, name: str) -> None:
    qtbot.waitUntil(lambda: button(window, name).isEnabled())
    qtbot.mouseClick(button(window, name), Qt.MouseButton.LeftButton)


def settle(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: not window.runner.busy)


def at_step(qtbot: QtBot, window: MainWindow, step: Step) -> None:
    qtbot.waitUntil(lambda: window.current == step.value)
    settle(qtbot, window)


def fingers(window: MainWindow) -> Any:
    return window.page("fingers")


def begin(qtbot: QtBot, window: MainWindow, text: str = "amina") -> None:
    search: Any = window.findChild(QWidget, "search_field")
    search.clear()
    qtbot.keyClicks(search, text)
    qtbot.keyClick(search, Qt.Key.Key_Return)
    at_step(qtbot, window, Step.FINGERS)


def give(qtbot: QtBot, window: MainWindow, services: WindowServices, quality: int, *reasons: Reason) -> None:
    """One touch that the reader reports, until it is stored and lifted."""
    page = fingers(window)
    stored = len(services.enrollment.visits)  # type: ignore[attr-defined]
    assert stored
    events = services.capture.events  # type: ignore[attr-defined]
    events.put(TouchBegan())
    events.put(ImpressionTaken(samples.taken(quality, reasons)))
    qtbot.waitUntil(lambda: page.phase in (Phase.LIFT_GOOD, Phase.LIFT_POOR))
    events.put(TouchEnded())
    qtbot.waitUntil(lambda: page.phase not in (Phase.LIFT_GOOD, Phase.LIFT_POOR))


def capture_all(qtbot: QtBot, window: MainWindow, services: WindowServices) -> None:
    for _ in range(6):
        give(qtbot, window, services, 60)
    qtbot.waitUntil(lambda: button(window, "action_primary").isEnabled())


def draw_step(qtbot: QtBot, window: MainWindow) -> None:
    page: Any = window.page("signatures")
    pen.stroke(page.pad, pen.wave(page.pad))
    number = page.step_number
    click(qtbot, window, "action_primary")
    qtbot.waitUntil(
        lambda: (
            window.walk is not None
            and window.walk.keeper.visit is not None
            and number in window.walk.keeper.visit.signatures.accepted
        )
    )
    settle(qtbot, window)


def test_one_student_from_the_search_box_to_the_receipt(
    qtbot: QtBot, window: MainWindow, services: WindowServices
) -> None:
    begin(qtbot, window)
    capture_all(qtbot, window, services)
    click(qtbot, window, "action_primary")
    at_step(qtbot, window, Step.SIGNATURES)
    for _ in range(11):
        draw_step(qtbot, window)
    click(qtbot, window, "action_primary")
    at_step(qtbot, window, Step.CHECK_IN)
    click(qtbot, window, "action_primary")
    settle(qtbot, window)
    assert window.findChild(QWidget, "check_in_status").text() == "On time"  # type: ignore[attr-defined]
    click(qtbot, window, "action_primary")
    at_step(qtbot, window, Step.REVIEW)
    click(qtbot, window, "action_primary")
    at_step(qtbot, window, Step.RECEIPT)
    page: Any = window.page("receipt")
    assert page.receipt.number == "2026-000123"
    click(qtbot, window, "action_primary")
    at_step(qtbot, window, Step.STUDENT)
    assert window.findChild(QWidget, "search_field").hasFocus()  # type: ignore[union-attr]


def test_nothing_is_shown_as_kept_before_it_is_stored(
    qtbot: QtBot, window: MainWindow, services: WindowServices
) -> None:
    begin(qtbot, window)
    page = fingers(window)
    services.enrollment.fail_next = StorageError("disk_full")  # type: ignore[attr-defined]
    events = services.capture.events  # type: ignore[attr-defined]
    events.put(TouchBegan())
    events.put(ImpressionTaken(samples.taken(70)))
    qtbot.waitUntil(lambda: bool(page.notice.words))
    assert page.attempts.shown == ()
    assert page.phase is Phase.PLACE
    assert services.capture.shown == []  # type: ignore[attr-defined]


def test_a_bad_touch_is_explained_and_the_next_one_asked_for(
    qtbot: QtBot, window: MainWindow, services: WindowServices
) -> None:
    begin(qtbot, window)
    give(qtbot, window, services, 24, Reason.TOO_LIGHT)
    page = fingers(window)
    assert page.phase is Phase.AGAIN
    assert page.title.text() == "Again, press a little firmer"
    assert services.capture.shown == [Verdict.AGAIN]  # type: ignore[attr-defined]
    services.capture.events.put(TouchBegan())  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: page.phase is Phase.HOLD)
    assert "light" not in page.lead.text()  # a reason is shown only while it is true


def test_after_three_poor_touches_another_finger_is_offered_with_a_reason(
    qtbot: QtBot, window: MainWindow, services: WindowServices
) -> None:
    begin(qtbot, window)
    for _ in range(3):
        give(qtbot, window, services, 24, Reason.SMEARED)
    click(qtbot, window, "offer_accept")
    settle(qtbot, window)
    assert window.walk is not None
    assert window.walk.keeper.visit is not None
    visit = window.walk.keeper.visit
    task = visit.task(Finger.RIGHT_INDEX)
    assert task is not None
    assert task.skip == Skip(SkipReason.UNREADABLE)
    assert visit.finger is Finger.RIGHT_THUMB


def test_a_bandaged_finger_is_left_out_and_another_taken_instead(
    qtbot: QtBot, window: MainWindow, services: WindowServices
) -> None:
    begin(qtbot, window)
    click(qtbot, window, "action_skip")
    click(qtbot, window, "skip_reason_bandaged")
    click(qtbot, window, "skip_replace")
    settle(qtbot, window)
    assert window.walk is not None
    assert window.walk.keeper.visit is not None
    visit = window.walk.keeper.visit
    task = visit.task(Finger.RIGHT_INDEX)
    assert task is not None
    assert task.skip == Skip(SkipReason.BANDAGED)
    assert visit.finger is Finger.RIGHT_THUMB


def current(window: MainWindow) -> Any:
    assert window.walk is not None
    visit = window.walk.keeper.visit
    assert visit is not None
    return visit


def test_a_good_picture_of_the_wrong_finger_says_again_and_can_be_counted_by_decision(
    qtbot: QtBot, window: MainWindow, services: WindowServices
) -> None:
    begin(qtbot, window)
    give(qtbot, window, services, 60)
    services.enrollment.next_is_wrong = Reason.OTHER_FINGER  # type: ignore[attr-defined]
    give(qtbot, window, services, 70)
    assert services.capture.shown == [Verdict.GOOD, Verdict.AGAIN]  # type: ignore[attr-defined]
    assert fingers(window).title.text() == "Is it the right finger?"
    click(qtbot, window, "offer_count")
    settle(qtbot, window)
    task = current(window).task(Finger.RIGHT_INDEX)
    assert len(task.accepted) == 2
    assert task.impressions[-1].override_reason


def test_a_finger_that_is_not_proven_is_touched_once_more_and_may_go_without(
    qtbot: QtBot, window: MainWindow, services: WindowServices
) -> None:
    begin(qtbot, window)
    services.enrollment.rates = 0.01  # type: ignore[attr-defined]
    for _ in range(3):
        give(qtbot, window, services, 60)
    assert fingers(window).title.text() == "Touch once more"
    give(qtbot, window, services, 40)  # not recognized
    assert len(current(window).task(Finger.RIGHT_INDEX).verifications) == 1
    qtbot.keyClick(window, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: current(window).task(Finger.RIGHT_INDEX).verifications[-1].skip_reason != "")
    settle(qtbot, window)
    assert current(window).finger is Finger.LEFT_INDEX


def test_a_finger_that_matches_another_student_is_shown_side_by_side_and_decided(
    qtbot: QtBot, window: MainWindow, services: WindowServices
) -> None:
    begin(qtbot, window)
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
    services.enrollment.duplicates = (hit,)  # type: ignore[attr-defined]
    for _ in range(3):
        give(qtbot, window, services, 60)
    panel = fingers(window).offer
    qtbot.waitUntil(panel.isVisible)
    assert panel.offer.hit == hit
    click(qtbot, window, "offer_different_person")
    settle(qtbot, window)
    assert current(window).duplicates[0].decision is DuplicateDecision.DIFFERENT_PERSON
    assert not panel.isVisible()


def test_a_reader_that_was_unplugged_leaves_the_step_where_it_was(
    qtbot: QtBot, window: MainWindow, services: WindowServices
) -> None:
    begin(qtbot, window)
    give(qtbot, window, services, 60)
    page = fingers(window)
    events = services.capture.events  # type: ignore[attr-defined]
    events.put(TouchBegan())
    events.put(ReaderState(ReaderCondition.LOST, code="reader_disconnected"))
    qtbot.waitUntil(lambda: "unplugged" in page.notice.words)
    assert len(page.attempts.shown) == 1
    events.put(ReaderState(ReaderCondition.READY))
    qtbot.waitUntil(lambda: not page.notice.words)
    give(qtbot, window, services, 60)
    assert len(page.attempts.shown) == 2


def test_pause_and_resume_come_back_to_the_same_page(
    qtbot: QtBot, window: MainWindow, services: WindowServices
) -> None:
    begin(qtbot, window)
    give(qtbot, window, services, 60)
    click(qtbot, window, "action_pause")
    at_step(qtbot, window, Step.STUDENT)
    search: Any = window.findChild(QWidget, "search_field")
    qtbot.keyClicks(search, "amina")
    qtbot.keyClick(search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: button(window, "action_primary").text() == "Resume")
    click(qtbot, window, "action_primary")
    at_step(qtbot, window, Step.FINGERS)
    assert len(fingers(window).attempts.shown) == 1


def test_two_quick_changes_do_not_overwrite_each_other(
    qtbot: QtBot, window: MainWindow, services: WindowServices
) -> None:
    begin(qtbot, window)
    page = fingers(window)
    page.on_capture_event(TouchBegan())
    page.on_capture_event(ImpressionTaken(samples.taken(60)))
    page.finger_chosen.emit(Finger.LEFT_INDEX)  # before the impression is stored
    settle(qtbot, window)
    assert window.walk is not None
    assert window.walk.keeper.visit is not None
    visit = window.walk.keeper.visit
    task = visit.task(Finger.RIGHT_INDEX)
    assert task is not None
    assert len(task.accepted) == 1
    assert visit.finger is Finger.LEFT_INDEX


def test_a_line_of_the_review_opens_its_page_and_comes_back(
    qtbot: QtBot, window: MainWindow, services: WindowServices
) -> None:
    begin(qtbot, window)
    capture_all(qtbot, window, services)
    click(qtbot, window, "action_primary")
    at_step(qtbot, window, Step.SIGNATURES)
    click(qtbot, window, "action_skip")
    click(qtbot, window, "skip_reason_refused")
    click(qtbot, window, "skip_confirm")
    settle(qtbot, window)
    click(qtbot, window, "action_primary")
    at_step(qtbot, window, Step.CHECK_IN)
    click(qtbot, window, "action_skip")
    at_step(qtbot, window, Step.REVIEW)
    click(qtbot, window, "review_row_1")
    at_step(qtbot, window, Step.FINGERS)
    assert window.rail.item("review").state is not StepState.CURRENT
    click(qtbot, window, "action_primary")
    at_step(qtbot, window, Step.REVIEW)


def test_pressing_continue_many_times_goes_one_page(
    qtbot: QtBot, window: MainWindow, services: WindowServices
) -> None:
    begin(qtbot, window)
    capture_all(qtbot, window, services)
    for _ in range(5):
        window.trigger("primary")
    at_step(qtbot, window, Step.SIGNATURES)


@pytest.mark.parametrize("number", ["20418"])
def test_a_scanned_card_jumps_straight_on(
    qtbot: QtBot, window: MainWindow, services: WindowServices, number: str
) -> None:
    page = window.page("student")
    page.setFocus()  # the focus is anywhere on the page, as when a card is scanned at an idle desk
    qtbot.keyClicks(page, number)
    search: Any = window.findChild(QWidget, "search_field")
    qtbot.keyClick(search, Qt.Key.Key_Return)
    at_step(qtbot, window, Step.FINGERS)
    assert window.walk is not None
    assert window.walk.keeper.visit is not None
    assert window.walk.keeper.visit.student.number == number


def test_closing_stops_the_reader_and_the_worker(
    qtbot: QtBot, window: MainWindow, services: WindowServices
) -> None:
    begin(qtbot, window)
    window.close()
    assert services.capture.stopped  # type: ignore[attr-defined]
    assert window.walk is not None
    assert not window.walk.fingers.stream.running
