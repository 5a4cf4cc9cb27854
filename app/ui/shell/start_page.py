# SPDX-License-Identifier: Apache-2.0
"""What the window shows until the station is open, and what it shows when it cannot be opened."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from app.ui.common import theme
from app.ui.common.controls import Button
from app.ui.common.empty_state import EmptyState
from app.ui.common.error_text import ErrorText
from app.ui.common.page import Action, Bar, Page
from app.ui.common.theme import Tone


class StartPage(Page):
    """The page.

    Signals:
        retry_wanted(): try to open the station again.
        unlocked(str): the pass phrase that was typed; it is kept nowhere.
    """

    retry_wanted = Signal()
    unlocked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = EmptyState("fingerprint")
        self._retry = Button(self.tr("&Try again"), icon="refresh-cw")
        self._retry.setObjectName("start_retry")
        self._retry.clicked.connect(self.retry_wanted)
        self._retry.hide()
        self._passphrase = QLineEdit()
        self._passphrase.setObjectName("start_passphrase")
        self._passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self._passphrase.setPlaceholderText(self.tr("Pass phrase"))
        self._passphrase.setAccessibleName(self.tr("Pass phrase"))
        self._passphrase.setFixedWidth(360)
        self._passphrase.setMaxLength(1000)
        self._passphrase.returnPressed.connect(self._unlock)
        self._passphrase.textChanged.connect(self.bar_changed)
        self._passphrase.hide()
        self.title.hide()
        self.lead.hide()
        column = QVBoxLayout()
        column.setSpacing(theme.SPACE_4)
        column.addWidget(self._state, 1)
        column.addWidget(self._passphrase, 0, Qt.AlignmentFlag.AlignHCenter)
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
        self._ask(False)
        self._state.say(
            self.tr("Opening the station"), self.tr("This takes a moment."), "fingerprint", Tone.ACCENT
        )

    def show_failure(self, text: ErrorText) -> None:
        """The station could not be opened."""
        self._ask(False)
        self._retry.show()
        self._state.say(text.what, text.what_to_do, "circle-alert", Tone.BAD)

    def ask_for_passphrase(self, text: ErrorText) -> None:
        """The station is locked by a pass phrase: ask for it, and say so when it was wrong."""
        self._state.say(text.what, text.what_to_do, "lock", Tone.ACCENT)
        self._ask(True)

    def _ask(self, asking: bool) -> None:
        self._passphrase.clear()
        self._passphrase.setVisible(asking)
        if asking:
            self._passphrase.setFocus(Qt.FocusReason.OtherFocusReason)
        self.bar_changed.emit()

    def _unlock(self) -> None:
        text = self._passphrase.text()
        if text:
            self._passphrase.clear()
            self.unlocked.emit(text)

    def bar(self) -> Bar:
        if self._passphrase.isHidden():
            return Bar()
        ready = bool(self._passphrase.text())
        return Bar(primary=Action("primary", self.tr("&Unlock"), "lock-open", ready))

    def act(self, name: str) -> bool:
        if name == "primary" and not self._passphrase.isHidden():
            self._unlock()
            return True
        return False
