# SPDX-License-Identifier: Apache-2.0
"""One of several reasons, as a row with a round mark: a radio button of full touch height."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.ui.common import theme
from app.ui.common.theme import tokens


class ReasonButton(QAbstractButton):
    """A choice; arrow keys move among the buttons of one group."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setCheckable(True)
        self.setAccessibleName(text)
        self.setFont(theme.font(theme.BODY))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 64, theme.CONTROL_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = tokens(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        if self.isChecked():
            painter.setPen(QPen(QColor(look.accent), 1))
            painter.setBrush(QColor(look.accent_tint))
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(look.hover) if self.underMouse() else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, theme.RADIUS, theme.RADIUS)
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        ring = QRectF(self.width() - 32 if mirrored else 12, self.height() / 2 - 10, 20, 20)
        painter.setPen(QPen(QColor(look.accent if self.isChecked() else look.outline), 2))
        painter.setBrush(QColor(look.surface))
        painter.drawEllipse(ring.adjusted(1, 1, -1, -1))
        if self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(look.accent))
            painter.drawEllipse(ring.adjusted(5, 5, -5, -5))
        painter.setPen(QColor(look.text))
        painter.setFont(self.font())
        room = box.adjusted(12, 0, -44, 0) if mirrored else box.adjusted(44, 0, -12, 0)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading, self.text())
