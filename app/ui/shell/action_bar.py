# SPDX-License-Identifier: Apache-2.0
"""The action bar: quiet acts at the start, Back and the page's one primary act at the end."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.ui.common import theme
from app.ui.common.controls import Button
from app.ui.common.discard import discard
from app.ui.common.page import Action, Bar
from app.ui.common.theme import tokens


class ActionBar(QWidget):
    """Draws a page's ``Bar`` and tells which act was pressed.

    Signals:
        triggered(str): the act of the button.
    """

    triggered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("action_bar")
        self.setFixedHeight(theme.ACTION_BAR_HEIGHT)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(theme.SPACE_8, 0, theme.SPACE_8, 0)
        self._row.setSpacing(theme.SPACE_2)
        self._start = QHBoxLayout()
        self._start.setSpacing(theme.SPACE_2)
        self._end = QHBoxLayout()
        self._end.setSpacing(theme.SPACE_3)
        self._row.addLayout(self._start)
        self._row.addStretch(1)
        self._row.addLayout(self._end)
        self._buttons: dict[str, Button] = {}
        self._order: tuple[tuple[str, str], ...] = ()

    def show_bar(self, bar: Bar) -> None:
        """Draw the buttons; those that stay keep their focus."""
        start = [(action, "quiet") for action in bar.start]
        end = [(action, "secondary") for action in (bar.back,) if action is not None]
        end += [(action, "primary") for action in (bar.primary,) if action is not None]
        order = tuple((action.act, kind) for action, kind in start + end)
        if order != self._order:
            self._rebuild(start, end)
            self._order = order
        for action, _kind in start + end:
            self._fill(self._buttons[action.act], action)

    def button(self, act: str) -> Button | None:
        """The button of an act, if it is shown."""
        return self._buttons.get(act)

    def _rebuild(self, start: list[tuple[Action, str]], end: list[tuple[Action, str]]) -> None:
        for button in self._buttons.values():
            discard(button)
        self._buttons = {}
        for layout, entries in ((self._start, start), (self._end, end)):
            for action, kind in entries:
                button = Button(action.text, self, kind=kind, icon=action.icon, act=action.act)
                button.setObjectName(f"action_{action.act}")
                button.clicked.connect(lambda _checked=False, act=action.act: self.triggered.emit(act))
                layout.addWidget(button)
                self._buttons[action.act] = button

    @staticmethod
    def _fill(button: Button, action: Action) -> None:
        if button.text() != action.text:
            button.setText(action.text)
        button.set_icon_name(action.icon)
        button.setEnabled(action.enabled)
        button.set_act(action.act)
        if not action.enabled and action.why_not:
            button.setToolTip(action.why_not)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = tokens(self.palette())
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(look.surface))
        painter.setPen(QPen(QColor(look.line), 1))
        painter.drawLine(0, 0, self.width(), 0)
