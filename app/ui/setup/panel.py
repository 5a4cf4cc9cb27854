# SPDX-License-Identifier: Apache-2.0
"""What the questions of the set-up have in common: one question, one sentence, whether it is answered."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from app.ui.common import theme
from app.ui.common.controls import Text


class Panel(QWidget):
    """One question of the set-up.

    Signals:
        changed(): the answer, or whether there is one, is another now.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(theme.SPACE_3)

    def question(self) -> str:
        """The page's title."""
        return ""

    def lead(self) -> str:
        """The sentence below it."""
        return ""

    def why_not(self) -> str:
        """Why the set-up cannot go on from here; empty when it can."""
        return ""

    def begin(self) -> None:
        """Put the focus where the answer is given."""

    def field(self, words: str, name: str, hint: str = "", *, secret: bool = False) -> QLineEdit:
        """A field below its label, added to the column."""
        label = Text(words, theme.SMALL, muted=True)
        edit = QLineEdit()
        edit.setObjectName(name)
        edit.setPlaceholderText(hint)
        edit.setAccessibleName(words.replace("&", ""))
        if secret:
            edit.setEchoMode(QLineEdit.EchoMode.Password)
            edit.setMaxLength(1000)
        label.setBuddy(edit)
        edit.textChanged.connect(self.changed)
        block = QVBoxLayout()
        block.setSpacing(theme.SPACE_1)
        block.addWidget(label)
        block.addWidget(edit)
        self.column.addLayout(block)
        return edit

    def lock_note(self) -> Text:
        """A line below a field that the school has fixed; hidden until it is."""
        note = Text(self.tr("Set by the school; ask your administrator"), theme.SMALL, muted=True)
        note.hide()
        self.column.addWidget(note)
        return note


def focus(widget: QWidget) -> None:
    """Give the keyboard to a widget."""
    widget.setFocus(Qt.FocusReason.OtherFocusReason)
