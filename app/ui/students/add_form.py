# SPDX-License-Identifier: Apache-2.0
"""Adding a student at the desk: four fields, inline."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.ui.common import theme
from app.ui.common.controls import Button, Card, Text
from app.ui.common.theme import Tone


@dataclass(frozen=True, slots=True)
class NewStudent:
    """What was typed; empty strings where nothing was. Names have no ``repr``."""

    name: str = field(repr=False)
    number: str = ""
    class_name: str = ""
    email: str = field(default="", repr=False)


class AddForm(Card):
    """The form.

    Signals:
        saved(object): a ``NewStudent``.
        cancelled(): nothing is to be added.
    """

    saved = Signal(object)
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("add_student_form")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.SPACE_6, theme.SPACE_6, theme.SPACE_6, theme.SPACE_6)
        layout.setSpacing(theme.SPACE_4)
        self._name = self._field("add_name", self.tr("First and last name"))
        self._number = self._field("add_number", self.tr("As on the student card"))
        self._class = self._field("add_class", self.tr("Such as 7B"))
        self._email = self._field("add_email", self.tr("Optional"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.SPACE_4)
        grid.setVerticalSpacing(theme.SPACE_1)
        places = (
            (self.tr("&Name"), self._name, 0, 0, 2),
            (self.tr("Student n&umber"), self._number, 2, 0, 1),
            (self.tr("C&lass"), self._class, 2, 1, 1),
            (self.tr("&E-mail"), self._email, 4, 0, 2),
        )
        for words, edit, row, column, span in places:
            label = Text(words, theme.SMALL, muted=True)
            label.setBuddy(edit)
            edit.setAccessibleName(words.replace("&", ""))
            grid.addWidget(label, row, column, 1, span)
            grid.addWidget(edit, row + 1, column, 1, span)
            grid.setRowMinimumHeight(row + 1, theme.CONTROL_HEIGHT + theme.SPACE_2)
            edit.returnPressed.connect(self.save)
            edit.textEdited.connect(self._clear_problem)
        layout.addLayout(grid)
        self._problem = Text("", theme.BODY, wrap=True)
        self._problem.set_tone(Tone.BAD)
        self._problem.setObjectName("add_problem")
        self._problem.hide()
        layout.addWidget(self._problem)
        buttons = QHBoxLayout()
        cancel = Button(self.tr("Cancel"), kind="secondary")
        cancel.setObjectName("add_cancel")
        cancel.clicked.connect(self.cancelled)
        buttons.addWidget(cancel)
        buttons.addStretch(1)
        layout.addLayout(buttons)

    def _field(self, name: str, hint: str) -> QLineEdit:
        edit = QLineEdit()
        edit.setObjectName(name)
        edit.setPlaceholderText(hint)
        edit.setMaxLength(200)
        return edit

    def open_form(self, typed: str) -> None:
        """Empty the fields; what was searched for is taken as name or as number."""
        for edit in (self._name, self._number, self._class, self._email):
            edit.clear()
        (self._number if typed.isdigit() else self._name).setText(typed)
        self._clear_problem()
        self._name.setFocus()

    def save(self) -> None:
        """Hand the fields over, or say what is missing."""
        name = " ".join(self._name.text().split())
        if not name:
            self.show_problem(self.tr("Type the student's name."))
            self._name.setFocus()
            return
        texts = (edit.text().strip() for edit in (self._number, self._class, self._email))
        self.saved.emit(NewStudent(name, *texts))

    def show_problem(self, words: str) -> None:
        """Say below the fields why the student was not added."""
        self._problem.setText(words)
        self._problem.show()

    def _clear_problem(self) -> None:
        self._problem.hide()
