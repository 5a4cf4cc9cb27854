# SPDX-License-Identifier: Apache-2.0
"""The student's own screen: the prompt, an example, the canvas or a picture of the act, progress dots.

No names, no scores. While it is open the canvas itself is here and the operator's page shows its mirror: the
student writes on a pen display or a turned tablet, the operator watches.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.ui.common import theme
from app.ui.common.controls import Text
from app.ui.common.prompt_icon import PromptIcon
from app.ui.common.theme import Tone
from app.ui.shell.pages import Pages
from app.ui.shell.window import StationWindow
from app.ui.signatures.example import ExampleCard
from app.ui.signatures.pad_page import PadPage
from app.ui.signatures.step_dots import StepDots

_CANVAS, _PICTURE = range(2)
_EXAMPLE = QSize(220, 132)


class StudentWindow(QWidget):
    """The window.

    Signals:
        closed(): it is gone; the canvas is back on the operator's page.
    """

    closed = Signal()

    def __init__(self, window: StationWindow, pages: Pages, pads: Mapping[str, PadPage]) -> None:
        super().__init__()
        self.setObjectName("student_window")
        self.setWindowTitle(self.tr("Student"))
        self._window, self._pages, self._pads = window, pages, pads
        self._prompt = Text("", theme.HUGE, strong=True, wrap=True)
        self._prompt.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._dots = StepDots()
        self._dots.setEnabled(False)
        self._icon = PromptIcon(220)
        self._example = ExampleCard(_EXAMPLE)
        self._example.setFixedSize(_EXAMPLE)
        self._canvases = QStackedWidget()
        picture = QWidget()
        column = QVBoxLayout(picture)
        column.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._canvases)
        self._stack.addWidget(picture)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.SPACE_8, theme.SPACE_8, theme.SPACE_8, theme.SPACE_6)
        layout.setSpacing(theme.SPACE_4)
        top = QHBoxLayout()
        top.setSpacing(theme.SPACE_6)
        top.addWidget(self._prompt, 1)
        top.addWidget(self._example)
        layout.addLayout(top)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self._dots, 0, Qt.AlignmentFlag.AlignHCenter)
        for page in (pages.fingers, *pads.values()):
            page.prompt_changed.connect(self.refresh)
        window.page_shown.connect(self.refresh)
        window.closing.connect(self.close)

    def open_window(self) -> None:
        """Take every canvas and show on the second screen, full; without one as an ordinary window."""
        for page in self._pads.values():
            self._canvases.addWidget(page.panel.lend_pad())
        screens = QGuiApplication.screens()
        self.refresh()
        if len(screens) > 1:
            other = next((one for one in screens if one is not self._window.screen()), screens[-1])
            self.setGeometry(other.geometry())
            self.showFullScreen()
        else:
            self.resize(1024, 640)
            self.show()

    def refresh(self) -> None:
        """Draw the page that the operator sees, as far as it concerns the student."""
        step = self._window.current
        pad = self._pads.get(step)
        thanked = pad is not None and pad.thanks
        if pad is not None and not pad.is_drawing:
            pad = None
        self._stack.setCurrentIndex(_PICTURE if pad is None else _CANVAS)
        shown = None if pad is None else pad.panel.example_step
        self._example.setVisible(shown is not None)
        if shown is not None:
            self._example.show_step(shown)
        total, accepted, now = (0, frozenset[int](), 0) if pad is None else pad.progress
        self._dots.setVisible(total > 0)
        if pad is not None:
            self._canvases.setCurrentWidget(pad.pad)
            self._prompt.setText(pad.prompt)
            self._dots.show_steps(total, accepted, now)
        elif step == "fingers":
            fingers = self._pages.fingers
            self._prompt.setText(fingers.title.text())
            self._icon.show_icon(*fingers.prompt_picture)
        elif thanked:
            self._prompt.setText(self.tr("Thank you"))
            self._icon.show_icon("pen-line", Tone.ACCENT)
        else:
            self._prompt.setText(self.tr("Please wait a moment"))
            self._icon.show_icon("clock", Tone.NEUTRAL)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        for page in self._pads.values():
            page.panel.take_pad_back()
        self.closed.emit()
        event.accept()
