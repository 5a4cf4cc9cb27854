# SPDX-License-Identifier: Apache-2.0
"""Step n of 11 as dots: done, now, to do; a click opens a step again."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QWidget

from app.ui.common import theme
from app.ui.common.assets import paint_icon
from app.ui.common.theme import tokens


class StepDot(QAbstractButton):
    """One step. The dot is small, the target is not."""

    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.number = number
        self._done = self._now = False
        self.setObjectName(f"step_dot_{number}")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedSize(32, theme.CONTROL_HEIGHT)

    def show_state(self, done: bool, now: bool, words: str) -> None:
        """Draw it."""
        self._done, self._now = done, now
        self.setToolTip(words)
        self.setAccessibleName(words)
        self.setCursor(Qt.CursorShape.PointingHandCursor if self.isEnabled() else Qt.CursorShape.ArrowCursor)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(32, theme.CONTROL_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = tokens(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = QRectF(self.rect()).center()
        radius = 13.0 if self._now else 10.0
        disk = QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius)
        if self._now:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(look.accent))
            painter.drawEllipse(disk)
            painter.setPen(QColor(look.on_accent))
            painter.setFont(theme.font(theme.SMALL, strong=True))
            painter.drawText(disk, Qt.AlignmentFlag.AlignCenter, str(self.number))
        elif self._done:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(look.good_tint))
            painter.drawEllipse(disk)
            paint_icon(painter, "check", look.good, disk.adjusted(3, 3, -3, -3))
        else:
            painter.setPen(QPen(QColor(look.outline), 1.2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(disk.adjusted(1, 1, -1, -1))
            painter.setPen(QColor(look.muted))
            painter.setFont(theme.font(11))
            painter.drawText(disk, Qt.AlignmentFlag.AlignCenter, str(self.number))


class StepDots(QWidget):
    """All steps in a row.

    Signals:
        step_chosen(int): the operator wants to see or redo that step.
    """

    step_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._dots: list[StepDot] = []

    def show_steps(self, total: int, accepted: Collection[int], now: int) -> None:
        """Draw the steps; those done and the first open one can be opened."""
        while len(self._dots) < total:
            dot = StepDot(len(self._dots) + 1)
            dot.clicked.connect(lambda _checked=False, number=dot.number: self.step_chosen.emit(number))
            self._row.addWidget(dot)
            self._dots.append(dot)
        first_open = next((n for n in range(1, total + 1) if n not in accepted), 0)
        for dot in self._dots:
            dot.setVisible(dot.number <= total)
            done = dot.number in accepted
            dot.setEnabled(done or dot.number in (now, first_open))
            words = self.tr("Step {number} of {total}").format(number=dot.number, total=total)
            if done:
                words = self.tr("Step {number} of {total}, done: click to redo").format(
                    number=dot.number, total=total
                )
            dot.show_state(done, dot.number == now, words)
