# SPDX-License-Identifier: Apache-2.0
"""A class session for today: its class and its times."""

from __future__ import annotations

import re
from datetime import time

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget

from app.ui.common import theme
from app.ui.common.controls import Card, Text
from app.ui.common.error_text import ErrorText
from app.ui.common.notice import Notice
from app.ui.common.theme import Tone

_TIME = re.compile(r"(\d{1,2})(?:[:.h ]?(\d{2}))?")


def time_of(text: str) -> time | None:
    """A time as people type it: ``8``, ``8:15``, ``8.15``, ``0815``; ``None`` for anything else."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


class NewSession(QWidget):
    """The form.

    Signals:
        changed(): it may be saved now, or not any more.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.notice = Notice()
        self.name = QLineEdit()
        self.name.setObjectName("session_name")
        self.name.setMaxLength(200)
        self.name.setPlaceholderText(self.tr("7A, or Morning registration for everybody"))
        self.name.textChanged.connect(self.changed)
        self.starts, self.ends = QLineEdit(), QLineEdit()
        self.starts.setObjectName("session_starts")
        self.ends.setObjectName("session_ends")
        card = Card()
        grid = QGridLayout(card)
        grid.setContentsMargins(theme.SPACE_6, theme.SPACE_4, theme.SPACE_6, theme.SPACE_6)
        grid.setHorizontalSpacing(theme.SPACE_4)
        grid.setVerticalSpacing(theme.SPACE_1)
        places = (
            (self.tr("&Class"), self.name, 0, 0, 2),
            (self.tr("&From"), self.starts, 2, 0, 1),
            (self.tr("&To"), self.ends, 2, 1, 1),
        )
        for words, edit, row, column, span in places:
            label = Text(words, theme.SMALL, muted=True)
            label.setBuddy(edit)
            edit.setAccessibleName(words.replace("&", ""))
            grid.addWidget(label, row, column, 1, span)
            grid.addWidget(edit, row + 1, column, 1, span)
            grid.setRowMinimumHeight(row + 1, theme.CONTROL_HEIGHT + theme.SPACE_2)
        for edit in (self.starts, self.ends):
            edit.setMaxLength(5)
            edit.setPlaceholderText("08:15")
            edit.textChanged.connect(self.changed)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(theme.SPACE_3)
        outer.addWidget(self.notice)
        outer.addWidget(card)
        outer.addStretch(1)

    def open_form(self, now: time) -> None:
        """Empty it; the next hour is likeliest."""
        self.notice.clear()
        self.name.clear()
        minute = now.minute - now.minute % 5
        self.starts.setText(f"{now.hour:02}:{minute:02}")
        self.ends.setText(f"{now.hour + 1:02}:{minute:02}" if now.hour < 23 else "23:59")
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def answer(self) -> tuple[str, time, time] | None:
        """Class, from, to; ``None`` while one of them is missing."""
        name = " ".join(self.name.text().split())
        starts, ends = time_of(self.starts.text()), time_of(self.ends.text())
        return None if not name or starts is None or ends is None else (name, starts, ends)

    def why_not(self) -> str:
        """Why it cannot be saved yet; empty when it can."""
        answer = self.answer
        if answer is None:
            return self.tr("Type the class and both times, such as 08:15")
        return "" if answer[1] < answer[2] else self.tr("The end lies before the start")

    def show_problem(self, text: ErrorText) -> None:
        """It was not saved."""
        self.notice.say(Tone.BAD, text.what, text.what_to_do)
