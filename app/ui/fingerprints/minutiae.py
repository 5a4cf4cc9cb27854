# SPDX-License-Identifier: Apache-2.0
"""Minutiae over a finished impression, so soft that the ridges stay visible."""

from __future__ import annotations

import math
from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

_RING_PX, _TAIL_PX = 3.2, 9.0
_STRENGTH = 0.7


def paint_minutiae(
    painter: QPainter,
    minutiae: Iterable[tuple[float, float, float]],
    frame: QRectF,
    scale: float,
    color: str,
) -> None:
    """A ring at each minutia and a tail along its direction.

    Args:
        minutiae: x, y in the picture's pixels; direction in radians, counter-clockwise from the x axis.
        frame: where the picture lies on the widget.
        scale: widget pixels for a pixel of the picture.
        color: of the theme.
    """
    painter.save()
    ink = QColor(color)
    ink.setAlphaF(_STRENGTH)
    pen = QPen(ink, 1.6)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for x, y, direction in minutiae:
        middle = QPointF(frame.left() + x * scale, frame.top() + y * scale)
        along = QPointF(math.cos(direction), -math.sin(direction))  # rows grow downwards
        painter.drawEllipse(middle, _RING_PX, _RING_PX)
        painter.drawLine(middle + along * _RING_PX, middle + along * _TAIL_PX)
    painter.restore()
