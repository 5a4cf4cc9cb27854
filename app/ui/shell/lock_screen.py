# SPDX-License-Identifier: Apache-2.0
"""What lies over the window while the station is locked: no name, no picture, one way on."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from app.ui.common import theme
from app.ui.common.controls import Button
from app.ui.common.empty_state import EmptyState
from app.ui.common.error_text import ErrorText
from app.ui.common.theme import Tone, tokens


class LockScreen(QWidget):
    """The cover.

    Signals:
        unlock_wanted(str): with the pass phrase that was typed; empty where none is asked for.
    """

    unlock_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lock_screen")
        self._state = EmptyState("lock")
        self._passphrase = QLineEdit()
        self._passphrase.setObjectName("lock_passphrase")
        self._passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self._passphrase.setPlaceholderText(self.tr("Pass phrase"))
        self._passphrase.setAccessibleName(self.tr("Pass phrase"))
        self._passphrase.setFixedWidth(360)
        self._passphrase.setMaxLength(1000)
        self._passphrase.returnPressed.connect(self._unlock)
        self._button = Button(self.tr("&Unlock"), kind="primary", icon="lock-open")
        self._button.setObjectName("lock_unlock")
        self._button.clicked.connect(self._unlock)
        column = QVBoxLayout(self)
        column.setSpacing(theme.SPACE_4)
        column.addStretch(1)
        column.addWidget(self._state)
        column.addWidget(self._passphrase, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)
        self.show_locked()

    @property
    def words(self) -> str:
        """What it says."""
        return self._state.words

    def show_locked(self) -> None:
        """The station was locked."""
        self._passphrase.clear()
        self._passphrase.hide()
        self._button.setEnabled(True)
        what, how = self.tr("The station is locked"), self.tr("Unlock it to go on where you were.")
        self._state.say(what, how, "lock", Tone.ACCENT)

    def show_unlocking(self) -> None:
        """The secret is being checked."""
        self._button.setEnabled(False)

    def ask_for_passphrase(self, text: ErrorText) -> None:
        """The pass phrase is needed, or was wrong."""
        self._button.setEnabled(True)
        self._state.say(text.what, text.what_to_do, "lock", Tone.ACCENT)
        self._passphrase.show()
        self.take_focus()

    def show_failure(self, text: ErrorText) -> None:
        """The station's secret is not to be had now."""
        self._button.setEnabled(True)
        self._state.say(text.what, text.what_to_do, "circle-alert", Tone.BAD)
        self.take_focus()

    def take_focus(self) -> None:
        """Put the keyboard where unlocking begins."""
        asked = not self._passphrase.isHidden()
        (self._passphrase if asked else self._button).setFocus(Qt.FocusReason.OtherFocusReason)

    def _unlock(self) -> None:
        typed = self._passphrase.text()
        if self._button.isEnabled() and (typed or self._passphrase.isHidden()):
            self._passphrase.clear()
            self.unlock_wanted.emit(typed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._unlock()
        event.accept()  # nothing below hears it

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(tokens(self.palette()).background))
