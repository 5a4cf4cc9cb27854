# SPDX-License-Identifier: Apache-2.0
"""The signatures and drawings of a visit as small pictures on paper."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBitmap,
    QColor,
    QImage,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.ui.common import theme
from app.ui.common.discard import discard
from app.ui.common.theme import tokens

_WIDTH, _HEIGHT, _GAP, _EDGE = 128, 54, 8, 12  # eleven are two rows in the smallest window


def _shrunk(image: QImage, ratio: float) -> QImage:
    """The part with ink on it, scaled down smoothly to the size of a thumbnail."""
    marks = QRegion(QBitmap.fromImage(image.convertToFormat(QImage.Format.Format_Mono))).boundingRect()
    if not marks.isEmpty():
        reach = max(12, marks.height() // 8)
        image = image.copy(marks.adjusted(-reach, -reach, reach, reach).intersected(image.rect()))
    room = QSize(round((_WIDTH - 24) * ratio), round((_HEIGHT - 6) * ratio))
    keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    return image.scaled(room, keep, smooth)


class Thumbnail(QAbstractButton):
    """One picture; a click opens its step."""

    def __init__(self, number: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.number = number
        self._picture: QPixmap | None = None
        self.setObjectName(f"thumbnail_{number}")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.resize(_WIDTH, _HEIGHT)

    def show_picture(self, picture: QPixmap) -> None:
        """Show the picture."""
        self._picture = picture
        self.update()

    @property
    def has_picture(self) -> bool:
        """Whether the picture is there."""
        return self._picture is not None

    def paintEvent(self, event: QPaintEvent) -> None:
        look = tokens(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        path = QPainterPath()
        path.addRoundedRect(box, 6, 6)
        painter.fillPath(path, QColor(theme.LIGHT.surface))  # as the picture's own ground
        if self._picture is not None:
            size = self._picture.size()
            room = box.adjusted(16, 3, -8, -3)
            scale = min(room.width() / size.width(), room.height() / size.height())
            width, height = size.width() * scale, size.height() * scale
            target = QRectF(room.center().x() - width / 2, room.center().y() - height / 2, width, height)
            painter.drawPixmap(target, self._picture, QRectF(self._picture.rect()))
        painter.setPen(QPen(QColor(look.accent if self.underMouse() else look.line), 1.5))
        painter.drawPath(path)
        painter.setPen(QColor(theme.LIGHT.muted))
        painter.setFont(theme.font(11, medium=True))
        painter.drawText(box.adjusted(7, 3, -7, -3), Qt.AlignmentFlag.AlignTop, str(self.number))


class Thumbnails(QWidget):
    """The pictures in as many columns as fit.

    Signals:
        chosen(int): the step whose picture was clicked.
    """

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: dict[int, Thumbnail] = {}
        self._pictures: dict[int, QPixmap] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    def has(self, number: int) -> bool:
        """Whether the picture of that step is here."""
        return number in self._pictures

    def forget(self) -> None:
        """Drop all pictures."""
        self._pictures = {}

    def show_steps(self, numbers: Collection[int]) -> None:
        """Show a place for each accepted step."""
        for item in self._items.values():
            discard(item)
        self._items = {}
        for number in sorted(numbers):
            item = Thumbnail(number, self)
            item.setAccessibleName(self.tr("Step {number}").format(number=number))
            item.clicked.connect(lambda _checked=False, chosen=number: self.chosen.emit(chosen))
            if number in self._pictures:
                item.show_picture(self._pictures[number])
            item.show()
            self._items[number] = item
        self.setVisible(bool(self._items))
        self._place()

    def show_picture(self, number: int, png: bytes) -> None:
        """Take the picture of a step, PNG."""
        image = QImage()
        if image.loadFromData(png):
            picture = QPixmap.fromImage(_shrunk(image, self.devicePixelRatioF()))
            self._pictures[number] = picture
            if number in self._items:
                self._items[number].show_picture(picture)

    def _columns(self) -> int:
        return max(1, (self.width() - 2 * _EDGE + _GAP) // (_WIDTH + _GAP))

    def _place(self) -> None:
        columns = self._columns()
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        for place, item in enumerate(self._items.values()):
            x = _EDGE + (place % columns) * (_WIDTH + _GAP)
            if mirrored:
                x = self.width() - x - _WIDTH
            item.setGeometry(x, (place // columns) * (_HEIGHT + _GAP), _WIDTH, _HEIGHT)
        rows = -(-len(self._items) // columns)
        height = rows * (_HEIGHT + _GAP) + _EDGE - _GAP
        if self.height() != height or self.minimumHeight() != height:
            self.setFixedHeight(max(1, height))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place()

    def sizeHint(self) -> QSize:
        return QSize(400, self.minimumHeight())
