# SPDX-License-Identifier: Apache-2.0
"""A setting that is on or off: its words, what they mean, and a switch at the end of the line."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.ui.common import theme
from app.ui.common.assets import paint_icon
from app.ui.common.theme import tokens


class Switch(QAbstractButton):
    """The whole line is the target; on shows a check as well as a color."""

    def __init__(self, text: str, details: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._details = details
        self.setText(text)
        self.setCheckable(True)
        self.setAccessibleName(text)
        self.setAccessibleDescription(details)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        return QSize(360, 60)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = tokens(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() and self.isEnabled():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(look.hover))
            painter.drawRoundedRect(QRectF(self.rect()), theme.RADIUS, theme.RADIUS)
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        room = QRectF(self.rect()).adjusted(84 if mirrored else 16, 0, -16 if mirrored else -84, 0)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading
        painter.setPen(QColor(look.text if self.isEnabled() else look.outline))
        painter.setFont(theme.font(theme.BODY, medium=True))
        painter.drawText(room.adjusted(0, 8, 0, -30), flags, self.text())
        painter.setPen(QColor(look.muted if self.isEnabled() else look.outline))
        painter.setFont(theme.font(theme.SMALL))
        painter.drawText(room.adjusted(0, 30, 0, -9), flags, self._details)
        track = QRectF(16 if mirrored else self.width() - 64, self.height() / 2 - 14, 48, 28)
        on = self.isChecked()
        fill = (look.accent if on else look.outline) if self.isEnabled() else look.line
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(fill))
        painter.drawRoundedRect(track, 14, 14)
        knob = QRectF(track.right() - 25 if on != mirrored else track.left() + 3, track.top() + 3, 22, 22)
        painter.setBrush(QColor(look.surface))
        painter.drawEllipse(knob)
        if on:
            paint_icon(painter, "check", fill, knob.adjusted(4, 4, -4, -4))
