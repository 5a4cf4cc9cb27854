# SPDX-License-Identifier: Apache-2.0
"""A line of text that gives way instead of pushing its neighbors."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from app.ui.common.controls import Text
from app.ui.common.theme import tokens


class ElidedText(Text):
    """One line that ends in dots where the room is too small; the whole text is in the tool tip."""

    def __init__(self, size_px: int, *, strong: bool = False, muted: bool = False) -> None:
        super().__init__("", size_px, strong=strong, muted=muted)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        shown = QFontMetrics(self.font()).elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        self.setToolTip(self.text() if shown != self.text() else "")
        look = tokens(self.palette())
        painter.setPen(QColor(look.muted if self.property("tone") == "muted" else look.text))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading
        painter.drawText(QRectF(self.rect()), flags, shown)
