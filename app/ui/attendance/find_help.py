# SPDX-License-Identifier: Apache-2.0
"""Beside a finger that nobody has: what helps, in the order in which it is tried."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.ui.attendance.touch_prompts import Unknown
from app.ui.common import theme
from app.ui.common.controls import Button, Card, Icon, Text


class FindHelp(Card):
    """Three lines and a button.

    Signals:
        find_wanted(): find the student by name.
    """

    find_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("desk_help")
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE_8, theme.SPACE_6, theme.SPACE_8, theme.SPACE_6)
        column.setSpacing(theme.SPACE_4)
        column.addStretch(1)
        column.addWidget(Text(self.tr("What helps"), theme.LEAD, strong=True))
        self._again = [
            self._line(icon, words)
            for icon, words in (
                ("hand", self.tr("Another finger that was enrolled, such as the other index finger")),
                ("maximize-2", self.tr("The middle of the pad flat on the glass, not only the tip")),
                ("sparkles", self.tr("A dry finger, and glass wiped with a soft cloth")),
            )
        ]
        for line in (*self._again, self._line("user-search", self.tr("Or the student's name or number"))):
            column.addWidget(line)
        find = Button(self.tr("&Find by name"), icon="search")
        find.setObjectName("desk_find_by_name")
        find.clicked.connect(self.find_wanted)
        column.addWidget(find, 0, Qt.AlignmentFlag.AlignLeading)
        column.addStretch(1)

    @staticmethod
    def _line(icon: str, words: str) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_3)
        row.addWidget(Icon(icon, 22), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(Text(words, theme.BODY, wrap=True), 1)
        return line

    def show_for(self, unknown: Unknown | None) -> None:
        """Another finger helps only where fingers are enrolled."""
        for line in self._again:
            line.setVisible(unknown is not Unknown.EMPTY)
