# SPDX-License-Identifier: Apache-2.0
"""The panel that asks: a question, why it is asked, and the answers as large buttons."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.domain.visits import StudentCard
from app.ui.common import theme
from app.ui.common.controls import Button, Card, Icon, Text
from app.ui.common.discard import discard
from app.ui.common.elided import ElidedText
from app.ui.common.initials import Initials
from app.ui.common.theme import Tone
from app.ui.fingerprints.offers import Offer


class PersonLine(QWidget):
    """A student in two lines, to be compared with another."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._initials = Initials(40)
        self._name = ElidedText(theme.BODY, strong=True)
        self._details = ElidedText(theme.SMALL, muted=True)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._name)
        words.addWidget(self._details)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._initials)
        row.addLayout(words, 1)

    def show_person(self, card: StudentCard) -> None:
        """Show a student."""
        self._initials.set_name(card.name)
        self._name.setText(card.name)
        self._details.setText("  ·  ".join(part for part in (card.class_name, card.number) if part))


class OfferPanel(Card):
    """The panel.

    Signals:
        answered(object): the ``Answer`` whose button was pressed.
    """

    answered = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("offer_panel")
        self.offer: Offer | None = None
        self._icon = Icon("refresh-cw", 32, tone=Tone.WARN)
        self._words = Text("", theme.LEAD, strong=True, wrap=True)
        self._why = Text("", theme.BODY, muted=True, wrap=True)
        self._here, self._there = PersonLine(), PersonLine()
        self._buttons: list[Button] = []
        self._answers = QVBoxLayout()
        self._answers.setSpacing(theme.SPACE_2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.SPACE_4, theme.SPACE_4, theme.SPACE_4, theme.SPACE_4)
        layout.setSpacing(theme.SPACE_3)
        layout.addStretch(1)
        for part in (self._icon, self._words, self._why, self._here, self._there):
            layout.addWidget(part)
        layout.addStretch(1)
        layout.addLayout(self._answers)

    def ask(self, offer: Offer, student: StudentCard) -> None:
        """Ask; ``student`` stands beside the other record where the question is about one."""
        self.offer = offer
        self._icon.set_icon(offer.icon, Tone.WARN)
        self._words.setText(offer.title)
        self._why.setText(offer.why)
        for line in (self._here, self._there):
            line.setVisible(offer.hit is not None)
        if offer.hit is not None:
            self._here.show_person(student)
            self._there.show_person(offer.hit.student)
        for button in self._buttons:
            discard(button)
        self._buttons = []
        for answer, words in offer.answers:
            button = Button(words, kind="primary" if not self._buttons else "secondary")
            button.setObjectName(f"offer_{answer.value}")
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.clicked.connect(lambda _checked=False, chosen=answer: self.answered.emit(chosen))
            self._answers.addWidget(button)
            self._buttons.append(button)
        self._buttons[0].setFocus(Qt.FocusReason.TabFocusReason)
