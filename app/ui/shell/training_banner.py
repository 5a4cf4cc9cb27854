# SPDX-License-Identifier: Apache-2.0
"""The strip that says that nothing here is real."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.ui.common import theme
from app.ui.common.controls import Button, Icon, Text
from app.ui.common.theme import Tone, tokens


class TrainingBanner(QWidget):
    """Shown at the top of the window while the station is in training mode.

    Signals:
        setup_wanted(): set this station up for real.
    """

    setup_wanted = Signal()

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
        self._setup = Button(self.tr("Set up this station..."), kind="quiet")
        self._setup.setObjectName("training_setup")
        self._setup.clicked.connect(self.setup_wanted)
        self._setup.hide()
        row.addWidget(self._setup)

    def offer_setup(self) -> None:
        """Show the way out of the training."""
        self._setup.show()
        self.setFixedHeight(theme.CONTROL_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(tokens(self.palette()).warn_tint))
