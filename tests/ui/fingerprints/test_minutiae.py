# SPDX-License-Identifier: Apache-2.0
"""Details over a finished impression: only on request, and where they belong."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from app.domain.capture_events import ImpressionTaken, TouchBegan, TouchEnded
from app.ui.common.impression import ImpressionView
from app.ui.common.style import Appearance
from app.ui.shell.main_window import MainWindow
from app.ui.shell.services import WindowServices
from tests.ui import samples
from tests.ui.acts import begin, fingers, settle

SIZE_PX = 200


def view(qtbot: QtBot) -> ImpressionView:
    made = ImpressionView()
    qtbot.addWidget(made)
    made.resize(SIZE_PX + 4, SIZE_PX + 4)  # one pixel of the picture is two of the widget
    made.show()
    made.add_rows(0, 100, 100, bytes([255]) * 10_000)
    return made


def colored(image: QImage, x_px: int, y_px: int) -> bool:
    """Whether something colored is drawn within two pixels."""
    near = (QColor(image.pixel(x_px + i, y_px + j)) for i in (-2, 0, 2) for j in (-2, 0, 2))
    return any(color.saturation() > 40 for color in near)


def test_details_are_drawn_only_on_request(qtbot: QtBot, appearance: Appearance) -> None:
    made = view(qtbot)
    made.show_minutiae(((50.0, 25.0, 1.5707963),))
    plain = made.grab().toImage()
    made.toggle_details()
    drawn = made.grab().toImage()
    assert not colored(plain, 102, 45)
    assert colored(drawn, 102, 45)  # the tail goes up from (102, 52)
    assert not colored(drawn, 102, 64)
    made.add_rows(0, 100, 100, bytes([255]) * 10_000)  # the next touch has other details
    assert made.details
    assert not colored(made.grab().toImage(), 102, 45)


def test_f4_shows_and_hides_them(qtbot: QtBot, window: MainWindow, services: WindowServices) -> None:
    begin(qtbot, window)
    impression = fingers(window).impression
    qtbot.keyClick(window, Qt.Key.Key_F4)
    assert impression.details
    events = services.capture.events  # type: ignore[attr-defined]
    events.put(TouchBegan())
    events.put(ImpressionTaken(replace(samples.taken(70), minutiae=((32.0, 36.0, 0.0),))))
    qtbot.waitUntil(lambda: impression.rows_seen > 0)
    settle(qtbot, window)
    with_details = impression.grab().toImage()
    qtbot.keyClick(window, Qt.Key.Key_F4)
    assert not impression.details
    assert impression.grab().toImage() != with_details
    events.put(TouchEnded())
