# SPDX-License-Identifier: Apache-2.0
"""The printed recovery code: made and typed back on a station of the school, or typed in on a fresh one."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.ui.common import theme
from app.ui.common.controls import Button, Card, Text


class RecoveryCard(Card):
    """The card. A code is on the screen only until it was typed back.

    Signals:
        code_wanted(): make a code.
        typed_back(str, str, str): the code that was shown, what was typed, where the paper is kept.
        code_used(str): open the school's keys with this code.
    """

    code_wanted = Signal()
    typed_back = Signal(str, str, str)
    code_used = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("recovery_card")
        self._member = True
        self._words = Text("", theme.BODY, wrap=True)
        self.code = Text("", theme.TITLE, strong=True, wrap=True)
        self.code.setObjectName("recovery_code")
        self.label = self._field(
            "recovery_label", self.tr("Where the paper is kept, such as the head's safe")
        )
        self.typed = self._field("recovery_typed", self.tr("The code as it stands on the paper"))
        self.typed.returnPressed.connect(self._on_go)
        self._go = Button("", icon="key")
        self._go.setObjectName("recovery_go")
        self._go.clicked.connect(self._on_go)
        self._cancel = Button(self.tr("Cancel"))
        self._cancel.setObjectName("recovery_cancel")
        self._cancel.clicked.connect(self.rest)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(theme.SPACE_6, theme.SPACE_4, theme.SPACE_4, theme.SPACE_4)
        rows.setSpacing(theme.SPACE_3)
        for widget in (self._words, self.code, self.label, self.typed):
            rows.addWidget(widget)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.SPACE_2)
        buttons.addWidget(self._go)
        buttons.addWidget(self._cancel)
        buttons.addStretch(1)
        rows.addLayout(buttons)
        self.rest()

    def show_for(self, member: bool) -> None:
        """Fit the card to a station that has the keys (a code is made) or that has not (one is used)."""
        if member != self._member:
            self._member = member
            self.rest()

    def rest(self) -> None:
        """Nothing is going on; no code is on the screen, and none stays in the fields."""
        for edit in (self.label, self.typed):
            edit.clear()
        self.code.setText("")
        self._lay_out()

    def show_code(self, code: str) -> None:
        """A code was made: it is to be written down and typed back."""
        self.code.setText(code)
        self._lay_out()
        self.label.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self) -> None:
        shown = bool(self.code.text())
        self.code.setVisible(shown)
        self.label.setVisible(shown)
        self.typed.setVisible(shown or not self._member)
        self._cancel.setVisible(shown)
        if shown:
            words = self.tr(
                "Write this code on paper, keep the paper where no station is, and type the code in as it "
                "stands there. It is not shown again; whoever has it opens everything."
            )
            go = self.tr("&Keep this code")
        elif self._member:
            words = self.tr("A code on paper opens the school's keys again when every station is lost.")
            go = self.tr("&Make a recovery code")
        else:
            words = self.tr("Is every station of the school lost? The recovery code opens its keys here.")
            go = self.tr("&Use the code")
        self._words.setText(words)
        self._go.setText(go)
        self._go.updateGeometry()

    def _on_go(self) -> None:
        if self.code.text():
            self.typed_back.emit(self.code.text(), self.typed.text(), self.label.text().strip())
        elif self._member:
            self.code_wanted.emit()
        else:
            self.code_used.emit(self.typed.text())

    def _field(self, name: str, hint: str) -> QLineEdit:
        edit = QLineEdit()
        edit.setObjectName(name)
        edit.setPlaceholderText(hint)
        edit.setAccessibleName(hint)
        edit.setMaxLength(100)
        return edit
