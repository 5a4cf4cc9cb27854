# SPDX-License-Identifier: Apache-2.0
"""What opens the station's key: the keyring of the system, or a pass phrase that is typed at every start."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.station_setup import SetupChoices
from app.ui.common import theme
from app.ui.common.controls import Text
from app.ui.setup.option_card import OptionCard
from app.ui.setup.panel import Panel, focus


class ProtectionPanel(Panel):
    """The choice, and the pass phrase twice."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._minimum = 0
        self.keyring = OptionCard("lock", self.tr("This computer's keyring"))
        self.keyring.setObjectName("setup_keyring")
        self.passphrase = OptionCard(
            "key",
            self.tr("A pass phrase"),
            self.tr("Typed at every start. The station can then be locked while nobody is at the desk."),
        )
        self.passphrase.setObjectName("setup_passphrase")
        self.column.addWidget(self.keyring)
        self.column.addWidget(self.passphrase)
        self._inside = Panel()
        self.first = self._inside.field(self.tr("&Pass phrase"), "setup_phrase", secret=True)
        self.second = self._inside.field(self.tr("The same a&gain"), "setup_phrase_again", secret=True)
        self._inside.changed.connect(self._on_typed)
        self.first.returnPressed.connect(self._on_first_entered)
        self._state = Text("", theme.SMALL, muted=True, wrap=True)
        self._state.setObjectName("setup_phrase_state")
        self._inside.column.addWidget(self._state)
        below = QVBoxLayout()
        below.setContentsMargins(theme.SPACE_6, 0, 0, 0)
        below.addWidget(self._inside)
        self.column.addLayout(below)
        self.column.addStretch(1)
        self.passphrase.toggled.connect(self._on_chosen)
        self.keyring.setChecked(True)
        self._inside.hide()

    def question(self) -> str:
        return self.tr("What opens this station?")

    def lead(self) -> str:
        return self.tr("Records and biometrics are sealed with a key, which is kept behind what you choose.")

    def show_choices(self, choices: SetupChoices) -> None:
        """Start from what this computer can do."""
        self._minimum = choices.passphrase_minimum
        self.keyring.setEnabled(choices.keyring)
        if choices.keyring:
            words = self.tr("The station opens by itself whenever this account is signed in.")
        else:
            words = self.tr("Not possible here: this account has no keyring that can be trusted.")
            self.passphrase.setChecked(True)
        self.keyring.set_details(words)
        self._on_typed()

    @property
    def phrase(self) -> str | None:
        """The pass phrase; ``None`` for the keyring."""
        return self.first.text() if self.passphrase.isChecked() else None

    def forget(self) -> None:
        """Empty the fields."""
        self.first.clear()
        self.second.clear()

    def why_not(self) -> str:
        if not self.passphrase.isChecked():
            return "" if self.keyring.isEnabled() else self.tr("Choose a pass phrase")
        if len(self.first.text()) < self._minimum:
            return self.tr("The pass phrase needs {count} characters").format(count=self._minimum)
        if self.first.text() != self.second.text():
            return self.tr("Type the same pass phrase twice")
        return ""

    def begin(self) -> None:
        focus(self.first if self.passphrase.isChecked() else self.keyring)

    def _on_chosen(self) -> None:
        on = self.passphrase.isChecked()
        self._inside.setVisible(on)
        if on and self.isVisible():
            focus(self.first)
        self.changed.emit()

    def _on_first_entered(self) -> None:
        if not self.second.text():
            self.second.setFocus(Qt.FocusReason.TabFocusReason)

    def _on_typed(self) -> None:
        typed, missing = self.first.text(), self._minimum - len(self.first.text())
        if typed and missing > 0:
            words = self.tr("{count} more characters. Four or five words are easy to remember.")
            self._state.setText(words.format(count=missing))
        elif typed and self.second.text() and typed != self.second.text():
            self._state.setText(self.tr("The two are not the same yet."))
        else:
            words = self.tr(
                "At least {count} characters. Nobody can bring a lost pass phrase back: keep it in the safe."
            )
            self._state.setText(words.format(count=self._minimum))
        self.changed.emit()
