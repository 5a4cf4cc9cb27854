# SPDX-License-Identifier: Apache-2.0
"""The page about the program: opened from the menu, read with the keyboard."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.domain.about import About, Component
from app.ui.about.page import AboutPage
from app.ui.shell.main_window import MainWindow
from app.ui.shell.services import WindowServices
from tests.ui.fakes import window_services

MADE_OF = About(
    "1.2.3",
    (
        Component("Enrollment station", "1.2.3", "Apache-2.0"),
        Component("alembic", "1.20.1", "MIT", "Permission is hereby granted"),
    ),
)


@pytest.fixture
def services() -> WindowServices:
    return replace(window_services(), about=lambda: MADE_OF)


def test_version_and_license_texts_are_read_with_the_keyboard(qtbot: QtBot, window: MainWindow) -> None:
    assert window.menu.actions()[-1].objectName() == "menu_about"
    window.menu.actions()[-1].trigger()
    page = window.page("about")
    assert isinstance(page, AboutPage)
    qtbot.waitUntil(lambda: len(page.list.rows) == 2)
    assert "1.2.3" in page.title.text()
    page.list.select("Enrollment station")
    assert not page.bar().start[0].enabled
    qtbot.keyClick(page.list, Qt.Key.Key_Down)
    assert page.bar().start[0].enabled
    page.act("show_text")
    assert page.text.toPlainText() == "Permission is hereby granted"
    assert page.text.isReadOnly()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.current == "about"
    assert page.list.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.current == "student"
