# SPDX-License-Identifier: Apache-2.0
"""Where the records are kept: on this computer, or on a PostgreSQL server that is tried out here."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.station_setup import ServerFacts, SetupChoices
from app.ui.common import theme
from app.ui.common.controls import Button, Text
from app.ui.common.error_text import ErrorText
from app.ui.common.notice import Notice
from app.ui.common.theme import Tone
from app.ui.setup.option_card import OptionCard
from app.ui.setup.panel import Panel, focus

ADDRESS = "postgresql://account@server/database"


class RecordsPanel(Panel):
    """The choice, and the address of the server.

    Signals:
        check_wanted(str): try that address.
        prepare_wanted(str): make the tables in the empty database there.
    """

    check_wanted = Signal(str)
    prepare_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._works = ""  # the address that was tried and found good
        self._busy = False
        self._locked = False
        self.local = OptionCard("hard-drive", self.tr("On this computer"))
        self.local.setObjectName("setup_local")
        self.server = OptionCard(
            "database",
            self.tr("On a PostgreSQL server"),
            self.tr("Several stations share the same students. Your administrator has the address."),
        )
        self.server.setObjectName("setup_server")
        self.local.setChecked(True)
        self.column.addWidget(self.local)
        self.column.addWidget(self.server)
        self._lock = self.lock_note()
        self._inside = Panel()
        self.url = self._inside.field(self.tr("&Address of the server"), "setup_url", ADDRESS)
        self.url.setMaxLength(500)
        self.url.textChanged.connect(self._on_typed)
        self._password = Text("", theme.SMALL, muted=True, wrap=True)
        self._test = Button(self.tr("Test the &connection"), icon="refresh-cw")
        self._test.setObjectName("setup_test")
        self._test.clicked.connect(self.check)
        self.notice = Notice()
        self.notice.setObjectName("setup_server_notice")
        self.notice.pressed.connect(lambda _act: self.prepare())
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE_4)
        row.addWidget(self._password, 1)
        row.addWidget(self._test)
        self._inside.column.addLayout(row)
        self._inside.column.addWidget(self.notice)
        below = QVBoxLayout()
        below.setContentsMargins(theme.SPACE_6, 0, 0, 0)
        below.addWidget(self._inside)
        self.column.addLayout(below)
        self.column.addStretch(1)
        self.server.toggled.connect(self._on_chosen)
        self._on_chosen()

    def question(self) -> str:
        return self.tr("Where are the records kept?")

    def lead(self) -> str:
        return self.tr("Names, attendance and sealed biometrics. This cannot be changed later in the window.")

    def show_choices(self, choices: SetupChoices) -> None:
        """Start from what is known; what was typed stays."""
        where = self.tr("In an encrypted file in {folder}. Right for a single station.")
        self.local.set_details(where.format(folder=f"\u2066{choices.data_folder}\u2069"))
        words = self.tr("Without the password: that belongs into the file {file}.")
        self._password.setText(words.format(file=choices.password_file))
        self._locked = "database.url" in choices.locked
        if self._locked or not self.url.text():
            self.url.setText(choices.database_url)
            (self.server if choices.database_url else self.local).setChecked(True)
        for widget in (self.local, self.server, self.url):
            widget.setEnabled(not self._locked)
        self._lock.setVisible(self._locked)

    @property
    def address(self) -> str:
        """The server's address; empty for this computer."""
        return self.url.text().strip() if self.server.isChecked() else ""

    @property
    def is_tried(self) -> bool:
        """Whether the records can be kept there, as far as was tried."""
        return not self.address or self.address == self._works

    def why_not(self) -> str:
        if self.server.isChecked() and not self.address:
            return self.tr("Type the server's address first")
        return self.tr("The connection is being tested") if self._busy else ""

    def begin(self) -> None:
        if self._locked:
            focus(self._test if self.server.isChecked() else self.notice)
        else:
            focus(self.url if self.server.isChecked() else self.local)

    def check(self) -> None:
        """Try the address."""
        if self.address and not self._busy:
            self._set_busy(True)
            self.notice.say(Tone.NEUTRAL, self.tr("Testing the connection ..."))
            self.check_wanted.emit(self.address)

    def prepare(self) -> None:
        """Make the tables there."""
        if self.address and not self._busy:
            self._set_busy(True)
            self.notice.say(Tone.NEUTRAL, self.tr("Preparing the database ..."))
            self.prepare_wanted.emit(self.address)

    def show_checked(self, url: str, facts: ServerFacts) -> None:
        """The server can be reached."""
        self._set_busy(False)
        if url != self.address:
            self.notice.clear()
        elif facts.prepared:
            self._works = url
            what = self.tr("The connection works.")
            self.notice.say(Tone.GOOD, what, self.tr("The records can be kept there."))
        else:
            self.notice.say(
                Tone.WARN,
                self.tr("The server can be reached, but its database is still empty."),
                self.tr("It can be prepared from here, if it is the right one."),
                act="prepare",
                button=self.tr("&Prepare it"),
            )
        self.changed.emit()

    def show_problem(self, url: str, text: ErrorText) -> None:
        """The server cannot be used."""
        self._set_busy(False)
        if url == self.address:
            self._works = ""
            self.notice.say(Tone.BAD, text.what, text.what_to_do)
        else:
            self.notice.clear()

    def rest(self) -> None:
        """Nothing is being tried any more."""
        if self._busy:
            self.notice.clear()
            self._set_busy(False)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self._update_test()
        self.changed.emit()

    def _update_test(self) -> None:
        self._test.setEnabled(bool(self.address) and not self._busy)

    def _on_typed(self) -> None:
        if not self._busy:
            self.notice.clear()
        self._update_test()
        self.changed.emit()

    def _on_chosen(self) -> None:
        on = self.server.isChecked()
        self._inside.setVisible(on)
        self._update_test()
        self.changed.emit()
        if on and self.isVisible() and not self._locked:
            focus(self.url)
