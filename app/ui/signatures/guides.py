# SPDX-License-Identifier: Apache-2.0
"""What lies under the ink: the paper, a baseline, numbered dots to connect. Never part of the record."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from app.domain.signature_flow import Guide
from app.domain.signatures import Canvas
from app.ui.common import theme
from app.ui.common.theme import Tokens
from app.ui.signatures.ink import Placement

#: Places of the four dots as shares of width and height, in the order of their numbers.
DOTS = ((0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75))
_DOT_RADIUS_PX = 10


def paint_background(
    image: QImage,
    guide: Guide,
    canvas: Canvas,
    place: Placement,
    look: Tokens,
    area: QRectF,
    *,
    right_to_left: bool = False,
) -> None:
    """Fill ``image`` with the surrounding, the paper inside ``area`` and the step's guide.

    Args:
        right_to_left: whether people write that way here: the cross marks where a signature begins. The dots
            stay where they are: their places belong to the drawing.
    """
    image.fill(QColor(look.background))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(look.outline), 1))
    painter.setBrush(QColor(look.paper))
    painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS, theme.RADIUS)
    if guide is Guide.BASELINE:
        _baseline(painter, canvas, place, look, right_to_left)
    elif guide is Guide.DOTS:
        _dots(painter, canvas, place, look)
    painter.end()


def _baseline(painter: QPainter, canvas: Canvas, place: Placement, look: Tokens, right_to_left: bool) -> None:
    left = place.to_widget(canvas.width_px * 0.08, canvas.height_px * 0.7)
    right = place.to_widget(canvas.width_px * 0.92, canvas.height_px * 0.7)
    y = round(left.y())  # a line of two whole pixels is sharp, one across a pixel's edge is not
    painter.setPen(QPen(QColor(look.guide), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
    painter.drawLine(QPointF(left.x(), y), QPointF(right.x(), y))
    painter.setPen(QPen(QColor(look.guide), 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    size = 6.0
    corner = QPointF(right.x() - 10 if right_to_left else left.x() + 10, y - 18)
    painter.drawLine(corner - QPointF(size, size), corner + QPointF(size, size))
    painter.drawLine(corner + QPointF(-size, size), corner + QPointF(size, -size))


def _dots(painter: QPainter, canvas: Canvas, place: Placement, look: Tokens) -> None:
    painter.setFont(theme.font(theme.LEAD, strong=True))
    for number, (share_x, share_y) in enumerate(DOTS, start=1):
        at = place.to_widget(share_x * canvas.width_px, share_y * canvas.height_px)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.LIGHT.accent))
        painter.drawEllipse(at, _DOT_RADIUS_PX, _DOT_RADIUS_PX)
        painter.setPen(QColor(theme.LIGHT.accent))
        aside = -26 if share_x < 0.5 else 26  # beside the dot, where the ink does not cover it
        box = QRectF(at.x() - 14 + aside, at.y() - 14, 28, 28)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(number))
