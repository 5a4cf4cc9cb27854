# SPDX-License-Identifier: Apache-2.0
"""Draws pen strokes into an image, one segment at a time.

A segment is a quadratic curve between the middles of neighboring samples, so joins are smooth; its width
follows the pressure. Live ink and a repaint from stored data run through the same code with the same rounded
numbers, so the picture after a restart equals the one before, pixel for pixel.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from app.domain.signatures import PRESSURE_MAX, Canvas, Point, Stroke

#: Ink width at no and at full pressure, canvas pixels; without pressure the middle is drawn.
THIN_PX, THICK_PX = 1.2, 4.4
_PLAIN_PX = (THIN_PX + THICK_PX) / 2
_INERTIA = 0.6  # share of the old width that the next segment keeps: a pen does not swell in one sample


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a canvas lies in the widget: factor and offset, logical pixels.

    A canvas keeps its own size for the whole step; when the window changes, it is fitted in and centered.
    """

    scale: float
    left: float
    top: float

    @classmethod
    def fit(cls, canvas: Canvas, width_px: float, height_px: float) -> Placement:
        """The largest uniform placement of ``canvas`` inside a widget."""
        scale = min(width_px / canvas.width_px, height_px / canvas.height_px)
        left = (width_px - canvas.width_px * scale) / 2
        return cls(scale, left, (height_px - canvas.height_px * scale) / 2)

    def to_canvas(self, x: float, y: float) -> tuple[float, float]:
        """Widget position to canvas pixels."""
        return (x - self.left) / self.scale, (y - self.top) / self.scale

    def to_widget(self, x: float, y: float) -> QPointF:
        """Canvas pixels to widget position."""
        return QPointF(x * self.scale + self.left, y * self.scale + self.top)


class InkLayer:
    """A transparent image in device pixels with the ink on it."""

    def __init__(self, width_px: int, height_px: int, ratio: float, color: str) -> None:
        self._painter: QPainter | None = None  # named before the image: it has to go first, even at exit
        self.image = QImage(
            max(1, round(width_px * ratio)),
            max(1, round(height_px * ratio)),
            QImage.Format.Format_ARGB32_Premultiplied,
        )
        self.image.setDevicePixelRatio(ratio)
        self.image.fill(Qt.GlobalColor.transparent)
        self._pen = QPen(QColor(color))
        self._pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        self._pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        self._last = QPointF()
        self._middle = QPointF()
        self._width = _PLAIN_PX

    def release(self) -> None:
        """Let go of the image; to be called before the layer is dropped, even in mid-stroke."""
        self._stop_painting()

    def begin(self, at: QPointF, pressure: int | None, scale: float) -> QRect:
        """Put the pen down; a touch without movement leaves a dot. Gives the changed part, logical pixels."""
        painter = self._start_painting()
        self._width = _target_width(pressure) * scale
        self._last = self._middle = at
        self._pen.setWidthF(self._width)
        painter.setPen(self._pen)
        painter.drawPoint(at)
        return _around(at, at, at, self._width)

    def extend(self, at: QPointF, pressure: int | None, scale: float) -> QRect:
        """Draw on to the next sample. Gives the changed part, logical pixels."""
        painter = self._start_painting()
        self._width = self._width * _INERTIA + _target_width(pressure) * scale * (1 - _INERTIA)
        middle = QPointF((self._last.x() + at.x()) / 2, (self._last.y() + at.y()) / 2)
        path = QPainterPath(self._middle)
        path.quadTo(self._last, middle)
        self._pen.setWidthF(self._width)
        painter.setPen(self._pen)
        painter.drawPath(path)
        changed = _around(self._middle, self._last, middle, self._width)
        self._last, self._middle = at, middle
        return changed

    def end(self) -> QRect:
        """Draw the last half segment and lift the pen. Gives the changed part, logical pixels."""
        painter = self._start_painting()
        painter.setPen(self._pen)
        if self._middle != self._last:
            painter.drawLine(self._middle, self._last)
        self._stop_painting()
        return _around(self._middle, self._last, self._last, self._width)

    def draw(self, strokes: Iterable[Stroke], canvas: Canvas, place: Placement) -> None:
        """Draw whole strokes, as they were drawn live."""
        for stroke in strokes:
            self.draw_points(stroke.points, canvas, place)
            if stroke.points:
                self.end()

    def draw_points(self, points: Iterable[Point], canvas: Canvas, place: Placement) -> None:
        """Draw samples of a stroke that has not ended."""
        for number, point in enumerate(points):
            at = place.to_widget(*canvas.to_px(point.x, point.y))
            if number == 0:
                self.begin(at, point.pressure, place.scale)
            else:
                self.extend(at, point.pressure, place.scale)

    def _start_painting(self) -> QPainter:
        if self._painter is None:
            self._painter = QPainter(self.image)
            self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        return self._painter

    def _stop_painting(self) -> None:
        if self._painter is not None:
            self._painter.end()
            self._painter = None


def _target_width(pressure: int | None) -> float:
    if pressure is None:
        return _PLAIN_PX
    return THIN_PX + (THICK_PX - THIN_PX) * pressure / PRESSURE_MAX


def _around(first: QPointF, second: QPointF, third: QPointF, width: float) -> QRect:
    """The rectangle that a curve with these three control points and that width can touch."""
    xs = (first.x(), second.x(), third.x())
    ys = (first.y(), second.y(), third.y())
    reach = width / 2 + 2
    left, top = min(xs) - reach, min(ys) - reach
    return QRectF(left, top, max(xs) + reach - left, max(ys) + reach - top).toAlignedRect()
