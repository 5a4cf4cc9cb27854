# SPDX-License-Identifier: Apache-2.0
"""Minutiae over a finished impression, so soft that the ridges stay visible."""

from __future__ import annotations

import math
from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

_RING_PX, _TAIL_PX = 3.6, 11.0
#: Width and opacity of the light seam, without which nothing is seen on a ridge, and of the line itself.
_SEAM, _LINE = (3.6, 0.65), (1.6, 0.9)


def paint_minutiae(
    painter: QPainter,
    minutiae: Iterable[tuple[float, float, float]],
    frame: QRectF,
    scale: float,
    color: str,
    seam: str,
) -> None:
    """A ring at each minutia and a tail along its direction.

    Args:
        minutiae: x, y in the picture's pixels; direction in radians, counter-clockwise from the x axis.
        frame: where the picture lies on the widget.
        scale: widget pixels for a pixel of the picture.
        color, seam: of the theme, dark and light.
    """
    path = QPainterPath()
    for x, y, direction in minutiae:
        middle = QPointF(frame.left() + x * scale, frame.top() + y * scale)
        along = QPointF(math.cos(direction), -math.sin(direction))  # rows grow downwards
        path.addEllipse(middle, _RING_PX, _RING_PX)
        path.moveTo(middle + along * _RING_PX)
        path.lineTo(middle + along * _TAIL_PX)
    for ink, (width, opacity) in ((seam, _SEAM), (color, _LINE)):
        shade = QColor(ink)
        shade.setAlphaF(opacity)
        pen = QPen(shade, width)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.strokePath(path, pen)
