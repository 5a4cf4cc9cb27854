# SPDX-License-Identifier: Apache-2.0
"""The canvas as the operator sees it while the student writes on another screen: live, not to be drawn on."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.signatures.pad import SignaturePad


class PadMirror(QWidget):
    """Shows a canvas, fitted in."""

    def __init__(self, pad: SignaturePad, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pad_mirror")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("What the student draws"))
        self._pad = pad
        pad.surface.mirror_to(self._follow)

    def sizeHint(self) -> QSize:
        return QSize(800, 300)

    def _box(self) -> QRectF:
        """Where the canvas is shown, logical pixels."""
        size = QSizeF(self._pad.size())
        shown = size.scaled(QSizeF(self.size()), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (self.width() - shown.width()) / 2, (self.height() - shown.height()) / 2
        return QRectF(left, top, shown.width(), shown.height())

    def _follow(self, changed: QRect) -> None:
        """Show what was inked, and only that: scaling the whole canvas takes longer than a pen sample."""
        box = self._box()
        scale = box.width() / max(1, self._pad.width())
        part = QRectF(
            changed.x() * scale, changed.y() * scale, changed.width() * scale, changed.height() * scale
        )
        self.update(part.translated(box.topLeft()).toAlignedRect().adjusted(-1, -1, 1, 1))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._pad.size().isEmpty():
            return
        box = self._box()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        picture = self._pad.picture
        painter.drawImage(box, picture, QRectF(picture.rect()))
