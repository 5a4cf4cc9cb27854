# SPDX-License-Identifier: Apache-2.0
"""A hand, and under it the fingers that are asked for with their progress."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.domain.fingerprints import Finger
from app.domain.visits import FingerTask, StepState
from app.ui.common import theme
from app.ui.common.assets import paint_icon
from app.ui.common.theme import Tone, tokens
from app.ui.common.words import finger_title, skip_word
from app.ui.fingerprints.hands import HandWidget


class TaskLine(QWidget):
    """A finger's name and one dot per impression that is wanted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._task: FingerTask | None = None
        self._state = StepState.OPEN
        self._wanted = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(180, 26)

    def show_task(self, task: FingerTask, state: StepState, wanted: int) -> None:
        """Show a finger."""
        self._task, self._state, self._wanted = task, state, wanted
        name = finger_title(task.finger)
        self.setAccessibleName(f"{name}: {len(task.accepted)} / {wanted}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        task = self._task
        if task is None:
            return
        look = tokens(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        current = self._state is StepState.CURRENT
        font = theme.font(theme.SMALL, strong=current, medium=not current)
        painter.setFont(font)
        name = finger_title(task.finger)
        if task.skip is not None:
            name = f"{name} – {skip_word(task.skip.reason)}"
        width = painter.fontMetrics().horizontalAdvance(name)
        dots = 0 if task.skip is not None else self._wanted * 14 + 6
        x = max(0.0, (self.width() - width - dots) / 2)
        painter.setPen(QColor(look.accent if current else look.text))
        painter.drawText(QRectF(x, 0, width + 4, self.height()), Qt.AlignmentFlag.AlignVCenter, name)
        x += width + 10
        if task.skip is not None:
            return
        for number in range(self._wanted):
            dot = QRectF(x, self.height() / 2 - 4, 8, 8)
            if number < len(task.accepted):
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(look.good))
            else:
                painter.setPen(QPen(QColor(look.accent if current else look.outline), 1.4))
                painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(dot)
            x += 14
        if self._state is StepState.ATTENTION:
            paint_icon(
                painter, "triangle-alert", look.tone(Tone.BAD), QRectF(x + 2, self.height() / 2 - 7, 14, 14)
            )


class HandColumn(QWidget):
    """The hand and its lines."""

    def __init__(self, hand: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hand = HandWidget(hand)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(0)
        self._widgets: list[TaskLine] = []
        self._room = QWidget()
        self._room.setLayout(self._lines)
        self._lines.setContentsMargins(0, 0, 0, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE_2)
        layout.addStretch(1)
        layout.addWidget(self.hand, 100)
        layout.addWidget(self._room)
        layout.addStretch(1)
        self._room.setFixedHeight(56)
        self._lines.addStretch(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.hand.setMaximumHeight(round(self.width() * 1.12))  # the drawing's shape: its lines stay close

    def show_tasks(
        self, tasks: tuple[FingerTask, ...], states: Mapping[Finger, StepState], wanted: int
    ) -> None:
        """Draw the hand's share of the visit."""
        self.hand.show_states(states)
        mine = [task for task in tasks if task.finger in self.hand.fingers]
        while len(self._widgets) < len(mine):
            line = TaskLine()
            self._lines.insertWidget(len(self._widgets), line)
            self._widgets.append(line)
        for line, task in zip(self._widgets, mine, strict=False):
            line.show_task(task, states[task.finger], wanted)
            line.show()
        for line in self._widgets[len(mine) :]:
            line.hide()
        self._room.setFixedHeight(max(2, len(mine)) * 26 + 4)
