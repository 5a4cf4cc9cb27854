# SPDX-License-Identifier: Apache-2.0
"""An inline message: what happened and what to do, with at most one button. Nothing is modal."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.ui.common import theme
from app.ui.common.controls import Button, Card, Icon, Text
from app.ui.common.theme import Tone

_ICONS = {
    Tone.GOOD: "circle-check",
    Tone.WARN: "triangle-alert",
    Tone.BAD: "circle-alert",
    Tone.ACCENT: "info",
    Tone.NEUTRAL: "info",
}


def announce(widget: QWidget, words: str) -> None:
    """Let a screen reader say a verdict at once, without moving the focus."""
    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, words))


class Notice(Card):
    """A tinted strip with an icon, a strong line, a plain line and an optional button.

    Signals:
        pressed(str): the name of the button's act.
    """

    pressed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, tone=Tone.WARN)
        self._act = ""
        self._icon = Icon("info", 22)
        self._what = Text("", theme.BODY, strong=True, wrap=True)
        self._how = Text("", theme.BODY, wrap=True)
        self._button = Button("", kind="secondary")
        self._button.clicked.connect(lambda: self.pressed.emit(self._act))
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.SPACE_4, theme.SPACE_3, theme.SPACE_3, theme.SPACE_3)
        row.setSpacing(theme.SPACE_3)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._what)
        words.addWidget(self._how)
        row.addWidget(self._icon)
        row.addLayout(words, 1)
        row.addWidget(self._button)
        self.hide()

    @property
    def words(self) -> str:
        """What it says now; empty while hidden."""
        return f"{self._what.text()} {self._how.text()}".strip() if not self.isHidden() else ""

    def say(
        self, tone: Tone, what: str, how: str = "", *, icon: str = "", act: str = "", button: str = ""
    ) -> None:
        """Show a message; with ``button`` there is something to press, which emits ``pressed(act)``."""
        self.set_tone(tone)
        self._icon.set_icon(icon or _ICONS[tone], tone)
        self._what.setText(what)
        self._how.setText(how)
        self._how.setVisible(bool(how))
        self._act = act
        self._button.setText(button)
        self._button.setObjectName(f"notice_{act}" if act else "")
        self._button.setVisible(bool(button))
        self._button.updateGeometry()
        self.show()
        announce(self, f"{what} {how}".strip())

    def clear(self) -> None:
        """Hide it: the reason is not true any more."""
        self.hide()
