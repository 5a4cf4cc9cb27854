# SPDX-License-Identifier: Apache-2.0
"""The health of the station at a glance: reader, database, pen, disk."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QSizePolicy, QWidget

from app.ui.common import theme
from app.ui.common.assets import paint_icon
from app.ui.common.theme import Tone, tokens

HEALTH_NAMES = ("reader", "database", "pen", "disk")
_ICONS = {"reader": "usb", "database": "database", "pen": "pen-tool", "disk": "hard-drive"}
_MARK = {Tone.GOOD: "check", Tone.WARN: "triangle-alert", Tone.BAD: "x"}


@dataclass(frozen=True, slots=True)
class HealthView:
    """State of one part: ``tone`` GOOD, WARN, BAD, or NEUTRAL while unknown; ``words`` say it in full."""

    name: str
    tone: Tone
    words: str


def health_word(name: str) -> str:
    """What the part is called."""
    translate = QCoreApplication.translate
    return {
        "reader": translate("Health", "Reader"),
        "database": translate("Health", "Database"),
        "pen": translate("Health", "Pen"),
        "disk": translate("Health", "Disk"),
    }[name]


class HealthItem(QAbstractButton):
    """One part; a click asks for its details."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._view = HealthView(name, Tone.NEUTRAL, "")
        self.setObjectName(f"health_{name}")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_view(self._view)

    def show_view(self, view: HealthView) -> None:
        """Draw another state."""
        self._view = view
        words = health_word(self._name) + (f": {view.words}" if view.words else "")
        self.setToolTip(words)
        self.setAccessibleName(words)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.CONTROL_HEIGHT, theme.CONTROL_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = tokens(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(look.hover))
            painter.drawRoundedRect(QRectF(self.rect()), theme.RADIUS, theme.RADIUS)
        middle = QRectF(self.rect()).center()
        paint_icon(painter, _ICONS[self._name], look.muted, QRectF(middle.x() - 10, middle.y() - 10, 20, 20))
        mark = _MARK.get(self._view.tone)
        if mark is None:
            return
        spot = QRectF(middle.x() + 3, middle.y() + 2, 14, 14)
        painter.setPen(QPen(QColor(look.surface), 2))
        painter.setBrush(QColor(look.tone(self._view.tone)))
        painter.drawEllipse(spot)
        paint_icon(painter, mark, look.surface, spot.adjusted(2.5, 2.5, -2.5, -2.5))


class HealthRow(QWidget):
    """The four parts in a row, or in a column where the rail is narrow.

    Signals:
        asked(str): the operator wants to know more about that part.
    """

    asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(0)
        self._items = {name: HealthItem(name) for name in HEALTH_NAMES}
        for name, item in self._items.items():
            item.clicked.connect(lambda _checked=False, part=name: self.asked.emit(part))
        self.set_narrow(False)

    def set_narrow(self, narrow: bool) -> None:
        """Stack the parts, or put them side by side."""
        for place, item in enumerate(self._items.values()):
            self._grid.removeWidget(item)
            self._grid.addWidget(item, place if narrow else 0, 0 if narrow else place)

    def show_views(self, views: tuple[HealthView, ...]) -> None:
        """Draw the parts that are named."""
        for view in views:
            self._items[view.name].show_view(view)

    def word(self, name: str) -> str:
        """What a part is called."""
        return health_word(name)
