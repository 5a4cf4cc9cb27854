# SPDX-License-Identifier: Apache-2.0
"""A slider with few stops, for a choice that is more or less of one thing."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from app.ui.common import theme
from app.ui.common.theme import tokens

_KNOB_PX, _EDGE_PX = 24, 16


class StopSlider(QSlider):
    """Paints track, stops and knob; a press anywhere takes the nearest stop. Arrows, Home and End as ever."""

    def __init__(self, stops: int, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setRange(0, stops - 1)
        self.setPageStep(1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        return QSize(320, theme.CONTROL_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, theme.CONTROL_HEIGHT)

    @property
    def _mirrored(self) -> bool:
        return self.layoutDirection() is Qt.LayoutDirection.RightToLeft

    def _x_of(self, stop: int) -> float:
        share = stop / max(1, self.maximum())
        room = self.width() - 2 * _EDGE_PX
        return _EDGE_PX + room * (1 - share if self._mirrored else share)

    def _stop_at(self, x: float) -> int:
        return min(range(self.maximum() + 1), key=lambda stop: abs(self._x_of(stop) - x))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self.setSliderPosition(self._stop_at(event.position().x()))
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self.setSliderPosition(self._stop_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = tokens(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, at = self.height() / 2, self._x_of(self.sliderPosition())
        strong = QColor(look.accent if self.isEnabled() else look.outline)
        start = self._x_of(0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(look.line))
        painter.drawRoundedRect(QRectF(_EDGE_PX, middle - 3, self.width() - 2 * _EDGE_PX, 6), 3, 3)
        painter.setBrush(strong)
        painter.drawRoundedRect(QRectF(min(start, at), middle - 3, abs(at - start), 6), 3, 3)
        for stop in range(self.maximum() + 1):
            passed = stop <= self.sliderPosition()
            painter.setBrush(strong if passed else QColor(look.outline))
            painter.drawEllipse(QRectF(self._x_of(stop) - 4, middle - 4, 8, 8))
        painter.setPen(QPen(strong, 2))
        painter.setBrush(QColor(look.surface))
        painter.drawEllipse(QRectF(at - _KNOB_PX / 2, middle - _KNOB_PX / 2, _KNOB_PX, _KNOB_PX))
