# SPDX-License-Identifier: Apache-2.0
"""How a step may look: a small drawing beside the canvas, never on it, so that nobody traces it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain.signature_flow import EXAMPLE_SIZE, FlowStep, Guide, PathPiece, StepType
from app.ui.common import theme
from app.ui.common.theme import tokens
from app.ui.signatures.guides import DOTS
from app.ui.signatures.words import instruction_for


def path_of(pieces: tuple[PathPiece, ...]) -> QPainterPath:
    """The pieces as a path in a box of ``EXAMPLE_SIZE``."""
    path = QPainterPath()
    for piece in pieces:
        points = [QPointF(*pair) for pair in zip(piece.values[::2], piece.values[1::2], strict=True)]
        if piece.command == "M":
            path.moveTo(points[0])
        elif piece.command == "L":
            path.lineTo(points[0])
        elif piece.command == "C":
            path.cubicTo(points[0], points[1], points[2])
        else:
            path.closeSubpath()
    return path


class ExampleCard(QWidget):
    """A card with the example of a step, fitted in."""

    def __init__(self, size: QSize, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("example")
        self._size = size
        self._step: FlowStep | None = None
        self.setMinimumSize(size.width() // 2, size.height() // 2)
        self.setMaximumHeight(size.height())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        return self._size

    @property
    def step(self) -> FlowStep | None:
        """The step whose example is shown."""
        return self._step

    def show_step(self, step: FlowStep) -> None:
        """Show another step's example."""
        self._step = step
        words = self.tr("Example: {instruction}").format(instruction=instruction_for(step))
        if step.step_type is StepType.SIGNATURE:
            words = self.tr("Example of a signature; sign your own name in your own way")
        self.setAccessibleName(words)
        self.setToolTip(words)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        step = self._step
        if step is None or not step.example:
            return
        look = tokens(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(look.line), 1))
        painter.setBrush(QColor(look.sunken))
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS, theme.RADIUS
        )
        wide, high = EXAMPLE_SIZE
        scale = min((self.width() - 12) / wide, (self.height() - 12) / high)
        painter.translate((self.width() - wide * scale) / 2, (self.height() - high * scale) / 2)
        painter.scale(scale, scale)
        pen = QPen(QColor(look.muted), 2.2)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path_of(step.example))
        if step.guide is Guide.DOTS:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(look.accent))
            for share_x, share_y in DOTS:
                painter.drawEllipse(QPointF(share_x * wide, share_y * high), 4.0, 4.0)
