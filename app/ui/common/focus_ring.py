# SPDX-License-Identifier: Apache-2.0
"""One focus ring for the whole window: 2 px accent with a 2 px gap around whatever has the keyboard.

Widgets take the focus by Tab or from the program, never by a click on a button, so the ring always means
"the keyboard is here". Fields draw their own border instead.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPlainTextEdit, QWidget
from shiboken6 import isValid

from app.ui.common import theme
from app.ui.common.theme import tokens

_OWN_BORDER = (QLineEdit, QComboBox, QPlainTextEdit)
_REACH = theme.FOCUS_WIDTH + theme.FOCUS_GAP


class FocusRing(QWidget):
    """An overlay child of the window that follows the focused widget; it takes no input."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._target: QWidget | None = None
        self._watched: list[QWidget] = []
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus_changed)

    def _on_focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        for widget in self._watched:
            if isValid(widget):
                widget.removeEventFilter(self)
        self._watched = []
        window = self.parentWidget()
        ours = new is not None and window is not None and (new is not window) and window.isAncestorOf(new)
        self._target = new if ours and not isinstance(new, _OWN_BORDER) else None
        if self._target is not None and self._target.property("own_focus"):
            self._target = None
        step: QWidget | None = self._target
        while step is not None and step is not window:
            step.installEventFilter(self)
            self._watched.append(step)
            step = step.parentWidget()
        self._follow()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide):
            self._follow()
        return False

    def _follow(self) -> None:
        target, window = self._target, self.parentWidget()
        if target is None or not isValid(target) or window is None or not target.isVisible():
            self.hide()
            return
        corner = target.mapTo(window, QPoint(0, 0))
        box = QRect(corner, target.size()).adjusted(-_REACH, -_REACH, _REACH, _REACH)
        self.setGeometry(box)
        self.raise_()
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens(self.palette()).accent), theme.FOCUS_WIDTH))
        half = theme.FOCUS_WIDTH / 2
        box = QRectF(self.rect()).adjusted(half, half, -half, -half)
        painter.drawRoundedRect(box, theme.RADIUS + theme.FOCUS_GAP, theme.RADIUS + theme.FOCUS_GAP)
