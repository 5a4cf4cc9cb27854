# SPDX-License-Identifier: Apache-2.0
"""The settings page: applied at once, kept, locked where the school says so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from app.domain.errors import SetupError
from app.ui.common.style import Appearance
from app.ui.common.theme import Scheme
from app.ui.settings.page import SettingsPage, SettingsView
from app.ui.shell.main_window import MainWindow
from app.ui.shell.services import WindowServices
from tests.ui.fakes import window_services


@pytest.fixture
def kept() -> list[Any]:
    return []


@pytest.fixture
def services(kept: list[Any]) -> WindowServices:
    made = window_services()
    return replace(
        made, save_preferences=kept.append, school="Hillside School", diagnostics=lambda: "all is well"
    )


def control(window: MainWindow, name: str) -> QAbstractButton:
    found = window.page("settings").findChild(QAbstractButton, name)
    assert found is not None
    return found


def settings(window: MainWindow) -> SettingsPage:
    page = window.page("settings")
    assert isinstance(page, SettingsPage)
    return page


def opened(window: MainWindow) -> None:
    next(action for action in window.menu.actions() if action.objectName() == "menu_settings").trigger()
    assert window.current == "settings"


def test_the_menu_opens_it_and_closing_comes_back(qtbot: QtBot, window: MainWindow) -> None:
    opened(window)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.current == "student"


def test_a_switch_holds_at_once_and_is_kept(qtbot: QtBot, window: MainWindow, kept: list[Any]) -> None:
    opened(window)
    qtbot.mouseClick(control(window, "look_sounds"), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(control(window, "pen_left_handed"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(kept) == 2)
    assert kept == [{"look": {"sounds": False}}, {"pen": {"left_handed": True}}]
    assert window.walk is not None
    assert window.walk.fingers.sounds is False


def test_the_look_is_chosen_there_too(
    qtbot: QtBot, window: MainWindow, appearance: Appearance, kept: list[Any]
) -> None:
    opened(window)
    try:
        qtbot.mouseClick(control(window, "settings_dark"), Qt.MouseButton.LeftButton)
        assert appearance.scheme is Scheme.DARK
        qtbot.waitUntil(lambda: kept == [{"look": {"theme": "dark"}}])
    finally:
        appearance.choose(Scheme.LIGHT)


def test_what_the_school_has_fixed_cannot_be_changed(qtbot: QtBot, appearance: Appearance) -> None:
    page = SettingsPage()
    qtbot.addWidget(page)
    locked = frozenset({"pen.pen_only", "look.theme"})
    view = SettingsView(Scheme.LIGHT, True, False, True, (("School", "Hillside School"),), locked)
    page.show_settings(view, diagnostics=False)
    switch = page.findChild(QAbstractButton, "pen_pen_only")
    assert switch is not None
    assert not switch.isEnabled()
    assert "school" in switch.toolTip()
    dark = page.findChild(QAbstractButton, "settings_dark")
    assert dark is not None
    assert not dark.isEnabled()


def test_a_setting_that_cannot_be_kept_says_so(qtbot: QtBot, window: MainWindow) -> None:
    def refuse(changes: object) -> None:
        raise SetupError("setting_invalid", file="settings.toml", key="look.sounds", reason="read only")

    assert window.services is not None
    object.__setattr__(window.services, "save_preferences", refuse)
    opened(window)
    qtbot.mouseClick(control(window, "look_sounds"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(settings(window).notice.words))


def test_diagnostics_go_to_the_clipboard(qtbot: QtBot, window: MainWindow) -> None:
    opened(window)
    qtbot.mouseClick(control(window, "settings_diagnostics"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "clipboard" in settings(window).notice.words)
    assert QApplication.clipboard().text() == "all is well"
