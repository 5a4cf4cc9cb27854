# SPDX-License-Identifier: Apache-2.0
"""One line of the review."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.domain.visits import Step
from app.ui.common import theme
from app.ui.common.assets import paint_icon
from app.ui.common.controls import paint_chip
from app.ui.common.theme import Tone, tokens


class ReviewRow(QAbstractButton):
    """Icon, title, details, a chip at the end; opens ``step`` at ``item``."""

    def __init__(
        self, step: Step, item: object, icon: str, title: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.step, self.item = step, item
        self._icon_name = icon
        self._details = self._chip = self._chip_icon = ""
        self._tone = Tone.NEUTRAL
        self.setText(title)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def say(self, details: str, chip: str, tone: Tone, chip_icon: str) -> None:
        """Fill the line."""
        self._details, self._chip, self._tone, self._chip_icon = details, chip, tone, chip_icon
        self.setAccessibleName(", ".join(part for part in (self.text(), details, chip) if part))
        self.update()

    @property
    def chip(self) -> str:
        """The words of the chip."""
        return self._chip

    def sizeHint(self) -> QSize:
        return QSize(320, 46)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = tokens(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        if self.underMouse() or self.isDown():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(look.hover))
            painter.drawRoundedRect(box, theme.RADIUS, theme.RADIUS)
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        middle = box.center().y()
        paint_icon(
            painter,
            self._icon_name,
            look.muted,
            QRectF(box.right() - 34 if mirrored else 14, middle - 10, 20, 20),
        )
        arrow = "chevron-left" if mirrored else "chevron-right"
        paint_icon(
            painter, arrow, look.outline, QRectF(8 if mirrored else box.right() - 26, middle - 9, 18, 18)
        )
        width = QFontMetrics(theme.font(theme.SMALL, medium=True)).horizontalAdvance(self._chip) + 46
        chip = QRectF(36 if mirrored else box.right() - 36 - width, middle - 14, width, 28)
        paint_chip(painter, chip, self._chip, self._tone, self._chip_icon, look, mirrored)
        title_font = theme.font(theme.BODY, medium=True)
        title_width = QFontMetrics(title_font).horizontalAdvance(self.text()) + 4
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading
        room = QRectF(chip.right() + 12, 0, box.right() - 48 - chip.right() - 12, box.height())
        if not mirrored:
            room = QRectF(48, 0, chip.left() - 60, box.height())
        painter.setPen(QColor(look.text))
        painter.setFont(title_font)
        painter.drawText(room, flags, self.text())
        rest = (
            room.adjusted(0, 0, -title_width - 16, 0)
            if mirrored
            else room.adjusted(title_width + 16, 0, 0, 0)
        )
        painter.setPen(QColor(look.muted))
        painter.setFont(theme.font(theme.BODY))
        painter.drawText(rest, flags, self._details)
