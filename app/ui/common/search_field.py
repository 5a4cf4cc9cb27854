# SPDX-License-Identifier: Apache-2.0
"""The large search field with its magnifier."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.ui.common import theme
from app.ui.common.assets import paint_icon
from app.ui.common.theme import tokens


class SearchField(QLineEdit):
    """A field of 56 px with an icon at its start."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(theme.font(theme.LEAD))
        self.setFixedHeight(56)
        self.setMaxLength(200)
        self._make_room()

    def _make_room(self) -> None:
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        self.setTextMargins(0 if mirrored else 36, 0, 36 if mirrored else 0, 0)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LayoutDirectionChange:
            self._make_room()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        at = self.width() - 40 if mirrored else 18
        paint_icon(QPainter(self), "search", tokens(self.palette()).muted, QRectF(at, 17, 22, 22))
