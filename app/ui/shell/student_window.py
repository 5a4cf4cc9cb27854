# SPDX-License-Identifier: Apache-2.0
"""The student's own screen: the prompt, the canvas or a picture of the act, progress dots.

No names, no scores. While it is open the canvas itself is here and the operator's page shows its mirror: the
student writes on a pen display or a turned tablet, the operator watches.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.ui.common import theme
from app.ui.common.controls import Text
from app.ui.common.prompt_icon import PromptIcon
from app.ui.common.theme import Tone
from app.ui.shell.pages import Pages
from app.ui.shell.window import StationWindow
from app.ui.signatures.step_dots import StepDots

_CANVAS, _PICTURE = range(2)


class StudentWindow(QWidget):
    """The window.

    Signals:
        closed(): it is gone; the canvas is back on the operator's page.
    """

    closed = Signal()

    def __init__(self, window: StationWindow, pages: Pages) -> None:
        super().__init__()
        self.setObjectName("student_window")
        self.setWindowTitle(self.tr("Student"))
        self._window, self._pages = window, pages
        self._prompt = Text("", theme.HUGE, strong=True, wrap=True)
        self._prompt.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._dots = StepDots()
        self._dots.setEnabled(False)
        self._icon = PromptIcon(220)
        canvas = QWidget()
        self._slot = QVBoxLayout(canvas)
        self._slot.setContentsMargins(0, 0, 0, 0)
        picture = QWidget()
        column = QVBoxLayout(picture)
        column.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget()
        self._stack.addWidget(canvas)
        self._stack.addWidget(picture)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.SPACE_8, theme.SPACE_8, theme.SPACE_8, theme.SPACE_6)
        layout.setSpacing(theme.SPACE_4)
        layout.addWidget(self._prompt)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self._dots, 0, Qt.AlignmentFlag.AlignHCenter)
        for page in (pages.fingers, pages.signatures):
            page.prompt_changed.connect(self.refresh)
        window.page_shown.connect(self.refresh)
        window.closing.connect(self.close)

    def open_window(self) -> None:
        """Take the canvas and show on the second screen, full; without one as an ordinary window."""
        self._slot.addWidget(self._pages.signatures.lend_pad())
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
        signing = step == "signatures" and self._pages.signatures.is_drawing
        self._stack.setCurrentIndex(_CANVAS if signing else _PICTURE)
        self._dots.setVisible(signing)
        if signing:
            self._prompt.setText(self._pages.signatures.title.text())
            total, accepted, now = self._pages.signatures.progress
            self._dots.show_steps(total, accepted, now)
        elif step == "fingers":
            fingers = self._pages.fingers
            self._prompt.setText(fingers.title.text())
            self._icon.show_icon(*fingers.prompt_picture)
        else:
            self._prompt.setText(self.tr("Please wait a moment"))
            self._icon.show_icon("clock", Tone.NEUTRAL)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._pages.signatures.take_pad_back()
        self.closed.emit()
        event.accept()
