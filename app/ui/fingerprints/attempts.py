# SPDX-License-Identifier: Apache-2.0
"""The attempts of a finger as chips: those that count, those that do not, and the ones still wanted."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.domain.visits import FingerTask, Impression
from app.ui.common import theme
from app.ui.common.assets import paint_icon
from app.ui.common.coaching import coaching_for
from app.ui.common.theme import Tokens, Tone, tokens

_HEIGHT, _WIDTH, _EMPTY_WIDTH, _GAP = 36.0, 62.0, 38.0, 6.0


class AttemptRow(QWidget):
    """The chips, newest attempts last; empty ones are still to come."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("attempts")
        self._impressions: tuple[Impression, ...] = ()
        self._missing = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(int(_HEIGHT) + 4)

    @property
    def shown(self) -> tuple[Impression, ...]:
        """The attempts on show: those that count, and the newest of the others as far as they fit."""
        room = self.width() - self._missing * (_EMPTY_WIDTH + _GAP) + _GAP
        kept = sum(impression.accepted for impression in self._impressions)
        free = max(1, int(room // (_WIDTH + _GAP)) - kept)
        poor = [impression for impression in self._impressions if not impression.accepted][-free:]
        return tuple(one for one in self._impressions if one.accepted or one in poor)

    def show_task(self, task: FingerTask | None, wanted: int) -> None:
        """Show a finger's attempts; ``wanted``: how many must count."""
        impressions = task.impressions if task is not None else ()
        accepted = len(task.accepted) if task is not None else 0
        self._missing = max(0, wanted - accepted)
        self._impressions = impressions
        words = self.tr("{kept} of {wanted} impressions kept").format(kept=accepted, wanted=wanted)
        self.setAccessibleName(words)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(220, int(_HEIGHT) + 4)

    def _boxes(self) -> list[QRectF]:
        widths = [_WIDTH] * len(self.shown) + [_EMPTY_WIDTH] * self._missing
        x = max(0.0, (self.width() - sum(widths) - _GAP * max(0, len(widths) - 1)) / 2)
        boxes = []
        for width in widths:
            boxes.append(QRectF(x, 2, width, _HEIGHT))
            x += width + _GAP
        return boxes

    def paintEvent(self, event: QPaintEvent) -> None:
        look = tokens(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shown = self.shown
        for place, box in enumerate(self._boxes()):
            if place < len(shown):
                self._paint_attempt(painter, box, shown[place], look)
            else:
                painter.setPen(QPen(QColor(look.outline), 1.2, Qt.PenStyle.DashLine))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), _HEIGHT / 2 - 1, _HEIGHT / 2 - 1)

    @staticmethod
    def _paint_attempt(painter: QPainter, box: QRectF, impression: Impression, look: Tokens) -> None:
        tone = Tone.GOOD if impression.accepted else Tone.BAD
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(look.tint(tone)))
        painter.drawRoundedRect(box, _HEIGHT / 2, _HEIGHT / 2)
        color = look.tone(tone)
        name = "check" if impression.accepted else "x"
        paint_icon(painter, name, color, QRectF(box.left() + 9, box.center().y() - 8, 16, 16))
        painter.setPen(QColor(color))
        painter.setFont(theme.font(theme.BODY, strong=True))
        room = box.adjusted(22, 0, -4, 0)
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, str(impression.quality))

    def words_for(self, impression: Impression) -> str:
        """An attempt in a sentence, for the tool tip."""
        words = self.tr("Touch {number}: quality {quality}").format(
            number=impression.attempt_number, quality=impression.quality
        )
        kept = self.tr("kept") if impression.accepted else self.tr("not kept")
        reason = coaching_for(impression.reasons[0]).sentence if impression.reasons else ""
        return f"{words}, {kept}. {reason}".strip()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            for box, impression in zip(self._boxes(), self.shown, strict=False):
                if box.contains(QPointF(event.pos())):
                    QToolTip.showText(event.globalPos(), self.words_for(impression), self)
            return True
        return super().event(event)
