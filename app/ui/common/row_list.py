# SPDX-License-Identifier: Apache-2.0
"""A long list of calm rows: a mark at the start, a name, details below it, a state at the end."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.ui.common import theme
from app.ui.common.controls import paint_chip
from app.ui.common.theme import Tone, tokens

_Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()
ROW_HEIGHT = 56
_MARK_WIDTH = 64


@dataclass(frozen=True, slots=True)
class Row:
    """What one row shows. ``key``: what the owner knows it by; ``tone`` colors the details too when bad."""

    key: object
    mark: str
    title: str
    details: str
    state: str
    tone: Tone = Tone.NEUTRAL
    icon: str = ""

    @property
    def spoken(self) -> str:
        """The row for a screen reader."""
        return ", ".join(part for part in (self.title, self.details, self.state, self.mark) if part)


class _Model(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: tuple[Row, ...] = ()

    def rowCount(self, parent: _Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return row.spoken
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.details
        if role == Qt.ItemDataRole.UserRole:
            return row
        return None

    def show(self, rows: tuple[Row, ...]) -> None:
        """Show other rows; where only some differ, the list stays where it was scrolled to."""
        if len(rows) == len(self.rows) and rows:
            changed = [place for place, row in enumerate(rows) if row != self.rows[place]]
            self.rows = rows
            if changed:
                self.dataChanged.emit(self.index(changed[0]), self.index(changed[-1]))
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()


class _RowPainter(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(320, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        row: Row = index.data(Qt.ItemDataRole.UserRole)
        look = tokens(option.palette)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(option.rect).adjusted(4, 2, -4, -2)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected or bool(option.state & QStyle.StateFlag.State_MouseOver):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(look.accent_tint if selected else look.hover))
            painter.drawRoundedRect(box, theme.RADIUS, theme.RADIUS)
        mirrored = option.direction is Qt.LayoutDirection.RightToLeft
        chip_font = theme.font(theme.SMALL, medium=True)
        chip_width = QFontMetrics(chip_font).horizontalAdvance(row.state) + (46 if row.icon else 24)
        chip_at = box.left() + 12 if mirrored else box.right() - 12 - chip_width
        chip = QRectF(chip_at, box.center().y() - 14, chip_width, 28)
        if row.state:
            paint_chip(painter, chip, row.state, row.tone, row.icon, look, mirrored)
        mark_at = box.right() - _MARK_WIDTH if mirrored else box.left() + 4
        mark = QRectF(mark_at, box.top(), _MARK_WIDTH - 8, box.height())
        painter.setFont(theme.font(theme.SMALL, figures=True))
        painter.setPen(QColor(look.muted))
        painter.drawText(mark, Qt.AlignmentFlag.AlignCenter, row.mark)
        inset = _MARK_WIDTH if row.mark else 16
        room = QRectF(box.left() + inset, box.top(), chip.left() - box.left() - inset - 12, 0)
        if mirrored:
            room = QRectF(chip.right() + 12, box.top(), box.right() - inset - chip.right() - 20, 0)
        self._words(painter, room, box, row, look)
        painter.restore()

    @staticmethod
    def _words(painter: QPainter, room: QRectF, box: QRectF, row: Row, look: theme.Tokens) -> None:
        muted = look.bad if row.tone is Tone.BAD else look.muted
        lines = (
            (row.title, theme.font(theme.BODY, medium=True), look.text, 6),
            (row.details, theme.font(theme.SMALL), muted, 27),
        )
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading
        for words, font, color, top in lines:
            painter.setFont(font)
            painter.setPen(QColor(color))
            shown = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, int(room.width()))
            line = QRectF(room.left(), box.top() + top, room.width(), 20)
            painter.drawText(line, flags, shown)


class RowList(QListView):
    """The list; the arrow keys move, a click or Enter chooses.

    Signals:
        chosen(object): the key of a row.
        current_changed(object): the key of the row that has the selection, or ``None``.
    """

    chosen = Signal(object)
    current_changed = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._model = _Model(self)
        self.setModel(self._model)
        self.setItemDelegate(_RowPainter(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.clicked.connect(self._choose)
        self.activated.connect(self._choose)

    @property
    def rows(self) -> tuple[Row, ...]:
        """What is listed."""
        return self._model.rows

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """List other rows; the one that had the selection keeps it where it still is."""
        if rows == self._model.rows:
            return
        key = self.current_key()
        self._model.show(rows)
        place = next((place for place, row in enumerate(rows) if row.key == key), None)
        if place is not None:
            self.setCurrentIndex(self._model.index(place))
        elif key is not None:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())

    def current_key(self) -> object:
        """The key of the row that has the selection."""
        index = self.currentIndex()
        return self._model.rows[index.row()].key if index.isValid() else None

    def select(self, key: object) -> None:
        """Give a row the selection."""
        for place, row in enumerate(self._model.rows):
            if row.key == key:
                self.setCurrentIndex(self._model.index(place))

    def currentChanged(self, current: _Index, previous: _Index) -> None:  # noqa: N802 - a name that Qt calls
        super().currentChanged(current, previous)
        self.current_changed.emit(self.current_key())

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(self._model.rows[index.row()].key)
