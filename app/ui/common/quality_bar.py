# SPDX-License-Identifier: Apache-2.0
"""The quality of an impression: number, word, icon and a bar with a tick where the school asks for more."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain.enrollment import Verdict
from app.ui.common import theme
from app.ui.common.assets import paint_icon
from app.ui.common.theme import Tone, tokens
from app.ui.common.words import verdict_word

VERDICT_LOOK: dict[Verdict, tuple[Tone, str]] = {
    Verdict.GOOD: (Tone.GOOD, "circle-check"),
    Verdict.FAIR: (Tone.WARN, "circle-check"),
    Verdict.AGAIN: (Tone.BAD, "circle-alert"),
    Verdict.REFUSED: (Tone.BAD, "circle-x"),
}


class QualityBar(QWidget):
    """Draws a reading; what it is worth it is told, it does not judge."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("quality_bar")
        self._quality: int | None = None
        self._verdict: Verdict | None = None
        self._tick = 0
        self._final = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(64)
        self.clear()

    @property
    def quality(self) -> int | None:
        """The number that is shown."""
        return self._quality

    @property
    def verdict(self) -> Verdict | None:
        """The verdict that is shown."""
        return self._verdict

    def sizeHint(self) -> QSize:
        return QSize(256, 64)

    def set_tick(self, quality: int) -> None:
        """Where the tick stands."""
        self._tick = quality
        self.update()

    def show_reading(self, quality: int, verdict: Verdict, *, final: bool) -> None:
        """Show a quality of 0-100; ``final`` once the whole impression is there."""
        self._quality, self._verdict, self._final = quality, verdict, final
        words = self.tr("Quality {number}, {word}").format(number=quality, word=verdict_word(verdict))
        self.setAccessibleName(words)
        self.update()

    def clear(self) -> None:
        """Show no reading."""
        self._quality = self._verdict = None
        self._final = False
        self.setAccessibleName(self.tr("Quality: no reading yet"))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        look = tokens(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = float(self.width())
        track = QRectF(0, 44, width, 8)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(look.line))
        painter.drawRoundedRect(track, 4, 4)
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        if self._quality is not None and self._verdict is not None:
            tone, icon = VERDICT_LOOK[self._verdict]
            color = look.tone(tone)
            filled = max(8.0, width * self._quality / 100)
            painter.setBrush(QColor(color))
            left = width - filled if mirrored else 0.0
            painter.drawRoundedRect(QRectF(left, track.top(), filled, 8), 4, 4)
            self._paint_words(painter, color, icon, mirrored)
        else:
            painter.setPen(QColor(look.muted))
            painter.setFont(theme.font(theme.BODY))
            painter.drawText(QRectF(0, 4, width, 34), Qt.AlignmentFlag.AlignVCenter, self.tr("Quality"))
        at = width * self._tick / 100
        at = width - at if mirrored else at
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(look.text))
        painter.drawRoundedRect(QRectF(at - 1, track.top() - 5, 2, 18), 1, 1)

    def _paint_words(self, painter: QPainter, color: str, icon: str, mirrored: bool) -> None:
        if self._quality is None or self._verdict is None:
            return
        number, word = str(self._quality), verdict_word(self._verdict)
        big, small = theme.font(theme.DISPLAY, strong=True, figures=True), theme.font(theme.LEAD, medium=True)
        number_width = QFontMetrics(big).horizontalAdvance(number) + 4
        word_width = QFontMetrics(small).horizontalAdvance(word) + 4
        x = 0.0 if not mirrored else self.width() - number_width
        painter.setPen(QColor(tokens(self.palette()).text))
        painter.setFont(big)
        painter.drawText(QRectF(x, 0, number_width, 40), Qt.AlignmentFlag.AlignVCenter, number)
        end = float(self.width())
        word_at = 0.0 if mirrored else end - word_width
        icon_at = word_width + 4 if mirrored else word_at - 26
        paint_icon(painter, icon, color, QRectF(icon_at, 10, 20, 20))
        painter.setPen(QColor(color))
        painter.setFont(small)
        painter.drawText(QRectF(word_at, 0, word_width, 40), Qt.AlignmentFlag.AlignVCenter, word)
