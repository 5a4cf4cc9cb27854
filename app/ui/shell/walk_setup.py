# SPDX-License-Identifier: Apache-2.0
"""The set-up page and its service: opened from the training strip or the menu."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Event
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction

from app.domain.station_setup import ServerFacts, SetupAnswers, SetupChoices, SetupStage
from app.ui.common.errors import words_of
from app.ui.common.threads import JobRunner, Stream
from app.ui.shell.menu import Entry
from app.ui.shell.window import StationWindow

if TYPE_CHECKING:
    from app.services.station_setup import StationSetup
    from app.ui.setup.page import SetupPage

PAGE = "setup"


class SetupDesk(QObject):
    """Listens to the strip, the menu and the page; the work has a worker of its own.

    Signals:
        opened(object): open the station that is set up now, with that pass phrase or ``None``.
    """

    opened = Signal(object)

    def __init__(self, window: StationWindow, service: StationSetup, parent: QObject) -> None:
        super().__init__(parent)
        self._window, self._service = window, service
        self._runner = JobRunner(self)
        self._work: Stream | None = None
        self._stopped = self._closing = False
        self._readers = Stream(service.watch_readers, self)
        self._readers.finished.connect(self._on_page_shown)  # it was left and opened again meanwhile
        window.promise_page(PAGE, self._made_page)
        window.page_shown.connect(self._on_page_shown)
        window.closing.connect(self._on_closing)
        self.action = QAction(self.tr("Set up this station..."), window.menu)
        self.action.setObjectName("menu_setup")
        self.action.triggered.connect(self.open_page)
        window.menu.put(Entry.SET_UP, self.action)
        window.training.offer_setup()
        window.training.setup_wanted.connect(self.open_page)

    @property
    def page(self) -> SetupPage:
        """The page, made at the first need."""
        return cast("SetupPage", self._window.page(PAGE))

    def _made_page(self) -> SetupPage:
        from app.ui.setup.page import SetupPage

        page, service = SetupPage(), self._service
        self._readers.item.connect(page.show_found)
        page.check_wanted.connect(lambda url: self._try(url, service.check_server))
        page.prepare_wanted.connect(lambda url: self._try(url, service.prepare_server))
        page.set_up_wanted.connect(self._set_up)
        page.stop_wanted.connect(self._stop)
        page.open_wanted.connect(self.opened)
        page.closed.connect(self.close_page)
        return page

    def open_page(self) -> None:
        """Show the page; the visit that is open waits, what was answered before is there again."""
        if self._window.open_beside(PAGE):
            self._runner.run_job(self._service.choices, self.page.show_choices, self._on_problem)

    def close_page(self) -> None:
        """Back to where the operator was; the pass phrase is forgotten."""
        self.page.protection.forget()
        self._window.leave_beside()

    def _on_page_shown(self) -> None:
        if self._window.current == PAGE and not self._closing:
            self._readers.start()
        else:
            self._readers.ask_to_stop()

    def _on_closing(self) -> None:
        self._closing = True
        self._readers.stop()
        if self._work is not None:
            self._work.stop()
        self._runner.close()

    def _try(self, url: str, work: Callable[[str], ServerFacts]) -> None:
        def failed(error: Exception) -> None:
            self.page.records.rest()
            text = words_of(error)
            if text is not None:
                self.page.show_server_problem(url, text)

        self._runner.run_job(lambda: work(url), lambda facts: self.page.show_checked(url, facts), failed)

    def _set_up(self, answers: SetupAnswers) -> None:
        def stages(_stop: Event) -> Iterator[SetupStage]:
            return self._service.set_up(answers)

        work = self._work = Stream(stages, self)
        work.item.connect(self._on_stage)
        work.failed.connect(self._on_problem)
        work.finished.connect(lambda: self._on_finished(work))
        self._stopped = False
        work.start()

    def _stop(self) -> None:
        self._stopped = True
        if self._work is not None:
            self._work.ask_to_stop()

    def _on_stage(self, stage: SetupStage) -> None:
        self.page.show_stage(stage)

    def _on_finished(self, work: Stream) -> None:
        work.deleteLater()
        if self._work is work:  # the next one may be under way: what a worker tells comes before its end
            self._work = None
            if self._stopped:
                self._runner.run_job(self._service.choices, self._on_stopped, self._on_problem)

    def _on_stopped(self, choices: SetupChoices) -> None:
        self.page.show_stopped()
        self.page.show_choices(choices)

    def _on_problem(self, error: Exception) -> None:
        self.page.rest()  # also where the error is nobody's but ours, and goes on from here
        text = words_of(error)
        if text is not None:
            self.page.show_problem(text)
