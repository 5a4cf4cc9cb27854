# SPDX-License-Identifier: Apache-2.0
"""The stations page, with real keys on a real database behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit
from pytestqt.qtbot import QtBot
from sqlalchemy import Engine

from app.domain.station_sharing import RewrapProgress, SharingState, Standing
from app.services.sharing_services import SharingServices
from app.storage.engine import open_local
from app.storage.store import Store
from app.ui.common.style import Appearance
from app.ui.settings.stations_page import StationsPage
from app.ui.shell.main_window import MainWindow
from app.ui.shell.services import WindowServices
from tests.databases import KEY
from tests.services.desk import Clock, fresh_id
from tests.services.sharing_desk import SharingStation, open_station
from tests.ui import samples
from tests.ui.fakes import window_services


@pytest.fixture
def engine(station_file: Path) -> Iterator[Engine]:
    engine = open_local(station_file, KEY)
    yield engine
    engine.dispose()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def front(engine: Engine, tmp_path: Path, clock: Clock) -> SharingStation:
    return open_station(tmp_path / "Front", Store(engine), clock)


@pytest.fixture
def back(front: SharingStation, engine: Engine, tmp_path: Path, clock: Clock) -> SharingStation:
    return open_station(tmp_path / "Back", Store(engine), clock)


def with_keys_of(station: SharingStation) -> WindowServices:
    sharing = SharingServices(station.service, station.rewrapping, station.kits)
    services = replace(window_services(), sharing=sharing)
    services.enrollment.fill_gallery = lambda stop: iter(())  # type: ignore[method-assign]
    return services


def shown(qtbot: QtBot, appearance: Appearance, services: WindowServices) -> MainWindow:
    """A window whose stations page is open and knows how things stand."""
    window = MainWindow(appearance, lambda: services, now=lambda: samples.NOW)
    qtbot.addWidget(window, before_close_func=lambda made: made.close())
    with qtbot.waitSignal(window.ready, timeout=5000):
        window.show()
    next(action for action in window.menu.actions() if action.objectName() == "menu_stations").trigger()
    assert window.current == "stations"
    qtbot.waitUntil(lambda: bool(page_of(window).findChildren(QLabel, "")) and known(window))
    return window


def page_of(window: MainWindow) -> StationsPage:
    page = window.page("stations")
    assert isinstance(page, StationsPage)
    return page


def known(window: MainWindow) -> bool:
    return "One moment" not in page_of(window).lead.text()


def press(qtbot: QtBot, window: MainWindow, name: str) -> None:
    def visible() -> list[QAbstractButton]:
        return [each for each in page_of(window).findChildren(QAbstractButton, name) if each.isVisible()]

    qtbot.waitUntil(lambda: len(visible()) == 1)
    qtbot.mouseClick(visible()[0], Qt.MouseButton.LeftButton)


def standing_of(station: SharingStation, other: SharingStation) -> Standing:
    return station.entry(other.uid).standing


def test_a_station_is_let_in_after_comparing(
    qtbot: QtBot, appearance: Appearance, front: SharingStation, back: SharingStation
) -> None:
    window = shown(qtbot, appearance, with_keys_of(front))
    digits = page_of(window).findChild(QLabel, "digits")
    assert digits is not None
    assert digits.text() == back.overview().digits
    press(qtbot, window, "let_in")
    qtbot.waitUntil(lambda: standing_of(front, back) is Standing.MEMBER)
    qtbot.waitUntil(lambda: "has the school's keys" in page_of(window).notice.words)
    assert back.service.tend()
    assert back.overview().state is SharingState.MEMBER


def test_a_station_is_refused(
    qtbot: QtBot, appearance: Appearance, front: SharingStation, back: SharingStation
) -> None:
    window = shown(qtbot, appearance, with_keys_of(front))
    press(qtbot, window, "refuse")
    qtbot.waitUntil(lambda: standing_of(front, back) is Standing.REMOVED)


def test_a_row_that_was_changed_meanwhile_is_not_let_in(
    qtbot: QtBot, appearance: Appearance, front: SharingStation, back: SharingStation
) -> None:
    window = shown(qtbot, appearance, with_keys_of(front))
    page_of(window).let_in_wanted.emit(back.uid, "0000 0000 0000")
    qtbot.waitUntil(lambda: "not let in" in page_of(window).notice.words)
    assert standing_of(front, back) is Standing.WAITING


def test_removing_asks_first_and_says_what_it_cannot_undo(
    qtbot: QtBot, appearance: Appearance, front: SharingStation, back: SharingStation, clock: Clock
) -> None:
    for _ in range(3):
        front.seal(b"ridges", fresh_id(), fresh_id())
    front.service.let_in(back.uid, back.overview().digits)
    back.service.tend()
    clock.turn(seconds=1)
    window = shown(qtbot, appearance, with_keys_of(front))
    press(qtbot, window, "remove")

    def words() -> str:
        return " ".join(label.text() for label in page_of(window).findChildren(QLabel) if label.isVisible())

    qtbot.waitUntil(lambda: "it may have kept: nothing undoes that" in words())
    assert page_of(window).act("cancel")  # Escape takes the question back, not the page
    assert window.current == "stations"
    press(qtbot, window, "remove")
    press(qtbot, window, "keep")
    press(qtbot, window, "remove")
    press(qtbot, window, "remove_now")
    qtbot.waitUntil(lambda: standing_of(front, back) is Standing.REMOVED)
    qtbot.waitUntil(lambda: front.overview().behind == 0)  # goes on by itself
    assert front.service.keys.sealer.current_version == 2
    back.service.tend()
    assert back.overview().state is SharingState.REMOVED


def test_a_station_that_waits_shows_its_digits_and_fetches_the_keys(
    qtbot: QtBot, appearance: Appearance, front: SharingStation, back: SharingStation
) -> None:
    back.seal(b"ridges", fresh_id(), fresh_id())
    window = shown(qtbot, appearance, with_keys_of(back))
    assert page_of(window).digits.text() == front.entry(back.uid).digits
    assert page_of(window).own.isVisible()
    front.service.let_in(back.uid, page_of(window).digits.text())
    press(qtbot, window, "stations_look")
    qtbot.waitUntil(lambda: not page_of(window).own.isVisible())
    qtbot.waitUntil(lambda: back.overview().behind == 0)


def test_somebody_who_asks_is_announced_once(
    qtbot: QtBot, appearance: Appearance, front: SharingStation, back: SharingStation
) -> None:
    window = MainWindow(appearance, lambda: with_keys_of(front), now=lambda: samples.NOW)
    qtbot.addWidget(window, before_close_func=lambda made: made.close())
    with qtbot.waitSignal(window.ready, timeout=5000):
        window.show()
    qtbot.waitUntil(lambda: "asks for the school's keys: Back" in window.notice.words)
    waiting = MainWindow(appearance, lambda: with_keys_of(back), now=lambda: samples.NOW)
    qtbot.addWidget(waiting, before_close_func=lambda made: made.close())
    with qtbot.waitSignal(waiting.ready, timeout=5000):
        waiting.show()
    qtbot.waitUntil(lambda: "waits for the school's keys" in waiting.notice.words)


def test_a_refused_station_can_ask_again(
    qtbot: QtBot, appearance: Appearance, front: SharingStation, back: SharingStation
) -> None:
    front.service.refuse(back.uid)
    window = shown(qtbot, appearance, with_keys_of(back))
    assert not page_of(window).digits.isVisible()
    press(qtbot, window, "stations_ask")
    qtbot.waitUntil(lambda: page_of(window).digits.isVisible())
    assert standing_of(front, back) is Standing.WAITING


def test_progress_can_be_stopped_and_gone_on_with(qtbot: QtBot, front: SharingStation) -> None:
    page = StationsPage()
    qtbot.addWidget(page)
    page.show()
    page.show_sharing(replace(front.overview(), behind=10))
    assert page.progress.isVisible()
    wanted: list[bool] = []
    page.rewrap_wanted.connect(wanted.append)
    go = page.findChild(QAbstractButton, "stations_rewrap")
    assert go is not None
    go.click()
    page.show_progress(RewrapProgress(4, 10))
    assert "4 of 10" in page.progress_text.text()
    go.click()
    assert wanted == [True, False]
    page.show_progress_ended()
    page.show_sharing(replace(front.overview(), behind=0))
    assert not page.progress.isVisible()


def test_training_has_no_such_entry(window: MainWindow) -> None:
    assert "menu_stations" not in [action.objectName() for action in window.menu.actions()]


def typed_in(page: StationsPage, name: str, text: str) -> None:
    edit = page.findChild(QLineEdit, name)
    assert edit is not None
    edit.setText(text)


def test_a_recovery_code_is_made_typed_back_and_used_on_a_fresh_station(
    qtbot: QtBot, appearance: Appearance, front: SharingStation, back: SharingStation
) -> None:
    window = shown(qtbot, appearance, with_keys_of(front))
    page = page_of(window)
    press(qtbot, window, "recovery_go")
    qtbot.waitUntil(lambda: bool(page.recovery.code.text()))
    code = page.recovery.code.text()
    typed_in(page, "recovery_typed", code[:-1])
    press(qtbot, window, "recovery_go")
    qtbot.waitUntil(lambda: "not a recovery code" in page.notice.words)
    assert page.recovery.code.text() == code  # it can still be corrected
    typed_in(page, "recovery_label", "Safe")
    typed_in(page, "recovery_typed", code.lower().replace("-", " "))
    press(qtbot, window, "recovery_go")
    qtbot.waitUntil(lambda: "opens the school's keys from now on" in page.notice.words)
    assert not page.recovery.code.text()
    assert front.kits.opens(code)

    fresh = shown(qtbot, appearance, with_keys_of(back))
    typed_in(page_of(fresh), "recovery_typed", code)
    press(qtbot, fresh, "recovery_go")
    qtbot.waitUntil(lambda: back.overview().state is SharingState.MEMBER)


def test_a_code_does_not_stay_on_a_page_that_was_left(
    qtbot: QtBot, appearance: Appearance, front: SharingStation
) -> None:
    window = shown(qtbot, appearance, with_keys_of(front))
    page = page_of(window)
    press(qtbot, window, "recovery_go")
    qtbot.waitUntil(lambda: bool(page.recovery.code.text()))
    page.act("cancel")
    assert window.current == "student"
    assert not page.recovery.code.text()
