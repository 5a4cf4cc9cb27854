# SPDX-License-Identifier: Apache-2.0
"""The impression as its rows arrive."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.common import theme
from app.ui.common.assets import paint_icon
from app.ui.common.minutiae import paint_minutiae
from app.ui.common.theme import Tone, tokens


class ImpressionView(QWidget):
    """Shows grey pixels row by row; empty it shows a faint fingerprint. The border tells the verdict."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("impression")
        self._image: QImage | None = None
        self._rows_seen = 0
        self._tone: Tone | None = None
        self._minutiae: tuple[tuple[float, float, float], ...] = ()
        self._details = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(150, 150)
        self.setAccessibleName(self.tr("Picture of the finger"))

    @property
    def rows_seen(self) -> int:
        """How many rows of the present image have arrived."""
        return self._rows_seen

    def sizeHint(self) -> QSize:
        return QSize(256, 288)

    def clear(self) -> None:
        """Show nothing."""
        self._image = None
        self._rows_seen = 0
        self._tone = None
        self._minutiae = ()
        self.update()

    @property
    def details(self) -> bool:
        """Whether minutiae are drawn over finished impressions."""
        return self._details

    def toggle_details(self) -> None:
        """Draw minutiae from now on, or no more; remembered while the window is open."""
        self._details = not self._details
        self.update()

    def show_minutiae(self, minutiae: tuple[tuple[float, float, float], ...]) -> None:
        """Minutiae of the finished impression: x, y in its pixels, direction in radians."""
        self._minutiae = minutiae
        self.update()

    def set_tone(self, tone: Tone | None) -> None:
        """Color of the border."""
        if tone is not self._tone:
            self._tone = tone
            self.update()

    def add_rows(self, first_row: int, width_px: int, height_px: int, pixels: bytes) -> None:
        """Take rows of 8-bit grey; row 0 begins a new image."""
        if width_px < 1 or height_px < 1:
            return
        if first_row == 0 or self._image is None or self._image.size() != QSize(width_px, height_px):
            self._image = QImage(width_px, height_px, QImage.Format.Format_Grayscale8)
            self._image.fill(255)
            self._rows_seen = 0
            self._minutiae = ()
        count = min(len(pixels) // width_px, height_px - first_row)
        if count < 1:
            return
        rows = QImage(pixels, width_px, count, width_px, QImage.Format.Format_Grayscale8)
        painter = QPainter(self._image)
        painter.drawImage(0, first_row, rows)
        painter.end()
        self._rows_seen = max(self._rows_seen, first_row + count)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        look = tokens(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        frame = self._frame()
        clip = QPainterPath()
        clip.addRoundedRect(frame, theme.RADIUS + 2, theme.RADIUS + 2)
        painter.fillPath(clip, QColor(look.sunken if self._image is None else look.paper))
        if self._image is None:
            side = min(frame.width(), frame.height()) * 0.42
            middle = frame.center()
            color = QColor(look.outline)
            painter.setOpacity(0.55)
            box = QRectF(middle.x() - side / 2, middle.y() - side / 2, side, side)
            paint_icon(painter, "fingerprint", color.name(), box)
            painter.setOpacity(1.0)
        else:
            self._paint_rows(painter, frame, clip, look)
        tone = look.line if self._tone is None else look.tone(self._tone)
        painter.setPen(QPen(QColor(tone), 1 if self._tone is None else 3))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(frame, theme.RADIUS + 2, theme.RADIUS + 2)

    def _paint_rows(self, painter: QPainter, frame: QRectF, clip: QPainterPath, look: theme.Tokens) -> None:
        image = self._image
        if image is None:
            return
        painter.save()
        painter.setClipPath(clip)
        share = self._rows_seen / image.height()
        seen = QRectF(frame.left(), frame.top(), frame.width(), frame.height() * share)
        painter.drawImage(seen, image, QRectF(0, 0, image.width(), self._rows_seen))
        if self._rows_seen < image.height():
            rest = QRectF(frame.left(), seen.bottom(), frame.width(), frame.bottom() - seen.bottom())
            painter.fillRect(rest, QColor(look.sunken))
            painter.fillRect(QRectF(frame.left(), seen.bottom() - 1, frame.width(), 2), QColor(look.accent))
        if self._details and self._minutiae:
            scale = frame.width() / image.width()
            paper = theme.LIGHT  # the picture is on light paper in both looks
            paint_minutiae(painter, self._minutiae, frame, scale, paper.accent, paper.surface)
        painter.restore()

    def _frame(self) -> QRectF:
        size = self._image.size() if self._image is not None else QSize(256, 288)
        room = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        scale = min(room.width() / size.width(), room.height() / size.height())
        width, height = size.width() * scale, size.height() * scale
        return QRectF(room.center().x() - width / 2, room.center().y() - height / 2, width, height)
