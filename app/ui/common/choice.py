# SPDX-License-Identifier: Apache-2.0
"""A combo box with our own arrow and popup rows of full height."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QListView, QWidget

from app.ui.common.assets import paint_icon
from app.ui.common.theme import tokens


class Choice(QComboBox):
    """A combo box."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setView(QListView())
        self.setMaxVisibleItems(12)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        look = tokens(self.palette())
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        at = 12 if mirrored else self.width() - 30
        box = QRectF(at, (self.height() - 18) / 2, 18, 18)
        paint_icon(QPainter(self), "chevron-down", look.muted, box)
