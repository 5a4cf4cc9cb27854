# SPDX-License-Identifier: Apache-2.0
"""The sign-in page alone: who, the canvas, the answer, a person's own decision."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.domain.sessions import AttendanceStatus
from app.domain.signature_sign_in import ByHandReason, SignInVerdict
from app.domain.visits import CheckIn
from app.ui.common.style import Appearance
from app.ui.common.theme import Tone
from app.ui.signatures.sign_in_page import SignInPage
from tests.ui import pen, samples

AMINA, NOBODY, CHIDI, JOHN = samples.signers()
CHECK_IN = CheckIn(samples.uid(70), samples.uid(71), "Registration 7B", AttendanceStatus.LATE, samples.NOW)


@pytest.fixture
def page(qtbot: QtBot, appearance: Appearance) -> SignInPage:
    made = SignInPage(samples.flow(), 6)
    qtbot.addWidget(made)
    made.resize(1000, 600)
    made.show()
    made.show_sessions(samples.sessions())
    made.start_over()
    QApplication.processEvents()
    return made


def acts(page: SignInPage) -> dict[str, bool]:
    """Acts of the bar, and whether they may be pressed."""
    bar = page.bar()
    shown = (*bar.start, *(action for action in (bar.back, bar.primary) if action is not None))
    return {action.act: action.enabled for action in shown}


def text(page: SignInPage, name: str) -> str:
    label = page.findChild(QLabel, name)
    assert label is not None
    return label.text()


def answered(page: SignInPage, verdict: SignInVerdict) -> None:
    page.choose(AMINA)
    pen.stroke(page.pad, pen.wave(page.pad))
    page.act("primary")
    page.show_answer(samples.sign_in_answer(verdict))


def test_enter_waits_for_what_was_typed(qtbot: QtBot, page: SignInPage) -> None:
    page.who.field.setText("am")
    page.who.show_signers("am", (CHIDI, AMINA))
    page.who.field.setText("amina")
    with qtbot.waitSignal(page.who.find_wanted) as asked:
        QTest.keyClick(page.who.field, Qt.Key.Key_Return)
    assert asked.args == ["amina"]
    assert not page.is_drawing  # the first of the older hits was not taken
    page.who.show_signers("am", (CHIDI,))  # an answer that comes late
    assert not page.is_drawing
    page.who.show_signers("amina", (AMINA,))
    assert page.is_drawing
    assert page.signer == AMINA


def test_the_arrows_choose_and_those_without_signatures_are_passed_over(page: SignInPage) -> None:
    page.who.field.setText("o")
    page.who.show_signers("o", (NOBODY, AMINA, CHIDI))
    assert page.who.current == AMINA
    QTest.keyClick(page.who.field, Qt.Key.Key_Down)
    assert page.who.current == CHIDI
    QTest.keyClick(page.who.field, Qt.Key.Key_Down)
    assert page.who.current == CHIDI
    QTest.keyClick(page.who.field, Qt.Key.Key_Up)
    QTest.keyClick(page.who.field, Qt.Key.Key_Up)
    assert page.who.current == AMINA
    page.who.show_signers("o", (NOBODY,))
    assert page.who.current is None
    assert acts(page) == {"back": True, "primary": False}


def test_too_little_ink_is_refused_with_a_reason(qtbot: QtBot, page: SignInPage) -> None:
    page.choose(AMINA)
    assert acts(page) == {"back": True, "primary": False}
    pen.stroke(page.pad, [(100.0, 100.0), (101.0, 101.0)])
    with qtbot.assertNotEmitted(page.compare_wanted):
        page.act("primary")
    assert "too little" in page.notice.words


def test_every_pen_up_is_told(qtbot: QtBot, page: SignInPage) -> None:
    page.choose(AMINA)
    with qtbot.waitSignal(page.draft_changed) as told:
        pen.stroke(page.pad, pen.wave(page.pad))
    assert told.args is not None
    assert told.args[0]() == page.pad.record()


def test_while_it_is_compared_nothing_else_happens(qtbot: QtBot, page: SignInPage) -> None:
    page.choose(AMINA)
    pen.stroke(page.pad, pen.wave(page.pad))
    with qtbot.waitSignal(page.compare_wanted):
        page.act("primary")
    assert page.busy
    assert not any(acts(page).values())
    for act in ("primary", "back", "cancel", "undo", "clear", "search"):
        with qtbot.assertNotEmitted(page.compare_wanted):
            page.act(act)
    page.choose(CHIDI)
    assert page.signer == AMINA
    assert page.is_drawing
    assert len(page.pad.strokes) == 1


def test_an_answer_about_somebody_else_is_not_shown(page: SignInPage) -> None:
    page.choose(CHIDI)
    page.show_answer(samples.sign_in_answer(SignInVerdict.CONSISTENT))
    assert page.is_drawing


def test_consistent_leads_to_the_check_in_and_the_offer_to_keep_it(qtbot: QtBot, page: SignInPage) -> None:
    answered(page, SignInVerdict.CONSISTENT)
    keep = page.findChild(QAbstractButton, "keep_reference")
    assert keep is not None
    assert keep.isVisible()
    assert set(acts(page)) == {"back", "primary"}
    with qtbot.waitSignal(page.check_in_wanted) as wanted:
        page.act("primary")
    assert wanted.args == [samples.sign_in_answer(SignInVerdict.CONSISTENT), None]
    page.show_checked_in(CHECK_IN, None)
    assert text(page, "sign_in_verdict") == "Amina Okafor: Late"
    with qtbot.waitSignal(page.keep_wanted):
        keep.click()
    assert not keep.isEnabled()
    page.show_kept()
    assert not keep.isVisible()
    page.act("primary")
    assert page.signer is None
    assert page.pad.strokes == ()


def test_keeping_may_be_tried_again_after_a_failure(page: SignInPage) -> None:
    answered(page, SignInVerdict.CONSISTENT)
    keep = page.findChild(QAbstractButton, "keep_reference")
    assert keep is not None
    keep.click()
    page.show_problem(Tone.BAD, "The database is not there.", "Try again.")
    assert keep.isEnabled()
    assert text(page, "sign_in_verdict") == "Consistent"


@pytest.mark.parametrize("verdict", [SignInVerdict.DOUBTFUL, SignInVerdict.DIFFERENT])
def test_otherwise_the_student_signs_again_or_a_person_decides(
    qtbot: QtBot, page: SignInPage, verdict: SignInVerdict
) -> None:
    answered(page, verdict)
    keep = page.findChild(QAbstractButton, "keep_reference")
    assert keep is not None
    assert not keep.isVisible()
    assert acts(page) == {"by_hand": True, "back": True, "primary": True}
    with qtbot.assertNotEmitted(page.check_in_wanted):
        page.act("primary")
    assert page.is_drawing
    assert page.pad.strokes == ()
    answered(page, verdict)
    page.act("by_hand")
    confirm = page.findChild(QAbstractButton, "by_hand_confirm")
    assert confirm is not None
    assert not confirm.isEnabled()
    with qtbot.assertNotEmitted(page.check_in_wanted):
        page.act("primary")
    page.act("cancel")
    assert text(page, "sign_in_verdict").casefold() == verdict.value
    page.act("by_hand")
    reason = page.findChild(QAbstractButton, "by_hand_known_in_person")
    assert reason is not None
    reason.click()
    with qtbot.waitSignal(page.check_in_wanted) as wanted:
        page.act("primary")
    assert wanted.args is not None
    assert wanted.args[1] is ByHandReason.KNOWN_IN_PERSON
    page.show_checked_in(CHECK_IN, ByHandReason.KNOWN_IN_PERSON)
    assert "I know the student" in text(page, "sign_in_to_do")


def test_without_a_session_the_answer_stands_alone(qtbot: QtBot, page: SignInPage) -> None:
    page.show_sessions(())
    assert not page.sessions.isVisible()
    answered(page, SignInVerdict.CONSISTENT)
    assert "No class session" in page.lead.text()
    with qtbot.assertNotEmitted(page.check_in_wanted):
        page.act("primary")
    assert page.signer is None
    answered(page, SignInVerdict.DIFFERENT)
    page.act("by_hand")
    page.by_hand.decided.emit(ByHandReason.CARD_SEEN)
    page.show_checked_in(None, ByHandReason.CARD_SEEN)
    assert text(page, "sign_in_verdict") == "Amina Okafor is signed in"
    assert "Card or paper seen" in text(page, "sign_in_to_do")


def test_the_session_that_was_chosen_stays_when_the_list_is_read_again(page: SignInPage) -> None:
    page.sessions.setCurrentIndex(1)
    chosen = page.class_session_uid
    page.show_sessions(samples.sessions())
    assert page.class_session_uid == chosen == samples.sessions()[1].uid


def test_escape_leads_back_one_step_at_a_time(qtbot: QtBot, page: SignInPage) -> None:
    answered(page, SignInVerdict.DIFFERENT)
    page.act("by_hand")
    page.act("cancel")
    assert page.thanks
    page.act("cancel")
    assert page.signer is None
    with qtbot.waitSignal(page.closed):
        page.act("cancel")


def test_acts_of_the_visit_behind_it_do_nothing_here(page: SignInPage) -> None:
    assert page.act("pause")
    assert page.act("skip")
