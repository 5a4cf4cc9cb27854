# SPDX-License-Identifier: Apache-2.0
"""The name and "on time" or "late", so large that it is read in passing."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.sessions import AttendanceStatus
from app.domain.visits import CheckIn
from app.ui.common import theme
from app.ui.common.controls import Card, Text
from app.ui.common.prompt_icon import PromptIcon
from app.ui.common.theme import Tone
from app.ui.common.times import time_text
from app.ui.common.words import attendance_word


class ResultCard(Card):
    """What was written. ``name``: begins the names of its parts."""

    def __init__(self, name: str = "check_in", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"{name}_result")
        self._mark = PromptIcon(96)
        self._name = Text("", theme.HUGE, strong=True, wrap=True)
        self._name.setObjectName(f"{name}_name")
        self._status = Text("", theme.DISPLAY, strong=True)
        self._status.setObjectName(f"{name}_status")
        self._when = Text("", theme.LEAD, muted=True, wrap=True)
        self._when.setObjectName(f"{name}_when")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.SPACE_6, theme.SPACE_4, theme.SPACE_6, theme.SPACE_4)
        layout.setSpacing(theme.SPACE_3)
        layout.addStretch(1)
        layout.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignHCenter)
        for text in (self._name, self._status, self._when):
            text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            layout.addWidget(text)
        layout.addStretch(1)

    def show_check_in(self, name: str, check_in: CheckIn) -> None:
        """Show a row; one that was there before says so."""
        on_time = check_in.status is AttendanceStatus.PRESENT
        tone = Tone.GOOD if on_time else Tone.WARN
        self._mark.show_icon("circle-check" if on_time else "clock", tone)
        self._name.setText(name)
        self._status.setText(attendance_word(check_in.status))
        self._status.set_tone(tone)
        when = self.tr("{session}, {time}")
        if check_in.was_there:
            when = self.tr("{session}, checked in already at {time}")
        self._when.setText(when.format(session=check_in.title, time=time_text(check_in.checked_in_at)))

    @property
    def spoken(self) -> str:
        """For a screen reader."""
        return f"{self._name.text()}. {self._status.text()}. {self._when.text()}"
