# SPDX-License-Identifier: Apache-2.0
"""The strip that says that nothing here is real."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.ui.common import theme
from app.ui.common.controls import Icon, Text
from app.ui.common.theme import Tone, tokens


class TrainingBanner(QWidget):
    """Shown at the top of the window while the station is in training mode."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("training_banner")
        self.setFixedHeight(36)
        words = Text(self.tr("Training – not for real students"), theme.SMALL, strong=True)
        words.set_tone(Tone.WARN)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.SPACE_4, 0, theme.SPACE_4, 0)
        row.setSpacing(theme.SPACE_2)
        row.addStretch(1)
        row.addWidget(Icon("graduation-cap", 18, tone=Tone.WARN))
        row.addWidget(words)
        row.addStretch(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(tokens(self.palette()).warn_tint))
