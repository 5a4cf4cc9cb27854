# SPDX-License-Identifier: Apache-2.0
"""The place where a roster file is dropped."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.common import theme
from app.ui.common.controls import Text
from app.ui.common.prompt_icon import PromptIcon
from app.ui.common.theme import Tone, tokens


class DropZone(QWidget):
    """A dashed surface.

    Signals:
        dropped(object): the ``Path`` of one file.
    """

    dropped = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._over = False
        self.setAcceptDrops(True)
        icon = PromptIcon(72)
        icon.show_icon("users", Tone.ACCENT)
        what = Text(self.tr("Drop the school's roster here, or choose the file"), theme.LEAD, strong=True)
        needs = Text(
            self.tr("A CSV file, as every spreadsheet saves it. The first line names the columns."),
            theme.BODY,
            muted=True,
            wrap=True,
        )
        columns = Text(
            self.tr("Needed: name, email. Also read: class_name, course, number, status."),
            theme.SMALL,
            muted=True,
            wrap=True,
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE_6, theme.SPACE_6, theme.SPACE_6, theme.SPACE_6)
        column.setSpacing(theme.SPACE_3)
        column.addStretch(1)
        column.addWidget(icon, 0, Qt.AlignmentFlag.AlignHCenter)
        for text in (what, needs, columns):
            text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(text)
        column.addStretch(1)

    @staticmethod
    def _file(event: QDropEvent) -> Path | None:
        urls = event.mimeData().urls()
        return Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._file(event) is not None:
            self._set_over(True)
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._set_over(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._set_over(False)
        file = self._file(event)
        if file is not None:
            event.acceptProposedAction()
            self.dropped.emit(file)

    def _set_over(self, over: bool) -> None:
        self._over = over
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        look = tokens(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(look.accent_tint if self._over else look.surface))
        pen = QPen(QColor(look.accent if self._over else look.outline), 2 if self._over else 1)
        pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(box, theme.RADIUS + 2, theme.RADIUS + 2)
