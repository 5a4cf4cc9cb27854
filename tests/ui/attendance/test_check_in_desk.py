# SPDX-License-Identifier: Apache-2.0
"""The check-in desk: who touches the reader is found, confirmed by the operator and checked in."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton
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
from app.domain.errors import StorageError
from app.domain.fingerprints import QualityReading, Reason
from app.domain.operations_fingerprints import SignInDecision
from app.ui.attendance.candidate import Candidate
from app.ui.attendance.certainty import certainty_of, odds_text
from app.ui.attendance.desk_page import CheckInDeskPage
from app.ui.attendance.finger_way import Moment
from app.ui.attendance.way import Prompt, Way
from app.ui.shell.main_window import MainWindow
from app.ui.shell.services import WindowServices
from tests.ui import samples


@pytest.fixture
def desk(qtbot: QtBot, window: MainWindow, services: WindowServices) -> CheckInDeskPage:
    assert window.walk is not None
    window.walk.check_in.action.trigger()
    qtbot.waitUntil(lambda: window.current == "desk")
    settle(qtbot, window)
    page = window.walk.check_in.page
    assert page.title.text() == "Waiting for the reader"
    services.capture.events.put(ReaderState(ReaderCondition.READY))  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: page.title.text() == "Touch the reader to check in")
    return page


def settle(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: not window.runner.busy)


def press(qtbot: QtBot, window: MainWindow, name: str) -> None:
    button = window.page(window.current).findChild(QAbstractButton, name)
    button = button or window.findChild(QAbstractButton, name)
    assert button is not None, name
    assert button.isEnabled(), name
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def touch(
    qtbot: QtBot, window: MainWindow, services: WindowServices, quality: int = 60, *reasons: Reason
) -> None:
    """A whole touch, until it came to something."""
    assert window.walk is not None
    way = window.walk.check_in.page.finger
    events = services.capture.events  # type: ignore[attr-defined]
    events.put(TouchBegan())
    qtbot.waitUntil(lambda: way.moment is Moment.HOLD)
    events.put(ImpressionTaken(samples.taken(quality, reasons)))
    qtbot.waitUntil(lambda: way.moment not in (Moment.HOLD, Moment.COMPARING))
    events.put(TouchEnded())
    settle(qtbot, window)


def rows(services: WindowServices) -> list[Any]:
    found: list[Any] = services.attendance.rows  # type: ignore[attr-defined]
    return found


def text(window: MainWindow, name: str) -> str:
    part: Any = window.page("desk").findChild(object, name)
    return str(part.text() if callable(part.text) else part.text)


def test_a_touch_names_the_student_and_enter_checks_in(
    qtbot: QtBot, window: MainWindow, services: WindowServices, desk: CheckInDeskPage
) -> None:
    assert desk.title.text() == "Touch the reader to check in"
    touch(qtbot, window, services)
    assert (text(window, "candidate_name"), text(window, "candidate_chip")) == ("Amina Okafor", "Recognized")
    assert "7B" in text(window, "candidate_details")
    assert text(window, "candidate_how") == "Right index finger"
    assert text(window, "candidate_facts") == "Found among 240 fingers in 0.08 s"
    assert rows(services) == []  # proposed is not written
    qtbot.keyClick(desk, Qt.Key.Key_Return)
    settle(qtbot, window)
    assert rows(services) == [(samples.STUDENT.uid, samples.uid(71), "fingerprint")]
    assert (text(window, "desk_name"), text(window, "desk_status")) == ("Amina Okafor", "On time")
    assert desk.recent.count == 1
    assert services.capture.shown == [Verdict.GOOD]  # type: ignore[attr-defined]


def test_a_rejected_candidate_is_not_written(
    qtbot: QtBot, window: MainWindow, services: WindowServices, desk: CheckInDeskPage
) -> None:
    touch(qtbot, window, services)
    press(qtbot, window, "action_reject")
    assert desk.candidate is None
    assert desk.finger.moment is Moment.PLACE
    assert not any(button.isEnabled() for button in window.findChildren(QAbstractButton, "action_primary"))
    assert rows(services) == []


def test_an_unsure_candidate_asks_for_a_look(
    qtbot: QtBot, window: MainWindow, services: WindowServices, desk: CheckInDeskPage
) -> None:
    services.finger_sign_in.decision = SignInDecision.UNSURE  # type: ignore[union-attr]
    desk.at_once.setChecked(True)
    touch(qtbot, window, services)
    assert desk.title.text() == "Is it Amina Okafor?"
    assert text(window, "candidate_chip") == "Not sure: please look"
    assert rows(services) == []  # at once only when sure
    assert desk.card.candidate is not None
    assert desk.card.candidate.certainty is not None
    assert desk.card.candidate.certainty.level < desk.card.candidate.certainty.needed


def test_at_once_writes_a_sure_one_without_a_press(
    qtbot: QtBot, window: MainWindow, services: WindowServices, desk: CheckInDeskPage
) -> None:
    desk.at_once.setChecked(True)
    touch(qtbot, window, services)
    qtbot.waitUntil(lambda: bool(rows(services)))
    settle(qtbot, window)
    touch(qtbot, window, services)  # the same student again
    settle(qtbot, window)
    assert len(rows(services)) == 1
    assert "checked in already" in text(window, "desk_when")
    assert desk.recent.count == 1


@pytest.mark.parametrize(
    ("among", "complete", "title"),
    [
        (240, True, "This finger is not known here"),
        (40, False, "Not found yet"),
        (0, True, "No finger is enrolled yet"),
    ],
)
def test_a_finger_nobody_has_writes_nothing_and_says_what_to_do(
    qtbot: QtBot,
    window: MainWindow,
    services: WindowServices,
    desk: CheckInDeskPage,
    among: int,
    complete: bool,
    title: str,
) -> None:
    fake: Any = services.finger_sign_in
    fake.answer, fake.among, fake.complete = None, among, complete
    touch(qtbot, window, services)
    assert desk.title.text() == title
    assert "by name" in desk.lead.text()
    assert (desk.candidate, rows(services)) == (None, [])
    assert services.capture.shown == [Verdict.AGAIN]  # type: ignore[attr-defined]
    press(qtbot, window, "desk_find_by_name")
    assert desk.ways.current is desk.by_name


@pytest.mark.parametrize("reason", [Reason.TOO_LIGHT, Reason.OFF_LEFT, Reason.SMALL_AREA])
def test_a_bad_scan_is_explained_as_at_enrollment_and_not_compared(
    qtbot: QtBot, window: MainWindow, services: WindowServices, desk: CheckInDeskPage, reason: Reason
) -> None:
    from app.ui.common.coaching import coaching_for

    touch(qtbot, window, services, 11, reason)
    assert (desk.title.text(), desk.lead.text()) == (
        coaching_for(reason).again,
        coaching_for(reason).sentence,
    )
    assert services.finger_sign_in.compared == []  # type: ignore[union-attr]
    events = services.capture.events  # type: ignore[attr-defined]
    events.put(TouchBegan())
    qtbot.waitUntil(lambda: desk.title.text() == "Hold still")  # true no more
    events.put(TouchRefused((reason,), 4))
    qtbot.waitUntil(lambda: desk.title.text() == coaching_for(reason).again)


def test_a_poor_scan_that_finds_nobody_is_explained_by_the_scan(
    qtbot: QtBot, window: MainWindow, services: WindowServices, desk: CheckInDeskPage
) -> None:
    services.finger_sign_in.answer = None  # type: ignore[union-attr]
    touch(qtbot, window, services, 27, Reason.TOO_DARK)
    assert desk.finger.moment is Moment.POOR
    assert desk.title.text() == "Again, press more softly"


def test_quality_is_live_while_the_finger_lies_there(
    qtbot: QtBot, window: MainWindow, services: WindowServices, desk: CheckInDeskPage
) -> None:
    events = services.capture.events  # type: ignore[attr-defined]
    events.put(TouchBegan())
    events.put(RowsSeen(0, 256, 288, bytes(256 * 100), QualityReading(44, (), 0.35)))
    qtbot.waitUntil(lambda: desk.finger.quality.quality == 44)
    assert desk.finger.impression.rows_seen == 100
    events.put(TouchEnded())  # taken away too early
    qtbot.waitUntil(lambda: desk.finger.moment is Moment.POOR)
    assert desk.title.text() == "Again, and hold still"


def test_a_reader_that_goes_in_the_middle_of_a_touch(
    qtbot: QtBot, window: MainWindow, services: WindowServices, desk: CheckInDeskPage
) -> None:
    events = services.capture.events  # type: ignore[attr-defined]
    events.put(TouchBegan())
    events.put(RowsSeen(0, 256, 288, bytes(256 * 100), None))
    qtbot.waitUntil(lambda: desk.finger.moment is Moment.HOLD)
    events.put(ReaderState(ReaderCondition.LOST))
    qtbot.waitUntil(lambda: "unplugged" in desk.notice.words)
    assert (desk.title.text(), desk.finger.moment) == ("Waiting for the reader", Moment.PLACE)
    assert desk.finger.impression.rows_seen == 100 or desk.finger.quality.quality is None
    events.put(ReaderState(ReaderCondition.READY))
    qtbot.waitUntil(lambda: not desk.notice.words)
    touch(qtbot, window, services)
    assert desk.candidate is not None


def test_by_name_and_then_by_finger_is_one_against_one(
    qtbot: QtBot, window: MainWindow, services: WindowServices, desk: CheckInDeskPage
) -> None:
    press(qtbot, window, "way_name")
    settle(qtbot, window)
    qtbot.keyClicks(desk.by_name.field, "amina")
    qtbot.keyClick(desk.by_name.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.candidate is not None)
    assert desk.title.text() == "Check in Amina Okafor?"
    fake: Any = services.finger_sign_in
    fake.decision = SignInDecision.REJECTED
    touch(qtbot, window, services)
    assert fake.compared == [samples.STUDENT.uid]
    assert desk.title.text() == "This is not a finger of Amina Okafor"
    fake.decision = SignInDecision.ACCEPTED
    touch(qtbot, window, services)
    assert desk.candidate is not None
    assert desk.candidate.method == "fingerprint"
    press(qtbot, window, "action_primary")
    settle(qtbot, window)
    assert rows(services)[-1][2] == "fingerprint"


def test_by_name_alone_is_written_as_such(
    qtbot: QtBot, window: MainWindow, services: WindowServices, desk: CheckInDeskPage
) -> None:
    press(qtbot, window, "way_name")
    settle(qtbot, window)
    qtbot.keyClicks(desk.by_name.field, "farah")
    qtbot.keyClick(desk.by_name.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.candidate is not None)
    press(qtbot, window, "action_primary")
    settle(qtbot, window)
    assert rows(services) == [(samples.uid(6), samples.uid(71), "manual")]
    assert desk.by_name.field.text() == ""
    assert desk.by_name.field.hasFocus()


def test_another_session_can_be_chosen_and_none_closes_the_desk(
    qtbot: QtBot, window: MainWindow, services: WindowServices, desk: CheckInDeskPage
) -> None:
    press(qtbot, window, "desk_session")
    press(qtbot, window, "desk_session_2")
    touch(qtbot, window, services)
    press(qtbot, window, "action_primary")
    settle(qtbot, window)
    assert rows(services)[-1][1] == samples.uid(72)
    desk.show_sessions(())
    assert desk.title.text() == "The desk is closed"
    press(qtbot, window, "action_back")
    assert window.current == "student"


def test_what_could_not_be_compared_or_written_is_said_and_the_candidate_stays(
    qtbot: QtBot, window: MainWindow, services: WindowServices, desk: CheckInDeskPage
) -> None:
    services.finger_sign_in.fail_next = StorageError("database_unavailable")  # type: ignore[union-attr]
    touch(qtbot, window, services)
    assert desk.notice.words
    assert desk.finger.moment is Moment.PLACE
    touch(qtbot, window, services)
    services.attendance.fail_next = StorageError("disk_full")  # type: ignore[attr-defined]
    press(qtbot, window, "action_primary")
    settle(qtbot, window)
    assert (rows(services), desk.candidate is not None) == ([], True)
    press(qtbot, window, "action_primary")
    settle(qtbot, window)
    assert len(rows(services)) == 1


def test_touches_elsewhere_are_not_compared(
    qtbot: QtBot, window: MainWindow, services: WindowServices, desk: CheckInDeskPage
) -> None:
    press(qtbot, window, "action_back")
    events = services.capture.events  # type: ignore[attr-defined]
    events.put(TouchBegan())
    events.put(ImpressionTaken(samples.taken(70)))
    events.put(ReaderState(ReaderCondition.LOST))
    health = window.walk.fingers if window.walk is not None else None
    assert health is not None
    with qtbot.waitSignal(health.reader_changed):
        pass
    assert services.finger_sign_in.compared == []  # type: ignore[union-attr]


def test_another_way_is_one_line(qtbot: QtBot, window: MainWindow, desk: CheckInDeskPage) -> None:
    class Card(Way):
        name, words, icon = "card", "By card", "receipt"

        def prompt(self) -> Prompt:
            return Prompt("Scan the card", "", "receipt")

    way = Card()
    desk.add_way(way)
    press(qtbot, window, "way_card")
    assert desk.title.text() == "Scan the card"
    way.proposed.emit(Candidate(samples.STUDENT, "signature", sure=True, how="By card"))
    assert desk.title.text() == "It is Amina Okafor"
    with qtbot.waitSignal(desk.check_in_wanted) as wanted:
        desk.act("primary")
    assert wanted.args == [samples.STUDENT, samples.uid(71), "signature"]


@pytest.mark.parametrize(
    ("chance", "words"),
    [(1.0, "1"), (0.02, "50"), (3.2e-8, "30000000"), (1e-5, "100000"), (1e-30, "1000000000")],
)
def test_odds_have_one_figure_and_end_at_a_billion(chance: float, words: str) -> None:
    assert "".join(filter(str.isdigit, odds_text(chance))) == words


def test_certainty_stands_along_the_bar_as_it_is_decided() -> None:
    sure = certainty_of(1e-8, 1e-5, enough=True)
    weak = certainty_of(0.7, 1e-5, enough=False)
    assert sure.level > sure.needed > weak.level >= 0.0
    assert weak.words.startswith("Most fingers")
