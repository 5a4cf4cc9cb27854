# SPDX-License-Identifier: Apache-2.0
"""Who was checked in at this desk last: what stands beside the reader while nobody touches it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.sessions import AttendanceStatus
from app.domain.visits import CheckIn, StudentCard
from app.ui.common import theme
from app.ui.common.controls import Card, Chip, Text
from app.ui.common.discard import discard
from app.ui.common.elided import ElidedText
from app.ui.common.empty_state import EmptyState
from app.ui.common.initials import Initials
from app.ui.common.theme import Tone
from app.ui.common.times import time_text
from app.ui.common.words import attendance_word

#: Lines that are kept; older ones are in the attendance list, not on a screen at the desk.
KEPT = 5


class RecentList(Card):
    """The latest on top."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("recent_check_ins")
        self._title = Text(self.tr("Checked in at this desk"), theme.BODY, strong=True)
        self._empty = EmptyState("users")
        self._empty.say(self.tr("Nobody yet"), self.tr("Names appear here as students check in."))
        self._lines: list[QWidget] = []
        self._rows = QVBoxLayout()
        self._rows.setSpacing(theme.SPACE_2)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE_6, theme.SPACE_4, theme.SPACE_6, theme.SPACE_4)
        column.setSpacing(theme.SPACE_3)
        column.addWidget(self._title)
        column.addWidget(self._empty, 1)
        column.addLayout(self._rows)
        column.addStretch(0)
        self._title.hide()

    @property
    def count(self) -> int:
        """Lines shown."""
        return len(self._lines)

    def add(self, student: StudentCard, check_in: CheckIn) -> None:
        """Put a student on top."""
        on_time = check_in.status is AttendanceStatus.PRESENT
        badge, name = Initials(36), ElidedText(theme.BODY, strong=True)
        badge.set_name(student.name)
        name.setText(student.name)
        tone, icon = (Tone.GOOD, "circle-check") if on_time else (Tone.WARN, "clock")
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_3)
        row.addWidget(badge)
        row.addWidget(name, 1)
        row.addWidget(Chip(attendance_word(check_in.status), tone, icon))
        row.addWidget(Text(time_text(check_in.checked_in_at), theme.BODY, muted=True))
        row.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        self._rows.insertWidget(0, line)
        self._lines.insert(0, line)
        while len(self._lines) > KEPT:
            discard(self._lines.pop())
        self._empty.hide()
        self._title.show()
        column = self.layout()
        if isinstance(column, QVBoxLayout):
            column.setStretch(column.count() - 1, 1)

    def clear(self) -> None:
        """Names go when the station is locked or another class session is chosen."""
        for line in self._lines:
            discard(line)
        self._lines = []
        self._title.hide()
        self._empty.show()
