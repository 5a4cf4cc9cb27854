# SPDX-License-Identifier: Apache-2.0
"""One answer of several: an icon, the answer, what it means; the whole card is the target."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.ui.common import theme
from app.ui.common.assets import paint_icon
from app.ui.common.theme import tokens

_START, _END, _TOP, _GAP = 68, 52, 14, 2


class OptionCard(QAbstractButton):
    """Chosen shows a check as well as a color; arrow keys move among the cards of one parent."""

    def __init__(self, icon: str, text: str, details: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self._details = ""
        self.setText(text)
        self.set_details(details)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setAccessibleName(text)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def details(self) -> str:
        """What the answer means."""
        return self._details

    def set_details(self, details: str) -> None:
        """Say what the answer means here."""
        self._details = details
        self.setAccessibleDescription(details)
        self.updateGeometry()
        self.update()

    def _details_height(self, width: int) -> int:
        if not self._details:
            return 0
        room = QRect(0, 0, max(width - _START - _END, 80), 10_000)
        metrics = QFontMetrics(theme.font(theme.SMALL))
        return metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, self._details).height()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        title = QFontMetrics(theme.font(theme.BODY, medium=True)).height()
        details = self._details_height(width)
        return max(2 * _TOP + title + (_GAP + details if details else 0), 56)

    def sizeHint(self) -> QSize:
        return QSize(420, self.heightForWidth(420))

    def minimumSizeHint(self) -> QSize:
        return QSize(240, self.heightForWidth(self.width()))

    def paintEvent(self, event: QPaintEvent) -> None:
        look = tokens(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen, usable = self.isChecked(), self.isEnabled()
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(QPen(QColor(look.accent if chosen and usable else look.line), 2 if chosen else 1))
        fill = look.hover if self.underMouse() and usable else look.surface
        painter.setBrush(QColor(look.accent_tint if chosen and usable else fill))
        painter.drawRoundedRect(box, theme.RADIUS + 2, theme.RADIUS + 2)
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        at = self.width() - 48 if mirrored else 24
        color = look.accent if chosen and usable else look.muted if usable else look.outline
        paint_icon(painter, self._icon, color, QRectF(at, self.height() / 2 - 12, 24, 24))
        room = box.adjusted(_END if mirrored else _START, 0, -_START if mirrored else -_END, 0)
        self._paint_words(painter, room, look.text if usable else look.muted, look.muted)
        if chosen:
            at = 18 if mirrored else self.width() - 42
            paint_icon(painter, "circle-check", color, QRectF(at, self.height() / 2 - 12, 24, 24))

    def _paint_words(self, painter: QPainter, room: QRectF, text: str, muted: str) -> None:
        title = QFontMetrics(theme.font(theme.BODY, medium=True)).height()
        details = self._details_height(self.width())
        top = (self.height() - title - (_GAP + details if details else 0)) / 2
        painter.setPen(QColor(text))
        font = theme.font(theme.BODY, medium=True)
        painter.setFont(font)
        line = QRectF(room.left(), top, room.width(), title)
        shown = QFontMetrics(font).elidedText(self.text(), Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading, shown)
        if details:
            painter.setPen(QColor(muted))
            painter.setFont(theme.font(theme.SMALL))
            box = QRectF(room.left(), line.bottom() + _GAP, room.width(), details + 4)
            flags = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeading
            painter.drawText(box, int(flags) | int(Qt.TextFlag.TextWordWrap), self._details)
