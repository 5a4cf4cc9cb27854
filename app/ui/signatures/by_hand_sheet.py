# SPDX-License-Identifier: Apache-2.0
"""Letting somebody in whose signature did not agree: never without a reason."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.signature_sign_in import ByHandReason
from app.ui.common import theme
from app.ui.common.controls import Button, Card, Text
from app.ui.common.reason_button import ReasonButton
from app.ui.signatures.sign_in_words import by_hand_words


class ByHandSheet(Card):
    """Asks for the reason.

    Signals:
        decided(object): a ``ByHandReason``.
        cancelled(): back to the answer.
    """

    decided = Signal(object)
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("by_hand_sheet")
        self._question = Text("", theme.LEAD, strong=True, wrap=True)
        self._group = QButtonGroup(self)
        self._group.buttonToggled.connect(self._on_toggled)
        self._reasons: dict[ByHandReason, ReasonButton] = {}
        self._confirm = Button(self.tr("&Let in"), kind="primary")
        self._confirm.setObjectName("by_hand_confirm")
        self._confirm.clicked.connect(self.confirm)
        cancel = Button(self.tr("Cancel"), kind="quiet")
        cancel.setObjectName("by_hand_cancel")
        cancel.clicked.connect(self.cancelled)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.SPACE_6, theme.SPACE_4, theme.SPACE_6, theme.SPACE_3)
        layout.setSpacing(theme.SPACE_1)
        layout.addWidget(self._question)
        layout.addSpacing(theme.SPACE_2)
        reasons = QGridLayout()
        reasons.setHorizontalSpacing(theme.SPACE_2)
        reasons.setVerticalSpacing(theme.SPACE_1)
        for place, reason in enumerate(ByHandReason):
            button = ReasonButton(by_hand_words(reason))
            button.setObjectName(f"by_hand_{reason.value}")
            self._group.addButton(button)
            self._reasons[reason] = button
            reasons.addWidget(button, place // 2, place % 2)
        layout.addLayout(reasons)
        layout.addSpacing(theme.SPACE_2)
        buttons = QHBoxLayout()
        buttons.addWidget(cancel)
        buttons.addStretch(1)
        buttons.addWidget(self._confirm)
        layout.addLayout(buttons)

    def ask(self, name: str) -> None:
        """Ask about somebody."""
        self._question.setText(
            self.tr("Why is {name} let in although the signature does not agree?").format(name=name)
        )
        self._group.setExclusive(False)
        for button in self._reasons.values():
            button.setChecked(False)
        self._group.setExclusive(True)
        self._on_toggled()
        next(iter(self._reasons.values())).setFocus(Qt.FocusReason.TabFocusReason)

    def confirm(self) -> None:
        """Decide with the marked reason, if there is one."""
        reason = next((reason for reason, button in self._reasons.items() if button.isChecked()), None)
        if reason is not None:
            self.decided.emit(reason)

    def centered(self) -> QWidget:
        """A panel with the sheet at its top, as wide as it reads well."""
        holder = QWidget()
        self.setMaximumWidth(760)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self, 20)
        row.addStretch(1)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row)
        column.addStretch(1)
        return holder

    def _on_toggled(self) -> None:
        ready = any(button.isChecked() for button in self._reasons.values())
        self._confirm.setEnabled(ready)
        self._confirm.setToolTip("" if ready else self.tr("Choose a reason first"))
