# SPDX-License-Identifier: Apache-2.0
"""Which fingerprint reader: the list follows the plugs."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from app.domain.station_setup import AUTOMATIC_READER, FoundReader, SetupChoices
from app.ui.common import theme
from app.ui.common.discard import discard
from app.ui.common.notice import announce
from app.ui.setup.option_card import OptionCard
from app.ui.setup.panel import Panel, focus


def _place(reader_id: str) -> str:
    """The port, kept left to right in a right-to-left line."""
    return f"\u2066{reader_id.partition(':')[2]}\u2069"


class ReaderPanel(Panel):
    """Automatic, and every place where a reader may be."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("own_focus", True)
        self._found: tuple[FoundReader, ...] = ()
        self._locked = False
        self._cards: dict[str, OptionCard] = {}
        inside = QWidget()
        self._list = QVBoxLayout(inside)
        self._list.setContentsMargins(theme.SPACE_1, theme.SPACE_1, theme.SPACE_3, theme.SPACE_1)
        self._list.setSpacing(theme.SPACE_2)
        self._list.addStretch(1)
        self._lock = self.lock_note()
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inside)
        self.column.addWidget(scroll, 1)
        self._inside = inside
        self._card(AUTOMATIC_READER, self.tr("Find it by itself"), "fingerprint").setChecked(True)
        self.show_found(())

    def question(self) -> str:
        return self.tr("Which fingerprint reader?")

    def lead(self) -> str:
        return self.tr("Plug it in now or later; the list follows.")

    def show_choices(self, choices: SetupChoices) -> None:
        """Start from what is known."""
        self._locked = "reader.id" in choices.locked
        if self._locked or (choices.reader_id != AUTOMATIC_READER and self.reader_id == AUTOMATIC_READER):
            self._choose(choices.reader_id)
        self._lock.setVisible(self._locked)
        for card in self._cards.values():
            card.setEnabled(not self._locked)

    def show_found(self, found: tuple[FoundReader, ...]) -> None:
        """List what is plugged in now; a choice that was unplugged stays chosen, and says so."""
        chosen, before = self.reader_id, self._found
        self._found = found
        there = {reader.reader_id: reader for reader in found}
        for reader_id in [name for name in self._cards if name not in (AUTOMATIC_READER, chosen, *there)]:
            discard(self._cards.pop(reader_id))
        for reader in found:
            card = self._cards.get(reader.reader_id) or self._card(reader.reader_id, reader.label, "usb")
            card.setText(reader.label)
            card.set_details(self._details(reader))
        gone = self._cards.get(chosen)
        if gone is not None and chosen not in (AUTOMATIC_READER, *there):
            gone.set_details(self.tr("{place} – not plugged in now").format(place=_place(chosen)))
        self._cards[AUTOMATIC_READER].set_details(self._automatic_words())
        if before != found and self.isVisible():
            announce(self, self._automatic_words())

    def _details(self, reader: FoundReader) -> str:
        place = _place(reader.reader_id)
        if reader.likely:
            return place
        return self.tr("{place} – may be something else").format(place=place)

    def _automatic_words(self) -> str:
        if any(reader.likely for reader in self._found):
            return self.tr("Recommended. Takes the first one that answers, whatever it is plugged into.")
        return self.tr("Recommended. No reader is plugged in now; the station takes it as soon as it is.")

    def _card(self, reader_id: str, text: str, icon: str) -> OptionCard:
        card = OptionCard(icon, text, parent=self._inside)
        card.setObjectName(f"setup_reader_{reader_id}")
        card.setEnabled(not self._locked)
        card.toggled.connect(self.changed)
        self._cards[reader_id] = card
        self._list.insertWidget(self._list.count() - 1, card)
        return card

    def _choose(self, reader_id: str) -> None:
        card = self._cards.get(reader_id) or self._card(reader_id, _place(reader_id), "usb")
        card.setChecked(True)
        self.show_found(self._found)

    @property
    def reader_id(self) -> str:
        """What was chosen."""
        return next((name for name, card in self._cards.items() if card.isChecked()), AUTOMATIC_READER)

    @property
    def words(self) -> str:
        """What was chosen, as it stands on its card."""
        return self._cards[self.reader_id].text()

    def begin(self) -> None:
        focus(self if self._locked else self._cards[self.reader_id])
