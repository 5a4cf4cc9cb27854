# SPDX-License-Identifier: Apache-2.0
"""The student page alone: what is found, what Enter takes, what is asked."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from app.domain.listings import StudentState, UnfinishedVisit
from app.domain.visits import Step
from app.ui.common.result_list import details_of, state_of
from app.ui.common.style import Appearance
from app.ui.students.add_form import NewStudent
from app.ui.students.page import LISTED, StudentPage
from tests.ui import samples


@pytest.fixture
def page(qtbot: QtBot, appearance: Appearance) -> StudentPage:
    made = StudentPage()
    qtbot.addWidget(made)
    made.resize(960, 600)
    made.show()
    made.entered()
    return made


def test_typing_is_searched_for_when_it_pauses(page: StudentPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.search_wanted) as asked:
        qtbot.keyClicks(page.search, "oka")
    assert asked.args == ["oka"]


def test_hits_of_an_older_query_are_dropped(page: StudentPage) -> None:
    page.search.setText("oka")
    page.show_results("ok", samples.listings())
    assert page.results.rows == ()


def test_enter_takes_the_first_hit(page: StudentPage, qtbot: QtBot) -> None:
    page.search.setText("oka")
    page._search_now()
    page.show_results("oka", samples.listings())
    with qtbot.waitSignal(page.start_wanted) as started:
        qtbot.keyClick(page.search, Qt.Key.Key_Return)
    assert started.args == [samples.listings()[0]]


def test_arrows_in_the_field_move_the_selection(page: StudentPage, qtbot: QtBot) -> None:
    page.search.setText("oka")
    page._search_now()
    page.show_results("oka", samples.listings())
    qtbot.keyClick(page.search, Qt.Key.Key_Down)
    assert page.results.selected() == samples.listings()[1]
    assert page.search.hasFocus()


def test_enter_before_the_answer_waits_for_it_and_prefers_the_exact_number(
    page: StudentPage, qtbot: QtBot
) -> None:
    rows = samples.listings()
    page.search.setText("20533")
    qtbot.keyClick(page.search, Qt.Key.Key_Return)
    with qtbot.waitSignal(page.start_wanted) as started:
        page.show_results("20533", (rows[0], rows[3]))
    assert started.args == [rows[3]]


def test_nothing_found_says_what_to_do(page: StudentPage) -> None:
    page.search.setText("oka")
    page.show_results("oka", ())
    assert page._empty.words == "No student matches “oka”. Check the spelling, or add a student (F2)."
    primary = page.bar().primary
    assert primary is not None
    assert not primary.enabled


def test_a_student_in_progress_is_resumed_or_started_fresh(page: StudentPage, qtbot: QtBot) -> None:
    listing = samples.listings()[1]
    page.results.chosen.emit(listing)
    primary = page.bar().primary
    assert primary is not None
    assert primary.text == "Resume"
    with qtbot.waitSignal(page.resume_wanted) as resumed:
        page.act("primary")
    assert resumed.args == [listing]
    with qtbot.waitSignal(page.fresh_wanted):
        page._choice.fresh_wanted.emit()


def test_an_enrolled_student_is_asked_about_before_enrolling_again(page: StudentPage, qtbot: QtBot) -> None:
    listing = samples.listings()[2]
    with qtbot.assertNotEmitted(page.start_wanted):
        page.results.chosen.emit(listing)
    with qtbot.waitSignal(page.start_wanted):
        page.act("primary")


def test_unfinished_visits_head_the_list_after_a_restart(page: StudentPage) -> None:
    waiting = samples.listings()[4].card
    visit = UnfinishedVisit(samples.uid(50), "session-5", waiting, Step.SIGNATURES, samples.NOW)
    page.show_results("", samples.listings())
    page.show_unfinished((visit,))
    first = page.results.rows[0]
    assert (first.card, first.state, first.session_id) == (waiting, StudentState.IN_PROGRESS, "session-5")
    assert len(page.results.rows) == 6
    page.results.chosen.emit(first)
    assert "Signatures" in page._choice._words.text()


def test_adding_needs_a_name_and_hands_over_what_was_typed(page: StudentPage, qtbot: QtBot) -> None:
    page.act("add_student")
    with qtbot.assertNotEmitted(page.add_wanted):
        page.act("primary")
    for name, text in (("add_name", "  Ada   Byron "), ("add_number", "77"), ("add_class", "9A")):
        field = page.findChild(QLineEdit, name)
        assert field is not None
        field.setText(text)
    with qtbot.waitSignal(page.add_wanted) as added:
        page.act("primary")
    assert added.args == [NewStudent("Ada Byron", "77", "9A", "")]


def test_what_was_searched_for_is_taken_into_the_form(page: StudentPage) -> None:
    page.search.setText("20999")
    page.act("add_student")
    field = page.findChild(QLineEdit, "add_number")
    assert field is not None
    assert field.text() == "20999"


def test_a_name_does_not_show_in_a_repr() -> None:
    assert "Ada" not in repr(NewStudent("Ada Byron"))


def test_every_state_has_a_word_a_tone_and_an_icon() -> None:
    looks = {state_of(listing)[1:] for listing in samples.listings()}
    assert len(looks) == 3
    assert details_of(samples.STUDENT) == "Class 7B  ·  No. 20417  ·  amina.okafor@school.example"


def test_records_that_cannot_be_reached_are_said_in_place_of_hits_and_asked_for_again(
    page: StudentPage, qtbot: QtBot
) -> None:
    page.search.setText("oka")
    page._search_now()
    page.show_results("oka", samples.listings())
    page.show_unreachable("oka", "The records cannot be reached.", "Check the network.")
    assert page.results.rows == ()
    assert "cannot be reached" in page._empty.words
    primary = page.bar().primary
    assert primary is not None
    assert (primary.text, primary.enabled) == ("Try again", True)
    with qtbot.waitSignal(page.search_wanted) as asked:
        page.act("primary")
    assert asked.args == ["oka"]
    assert page._retry.isSingleShot()
    page.show_unreachable("oka", "The records cannot be reached.", "Check the network.")
    assert page._retry.isActive()
    page.show_results("oka", samples.listings())
    assert page.results.isVisible()
    assert not page._retry.isActive()
    assert page.bar().primary != primary


def test_a_problem_of_an_older_query_is_dropped(page: StudentPage) -> None:
    page.search.setText("oka")
    page._search_now()
    page.show_results("oka", samples.listings())
    page.show_unreachable("ok", "The records cannot be reached.", "Check the network.")
    assert page.results.isVisible()


def test_an_enter_that_waited_for_records_that_do_not_come_takes_nobody_later(
    page: StudentPage, qtbot: QtBot
) -> None:
    page.search.setText("oka")
    qtbot.keyClick(page.search, Qt.Key.Key_Return)
    page.show_unreachable("oka", "The records cannot be reached.", "Check the network.")
    with qtbot.assertNotEmitted(page.start_wanted):
        page.show_results("oka", samples.listings())


def test_a_school_without_students_is_told_how_to_get_them(page: StudentPage) -> None:
    page.show_results("", ())
    assert "Import" in page._empty.words
    page.search.setText("xaver")
    page.show_results("xaver", ())
    assert "xaver" in page._empty.words
    assert "spelling" in page._empty.words


def test_more_hits_than_are_listed_are_told(page: StudentPage) -> None:
    (first, *_) = samples.listings()
    page.show_results("", (first,) * LISTED)
    assert page._more.isVisible()
    page.show_results("", (first,))
    assert not page._more.isVisible()


def test_the_heading_says_what_the_page_asks_for(page: StudentPage) -> None:
    page.show_results("", samples.listings())
    headings = [page.title.text()]
    page.act("add_student")
    headings.append(page.title.text())
    page.act("cancel")
    headings.append(page.title.text())
    for state in (StudentState.IN_PROGRESS, StudentState.ENROLLED):
        page._on_chosen(next(row for row in samples.listings() if row.state is state))
        headings.append(page.title.text())
        page.act("cancel")
    assert headings == [
        "Who is at the desk?",
        "Add a student",
        "Who is at the desk?",
        "Go on with this student?",
        "Enroll this student again?",
    ]
