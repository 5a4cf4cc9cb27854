# SPDX-License-Identifier: Apache-2.0
"""The ways to say who is here: each is a panel that proposes a candidate; a row of buttons chooses one.

Another way is another ``Way`` subclass, added to the desk's page with one ``add_way``.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from app.domain.visits import StudentCard
from app.ui.common import theme
from app.ui.common.controls import Button
from app.ui.common.theme import Tone


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is wanted now: title, one sentence, and the icon that says it in half a second."""

    title: str
    lead: str
    icon: str
    tone: Tone = Tone.NEUTRAL


class Way(QWidget):
    """One way.

    Attributes:
        name: of its button, ``way_<name>``.
        words, icon: on the button.

    Signals:
        proposed(object): a ``Candidate``, or None where what was proposed does not hold any more.
        prompt_changed(): ``prompt()`` would answer differently now.
    """

    proposed = Signal(object)
    prompt_changed = Signal()
    name = ""
    words = ""
    icon = ""

    def prompt(self) -> Prompt:
        """What to ask for while the operator waits for a proposal."""
        raise RuntimeError(f"{type(self).__name__} asks for nothing")

    def start_over(self, chosen: StudentCard | None = None) -> None:
        """Forget the last student; ``chosen``: who it is said to be, where somebody said so."""

    def take_focus(self) -> None:
        """Put the keyboard where this way's work begins."""


class Ways(QWidget):
    """The buttons, and below them nothing: the panels are in ``panels``, to be laid out by the page.

    Signals:
        chosen(): another way is shown, by a press.
    """

    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.panels = QStackedWidget()
        self._ways: list[Way] = []
        self._buttons: list[Button] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme.SPACE_2)

    def add(self, way: Way) -> None:
        """Offer another way."""
        button = Button(way.words, icon=way.icon)
        button.setObjectName(f"way_{way.name}")
        button.setCheckable(True)
        button.setAutoExclusive(True)
        button.setChecked(not self._ways)
        button.clicked.connect(lambda _on=False, chosen=way: self._on_pressed(chosen))
        self._row.addWidget(button)
        self._ways.append(way)
        self._buttons.append(button)
        self.panels.addWidget(way)

    @property
    def all(self) -> tuple[Way, ...]:
        """Every way, in the order of the buttons."""
        return tuple(self._ways)

    @property
    def current(self) -> Way:
        """The way that is shown."""
        return self._ways[self.panels.currentIndex()]

    def show_way(self, name: str) -> None:
        """Show a way without a press."""
        for way, button in zip(self._ways, self._buttons, strict=True):
            if way.name == name:
                button.setChecked(True)
                self.panels.setCurrentWidget(way)

    def _on_pressed(self, way: Way) -> None:
        self.panels.setCurrentWidget(way)
        self.chosen.emit()
