# SPDX-License-Identifier: Apache-2.0
"""How school and station are called."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.domain.station_setup import SetupChoices
from app.ui.setup.panel import Panel, focus


class NamePanel(Panel):
    """Two names."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.school = self.field(self.tr("Name of the &school"), "setup_school", self.tr("Hillside School"))
        self._school_lock = self.lock_note()
        self.station = self.field(
            self.tr("Name of this s&tation"), "setup_station", self.tr("Front office, Library ...")
        )
        self._station_lock = self.lock_note()
        for edit in (self.school, self.station):
            edit.setMaxLength(200)
        self.column.addStretch(1)

    def question(self) -> str:
        return self.tr("What is this station called?")

    def lead(self) -> str:
        return self.tr("Both names stand on receipts. The practice data stays apart from the real students.")

    def show_choices(self, choices: SetupChoices) -> None:
        """Start from what is known; what was typed stays."""
        for edit, note, key, known in (
            (self.school, self._school_lock, "station.school", choices.school),
            (self.station, self._station_lock, "station.name", choices.station),
        ):
            locked = key in choices.locked
            if locked or not edit.text():
                edit.setText(known)
            edit.setEnabled(not locked)
            note.setVisible(locked)

    def names(self) -> tuple[str, str]:
        """School and station, blanks collapsed."""
        return " ".join(self.school.text().split()), " ".join(self.station.text().split())

    def why_not(self) -> str:
        school, station = self.names()
        if not school:
            return self.tr("Type the school's name first")
        return "" if station else self.tr("Type the station's name first")

    def begin(self) -> None:
        focus(self.station if self.names()[0] else self.school)
