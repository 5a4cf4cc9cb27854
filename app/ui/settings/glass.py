# SPDX-License-Identifier: Apache-2.0
"""A reader's latest image with what belongs to its glass tinted."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain.calibration import CalibrationView
from app.ui.common import theme
from app.ui.common.assets import paint_icon
from app.ui.common.theme import tokens

_TINT = 0.62


class GlassView(QWidget):
    """Shows the picture as large as there is room; before the first touch a faint fingerprint."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("calibration_glass")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, 225)
        self.setAccessibleName(self.tr("Picture of the reader's glass"))
        self._size = QSize(256, 288)
        self._picture: QImage | None = None
        self._mask: QImage | None = None

    def sizeHint(self) -> QSize:
        return QSize(384, 432)

    def show_view(self, view: CalibrationView) -> None:
        """Draw the latest image and the mask."""
        self._size = QSize(view.width_px, view.height_px)
        self._picture = self._image(view, view.pixels, QImage.Format.Format_Grayscale8)
        self._mask = self._image(view, view.mask, QImage.Format.Format_Alpha8)
        self.update()

    @staticmethod
    def _image(view: CalibrationView, data: bytes, kind: QImage.Format) -> QImage | None:
        if len(data) != view.width_px * view.height_px:
            return None
        return QImage(data, view.width_px, view.height_px, view.width_px, kind).copy()

    def clear(self) -> None:
        """Show nothing."""
        self._picture = self._mask = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        look = tokens(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        frame = self._frame()
        clip = QPainterPath()
        clip.addRoundedRect(frame, theme.RADIUS + 2, theme.RADIUS + 2)
        empty = self._picture is None and self._mask is None
        painter.fillPath(clip, QColor(look.sunken if empty else look.paper))
        painter.save()
        painter.setClipPath(clip)
        if self._picture is not None:
            painter.drawImage(frame, self._picture)
        elif empty:
            side = frame.width() * 0.42
            middle = frame.center()
            painter.setOpacity(0.55)
            box = QRectF(middle.x() - side / 2, middle.y() - side / 2, side, side)
            paint_icon(painter, "fingerprint", look.outline, box)
            painter.setOpacity(1.0)
        if self._mask is not None:
            # The picture is dark on paper in both looks: the light orange is seen on either.
            painter.drawImage(frame, self._tinted(self._mask, theme.DARK.warn))
        painter.restore()
        painter.setPen(QPen(QColor(look.line), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(frame, theme.RADIUS + 2, theme.RADIUS + 2)

    @staticmethod
    def _tinted(mask: QImage, color: str) -> QImage:
        tint = QColor(color)
        tint.setAlphaF(_TINT)
        image = QImage(mask.size(), QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(tint)
        painter = QPainter(image)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
        painter.drawImage(0, 0, mask)
        painter.end()
        return image

    def _frame(self) -> QRectF:
        room = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        scale = min(room.width() / self._size.width(), room.height() / self._size.height())
        width, height = self._size.width() * scale, self._size.height() * scale
        return QRectF(room.center().x() - width / 2, room.top(), width, height)
