# SPDX-License-Identifier: Apache-2.0
"""What an operator does in the window and waits for, for tests of the whole window."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from app.domain.capture_events import ImpressionTaken, TouchBegan, TouchEnded
from app.domain.fingerprints import Reason
from app.domain.visits import Step
from app.ui.fingerprints.phases import Phase
from app.ui.shell.main_window import MainWindow
from app.ui.shell.services import WindowServices
from tests.ui import pen, samples


def button(window: MainWindow, name: str) -> QAbstractButton:
    """The button of that name, of the page that is shown before any other."""
    found = window.page(window.current).findChild(QAbstractButton, name)
    if found is None:
        found = window.findChild(QAbstractButton, name)
    assert found is not None, name
    return found


def click(qtbot: QtBot, window: MainWindow, name: str) -> None:
    """Press a button once it can be pressed."""
    qtbot.waitUntil(lambda: button(window, name).isEnabled())
    qtbot.mouseClick(button(window, name), Qt.MouseButton.LeftButton)


def settle(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until the worker has nothing to do."""
    qtbot.waitUntil(lambda: not window.runner.busy)


def at_step(qtbot: QtBot, window: MainWindow, step: Step) -> None:
    """Wait for a page."""
    qtbot.waitUntil(lambda: window.current == step.value)
    settle(qtbot, window)


def fingers(window: MainWindow) -> Any:
    """The fingers page."""
    return window.page("fingers")


def begin(qtbot: QtBot, window: MainWindow, text: str = "amina") -> None:
    """Find a student and begin the visit."""
    search: Any = window.findChild(QWidget, "search_field")
    search.clear()
    qtbot.keyClicks(search, text)
    qtbot.keyClick(search, Qt.Key.Key_Return)
    at_step(qtbot, window, Step.FINGERS)


def give(qtbot: QtBot, window: MainWindow, services: WindowServices, quality: int, *reasons: Reason) -> None:
    """One touch that the reader reports, until it is stored and lifted."""
    page = fingers(window)
    stored = len(services.enrollment.visits)  # type: ignore[attr-defined]
    assert stored
    events = services.capture.events  # type: ignore[attr-defined]
    events.put(TouchBegan())
    events.put(ImpressionTaken(samples.taken(quality, reasons)))
    qtbot.waitUntil(lambda: page.phase in (Phase.LIFT_GOOD, Phase.LIFT_POOR))
    events.put(TouchEnded())
    qtbot.waitUntil(lambda: page.phase not in (Phase.LIFT_GOOD, Phase.LIFT_POOR))


def capture_all(qtbot: QtBot, window: MainWindow, services: WindowServices) -> None:
    """Six good touches."""
    for _ in range(6):
        give(qtbot, window, services, 60)
    qtbot.waitUntil(lambda: button(window, "action_primary").isEnabled())


def draw_step(qtbot: QtBot, window: MainWindow) -> None:
    """Draw and accept one step of the signatures."""
    page: Any = window.page("signatures")
    pen.stroke(page.pad, pen.wave(page.pad))
    number = page.step_number
    click(qtbot, window, "action_primary")
    qtbot.waitUntil(lambda: number in current(window).signatures.accepted)
    settle(qtbot, window)


def current(window: MainWindow) -> Any:
    """The visit as it is stored."""
    assert window.walk is not None
    visit = window.walk.keeper.visit
    assert visit is not None
    return visit
