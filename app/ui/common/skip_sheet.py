# SPDX-License-Identifier: Apache-2.0
"""Leaving something out, with a reason: an inline sheet, never a box."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.fingerprints import SkipReason
from app.domain.visits import Skip
from app.ui.common import theme
from app.ui.common.controls import Button, Card, Text
from app.ui.common.discard import discard
from app.ui.common.reason_button import ReasonButton
from app.ui.common.words import skip_word


class SkipSheet(Card):
    """Asks for the reason, then skips, or skips and takes something else instead.

    Signals:
        skipped(object): a ``Skip``.
        replaced(object): a ``Skip``, and what was offered instead is to be taken.
        cancelled(): nothing is skipped.
    """

    skipped = Signal(object)
    replaced = Signal(object)
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("skip_sheet")
        self._question = Text("", theme.LEAD, strong=True, wrap=True)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._group.buttonToggled.connect(self._on_toggled)
        self._reasons: dict[SkipReason, ReasonButton] = {}
        self._list = QGridLayout()
        self._list.setHorizontalSpacing(theme.SPACE_2)
        self._list.setVerticalSpacing(theme.SPACE_1)
        self._replace = Button("", kind="secondary")
        self._replace.setObjectName("skip_replace")
        self._replace.clicked.connect(self._on_replace)
        self._confirm = Button(self.tr("&Skip"), kind="primary")
        self._confirm.setObjectName("skip_confirm")
        self._confirm.clicked.connect(self._on_confirm)
        cancel = Button(self.tr("Cancel"), kind="quiet")
        cancel.setObjectName("skip_cancel")
        cancel.clicked.connect(self.cancelled)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.SPACE_2)
        buttons.addWidget(cancel)
        buttons.addStretch(1)
        buttons.addWidget(self._replace)
        buttons.addWidget(self._confirm)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.SPACE_6, theme.SPACE_6, theme.SPACE_6, theme.SPACE_4)
        layout.setSpacing(theme.SPACE_4)
        layout.addWidget(self._question)
        layout.addLayout(self._list)
        layout.addLayout(buttons)

    def ask(self, question: str, confirm: str, reasons: tuple[SkipReason, ...], instead: str = "") -> None:
        """Ask; ``confirm`` and ``instead`` are the words of the buttons, the latter empty for no offer."""
        self._question.setText(question)
        self._confirm.setText(confirm)
        self._confirm.updateGeometry()
        for button in self._reasons.values():
            self._group.removeButton(button)
            discard(button)
        self._reasons = {}
        for place, reason in enumerate(reasons):
            button = ReasonButton(skip_word(reason))
            button.setObjectName(f"skip_reason_{reason.value}")
            self._group.addButton(button)
            self._list.addWidget(button, place // 2, place % 2)
            self._reasons[reason] = button
        self._replace.setVisible(bool(instead))
        self._replace.setText(instead)
        self._replace.updateGeometry()
        self._on_toggled()
        if reasons:
            self._reasons[reasons[0]].setFocus(Qt.FocusReason.TabFocusReason)

    def centered(self) -> QWidget:
        """A panel with the sheet at its top, as wide as it reads well."""
        holder = QWidget()
        self.setMaximumWidth(600)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self, 20)
        row.addStretch(1)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, theme.SPACE_2, 0, 0)
        column.addLayout(row)
        column.addStretch(1)
        return holder

    def chosen(self) -> SkipReason | None:
        """The reason that is marked."""
        return next((reason for reason, button in self._reasons.items() if button.isChecked()), None)

    def _on_toggled(self) -> None:
        ready = self.chosen() is not None
        for button in (self._confirm, self._replace):
            button.setEnabled(ready)
            button.setToolTip("" if ready else self.tr("Choose a reason first"))

    def confirm(self) -> None:
        """Skip with the marked reason, if there is one."""
        self._on_confirm()

    def _on_confirm(self) -> None:
        reason = self.chosen()
        if reason is not None:
            self.skipped.emit(Skip(reason))

    def _on_replace(self) -> None:
        reason = self.chosen()
        if reason is not None:
            self.replaced.emit(Skip(reason))
