# SPDX-License-Identifier: Apache-2.0
"""The hits of the student search: one row each, name large, class and number muted, state at the end."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.domain.listings import StudentListing, StudentState
from app.domain.visits import StudentCard
from app.ui.common import theme
from app.ui.common.controls import paint_chip
from app.ui.common.initials import paint_initials
from app.ui.common.theme import Tone, tokens
from app.ui.common.times import date_text

_Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()
ROW_HEIGHT = 64


def details_of(card: StudentCard) -> str:
    """Class, number and address in one line."""
    translate = QCoreApplication.translate
    parts = []
    if card.class_name:
        parts.append(translate("Students", "Class {name}").format(name=card.class_name))
    if card.number:
        parts.append(translate("Students", "No. {number}").format(number=card.number))
    if card.email:
        parts.append(card.email)
    return "  ·  ".join(parts)


def state_of(listing: StudentListing) -> tuple[str, Tone, str]:
    """Word, tone and icon of the state chip."""
    translate = QCoreApplication.translate
    if listing.state is StudentState.ENROLLED:
        word = translate("Students", "Enrolled")
        if listing.since is not None:
            word = translate("Students", "Enrolled {date}").format(date=date_text(listing.since))
        return word, Tone.GOOD, "circle-check"
    if listing.state is StudentState.IN_PROGRESS:
        return translate("Students", "In progress"), Tone.WARN, "circle-pause"
    return translate("Students", "Not enrolled"), Tone.NEUTRAL, "circle"


class StudentModel(QAbstractListModel):
    """The hits, in the order of the search."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[StudentListing, ...] = ()

    def rowCount(self, parent: _Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        listing = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return listing.card.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{listing.card.name}, {details_of(listing.card)}, {state_of(listing)[0]}"
        if role == Qt.ItemDataRole.UserRole:
            return listing
        return None

    def set_rows(self, rows: tuple[StudentListing, ...]) -> None:
        """Show other hits."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    @property
    def rows(self) -> tuple[StudentListing, ...]:
        """The hits."""
        return self._rows


class _RowPainter(QStyledItemDelegate):
    """Draws a row; ``states``: with the chip at its end."""

    def __init__(self, parent: QWidget, *, states: bool) -> None:
        super().__init__(parent)
        self._states = states

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(320, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        listing = index.data(Qt.ItemDataRole.UserRole)
        look = tokens(option.palette)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(option.rect).adjusted(4, 2, -4, -2)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if selected or hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(look.accent_tint if selected else look.hover))
            painter.drawRoundedRect(box, theme.RADIUS, theme.RADIUS)
        mirrored = option.direction is Qt.LayoutDirection.RightToLeft
        word, tone, icon = state_of(listing)
        chip_width = (
            0
            if not self._states
            else QFontMetrics(theme.font(theme.SMALL, medium=True)).horizontalAdvance(word) + 46
        )
        badge = QRectF(box.right() - 52 if mirrored else box.left() + 12, box.center().y() - 20, 40, 40)
        chip_at = box.left() + 12 if mirrored else box.right() - 12 - chip_width
        chip = QRectF(chip_at, box.center().y() - 14, chip_width, 28)
        # On the selected row's tint a badge and a chip of the same tint would have no edge.
        on_row = replace(look, accent_tint=look.surface, sunken=look.surface) if selected else look
        paint_initials(painter, badge, listing.card.name, on_row)
        if self._states:
            paint_chip(painter, chip, word, tone, icon, on_row, mirrored)
        room = QRectF(badge.right() + 14, box.top(), chip.left() - badge.right() - 28, box.height())
        if mirrored:
            room = QRectF(chip.right() + 14, box.top(), badge.left() - chip.right() - 28, box.height())
        self._words(painter, room, listing.card, look)
        painter.restore()

    @staticmethod
    def _words(painter: QPainter, room: QRectF, card: StudentCard, look: theme.Tokens) -> None:
        lines = (
            (card.name, theme.font(theme.LEAD, medium=True), look.text, room.adjusted(0, 8, 0, -27)),
            (details_of(card), theme.font(theme.SMALL), look.muted, room.adjusted(0, 33, 0, -7)),
        )
        for words, font, color, box in lines:
            painter.setFont(font)
            painter.setPen(QColor(color))
            shown = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, int(box.width()))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading, shown)


class ResultList(QListView):
    """The list; a click or Enter chooses.

    Args:
        states: whether each row says where the student stands with the enrollment.

    Signals:
        chosen(object): a ``StudentListing``.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None, *, states: bool = True) -> None:
        super().__init__(parent)
        self.setObjectName("result_list")
        self.setAccessibleName(self.tr("Students found"))
        self._model = StudentModel(self)
        self.setModel(self._model)
        self.setItemDelegate(_RowPainter(self, states=states))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.clicked.connect(self._choose)
        self.activated.connect(self._choose)

    @property
    def rows(self) -> tuple[StudentListing, ...]:
        """What is listed."""
        return self._model.rows

    def show_rows(self, rows: tuple[StudentListing, ...]) -> None:
        """List other hits and select the first."""
        self._model.set_rows(rows)
        if rows:
            self.setCurrentIndex(self._model.index(0))

    def selected(self) -> StudentListing | None:
        """The row that Enter would take."""
        index = self.currentIndex()
        return self._model.rows[index.row()] if index.isValid() else None

    def move_selection(self, rows: int) -> None:
        """Move the selection by that many rows."""
        count = self._model.rowCount()
        if count:
            at = min(max(self.currentIndex().row() + rows, 0), count - 1)
            self.setCurrentIndex(self._model.index(at))

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(self._model.rows[index.row()])
