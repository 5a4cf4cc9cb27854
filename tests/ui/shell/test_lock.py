# SPDX-License-Identifier: Apache-2.0
"""Locking: nothing is seen, nothing biometric stays opened, and work goes on where it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from app.domain.capture_events import ImpressionTaken, TouchBegan
from app.domain.errors import SetupError
from app.ui.shell.background import Background
from app.ui.shell.main_window import MainWindow
from app.ui.shell.services import WindowServices
from app.ui.shell.walk_lock import LockDesk
from tests.ui import samples
from tests.ui.fakes import window_services


class Station:
    """What the window locks: a secret that is typed, and templates that are opened."""

    def __init__(self) -> None:
        self.passphrase: str | None = None
        self.opened = ["gallery"]
        self.done: list[str] = []

    def lock(self) -> None:
        self.opened.clear()
        self.done.append("lock")

    def unlock(self, passphrase: str | None) -> None:
        if self.passphrase is not None and passphrase is None:
            raise SetupError("passphrase_missing")
        if self.passphrase != passphrase:
            raise SetupError("passphrase_wrong")
        self.done.append("unlock")


@pytest.fixture
def station() -> Station:
    return Station()


@pytest.fixture
def idle_lock_s() -> int:
    return 0


@pytest.fixture
def services(station: Station, idle_lock_s: int) -> WindowServices:
    made = window_services()
    return replace(made, lock=station.lock, unlock=station.unlock, idle_lock_s=idle_lock_s)


@pytest.fixture
def desk(window: MainWindow) -> LockDesk:
    assert window.walk is not None
    return window.walk.lock


def settle(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: not window.runner.busy)


def press(qtbot: QtBot, desk: LockDesk) -> None:
    button = desk.screen.findChild(QAbstractButton, "lock_unlock")
    assert button is not None
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def begin(qtbot: QtBot, window: MainWindow) -> None:
    search: Any = window.findChild(QLineEdit, "search_field")
    qtbot.keyClicks(search, "amina")
    qtbot.keyClick(search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.current == "fingers")
    settle(qtbot, window)


def test_the_key_covers_everything_and_forgets_what_was_opened(
    qtbot: QtBot, window: MainWindow, desk: LockDesk, station: Station
) -> None:
    begin(qtbot, window)
    with qtbot.waitSignal(desk.locked):
        window.trigger("lock")
    settle(qtbot, window)
    assert (station.done, station.opened) == (["lock"], [])
    assert desk.screen.isVisible()
    assert desk.screen.geometry() == window.rect()
    assert not any(part.isVisible() for part in (window.pages, window.rail, window.action_bar))
    window.resize(1100, 720)
    qtbot.waitUntil(lambda: desk.screen.geometry() == window.rect())


def test_no_key_and_no_touch_reaches_what_is_below(
    qtbot: QtBot, window: MainWindow, services: WindowServices, desk: LockDesk
) -> None:
    begin(qtbot, window)
    desk.lock()
    for act in ("primary", "search", "check_in_desk", "menu", "help", "pause"):
        window.trigger(act)
    settle(qtbot, window)
    assert (window.current, window.help.isVisible(), window.menu.isVisible()) == ("fingers", False, False)
    events = services.capture.events  # type: ignore[attr-defined]
    stream = window.walk.fingers.stream if window.walk is not None else None
    assert stream is not None
    events.put(TouchBegan())
    with qtbot.waitSignal(stream.item, check_params_cb=lambda event: isinstance(event, ImpressionTaken)):
        events.put(ImpressionTaken(samples.taken(70)))
    settle(qtbot, window)
    visit = window.walk.keeper.visit if window.walk is not None else None
    assert visit is not None
    assert all(not task.impressions for task in visit.fingers)


def test_unlocked_it_goes_on_where_it_was(
    qtbot: QtBot, window: MainWindow, desk: LockDesk, station: Station
) -> None:
    begin(qtbot, window)
    desk.action.trigger()
    with qtbot.waitSignal(desk.unlocked):
        press(qtbot, desk)
    assert station.done == ["lock", "unlock"]
    assert (window.current, window.pages.isVisible(), window.banner.isVisible()) == ("fingers", True, True)
    assert not desk.screen.isVisible()


def test_a_pass_phrase_is_asked_for_and_a_wrong_one_is_said(
    qtbot: QtBot, window: MainWindow, desk: LockDesk, station: Station
) -> None:
    station.passphrase = "seven green buses"
    desk.lock()
    press(qtbot, desk)
    field: Any = desk.screen.findChild(QLineEdit, "lock_passphrase")
    qtbot.waitUntil(field.isVisible)
    press(qtbot, desk)  # nothing typed: nothing is tried
    qtbot.keyClicks(field, "seven red buses")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Caps Lock" in desk.screen.words)
    assert (field.text(), desk.is_locked) == ("", True)
    qtbot.keyClicks(field, "seven green buses")
    with qtbot.waitSignal(desk.unlocked):
        qtbot.keyClick(field, Qt.Key.Key_Return)
    desk.lock()
    assert not field.isVisible()
    settle(qtbot, window)


def test_a_bug_while_unlocking_leaves_it_locked_with_a_way_to_try_again(
    window: MainWindow, desk: LockDesk
) -> None:
    desk.lock()
    with pytest.raises(ZeroDivisionError):
        desk._on_failure(ZeroDivisionError())
    button = desk.screen.findChild(QAbstractButton, "lock_unlock")
    assert button is not None
    assert (desk.is_locked, button.isEnabled()) == (True, True)


@pytest.mark.parametrize("idle_lock_s", [300])
def test_input_puts_the_lock_off_and_its_absence_locks(
    qtbot: QtBot, window: MainWindow, services: WindowServices, desk: LockDesk
) -> None:
    handle = window.windowHandle()
    spot = QPointF(40, 40)
    none = Qt.KeyboardModifier.NoModifier
    move = QMouseEvent(
        QMouseEvent.Type.MouseMove, spot, spot, Qt.MouseButton.NoButton, Qt.MouseButton.NoButton, none
    )
    inputs: tuple[Callable[[], object], ...] = (
        lambda: QApplication.sendEvent(handle, move),
        lambda: QTest.keyClick(handle, Qt.Key.Key_Shift),
        lambda: services.capture.events.put(TouchBegan()),  # type: ignore[attr-defined]
    )
    for put in inputs:
        desk._timer.start(10_000_000)
        before = desk._timer.timerId()
        put()
        qtbot.waitUntil(lambda timer=before: desk._timer.timerId() != timer)
    desk._timer.setInterval(1)
    desk._on_input()
    qtbot.waitUntil(lambda: desk.is_locked)
    settle(qtbot, window)


def test_the_gallery_is_loaded_again_after_unlocking(
    qtbot: QtBot, window: MainWindow, desk: LockDesk
) -> None:
    begun: list[object] = []

    def fill(stop: Any) -> Any:
        begun.append(stop)
        yield len(begun)

    background = Background(window, fill, lambda: None)
    qtbot.waitUntil(lambda: len(begun) == 1 and not background._filling.running)
    desk.lock()
    settle(qtbot, window)
    assert len(begun) == 1
    press(qtbot, desk)
    qtbot.waitUntil(lambda: len(begun) == 2 and not background._filling.running)
    settle(qtbot, window)
