# SPDX-License-Identifier: Apache-2.0
"""How alike two students' fingers must be before the desk is asked about them, and what that costs."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.finger_checks import FalseAlarms
from app.ui.common import theme
from app.ui.common.controls import Card, Icon, Text
from app.ui.common.numbers import number_text
from app.ui.common.stop_slider import StopSlider
from app.ui.common.theme import Tone

#: What can be chosen: at most one finger in so many looks by chance as much alike.
STOPS = (100_000, 300_000, 1_000_000, 3_000_000, 10_000_000, 100_000_000, 1_000_000_000)
#: More questions about strangers than this, in one search, and they are no longer looked at with care.
OFTEN = 0.01


class DuplicatesCard(Card):
    """The slider between "asks sooner" and "only when very sure", with its consequence below.

    Signals:
        moved(int): what does that cost? Also while the knob is still held.
        chosen(int): that is wanted from now on.
    """

    moved = Signal(int)
    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settings_duplicates")
        self._filling = False
        self._why = Text("", theme.SMALL, muted=True, wrap=True)
        self.slider = StopSlider(len(STOPS))
        self.slider.setObjectName("capture_duplicate_one_in")
        self.slider.setAccessibleName(self.tr("How alike before the desk is asked"))
        self.slider.valueChanged.connect(self._on_value)
        self.slider.sliderReleased.connect(self._on_chosen)
        self._odds = Text("", theme.BODY, strong=True)
        self._odds.setObjectName("duplicates_odds")
        self._icon = Icon("info", 20)
        self._cost = Text("", theme.BODY, wrap=True)
        self._cost.setObjectName("duplicates_cost")
        self._lay_out()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE_6, theme.SPACE_4, theme.SPACE_6, theme.SPACE_4)
        column.setSpacing(theme.SPACE_2)
        head = QHBoxLayout()
        head.addWidget(Text(self.tr("The same person under two names"), theme.BODY, strong=True), 1)
        head.addWidget(self._odds)
        column.addLayout(head)
        self._why.setText(
            self.tr(
                "Each new finger is compared with everybody's. The desk is asked when two look this much"
                " alike; nobody is turned away by it."
            )
        )
        column.addWidget(self._why)
        column.addWidget(self.slider)
        ends = QHBoxLayout()
        ends.addWidget(Text(self.tr("Asks sooner"), theme.SMALL, muted=True))
        ends.addStretch(1)
        ends.addWidget(Text(self.tr("Only when very sure"), theme.SMALL, muted=True))
        column.addLayout(ends)
        cost = QHBoxLayout()
        cost.setSpacing(theme.SPACE_2)
        cost.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        cost.addWidget(self._cost, 1)
        column.addSpacing(theme.SPACE_1)
        column.addLayout(cost)

    @property
    def one_in(self) -> int:
        """Where the knob stands."""
        return STOPS[self.slider.sliderPosition()]

    def show_choice(self, one_in: int, *, locked: bool) -> None:
        """Put the knob where the setting is; one that lies between two stops is shown at the nearer one."""
        near = min(range(len(STOPS)), key=lambda stop: abs(math.log(STOPS[stop] / one_in)))
        self._filling = True
        self.slider.setValue(near)
        self._filling = False
        self.slider.setEnabled(not locked)
        self.setToolTip(self.tr("Set by the school; ask your administrator") if locked else "")
        self._draw_odds(one_in)

    def show_alarms(self, alarms: FalseAlarms) -> None:
        """What a strictness costs, with as many fingers as are enrolled now."""
        if alarms.one_in != self.one_in and self.slider.isEnabled():
            return  # the knob has moved on
        tone, icon = (Tone.WARN, "triangle-alert") if alarms.expected > OFTEN else (Tone.GOOD, "circle-check")
        if not alarms.fingers:
            tone, icon = Tone.NEUTRAL, "info"
        self._icon.set_icon(icon, tone)
        self._cost.setText(self._words(alarms))

    def _words(self, alarms: FalseAlarms) -> str:
        if not alarms.fingers:
            return self.tr("No finger is enrolled yet, so nobody can be mistaken for somebody else.")
        fingers = number_text(alarms.fingers)
        if alarms.expected < 1e-6:
            words = self.tr("With {fingers} fingers enrolled: practically never a false alarm.")
            return words.format(fingers=fingers)
        searches = 1.0 / alarms.expected
        power = 10 ** max(0, math.floor(math.log10(searches)) - 1)
        rounded = number_text(max(1, round(searches / power) * power))
        words = self.tr(
            "With {fingers} fingers enrolled: about 1 false alarm in {searches} fingers searched."
        )
        return words.format(fingers=fingers, searches=rounded)

    def _draw_odds(self, one_in: int) -> None:
        words = self.tr("1 in {odds}").format(odds=number_text(one_in))
        self._odds.setText(words)
        self.slider.setAccessibleDescription(words)

    def _on_value(self) -> None:
        if self._filling:
            return
        self._draw_odds(self.one_in)
        self.moved.emit(self.one_in)
        if not self.slider.isSliderDown():
            self.chosen.emit(self.one_in)  # by a key

    def _on_chosen(self) -> None:
        self.chosen.emit(self.one_in)
