# SPDX-License-Identifier: Apache-2.0
"""The student's screen: the canvas there, its mirror here, nothing of others."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.ui.shell.main_window import MainWindow
from app.ui.shell.services import WindowServices
from app.ui.signatures.mirror import PadMirror
from tests.ui import pen, samples
from tests.ui.acts import draw_step
from tests.ui.shell.test_walk_signatures import to_signatures


def words(window: Any) -> str:
    return " ".join(label.text() for label in window.findChildren(QLabel) if label.isVisible())


def test_the_entry_is_hidden_while_there_is_one_screen(window: MainWindow) -> None:
    assert window.walk is not None
    assert not window.walk.student_screen.action.isVisible()


def test_the_student_draws_there_and_the_operator_sees_it_live(
    qtbot: QtBot, window: MainWindow, services: WindowServices
) -> None:
    page = to_signatures(qtbot, window, services)
    assert window.walk is not None
    screen = window.walk.student_screen
    screen.action.setChecked(True)
    student = screen.student_window
    assert student is not None
    qtbot.waitUntil(page.pad.isVisible)
    assert page.pad.window() is student
    assert "Sign your name" in words(student)
    assert samples.STUDENT.name not in words(student)
    mirror = page.findChild(PadMirror)
    assert mirror is not None
    before = mirror.grab().toImage()
    pen.stroke(page.pad, pen.wave(page.pad))
    QApplication.processEvents()
    assert mirror.grab().toImage() != before
    draw_step(qtbot, window)
    assert "Sign your name again" in words(student)


def test_closing_it_brings_the_canvas_back_with_its_strokes(
    qtbot: QtBot, window: MainWindow, services: WindowServices
) -> None:
    page = to_signatures(qtbot, window, services)
    assert window.walk is not None
    screen = window.walk.student_screen
    screen.action.setChecked(True)
    assert screen.student_window is not None
    pen.stroke(page.pad, pen.wave(page.pad))
    record = page.pad.record()
    screen.student_window.close()
    assert screen.student_window is None
    assert not screen.action.isChecked()
    assert page.pad.window() is window
    assert page.pad.record() == record
    draw_step(qtbot, window)


def test_elsewhere_the_student_sees_the_act_or_a_quiet_word(
    qtbot: QtBot, window: MainWindow, services: WindowServices
) -> None:
    assert window.walk is not None
    screen = window.walk.student_screen
    screen.action.setChecked(True)
    student = screen.student_window
    assert student is not None
    assert words(student) == "Please wait a moment"
    for row in samples.listings():
        assert row.card.name not in words(student)
