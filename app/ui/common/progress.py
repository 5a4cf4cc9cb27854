# SPDX-License-Identifier: Apache-2.0
"""How far a longer piece of work is: words and a bar; without a measure the bar says only that it goes on."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.ui.common import theme
from app.ui.common.controls import Text
from app.ui.common.notice import announce
from app.ui.common.theme import tokens


class _Bar(QWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.share: float | None = None
        self.setFixedHeight(8)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = tokens(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        track = QRectF(self.rect())
        painter.setBrush(QColor(look.line))
        painter.drawRoundedRect(track, 4, 4)
        width = track.width() * (1 / 3 if self.share is None else self.share)
        start = track.width() / 3 if self.share is None else 0.0
        if self.share is not None and self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            start = track.width() - width
        painter.setBrush(QColor(look.accent))
        painter.drawRoundedRect(QRectF(start, 0, width, track.height()), 4, 4)


class Progress(QWidget):
    """Words above a bar."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = Text("", theme.BODY)
        self._bar = _Bar()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_2)
        column.addWidget(self._words)
        column.addWidget(self._bar)

    @property
    def words(self) -> str:
        """What it says."""
        return self._words.text()

    def show_progress(self, words: str, share: float | None = None) -> None:
        """Say what goes on. ``share``: 0 to 1, where it is known."""
        if words != self._words.text():
            announce(self, words)
        self._words.setText(words)
        self._bar.share = None if share is None else min(max(share, 0.0), 1.0)
        self._bar.update()
