# SPDX-License-Identifier: Apache-2.0
"""One student's entry, to be corrected with a reason."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.domain.register import MAX_REASON, RegisterEntry
from app.domain.sessions import AttendanceStatus
from app.ui.common import theme
from app.ui.common.controls import Button, Card, Chip, Text
from app.ui.common.error_text import ErrorText
from app.ui.common.notice import Notice
from app.ui.common.theme import Tone
from app.ui.common.words import attendance_word
from app.ui.register.words import details_of, row_of

_ICONS = {
    AttendanceStatus.PRESENT: "circle-check",
    AttendanceStatus.LATE: "clock",
    AttendanceStatus.ABSENT: "circle-x",
    AttendanceStatus.EXCUSED: "circle-minus",
}


class Correction(QWidget):
    """What it shall say, and why.

    Signals:
        changed(): it may be saved now, or not any more.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entry: RegisterEntry | None = None
        self._name = Text("", theme.LEAD, strong=True)
        self._details = Text("", theme.SMALL, muted=True)
        self._now = Chip()
        self.notice = Notice()
        self.notice.setObjectName("correction_notice")
        card = Card()
        column = QVBoxLayout(card)
        column.setContentsMargins(theme.SPACE_6, theme.SPACE_4, theme.SPACE_6, theme.SPACE_6)
        column.setSpacing(theme.SPACE_3)
        head = QHBoxLayout()
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._name)
        words.addWidget(self._details)
        head.addLayout(words, 1)
        head.addWidget(self._now)
        column.addLayout(head)
        column.addSpacing(theme.SPACE_2)
        column.addWidget(Text(self.tr("It shall say"), theme.SMALL, muted=True))
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE_2)
        self._choices: dict[AttendanceStatus, Button] = {}
        for status in AttendanceStatus:
            button = Button(attendance_word(status), icon=_ICONS[status])
            button.setObjectName(f"correction_{status.value}")
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.toggled.connect(self.changed)
            self._choices[status] = button
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        label = Text(self.tr("&Reason"), theme.SMALL, muted=True)
        self.reason = QLineEdit()
        self.reason.setObjectName("correction_reason")
        self.reason.setAccessibleName(self.tr("Reason"))
        self.reason.setPlaceholderText(self.tr("Parents called, wrong student was tapped ..."))
        self.reason.setMaxLength(MAX_REASON)
        self.reason.textChanged.connect(self.changed)
        label.setBuddy(self.reason)
        column.addWidget(label)
        column.addWidget(self.reason)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(theme.SPACE_3)
        outer.addWidget(self.notice)
        outer.addWidget(card)
        outer.addStretch(1)

    def open_entry(self, entry: RegisterEntry) -> None:
        """Show an entry; nothing is chosen yet but the likeliest correction of who is missing."""
        self.notice.clear()
        self.reason.clear()
        self.show_entry(entry)
        likely = AttendanceStatus.EXCUSED if entry.status is None else entry.status
        self._choices[likely].setChecked(True)
        self._choices[likely].setFocus(Qt.FocusReason.OtherFocusReason)

    def show_entry(self, entry: RegisterEntry) -> None:
        """What it says now; the choice and the reason stay."""
        self.entry = entry
        row = row_of(entry)
        self._name.setText(entry.name)
        at = row.mark if entry.checked_in_at is not None else ""
        self._details.setText("  ·  ".join(part for part in (details_of(entry), at) if part))
        self._now.set_state(row.state, row.tone, row.icon)
        self.changed.emit()

    @property
    def status(self) -> AttendanceStatus:
        """What it shall say."""
        chosen = [status for status, button in self._choices.items() if button.isChecked()]
        return chosen[0] if chosen else AttendanceStatus.EXCUSED

    def why_not(self) -> str:
        """Why it cannot be saved yet; empty when it can."""
        if self.entry is not None and self.status is self.entry.status:
            return self.tr("Choose what it shall say instead")
        return "" if self.reason.text().strip() else self.tr("Type the reason first")

    def show_problem(self, text: ErrorText) -> None:
        """It was not saved."""
        self.notice.say(Tone.BAD, text.what, text.what_to_do)
