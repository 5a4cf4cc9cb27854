# SPDX-License-Identifier: Apache-2.0
"""A round badge with a person's initials, where no photograph is kept."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.ui.common import theme
from app.ui.common.theme import Tokens, tokens


def initials_of(name: str) -> str:
    """First letters of the first and the last word, upper case: "Amina Okafor" gives "AO"."""
    words = name.split()
    if not words:
        return ""
    letters = words[0][:1] + (words[-1][:1] if len(words) > 1 else "")
    return letters.upper()


def paint_initials(painter: QPainter, box: QRectF, name: str, look: Tokens) -> None:
    """Draw the badge into a square; lists draw theirs with it."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(look.accent_tint))
    painter.drawEllipse(box)
    painter.setPen(QColor(look.accent))
    painter.setFont(theme.font(max(theme.SMALL, int(box.width() * 0.36)), strong=True))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, initials_of(name))


class Initials(QWidget):
    """The badge as a widget."""

    def __init__(self, side_px: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = ""
        self.setFixedSize(side_px, side_px)

    def set_name(self, name: str) -> None:
        """Show another person's initials."""
        self._name = name
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_initials(painter, QRectF(self.rect()), self._name, tokens(self.palette()))
