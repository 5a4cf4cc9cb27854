# SPDX-License-Identifier: Apache-2.0
"""The fingers page and its parts: what is drawn, what a click means, what the prompts say."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from app.domain.capture_events import (
    ImpressionTaken,
    ReaderCondition,
    ReaderState,
    RowsSeen,
    TouchBegan,
    TouchEnded,
    TouchRefused,
)
from app.domain.enrollment import Verdict
from app.domain.fingerprints import Finger, QualityReading, Reason, SkipReason
from app.domain.visits import FingerTask, Skip, StepState
from app.ui.common.impression import ImpressionView
from app.ui.common.reader_notice import reader_words
from app.ui.common.style import Appearance
from app.ui.fingerprints.attempts import AttemptRow
from app.ui.fingerprints.hands import HandWidget
from app.ui.fingerprints.page import FingersPage
from app.ui.fingerprints.phases import Phase
from app.ui.fingerprints.prompts import prompt_for
from app.ui.fingerprints.touch import Touch
from tests.ui import samples


@pytest.fixture
def page(qtbot: QtBot, appearance: Appearance) -> FingersPage:
    made = FingersPage()
    qtbot.addWidget(made)
    made.resize(1000, 600)
    made.show_visit(samples.fingers_visit(), samples.POLICY)
    made.show()
    return made


@pytest.mark.parametrize("hand", ["left", "right"])
def test_a_click_on_each_fingertip_means_that_finger(qtbot: QtBot, appearance: Appearance, hand: str) -> None:
    widget = HandWidget(hand)
    qtbot.addWidget(widget)
    for size in ((170, 200), (250, 298), (500, 560)):
        widget.resize(*size)
        for finger in widget.fingers:
            assert finger.hand == hand
            assert widget.finger_at(QPointF(widget.click_point(finger))) is finger
            with qtbot.waitSignal(widget.finger_clicked) as clicked:
                qtbot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=widget.click_point(finger))
            assert clicked.args == [finger]


def test_fingertips_lie_from_left_to_right_as_on_a_persons_own_hands(
    qtbot: QtBot, appearance: Appearance
) -> None:
    for hand in ("left", "right"):
        widget = HandWidget(hand)
        qtbot.addWidget(widget)
        widget.resize(250, 298)
        order = sorted(widget.fingers)
        across = [widget.click_point(finger).x() for finger in order]
        assert all(before < after for before, after in pairwise(across))


def test_hands_are_not_mirrored_from_right_to_left(qtbot: QtBot, appearance: Appearance) -> None:
    widget = HandWidget("right")
    qtbot.addWidget(widget)
    widget.resize(250, 298)
    before = widget.click_point(Finger.RIGHT_THUMB)
    widget.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert widget.click_point(Finger.RIGHT_THUMB) == before


def test_left_stays_left_on_the_page(page: FingersPage) -> None:
    page.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    page.grab()
    left = page.left_hand.mapTo(page, page.left_hand.rect().topLeft()).x()
    right = page.right_hand.mapTo(page, page.right_hand.rect().topLeft()).x()
    assert left < right


def test_arrow_keys_and_enter_choose_a_finger(qtbot: QtBot, appearance: Appearance) -> None:
    widget = HandWidget("left")
    qtbot.addWidget(widget)
    widget.show_states({Finger.LEFT_INDEX: StepState.CURRENT})
    qtbot.keyClick(widget, Qt.Key.Key_Left)
    with qtbot.waitSignal(widget.finger_clicked) as chosen:
        qtbot.keyClick(widget, Qt.Key.Key_Return)
    assert chosen.args == [Finger.LEFT_MIDDLE]


def test_the_list_offers_all_ten_fingers(page: FingersPage, qtbot: QtBot) -> None:
    assert page.choice.count() == 10
    assert page.choice.currentText() == "Right index finger – now"
    with qtbot.waitSignal(page.finger_chosen) as chosen:
        page.choice.activated.emit(int(Finger.LEFT_THUMB))
    assert chosen.args == [Finger.LEFT_THUMB]


def test_rows_appear_as_they_arrive(qtbot: QtBot, appearance: Appearance) -> None:
    view = ImpressionView()
    qtbot.addWidget(view)
    view.add_rows(0, 64, 80, bytes([0]) * 64 * 10)
    assert view.rows_seen == 10
    view.add_rows(10, 64, 80, bytes([0]) * 64 * 30)
    assert view.rows_seen == 40
    view.add_rows(0, 64, 80, bytes([0]) * 64)
    assert view.rows_seen == 1  # a new image


def test_rows_that_do_not_fit_do_no_harm(qtbot: QtBot, appearance: Appearance) -> None:
    view = ImpressionView()
    qtbot.addWidget(view)
    view.add_rows(79, 64, 80, bytes([0]) * 64 * 5)
    view.add_rows(100, 64, 80, bytes([0]) * 64)
    view.add_rows(0, 0, 0, b"")
    assert view.rows_seen == 80


def test_the_reading_grows_with_the_rows(page: FingersPage) -> None:
    page.on_capture_event(TouchBegan())
    assert page.phase is Phase.HOLD
    page.on_capture_event(RowsSeen(0, 64, 80, bytes(64 * 20), QualityReading(41, (), 0.25)))
    assert (page.quality.quality, page.quality.verdict) == (41, Verdict.FAIR)
    page.on_capture_event(RowsSeen(20, 64, 80, bytes(64 * 20), None))
    assert page.quality.quality == 41


def test_a_touch_that_the_reader_refuses_is_explained(page: FingersPage, qtbot: QtBot) -> None:
    page.on_capture_event(TouchBegan())
    with qtbot.waitSignal(page.touch_refused):
        page.on_capture_event(TouchRefused((Reason.OFF_TOP,), 12))
    assert page.title.text() == "Lift the finger"
    assert "too high" in page.lead.text()
    page.on_capture_event(TouchEnded())
    assert page.title.text() == "Again, a little lower"


def test_a_finger_lifted_too_early_is_asked_for_again(page: FingersPage) -> None:
    page.on_capture_event(TouchBegan())
    page.on_capture_event(TouchEnded())
    assert page.phase is Phase.AGAIN
    assert page.title.text() == "Again, and hold still"


def test_touches_are_ignored_while_a_reason_is_asked_for(page: FingersPage, qtbot: QtBot) -> None:
    page.act("skip")
    with qtbot.assertNotEmitted(page.impression_taken):
        page.on_capture_event(TouchBegan())
        page.on_capture_event(ImpressionTaken(samples.taken(60)))
    page.act("cancel")
    page.on_capture_event(TouchEnded())
    assert page.phase is Phase.PLACE


def test_a_touch_when_all_is_done_is_not_taken(page: FingersPage, qtbot: QtBot) -> None:
    page.show_visit(samples.fingers_visit((50, 60, 70), (50, 60, 70)), samples.POLICY)
    assert page.title.text() == "All fingers are done"
    primary = page.bar().primary
    assert primary is not None
    assert primary.enabled
    with qtbot.assertNotEmitted(page.impression_taken):
        page.on_capture_event(TouchBegan())
        page.on_capture_event(ImpressionTaken(samples.taken(60)))


def test_scanning_again_what_was_good_needs_a_second_press(page: FingersPage, qtbot: QtBot) -> None:
    page.show_visit(samples.fingers_visit((60,)), samples.POLICY)
    with qtbot.assertNotEmitted(page.restart_wanted):
        page.act("scan_again")
    with qtbot.waitSignal(page.restart_wanted):
        page.act("scan_again")


def test_a_skipped_finger_can_be_asked_for_after_all(page: FingersPage, qtbot: QtBot) -> None:
    visit = samples.fingers_visit()
    skipped = FingerTask(Finger.RIGHT_INDEX, skip=Skip(SkipReason.INJURED))
    page.show_visit(replace(visit, fingers=(skipped, visit.fingers[1])), samples.POLICY)
    with qtbot.waitSignal(page.unskip_wanted):
        page.act("scan_again")


def test_what_counts_stays_in_sight_among_many_poor_attempts(qtbot: QtBot, appearance: Appearance) -> None:
    row = AttemptRow()
    qtbot.addWidget(row)
    row.resize(300, 40)
    impressions = tuple(samples.impression(n, q) for n, q in enumerate((57, 21, 22, 23, 24, 25), start=1))
    row.show_task(FingerTask(Finger.RIGHT_INDEX, impressions=impressions), 3)
    assert row.shown[0].quality == 57
    assert row.shown[-1].quality == 25
    assert len(row.shown) < len(impressions)


@pytest.mark.parametrize("condition", list(ReaderCondition))
def test_every_condition_of_the_reader_says_what_to_do(page: FingersPage, condition: ReaderCondition) -> None:
    page.on_capture_event(ReaderState(condition))
    what, how = reader_words(condition)
    assert page.notice.words == f"{what} {how}".strip()
    assert bool(what) == (condition is not ReaderCondition.READY)
    assert bool(how) == bool(what)


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("reason", [None, Reason.TOO_DARK])
def test_every_moment_has_a_prompt_in_plain_words(phase: Phase, reason: Reason | None) -> None:
    touch = Touch()
    touch.reason = reason
    prompt = prompt_for(phase, Finger.LEFT_THUMB, touch, 1, 3)
    for words in (prompt.title, prompt.lead):
        assert words
        assert "{" not in words
        assert "!" not in words
    assert not prompt.title.endswith(".")
    assert prompt.lead.endswith(".")
