# SPDX-License-Identifier: Apache-2.0
"""The canvas as the operator sees it while the student writes on another screen: live, not to be drawn on."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
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
        pad.inked.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(800, 300)

    def paintEvent(self, event: QPaintEvent) -> None:
        size = self._pad.size()
        if size.isEmpty():
            return
        scale = min(self.width() / size.width(), self.height() / size.height())
        width, height = size.width() * scale, size.height() * scale
        box = QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for image in self._pad.layers():
            painter.drawImage(box, image, QRectF(image.rect()))
