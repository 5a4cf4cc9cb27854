# SPDX-License-Identifier: Apache-2.0
"""How sure a recognition is, for people: a bar with a tick at what is needed, and odds instead of scores."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.common.numbers import number_text
from app.ui.common.theme import Tone, tokens

#: Powers of ten of the odds at the end of the bar; beyond one in a billion nobody can tell the difference.
FULL_POWER = 9.0


@dataclass(frozen=True, slots=True)
class Certainty:
    """What the bar shows and the line below it says.

    Attributes:
        level, needed: 0 to 1 along the bar.
        enough: whether what was needed is reached.
        words: the odds.
    """

    level: float
    needed: float
    enough: bool
    words: str


def certainty_of(chance: float, allowed: float, *, enough: bool) -> Certainty:
    """Of the chance that a different finger looks as much alike, and of the chance that is allowed."""
    if chance >= 0.5:
        words = QCoreApplication.translate(
            "Certainty", "Most fingers look this much alike. Needed is 1 in {needed}."
        )
    else:
        words = QCoreApplication.translate(
            "Certainty", "By chance 1 finger in {odds} looks this much alike. Needed is 1 in {needed}."
        )
    words = words.format(odds=odds_text(chance), needed=odds_text(allowed))
    return Certainty(_along(chance), _along(allowed), enough, words)


def odds_text(chance: float) -> str:
    """A chance as "1 in" so many: one figure and zeros, a billion at most, never more than is known."""
    odds = 1.0 / max(chance, 10.0**-FULL_POWER)
    power = math.floor(math.log10(odds) + 1e-9)
    rounded = math.floor(odds / 10**power + 1e-9) * 10**power
    return number_text(max(1, rounded))


def _along(chance: float) -> float:
    return min(1.0, max(0.0, -math.log10(max(chance, 1e-300)) / FULL_POWER))


class CertaintyBar(QWidget):
    """A track, a filled part and the tick."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("certainty_bar")
        self._shown: Certainty | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(20)

    @property
    def shown(self) -> Certainty | None:
        """What it shows."""
        return self._shown

    def sizeHint(self) -> QSize:
        return QSize(240, 20)

    def show_certainty(self, certainty: Certainty | None) -> None:
        """Show another one, or hide."""
        self._shown = certainty
        self.setVisible(certainty is not None)
        self.setAccessibleName(certainty.words if certainty is not None else "")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        shown = self._shown
        if shown is None:
            return
        look = tokens(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            painter.translate(self.width(), 0)
            painter.scale(-1, 1)
        track = QRectF(0, 5, self.width(), 10)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(look.sunken))
        painter.drawRoundedRect(track, 5, 5)
        painter.setBrush(QColor(look.tone(Tone.GOOD if shown.enough else Tone.WARN)))
        painter.drawRoundedRect(QRectF(0, 5, max(10.0, track.width() * shown.level), 10), 5, 5)
        tick = track.width() * shown.needed
        painter.setBrush(QColor(look.surface))
        painter.drawRect(QRectF(tick - 3, 0, 6, 20))
        painter.setBrush(QColor(look.text))
        painter.drawRoundedRect(QRectF(tick - 1, 0, 2, 20), 1, 1)
