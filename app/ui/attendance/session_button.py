# SPDX-License-Identifier: Apache-2.0
"""A class session as a large choice."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.domain.listings import ClassSessionListing
from app.ui.common import theme
from app.ui.common.assets import paint_icon
from app.ui.common.theme import tokens
from app.ui.common.times import time_text


class SessionButton(QAbstractButton):
    """Title large, times below, a mark when chosen."""

    def __init__(self, session: ClassSessionListing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.setCheckable(True)
        self.setText(session.title)
        self.setAccessibleName(f"{session.title}, {self.times()}")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def times(self) -> str:
        """From, to, and when it is late."""
        session = self.session
        start, late = time_text(session.starts_at), time_text(session.late_after_at)
        if session.ends_at is None:
            return self.tr("from {start}  ·  late after {late}").format(start=start, late=late)
        return self.tr("{start} – {end}  ·  late after {late}").format(
            start=start, end=time_text(session.ends_at), late=late
        )

    def sizeHint(self) -> QSize:
        return QSize(320, 84)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = tokens(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = self.isChecked()
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(QPen(QColor(look.accent if chosen else look.line), 2 if chosen else 1))
        fill = look.surface if not self.underMouse() else look.hover
        painter.setBrush(QColor(look.accent_tint if chosen else fill))
        painter.drawRoundedRect(box, theme.RADIUS + 2, theme.RADIUS + 2)
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        icon_at = self.width() - 52 if mirrored else 24
        color = look.accent if chosen else look.muted
        paint_icon(painter, "calendar-check", color, QRectF(icon_at, self.height() / 2 - 14, 28, 28))
        room = box.adjusted(60, 0, -76, 0) if mirrored else box.adjusted(76, 0, -60, 0)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading
        painter.setPen(QColor(look.text))
        painter.setFont(theme.font(theme.LEAD, strong=True))
        painter.drawText(room.adjusted(0, 14, 0, -38), flags, self.text())
        painter.setPen(QColor(look.muted))
        painter.setFont(theme.font(theme.BODY))
        painter.drawText(room.adjusted(0, 44, 0, -12), flags, self.times())
        if chosen:
            at = 20 if mirrored else self.width() - 46
            paint_icon(painter, "circle-check", look.accent, QRectF(at, self.height() / 2 - 13, 26, 26))
