# SPDX-License-Identifier: Apache-2.0
"""How this desk likes its window, and what the station is; what the school has locked cannot be changed."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.domain.policy import LEAST_DUPLICATE_ONE_IN
from app.ui.common import theme
from app.ui.common.controls import Button, Card, Text
from app.ui.common.notice import Notice
from app.ui.common.page import Action, Bar, Page
from app.ui.common.switch import Switch
from app.ui.common.theme import Scheme, Tone
from app.ui.settings.duplicates_card import DuplicatesCard


@dataclass(frozen=True, slots=True)
class SettingsView:
    """What the page shows. ``locked``: names of settings, as ``look.theme``, that the school has fixed."""

    scheme: Scheme
    sounds: bool
    left_handed: bool
    pen_only: bool
    facts: tuple[tuple[str, str], ...] = ()
    locked: frozenset[str] = frozenset()
    duplicate_one_in: int = LEAST_DUPLICATE_ONE_IN


class SettingsPage(Page):
    """The page.

    Signals:
        scheme_chosen(object): a ``Scheme``.
        switched(str, str, bool): section and name of a setting, and whether it is on.
        duplicates_moved(int): what would another strictness of the duplicate search cost? See
            ``Policy.duplicate_one_in``.
        duplicates_chosen(int): from now on search with that one.
        diagnostics_wanted(): put the station's diagnostics on the clipboard.
        closed(): back to the page before.
    """

    scheme_chosen = Signal(object)
    switched = Signal(str, str, bool)
    duplicates_moved = Signal(int)
    duplicates_chosen = Signal(int)
    diagnostics_wanted = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title.setText(self.tr("Settings"))
        self.lead.setText(self.tr("For this desk. Changes hold at once."))
        self.notice = Notice()
        self._schemes: dict[Scheme, Button] = {}
        self._switches = {
            "look.sounds": Switch(self.tr("Sounds"), self.tr("A short tone when a finger was kept or not")),
            "pen.left_handed": Switch(
                self.tr("Left-handed writing"), self.tr("Puts the tools at the right of the canvas")
            ),
            "pen.pen_only": Switch(self.tr("Pen only"), self.tr("Finger and mouse do not draw")),
        }
        for name, switch in self._switches.items():
            switch.setObjectName(name.replace(".", "_"))
            switch.clicked.connect(lambda on, setting=name: self.switched.emit(*setting.split("."), on))
        self._facts = QGridLayout()
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, theme.SPACE_2, theme.SPACE_4)
        column.setSpacing(theme.SPACE_3)
        column.addWidget(self._look_card())
        column.addWidget(self._switch_card())
        self.duplicates = DuplicatesCard()
        self.duplicates.moved.connect(self.duplicates_moved)
        self.duplicates.chosen.connect(self.duplicates_chosen)
        column.addWidget(self.duplicates)
        column.addWidget(self._station_card())
        column.addStretch(1)
        inside = QWidget()
        inside.setLayout(column)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inside)
        self.body.addWidget(self.notice)
        self.body.addWidget(scroll, 1)

    def _look_card(self) -> Card:
        card = Card()
        row = QHBoxLayout(card)
        row.setContentsMargins(theme.SPACE_6, theme.SPACE_4, theme.SPACE_4, theme.SPACE_4)
        row.setSpacing(theme.SPACE_2)
        row.addWidget(Text(self.tr("Colors"), theme.BODY), 1)
        for scheme, words, icon in (
            (Scheme.SYSTEM, self.tr("As the system"), "monitor"),
            (Scheme.LIGHT, self.tr("Light"), "sun"),
            (Scheme.DARK, self.tr("Dark"), "moon"),
        ):
            button = Button(words, icon=icon)
            button.setObjectName(f"settings_{scheme.value}")
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.clicked.connect(lambda _on=False, chosen=scheme: self.scheme_chosen.emit(chosen))
            self._schemes[scheme] = button
            row.addWidget(button)
        return card

    def _switch_card(self) -> Card:
        card = Card()
        rows = QVBoxLayout(card)
        rows.setContentsMargins(8, 8, 8, 8)
        rows.setSpacing(0)
        for switch in self._switches.values():
            rows.addWidget(switch)
        return card

    def _station_card(self) -> Card:
        card = Card()
        rows = QVBoxLayout(card)
        rows.setContentsMargins(theme.SPACE_6, theme.SPACE_4, theme.SPACE_4, theme.SPACE_4)
        rows.setSpacing(theme.SPACE_3)
        self._facts.setHorizontalSpacing(theme.SPACE_6)
        self._facts.setVerticalSpacing(theme.SPACE_2)
        self._facts.setColumnStretch(1, 1)
        rows.addLayout(self._facts)
        self._copy = Button(self.tr("&Copy diagnostics"), icon="clipboard-copy")
        self._copy.setObjectName("settings_diagnostics")
        self._copy.clicked.connect(self.diagnostics_wanted)
        rows.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignLeft)
        return card

    def show_settings(self, view: SettingsView, *, diagnostics: bool) -> None:
        """Show what holds now; ``diagnostics``: whether there is something to copy."""
        self._schemes[view.scheme].setChecked(True)
        values = {
            "look.sounds": view.sounds,
            "pen.left_handed": view.left_handed,
            "pen.pen_only": view.pen_only,
        }
        for name, switch in self._switches.items():
            switch.setChecked(values[name])
            self._lock(switch, name in view.locked)
        for button in self._schemes.values():
            self._lock(button, "look.theme" in view.locked)
        self.duplicates.show_choice(view.duplicate_one_in, locked="capture.duplicate_one_in" in view.locked)
        while self._facts.count():
            item = self._facts.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        for row, (name, value) in enumerate(view.facts):
            self._facts.addWidget(Text(name, theme.BODY, muted=True), row, 0)
            self._facts.addWidget(Text(value or "–", theme.BODY, wrap=True), row, 1)
        self._copy.setVisible(diagnostics)
        self.notice.clear()

    def _lock(self, control: Button | Switch, locked: bool) -> None:
        control.setEnabled(not locked)
        control.setToolTip(self.tr("Set by the school; ask your administrator") if locked else "")

    def show_copied(self) -> None:
        """The diagnostics are on the clipboard."""
        what = self.tr("The diagnostics are on the clipboard.")
        self.notice.say(Tone.GOOD, what, self.tr("Paste them into a message to your administrator."))

    def show_problem(self, what: str, how: str) -> None:
        """A setting could not be kept."""
        self.notice.say(Tone.WARN, what, how)

    def bar(self) -> Bar:
        return Bar(primary=Action("primary", self.tr("&Close")))

    def act(self, name: str) -> bool:
        if name in ("primary", "cancel", "back"):
            self.closed.emit()
            return True
        return name == "pause"  # not from here

    def entered(self) -> None:
        self.setFocus(Qt.FocusReason.OtherFocusReason)
