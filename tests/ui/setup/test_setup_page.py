# SPDX-License-Identifier: Apache-2.0
"""The set-up page: keyboard alone, errors that lose nothing, what the school has fixed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.domain.errors import AppError, SetupError, StorageError
from app.domain.station_setup import FoundReader, ServerFacts, SetupAnswers, SetupChoices, SetupStage
from app.ui.common.error_text import ErrorText
from app.ui.common.style import Appearance
from app.ui.setup.page import SetupPage
from app.ui.shell.main_window import MainWindow
from app.ui.shell.services import WindowServices
from tests.ui.fakes import window_services

CHOICES = SetupChoices(
    exists=False,
    keyring=True,
    passphrase_minimum=12,
    school="",
    station="",
    database_url="",
    reader_id="auto",
    locked=frozenset(),
    data_folder="/data",
    password_file="~/.pgpass",
)
URL = "postgresql://desk@records.example/school"
READER = FoundReader("r30x:COM5", "USB serial (CP210x)", True)


class FakeSetup:
    """Answers as it is told; ``hold`` keeps the set-up at its first stage until it is set."""

    def __init__(self) -> None:
        self.now = CHOICES
        self.readers: tuple[FoundReader, ...] = ()
        self.facts: ServerFacts | AppError = ServerFacts(True)
        self.fails: AppError | None = None
        self.hold = Event()
        self.hold.set()
        self.asked: list[str] = []
        self.done: list[SetupAnswers] = []

    def choices(self) -> SetupChoices:
        return self.now

    def watch_readers(self, stop: Event) -> Iterator[tuple[FoundReader, ...]]:
        shown = None
        while not stop.wait(0.01):
            if self.readers != shown:
                shown = self.readers
                yield shown

    def check_server(self, url: str) -> ServerFacts:
        self.asked.append(url)
        if isinstance(self.facts, AppError):
            raise self.facts
        return self.facts

    def prepare_server(self, url: str) -> ServerFacts:
        self.facts = ServerFacts(True)
        return self.facts

    def set_up(self, answers: SetupAnswers) -> Iterator[SetupStage]:
        yield SetupStage.CHECKING
        self.hold.wait(5)
        yield SetupStage.SETTINGS
        if self.fails is not None:
            raise self.fails
        yield SetupStage.KEYS
        self.done.append(answers)
        yield SetupStage.RECORDS
        yield SetupStage.DONE


@pytest.fixture
def work() -> FakeSetup:
    return FakeSetup()


@pytest.fixture
def services(work: FakeSetup) -> WindowServices:
    return replace(window_services(), setup=work)  # type: ignore[arg-type]


@pytest.fixture
def page(qtbot: QtBot, window: MainWindow) -> SetupPage:
    """The page, opened from the training strip."""
    button = window.findChild(QWidget, "training_setup")
    assert button is not None
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    made = window.page("setup")
    assert isinstance(made, SetupPage)
    qtbot.waitUntil(lambda: made.records.local.details != "")
    return made


def press(qtbot: QtBot, window: MainWindow, key: Qt.Key = Qt.Key.Key_Return) -> None:
    qtbot.keyClick(QApplication.focusWidget() or window, key)


def answered(qtbot: QtBot, window: MainWindow, page: SetupPage) -> None:
    """All questions with the keyboard, up to the last."""
    qtbot.keyClicks(page.names.school, "Hillside School")
    qtbot.keyClicks(page.names.station, "Front office")
    for step in range(1, 5):
        press(qtbot, window)
        qtbot.waitUntil(lambda step=step: page.step == step)  # type: ignore[misc]


def test_the_menu_has_it_too(window: MainWindow) -> None:
    action = window.menu.findChild(QAction, "menu_setup") or next(
        found for found in window.menu.actions() if found.objectName() == "menu_setup"
    )
    action.trigger()
    assert window.current == "setup"


def test_the_keyboard_alone_sets_the_station_up(
    qtbot: QtBot, window: MainWindow, page: SetupPage, work: FakeSetup
) -> None:
    assert QApplication.focusWidget() is page.names.school
    press(qtbot, window)
    assert page.step == 0
    answered(qtbot, window, page)
    press(qtbot, window)
    qtbot.waitUntil(lambda: page.step == 5)
    assert work.done == [SetupAnswers("Hillside School", "Front office")]
    with qtbot.waitSignal(window.station_wanted) as wanted:
        press(qtbot, window)
    assert wanted.args == [None]


def test_a_pass_phrase_is_typed_twice_and_handed_on_once(
    qtbot: QtBot, window: MainWindow, page: SetupPage, work: FakeSetup
) -> None:
    answered(qtbot, window, page)
    for _ in range(2):
        qtbot.keyClick(window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert page.step == 2
    page.protection.passphrase.click()
    qtbot.keyClicks(page.protection.first, "too short")
    press(qtbot, window, Qt.Key.Key_F10)
    assert page.step == 2
    page.protection.first.clear()
    qtbot.keyClicks(page.protection.first, "a quiet pass phrase")
    qtbot.keyClick(page.protection.first, Qt.Key.Key_Return)
    assert page.protection.second.hasFocus()
    qtbot.keyClicks(page.protection.second, "a quiet pass phrase")
    for step in (3, 4, 5):
        press(qtbot, window)
        qtbot.waitUntil(lambda step=step: page.step == step)  # type: ignore[misc]
    assert work.done[0].passphrase == "a quiet pass phrase"
    assert "quiet" not in repr(work.done[0])
    with qtbot.waitSignal(window.station_wanted) as wanted:
        press(qtbot, window)
    assert wanted.args == ["a quiet pass phrase"]


def test_without_a_keyring_the_pass_phrase_is_the_only_way(
    qtbot: QtBot, window: MainWindow, work: FakeSetup
) -> None:
    work.now = replace(CHOICES, keyring=False)
    window.training.setup_wanted.emit()
    page = window.page("setup")
    assert isinstance(page, SetupPage)
    qtbot.waitUntil(lambda: page.protection.passphrase.isChecked())
    assert not page.protection.keyring.isEnabled()
    assert "trusted" in page.protection.keyring.details


def test_an_address_that_was_not_tried_is_tried_before_going_on(
    qtbot: QtBot, window: MainWindow, page: SetupPage, work: FakeSetup
) -> None:
    qtbot.keyClicks(page.names.school, "Hillside School")
    qtbot.keyClicks(page.names.station, "Front office")
    press(qtbot, window)
    page.records.server.click()
    assert page.records.url.hasFocus()
    work.facts = StorageError("server_unknown", host="records.example")
    qtbot.keyClicks(page.records.url, URL)
    press(qtbot, window)
    qtbot.waitUntil(lambda: "records.example" in page.records.notice.words)
    assert (page.step, page.records.url.text()) == (1, URL)
    work.facts = ServerFacts(False)
    press(qtbot, window)
    qtbot.waitUntil(lambda: "empty" in page.records.notice.words)
    assert page.step == 1
    button = page.records.notice.findChild(QWidget, "notice_prepare")
    assert button is not None
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.records.is_tried)
    press(qtbot, window)
    assert page.step == 2
    assert work.asked == [URL, URL]
    assert page.answers.database_url == URL


def test_a_failure_loses_no_answer_and_can_be_tried_again(
    qtbot: QtBot, window: MainWindow, page: SetupPage, work: FakeSetup
) -> None:
    work.fails = SetupError("key_store_failed", path="/data")
    answered(qtbot, window, page)
    press(qtbot, window)
    qtbot.waitUntil(lambda: "/data" in page.notice.words)
    assert page.answers == SetupAnswers("Hillside School", "Front office")
    work.fails = None
    press(qtbot, window)
    qtbot.waitUntil(lambda: page.step == 5)


def test_it_may_be_tried_again_before_the_failed_attempt_has_quite_ended(
    qtbot: QtBot, window: MainWindow, page: SetupPage, work: FakeSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    work.fails = SetupError("key_store_failed", path="/data")
    show = page.show_problem

    def show_and_retry(text: ErrorText) -> None:
        show(text)
        work.fails = None
        page.act("primary")

    monkeypatch.setattr(page, "show_problem", show_and_retry)
    answered(qtbot, window, page)
    press(qtbot, window)
    qtbot.waitUntil(lambda: page.step == 5)
    assert len(work.done) == 1


def test_after_an_error_that_nobody_expected_work_can_go_on(
    qtbot: QtBot, window: MainWindow, page: SetupPage, work: FakeSetup
) -> None:
    answered(qtbot, window, page)
    work.fails = ZeroDivisionError("a bug")  # type: ignore[assignment]
    with qtbot.captureExceptions() as found:
        press(qtbot, window)
        qtbot.waitUntil(lambda: len(found) == 1)
    assert found[0][0] is ZeroDivisionError  # it was not swallowed
    work.fails = None
    press(qtbot, window)
    qtbot.waitUntil(lambda: page.step == 5)


def test_it_can_be_stopped_until_the_keys_are_made(
    qtbot: QtBot, window: MainWindow, page: SetupPage, work: FakeSetup
) -> None:
    answered(qtbot, window, page)
    work.hold.clear()
    press(qtbot, window)
    qtbot.waitUntil(lambda: page.lead.text().startswith("This takes"))
    press(qtbot, window, Qt.Key.Key_Escape)
    work.hold.set()
    qtbot.waitUntil(lambda: page.notice.words.startswith("Stopped"))
    assert work.done == []
    assert page.answers.school == "Hillside School"
    press(qtbot, window)
    qtbot.waitUntil(lambda: page.step == 5)


def test_closing_keeps_the_answers_but_not_the_pass_phrase(
    qtbot: QtBot, window: MainWindow, page: SetupPage
) -> None:
    qtbot.keyClicks(page.names.school, "Hillside School")
    page.protection.first.setText("a quiet pass phrase")
    press(qtbot, window, Qt.Key.Key_Escape)
    assert window.current == "student"
    window.training.setup_wanted.emit()
    assert page.names.school.text() == "Hillside School"
    assert page.protection.first.text() == ""


def test_readers_come_and_go_while_the_list_is_shown(
    qtbot: QtBot, window: MainWindow, page: SetupPage, work: FakeSetup
) -> None:
    work.readers = (READER,)
    name = f"setup_reader_{READER.reader_id}"
    qtbot.waitUntil(lambda: page.findChild(QWidget, name) is not None)
    card = page.findChild(QWidget, name)
    assert card is not None
    card.setChecked(True)  # type: ignore[attr-defined]
    work.readers = ()
    qtbot.waitUntil(lambda: "not plugged in" in card.details)  # type: ignore[attr-defined]
    assert page.answers.reader_id == READER.reader_id


def test_the_list_of_readers_lives_on_when_the_page_is_left_and_opened_at_once(
    qtbot: QtBot, window: MainWindow, page: SetupPage, work: FakeSetup
) -> None:
    press(qtbot, window, Qt.Key.Key_Escape)
    window.training.setup_wanted.emit()
    assert window.current == "setup"
    work.readers = (READER,)
    name = f"setup_reader_{READER.reader_id}"
    qtbot.waitUntil(lambda: page.findChild(QWidget, name) is not None)


def test_what_the_school_has_fixed_is_shown_and_stays(
    qtbot: QtBot, window: MainWindow, work: FakeSetup
) -> None:
    locked = frozenset({"station.school", "database.url", "reader.id"})
    work.now = replace(CHOICES, locked=locked, school="Fixed", database_url=URL, reader_id="r30x:COM9")
    window.training.setup_wanted.emit()
    page = window.page("setup")
    assert isinstance(page, SetupPage)
    qtbot.waitUntil(lambda: page.names.school.text() == "Fixed")
    for widget in (page.names.school, page.records.local, page.records.server, page.records.url):
        assert not widget.isEnabled()
    qtbot.keyClicks(page.names.station, "Front office")
    assert page.answers == SetupAnswers("Fixed", "Front office", URL, "r30x:COM9")


def test_where_there_is_a_station_it_is_offered_instead(
    qtbot: QtBot, window: MainWindow, work: FakeSetup
) -> None:
    work.now = replace(CHOICES, exists=True)
    window.training.setup_wanted.emit()
    page = window.page("setup")
    assert isinstance(page, SetupPage)
    qtbot.waitUntil(lambda: page.step == 5)
    with qtbot.waitSignal(window.station_wanted) as wanted:
        press(qtbot, window)
    assert wanted.args == [None]


def test_everything_has_a_name_for_a_screen_reader(page: SetupPage) -> None:
    for panel in (page.names, page.records, page.protection, page.reader):
        named = [child for child in panel.findChildren(QWidget) if child.objectName().startswith("setup_")]
        for child in named:
            if child.focusPolicy() != Qt.FocusPolicy.NoFocus:
                assert child.accessibleName() or child.text()  # type: ignore[attr-defined]


def test_a_station_without_that_service_has_no_way_in(qtbot: QtBot, appearance: Appearance) -> None:
    window = MainWindow(appearance, window_services)
    with qtbot.waitSignal(window.ready, timeout=5000):
        window.show()
    assert "menu_setup" not in {action.objectName() for action in window.menu.actions()}
    button = window.findChild(QWidget, "training_setup")
    assert button is not None
    assert button.isHidden()
    window.close()
