# SPDX-License-Identifier: Apache-2.0
"""The round icon beside a prompt: what is wanted, seen in half a second."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.ui.common.assets import paint_icon
from app.ui.common.theme import Tone, tokens


class PromptIcon(QWidget):
    """A tinted disk with an icon."""

    def __init__(self, side_px: int = 52, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._tone = "", Tone.NEUTRAL
        self.setFixedSize(side_px, side_px)

    def show_icon(self, name: str, tone: Tone) -> None:
        """Show another icon."""
        if (name, tone) != (self._name, self._tone):
            self._name, self._tone = name, tone
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._name:
            return
        look = tokens(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(look.tint(self._tone)))
        painter.drawEllipse(QRectF(self.rect()))
        inset = self.width() * 0.26
        paint_icon(
            painter,
            self._name,
            look.tone(self._tone),
            QRectF(self.rect()).adjusted(inset, inset, -inset, -inset),
        )
