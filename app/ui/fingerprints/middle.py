# SPDX-License-Identifier: Apache-2.0
"""Between the hands: the impression, its quality and the attempts, or the offer after too many poor ones."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.ui.common import theme
from app.ui.common.impression import ImpressionView
from app.ui.common.quality_bar import QualityBar
from app.ui.fingerprints.attempts import AttemptRow
from app.ui.fingerprints.offer_panel import OfferPanel


class Middle(QStackedWidget):
    """The column in the middle of the fingers page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.impression = ImpressionView()
        self.quality = QualityBar()
        self.attempts = AttemptRow()
        self.offer = OfferPanel()
        capture = QWidget()
        column = QVBoxLayout(capture)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_3)
        column.addStretch(1)
        column.addWidget(self.impression, 100)
        column.addWidget(self.quality)
        column.addWidget(self.attempts)
        column.addStretch(1)
        self.addWidget(capture)
        self.addWidget(self.offer)
        self.setMinimumWidth(300)
        self.setMaximumWidth(420)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.impression.setMaximumHeight(self.width() * 9 // 8)  # a reader's usual shape, 256 x 288

    @property
    def offers(self) -> bool:
        """Whether the offer is shown."""
        return self.currentWidget() is self.offer

    def show_capture(self) -> None:
        """Show the impression."""
        self.setCurrentIndex(0)

    def show_offer(self) -> None:
        """Show the offer, which has been filled."""
        self.setCurrentWidget(self.offer)

    def clear(self) -> None:
        """No touch yet: an empty impression and no reading."""
        self.impression.clear()
        self.quality.clear()
