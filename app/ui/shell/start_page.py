# SPDX-License-Identifier: Apache-2.0
"""What the window shows until the station is open, and what it shows when it cannot be opened."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.common import theme
from app.ui.common.controls import Button
from app.ui.common.empty_state import EmptyState
from app.ui.common.error_text import ErrorText
from app.ui.common.page import Page
from app.ui.common.theme import Tone


class StartPage(Page):
    """The page.

    Signals:
        retry_wanted(): try to open the station again.
    """

    retry_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = EmptyState("fingerprint")
        self._retry = Button(self.tr("&Try again"), icon="refresh-cw")
        self._retry.setObjectName("start_retry")
        self._retry.clicked.connect(self.retry_wanted)
        self._retry.hide()
        self.title.hide()
        self.lead.hide()
        column = QVBoxLayout()
        column.setSpacing(theme.SPACE_4)
        column.addWidget(self._state, 1)
        column.addWidget(self._retry, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self.body.addLayout(column, 1)
        self.show_opening()

    @property
    def words(self) -> str:
        """What it says."""
        return self._state.words

    def show_opening(self) -> None:
        """The station is being opened."""
        self._retry.hide()
        self._state.say(
            self.tr("Opening the station"), self.tr("This takes a moment."), "fingerprint", Tone.ACCENT
        )

    def show_failure(self, text: ErrorText) -> None:
        """The station could not be opened."""
        self._retry.show()
        self._state.say(text.what, text.what_to_do, "circle-alert", Tone.BAD)
