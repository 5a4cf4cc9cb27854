# SPDX-License-Identifier: Apache-2.0
"""The list of keys that F1 shows: an overlay over the page, made from the table of keys."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.ui.common import theme
from app.ui.common.controls import Button, Card, Text
from app.ui.common.keys import KEYS
from app.ui.common.theme import tokens


class KeyCap(QLabel):
    """A key as it looks on the keyboard."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setFont(theme.font(theme.SMALL, medium=True))
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setContentsMargins(8, 3, 8, 3)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = tokens(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(look.outline))
        painter.setBrush(QColor(look.background))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        painter.end()
        super().paintEvent(event)


class HelpSheet(QWidget):
    """Covers its parent with a scrim and shows the keys in the middle.

    Signals:
        closed(): it was closed by Esc, F1, its button or a click outside.
    """

    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("help_sheet")
        self._card = Card()
        self._close = Button(self.tr("Close"), kind="primary")
        self._close.setObjectName("help_close")
        self._close.clicked.connect(self.close_sheet)
        inner = QVBoxLayout(self._card)
        inner.setContentsMargins(theme.SPACE_8, theme.SPACE_6, theme.SPACE_8, theme.SPACE_6)
        inner.setSpacing(theme.SPACE_4)
        inner.addWidget(Text(self.tr("Keyboard"), theme.TITLE, strong=True))
        inner.addLayout(self._grid())
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self._close)
        inner.addLayout(foot)
        outer = QVBoxLayout(self)
        outer.addStretch(1)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self._card)
        middle.addStretch(1)
        outer.addLayout(middle)
        outer.addStretch(1)
        self.hide()

    @staticmethod
    def _grid() -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.SPACE_4)
        grid.setVerticalSpacing(theme.SPACE_2)
        grid.setColumnMinimumWidth(2, theme.SPACE_6)
        half = (len(KEYS) + 1) // 2
        for place, key in enumerate(KEYS):
            caps = QHBoxLayout()
            caps.setSpacing(theme.SPACE_1)
            for sequence in key.sequences:
                shown = QKeySequence(sequence).toString(QKeySequence.SequenceFormat.NativeText)
                caps.addWidget(KeyCap(shown))
            caps.addStretch(1)
            column = 3 * (place // half)
            grid.addLayout(caps, place % half, column)
            grid.addWidget(Text(key.help_text, theme.BODY), place % half, column + 1)
        return grid

    def open_sheet(self) -> None:
        """Show it over the whole parent and take the keyboard."""
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
        self.raise_()
        self.show()
        self._close.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_sheet(self) -> None:
        """Hide it."""
        if self.isVisible():
            self.hide()
            self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.close_sheet()
        elif event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            event.accept()  # the only thing to reach is the button
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self._card.geometry().contains(event.position().toPoint()):
            self.close_sheet()

    def paintEvent(self, event: QPaintEvent) -> None:
        scrim = QColor(tokens(self.palette()).scrim)
        scrim.setAlphaF(0.45)
        QPainter(self).fillRect(self.rect(), scrim)
