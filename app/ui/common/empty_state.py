# SPDX-License-Identifier: Apache-2.0
"""What a page shows where there is nothing to show: an icon, what is so, what to do."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.common import theme
from app.ui.common.controls import Text
from app.ui.common.prompt_icon import PromptIcon
from app.ui.common.theme import Tone


class EmptyState(QWidget):
    """Icon and two lines in the middle."""

    def __init__(self, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = PromptIcon(88)
        self._icon.show_icon(icon, Tone.NEUTRAL)
        self._what = Text("", theme.LEAD, strong=True, wrap=True)
        self._how = Text("", theme.BODY, muted=True, wrap=True)
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.SPACE_2)
        layout.addStretch(2)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        for text in (self._what, self._how):
            text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            layout.addWidget(text)
        layout.addStretch(3)

    @property
    def words(self) -> str:
        """What it says."""
        return f"{self._what.text()} {self._how.text()}".strip()

    def say(self, what: str, how: str, icon: str = "", tone: Tone = Tone.NEUTRAL) -> None:
        """Say it."""
        self._what.setText(what)
        self._how.setText(how)
        self._how.setVisible(bool(how))
        if icon:
            self._icon.show_icon(icon, tone)
