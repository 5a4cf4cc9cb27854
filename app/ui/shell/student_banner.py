# SPDX-License-Identifier: Apache-2.0
"""Who sits at the desk: initials, name, class and number, always in sight while a visit is open."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.ui.common import theme
from app.ui.common.controls import Chip
from app.ui.common.elided import ElidedText
from app.ui.common.initials import Initials
from app.ui.common.theme import Tone, tokens


@dataclass(frozen=True, slots=True)
class StudentView:
    """What the banner shows. ``details`` is one line: class, number, user name."""

    name: str
    details: str
    state: str = ""
    state_tone: Tone = Tone.NEUTRAL
    state_icon: str = ""


class StudentBanner(QWidget):
    """The banner, 72 px high."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("student_banner")
        self.setFixedHeight(theme.STUDENT_BANNER_HEIGHT)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.SPACE_8, 0, theme.SPACE_6, 0)
        row.setSpacing(theme.SPACE_4)
        self._initials = Initials(44)
        self._name = ElidedText(theme.LEAD, strong=True)
        self._name.setObjectName("student_name")
        self._details = ElidedText(theme.SMALL, muted=True)
        self._state = Chip()
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addStretch(1)
        words.addWidget(self._name)
        words.addWidget(self._details)
        words.addStretch(1)
        row.addWidget(self._initials)
        row.addLayout(words, 1)
        row.addWidget(self._state)

    def show_student(self, view: StudentView | None) -> None:
        """Show a student, or hide the banner when nobody is chosen."""
        self.setVisible(view is not None)
        if view is None:
            return
        self._initials.set_name(view.name)
        self._name.setText(view.name)
        self._details.setText(view.details)
        self._state.set_state(view.state, view.state_tone, view.state_icon)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = tokens(self.palette())
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(look.surface))
        painter.setPen(QPen(QColor(look.line), 1))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
