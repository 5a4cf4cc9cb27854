# SPDX-License-Identifier: Apache-2.0
"""Draws pen strokes into an image, one segment at a time.

A segment is a quadratic curve between the middles of neighboring samples, so joins are smooth; its width
follows the pressure. Live ink and a repaint from stored data run through the same code with the same integers
of the record, so the picture after a restart equals the one before, pixel for pixel.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from app.domain.signatures import PRESSURE_MAX, Canvas, Point, Stroke

#: Ink width at no and at full pressure, canvas pixels; without pressure the middle is drawn.
THIN_PX, THICK_PX = 1.2, 4.4
_PLAIN_PX = (THIN_PX + THICK_PX) / 2
_PRESSED_PX = (THICK_PX - THIN_PX) / PRESSURE_MAX
_INERTIA = 0.6  # share of the old width that the next segment keeps: a pen does not swell in one sample
_MARGIN_PX = 3  # around a changed part: smoothed edges, and the cut to whole pixels
_STRAIGHT_PX = 0.4  # a curve whose middle leaves its chord by a tenth of a device pixel (a quarter of this)
_WIDTH_STEP = 8.0  # widths are drawn in eighths of a device pixel: the painter's pen changes less often


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


class Ink:
    """Draws ink onto an image in device pixels.

    Everything is drawn in device pixels: a painter that scales takes half as long again for a segment.
    Changed parts are told in whole logical pixels of the widget, in
    a rectangle that the next change writes over.
    """

    def __init__(self, image: QImage, color: str, canvas: Canvas, place: Placement) -> None:
        self._painter: QPainter | None = None  # named before the image: it has to go first, even at exit
        self._image = image
        ratio = image.devicePixelRatio()
        self._pen = QPen(QColor(color))
        self._pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        self._pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        # Kept, not made anew for every sample: each of these costs as much as a line of the rest.
        self._line, self._path, self._changed = QLineF(), QPainterPath(), QRect()
        self._drawn_width = 0.0
        self._per_px = 1 / ratio  # logical pixels in a device pixel
        self._unit = place.scale * ratio / canvas.units_per_px  # device pixels in a step of the record
        self._left, self._top = place.left * ratio, place.top * ratio
        self._thin, self._pressed, self._plain = (
            width * place.scale * ratio for width in (THIN_PX, _PRESSED_PX, _PLAIN_PX)
        )
        self._width = self._plain
        self._x = self._y = self._middle_x = self._middle_y = 0.0

    def release(self) -> None:
        """Let go of the image; to be called before the layer is dropped, even in mid-stroke."""
        self._stop_painting()

    def begin(self, point: Point) -> QRect:
        """Put the pen down; a touch without movement leaves a dot."""
        x = self._x = self._middle_x = point.x * self._unit + self._left
        y = self._y = self._middle_y = point.y * self._unit + self._top
        pressure = point.pressure
        self._width = self._plain if pressure is None else self._thin + self._pressed * pressure
        self._wide_painter().drawPoint(QPointF(x, y))
        return self._around(x, x, x, y, y, y)

    def extend(self, point: Point) -> QRect:
        """Draw on to the next sample."""
        x, y = point.x * self._unit + self._left, point.y * self._unit + self._top
        pressure = point.pressure
        target = self._plain if pressure is None else self._thin + self._pressed * pressure
        self._width = self._width * _INERTIA + target * (1 - _INERTIA)
        from_x, from_y, by_x, by_y = self._middle_x, self._middle_y, self._x, self._y
        to_x, to_y = (by_x + x) / 2, (by_y + y) / 2
        bend_x, bend_y = from_x - 2 * by_x + to_x, from_y - 2 * by_y + to_y
        if -_STRAIGHT_PX < bend_x < _STRAIGHT_PX and -_STRAIGHT_PX < bend_y < _STRAIGHT_PX:
            self._line.setLine(from_x, from_y, to_x, to_y)
            self._wide_painter().drawLine(self._line)
        else:
            path = self._path
            path.clear()
            path.moveTo(from_x, from_y)
            path.quadTo(by_x, by_y, to_x, to_y)
            self._wide_painter().drawPath(path)
        self._x, self._y, self._middle_x, self._middle_y = x, y, to_x, to_y
        return self._around(from_x, by_x, to_x, from_y, by_y, to_y)

    def end(self) -> QRect:
        """Draw the last half segment and lift the pen."""
        from_x, from_y, to_x, to_y = self._middle_x, self._middle_y, self._x, self._y
        if (from_x, from_y) != (to_x, to_y):
            self._line.setLine(from_x, from_y, to_x, to_y)
            self._wide_painter().drawLine(self._line)
        self._stop_painting()
        return self._around(from_x, to_x, to_x, from_y, to_y, to_y)

    def draw(self, strokes: Iterable[Stroke]) -> None:
        """Draw whole strokes, as they were drawn live."""
        for stroke in strokes:
            self.draw_points(stroke.points)
            if stroke.points:
                self.end()

    def draw_points(self, points: Iterable[Point]) -> None:
        """Draw samples of a stroke that has not ended."""
        change = self.begin
        for point in points:
            change(point)
            change = self.extend

    def _wide_painter(self) -> QPainter:
        """The painter of this stroke, its pen as wide as the pressure wants."""
        painter = self._painter
        if painter is None:
            painter = self._painter = QPainter(self._image)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.scale(self._per_px, self._per_px)
            self._drawn_width = 0.0
        width = int(self._width * _WIDTH_STEP + 0.5) / _WIDTH_STEP
        if width != self._drawn_width:
            self._drawn_width = width
            self._pen.setWidthF(width)
            painter.setPen(self._pen)
        return painter

    def _stop_painting(self) -> None:
        if self._painter is not None:
            self._painter.end()
            self._painter = None

    def _around(self, x1: float, x2: float, x3: float, y1: float, y2: float, y3: float) -> QRect:
        """The part that a curve with these three control points can touch."""
        per_px, reach = self._per_px, self._width * self._per_px / 2 + _MARGIN_PX
        if x1 > x2:
            x1, x2 = x2, x1
        if y1 > y2:
            y1, y2 = y2, y1
        left = int((min(x3, x1)) * per_px - reach)
        top = int((min(y3, y1)) * per_px - reach)
        right = int((max(x3, x2)) * per_px + reach)
        bottom = int((max(y3, y2)) * per_px + reach)
        return QRect(left, top, right - left, bottom - top)
