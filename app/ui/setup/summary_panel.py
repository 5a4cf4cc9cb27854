# SPDX-License-Identifier: Apache-2.0
"""What was answered, the work while it is done, and how it ended."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.station_setup import SetupStage
from app.ui.common import theme
from app.ui.common.controls import Card, Icon, Text
from app.ui.common.notice import announce
from app.ui.common.theme import Tone
from app.ui.setup.panel import Panel, focus

_SHOWN = (SetupStage.CHECKING, SetupStage.SETTINGS, SetupStage.KEYS, SetupStage.RECORDS)


class SummaryPanel(Panel):
    """The answers as a list; below it the stages, once they are under way."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("own_focus", True)
        card = Card()
        card.setAccessibleName(self.tr("Your answers"))
        self._card = card
        self._grid = QGridLayout(card)
        self._grid.setContentsMargins(theme.SPACE_6, theme.SPACE_4, theme.SPACE_6, theme.SPACE_4)
        self._grid.setHorizontalSpacing(theme.SPACE_6)
        self._grid.setVerticalSpacing(theme.SPACE_2)
        self._grid.setColumnStretch(1, 1)
        self._values: dict[str, Text] = {}
        for row, (name, words) in enumerate(
            (
                ("school", self.tr("School")),
                ("station", self.tr("Station")),
                ("records", self.tr("Records")),
                ("protection", self.tr("Opened by")),
                ("reader", self.tr("Reader")),
            )
        ):
            value = Text("", theme.BODY, wrap=True)
            value.setObjectName(f"setup_answer_{name}")
            self._values[name] = value
            self._grid.addWidget(Text(words, theme.BODY, muted=True), row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(value, row, 1)
        self._stages = QWidget()
        stages = QVBoxLayout(self._stages)
        stages.setContentsMargins(theme.SPACE_6, theme.SPACE_2, 0, 0)
        stages.setSpacing(theme.SPACE_2)
        self._marks: dict[SetupStage, tuple[Icon, Text]] = {}
        for stage, words in (
            (SetupStage.CHECKING, self.tr("Check the answers")),
            (SetupStage.SETTINGS, self.tr("Write the settings")),
            (SetupStage.KEYS, self.tr("Make the station's keys")),
            (SetupStage.RECORDS, self.tr("Open the records")),
        ):
            icon, text = Icon("circle", 20), Text(words, theme.BODY)
            row_layout = QHBoxLayout()
            row_layout.setSpacing(theme.SPACE_3)
            row_layout.addWidget(icon)
            row_layout.addWidget(text, 1)
            stages.addLayout(row_layout)
            self._marks[stage] = (icon, text)
        self._stages.hide()
        self.column.addWidget(card)
        self.column.addWidget(self._stages)
        self.column.addStretch(1)

    def question(self) -> str:
        return self.tr("Ready to set up this station?")

    def lead(self) -> str:
        return self.tr("The real station begins without students. Go back to change an answer.")

    def show_answers(self, answers: dict[str, str]) -> None:
        """Show them by name."""
        for name, text in answers.items():
            self._values[name].setText(text)
        self._card.setAccessibleDescription("; ".join(text for text in answers.values() if text))

    def show_stage(self, stage: SetupStage | None) -> None:
        """The work has come to that stage; ``None`` takes the stages away."""
        self._stages.setVisible(stage is not None)
        if stage is None:
            return
        reached = _SHOWN.index(stage) if stage in _SHOWN else len(_SHOWN)
        for place, shown in enumerate(_SHOWN):
            icon, text = self._marks[shown]
            if place < reached:
                icon.set_icon("circle-check", Tone.GOOD)
            elif place == reached:
                icon.set_icon("loader-circle", Tone.ACCENT)
                announce(self, text.text())
            else:
                icon.set_icon("circle", Tone.NEUTRAL)
            text.set_tone(None if place <= reached else Tone.NEUTRAL)

    def begin(self) -> None:
        focus(self)
