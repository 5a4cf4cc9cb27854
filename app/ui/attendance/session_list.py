# SPDX-License-Identifier: Apache-2.0
"""The class sessions that are open now, one of them chosen."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QVBoxLayout, QWidget

from app.domain.listings import ClassSessionListing
from app.ui.attendance.session_button import SessionButton
from app.ui.common import theme
from app.ui.common.discard import discard


class SessionList(QWidget):
    """Large choices, the best match first and chosen until another one is.

    Args:
        name: begins the names of the buttons.

    Signals:
        chosen_changed(): another session is chosen.
    """

    chosen_changed = Signal()

    def __init__(self, name: str = "session", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._group = QButtonGroup(self)
        self._buttons: list[SessionButton] = []
        self._list = QVBoxLayout()
        self._list.setSpacing(theme.SPACE_2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._list)
        column.addStretch(1)

    @property
    def chosen(self) -> ClassSessionListing | None:
        """The session that a check-in is written for."""
        return next((button.session for button in self._buttons if button.isChecked()), None)

    @property
    def count(self) -> int:
        """How many are open."""
        return len(self._buttons)

    def show_sessions(self, sessions: tuple[ClassSessionListing, ...]) -> None:
        """Offer these; the one that was chosen stays chosen while it is open."""
        before = self.chosen
        kept = before is not None and any(session.uid == before.uid for session in sessions)
        for button in self._buttons:
            self._group.removeButton(button)
            discard(button)
        self._buttons = []
        for number, session in enumerate(sessions, start=1):
            button = SessionButton(session)
            button.setObjectName(f"{self._name}_{number}")
            self._group.addButton(button)
            self._list.addWidget(button)
            self._buttons.append(button)
            button.setChecked(session.uid == before.uid if kept and before is not None else number == 1)
            button.clicked.connect(self.chosen_changed)
        self.chosen_changed.emit()
