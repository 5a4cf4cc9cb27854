# SPDX-License-Identifier: Apache-2.0
"""Setting this station up for real: five questions; nothing is written before the last is answered."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.domain.station_setup import FoundReader, ServerFacts, SetupAnswers, SetupChoices, SetupStage
from app.ui.common import theme
from app.ui.common.controls import Text
from app.ui.common.empty_state import EmptyState
from app.ui.common.error_text import ErrorText
from app.ui.common.notice import Notice, announce
from app.ui.common.page import Action, Bar, Page
from app.ui.common.theme import Tone
from app.ui.setup.name_panel import NamePanel
from app.ui.setup.panel import Panel, focus
from app.ui.setup.protection_panel import ProtectionPanel
from app.ui.setup.reader_panel import ReaderPanel
from app.ui.setup.records_panel import RecordsPanel
from app.ui.setup.summary_panel import SummaryPanel


class SetupPage(Page):
    """The page.

    Signals:
        check_wanted(str), prepare_wanted(str): try a server's address; make the tables there.
        set_up_wanted(object): do it, with those ``SetupAnswers``.
        stop_wanted(): stop what was begun.
        open_wanted(object): open the station that is there now, with that pass phrase or ``None``.
        closed(): back to the page before; the answers stay.
    """

    check_wanted = Signal(str)
    prepare_wanted = Signal(str)
    set_up_wanted = Signal(object)
    stop_wanted = Signal()
    open_wanted = Signal(object)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stage: SetupStage | None = None
        self._stopping = False
        self._exists = False
        self._advances = False  # the address was not tried yet: go on once it was, if it works
        self._count = Text("", theme.SMALL, muted=True)
        self._count.setObjectName("setup_count")
        self.heading.addWidget(self._count)
        self.names = NamePanel()
        self.records = RecordsPanel()
        self.protection = ProtectionPanel()
        self.reader = ReaderPanel()
        self.summary = SummaryPanel()
        self._panels: tuple[Panel, ...] = (
            self.names,
            self.records,
            self.protection,
            self.reader,
            self.summary,
        )
        self._end = EmptyState("house")
        self._stack = QStackedWidget()
        for panel in self._panels:
            self._stack.addWidget(panel)
            panel.changed.connect(self.bar_changed)
        self._stack.addWidget(self._end)
        self.notice = Notice()
        self.notice.setObjectName("setup_notice")
        self.body.addWidget(self.notice)
        self.body.addWidget(self._stack, 1)
        self.records.check_wanted.connect(self.check_wanted)
        self.records.prepare_wanted.connect(self.prepare_wanted)
        self._show(0)

    # What the owner tells

    def show_choices(self, choices: SetupChoices) -> None:
        """Start from what this computer and an earlier attempt say; what was typed stays."""
        if self._stage is not None:
            return
        for panel in (self.names, self.records, self.protection, self.reader):
            panel.show_choices(choices)
        if choices.exists:
            self._exists = True
            what = self.tr("This computer has a real station already.")
            self._end.say(what, self.tr("The training station stays as it is."), "house", Tone.ACCENT)
            self._show(len(self._panels))
            focus(self)
        elif self._exists:
            self._exists = False
            self._show(0)
            self.entered()
        self.bar_changed.emit()

    def show_found(self, readers: tuple[FoundReader, ...]) -> None:
        """These readers are plugged in now."""
        self.reader.show_found(readers)

    def show_checked(self, url: str, facts: ServerFacts) -> None:
        """That server can be reached."""
        self.records.show_checked(url, facts)
        if self._advances and facts.prepared and self._stack.currentWidget() is self.records:
            self._move(1)
        self._advances = False

    def show_server_problem(self, url: str, text: ErrorText) -> None:
        """That server cannot be used."""
        self._advances = False
        self.records.show_problem(url, text)

    def show_stage(self, stage: SetupStage) -> None:
        """The set-up has come to that stage."""
        self._stage = stage
        self.notice.clear()
        self.summary.show_stage(stage)
        if stage is SetupStage.DONE:
            what = self.tr("The station is set up.")
            how = self.tr("Next, from the menu: import the roster, and print a recovery code under Stations.")
            self._end.say(what, how, "circle-check", Tone.GOOD)
            announce(self, what)
            self._show(len(self._panels))
            focus(self)
        self._say_lead()
        self.bar_changed.emit()

    def rest(self) -> None:
        """Nothing goes on any more; every answer is kept."""
        self._stage, self._stopping, self._advances = None, False, False
        self.summary.show_stage(None)
        self.records.rest()
        self._say_lead()
        self.bar_changed.emit()

    def show_problem(self, text: ErrorText) -> None:
        """The set-up failed; every answer is kept."""
        self.rest()
        self.notice.say(Tone.BAD, text.what, text.what_to_do)

    def show_stopped(self) -> None:
        """The set-up was stopped."""
        self.rest()
        self.notice.say(Tone.NEUTRAL, self.tr("Stopped. This is still the training station."))

    # Inside

    @property
    def answers(self) -> SetupAnswers:
        """What was answered so far."""
        school, station = self.names.names()
        return SetupAnswers(
            school,
            station,
            database_url=self.records.address,
            reader_id=self.reader.reader_id,
            passphrase=self.protection.phrase,
        )

    @property
    def step(self) -> int:
        """Which question is shown, from 0; the number of questions once there is an end."""
        return self._stack.currentIndex()

    @property
    def _works(self) -> bool:
        return self._stage is not None and self._stage is not SetupStage.DONE

    def _show(self, step: int) -> None:
        if step == len(self._panels) - 1:
            self._show_answers()
        self.notice.clear()
        self._stack.setCurrentIndex(step)
        ended = step == len(self._panels)
        self.title.setVisible(not ended)
        self.lead.setVisible(not ended)
        self._count.setVisible(not ended)
        if not ended:
            words = self.tr("{number} of {count}")
            self._count.setText(words.format(number=step + 1, count=len(self._panels)))
            self.title.setText(self._panels[step].question())
            self._say_lead()
        self.bar_changed.emit()

    def _say_lead(self) -> None:
        if self._works:
            self.lead.setText(self.tr("This takes a moment."))
        elif self.step < len(self._panels):
            self.lead.setText(self._panels[self.step].lead())

    def _show_answers(self) -> None:
        given = self.answers
        self.summary.show_answers(
            {
                "school": given.school,
                "station": given.station,
                "records": given.database_url or self.tr("On this computer"),
                "protection": self.tr("This computer's keyring")
                if given.passphrase is None
                else self.tr("A pass phrase"),
                "reader": self.reader.words,
            }
        )

    def _move(self, by: int) -> None:
        self._show(min(max(self.step + by, 0), len(self._panels) - 1))
        self.entered()
        announce(self, self.title.text())

    def bar(self) -> Bar:
        if self.step == len(self._panels):
            start = (Action("cancel", self.tr("&Back to training")),) if self._exists else ()
            return Bar(start=start, primary=Action("primary", self.tr("&Open the station"), "house"))
        if self._works:
            stops = self._stage in (SetupStage.CHECKING, SetupStage.SETTINGS) and not self._stopping
            stop = Action("cancel", self.tr("&Stop"), "x", stops, self.tr("It is nearly done"))
            return Bar(start=(stop,), primary=Action("primary", self.tr("Set up"), enabled=False))
        cancel = Action("cancel", self.tr("&Cancel"), "x")
        back = Action("back", self.tr("&Back"), "arrow-left") if self.step else None
        why_not = self._panels[self.step].why_not()
        word = (
            self.tr("&Set up this station")
            if self._panels[self.step] is self.summary
            else self.tr("Continue")
        )
        return Bar(
            start=(cancel,),
            back=back,
            primary=Action("primary", word, enabled=not why_not, why_not=why_not),
        )

    def act(self, name: str) -> bool:
        if name == "primary":
            self._primary()
        elif name == "back":
            if not self._works and self.step < len(self._panels):
                self._move(-1)
        elif name == "cancel":
            if self._works:
                self._stop()
            elif self._stage is not SetupStage.DONE:
                self.closed.emit()
        else:
            return name in ("pause", "search", "add_student")  # not from here
        return True

    def _primary(self) -> None:
        if self.step == len(self._panels):
            self.open_wanted.emit(None if self._exists else self.protection.phrase)
        elif self._works or self._panels[self.step].why_not():
            return
        elif self._panels[self.step] is self.summary:
            self._stopping = False
            self.show_stage(SetupStage.CHECKING)
            self.set_up_wanted.emit(self.answers)
        elif self._panels[self.step] is self.records and not self.records.is_tried:
            self._advances = True
            self.records.check()
        else:
            self._move(1)

    def _stop(self) -> None:
        if self._stage in (SetupStage.CHECKING, SetupStage.SETTINGS) and not self._stopping:
            self._stopping = True
            self.bar_changed.emit()
            self.stop_wanted.emit()

    def entered(self) -> None:
        if self.step < len(self._panels):
            self._panels[self.step].begin()
        else:
            focus(self)
