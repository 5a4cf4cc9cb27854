# SPDX-License-Identifier: Apache-2.0
"""Saying who is here by signature: the canvas has a page of its own, which this way opens."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.attendance.way import Prompt, Way
from app.ui.common.controls import Button
from app.ui.common.empty_state import EmptyState
from app.ui.common.theme import Tone


class SignatureWay(Way):
    """A word about it, and the button that opens the page.

    Signals:
        wanted(): open the page.
    """

    wanted = Signal()
    name = "signature"
    icon = "pen-line"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = self.tr("By &signature")
        about = EmptyState("pen-line")
        about.say(
            self.tr("The student signs on the canvas"),
            self.tr("It is compared with the signatures that the student is known by."),
        )
        self._open = Button(self.tr("&Open the canvas"), icon="pen-line")
        self._open.setObjectName("way_signature_open")
        self._open.clicked.connect(self.wanted)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(about, 1)
        column.addWidget(self._open, 0, Qt.AlignmentFlag.AlignHCenter)

    def prompt(self) -> Prompt:
        return Prompt(self.tr("Who is here?"), self.tr("Open the canvas and sign."), "pen-line", Tone.ACCENT)

    def take_focus(self) -> None:
        self._open.setFocus(Qt.FocusReason.OtherFocusReason)
