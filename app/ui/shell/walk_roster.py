# SPDX-License-Identifier: Apache-2.0
"""The roster page and its service: read, compare, import, each on a worker of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction

from app.domain.roster import ImportReport, RosterPreview, RosterProgress
from app.ui.common.errors import words_of
from app.ui.common.threads import JobRunner, Stream
from app.ui.shell.menu import Entry
from app.ui.shell.services import SaveTable
from app.ui.shell.window import StationWindow

if TYPE_CHECKING:
    from app.services.roster import RosterService
    from app.ui.roster.page import RosterPage

PAGE = "roster"


class RosterDesk(QObject):
    """Listens to the menu and the page.

    Signals:
        imported(): students were added or changed.
    """

    imported = Signal()

    def __init__(
        self, window: StationWindow, service: RosterService, save_table: SaveTable, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._window, self._service, self._save_table = window, service, save_table
        self._runner = JobRunner(self)
        self._data = b""
        self._work: Stream | None = None
        self._stopped = False
        window.promise_page(PAGE, self._made_page)
        window.closing.connect(self._on_closing)
        self.action = QAction(self.tr("Import roster..."), window.menu)
        self.action.setObjectName("menu_roster")
        self.action.triggered.connect(self.open_page)
        window.menu.put(Entry.ROSTER, self.action)

    @property
    def page(self) -> RosterPage:
        """The page, made at the first need."""
        return cast("RosterPage", self._window.page(PAGE))

    def _made_page(self) -> RosterPage:
        from app.ui.roster.page import RosterPage

        page = RosterPage()
        page.file_chosen.connect(self._on_chosen)
        page.import_wanted.connect(lambda: self._begin(lambda: self._service.importing(self._data)))
        page.stop_wanted.connect(self._stop)
        page.save_wanted.connect(self._save)
        page.closed.connect(self.close_page)
        return page

    def open_page(self) -> None:
        """Show the page; the visit that is open waits."""
        if self._window.open_beside(PAGE) and self._work is None and self.page.imported is not None:
            self.page.start_over()

    def close_page(self) -> None:
        """Back to where the operator was; what was read is forgotten."""
        self._data = b""
        self.page.start_over()
        self._window.leave_beside()

    def _on_closing(self) -> None:
        if self._work is not None:
            self._work.stop()
        self._runner.close()

    def _on_chosen(self, file: Path) -> None:
        def steps() -> Iterator[object]:
            data = self._service.read_file(file)
            yield data
            yield from self._service.previewing(data)

        self._begin(steps)

    def _begin(self, steps: Callable[[], Iterator[object]]) -> None:
        def source(_stop: Event) -> Iterable[object]:
            return steps()

        self._stopped = False
        work = self._work = Stream(source, self)
        work.item.connect(self._on_step)
        work.failed.connect(self._on_problem)
        work.finished.connect(lambda: self._on_finished(work))
        work.start()

    def _stop(self) -> None:
        self._stopped = True
        if self._work is not None:
            self._work.ask_to_stop()

    def _on_step(self, step: object) -> None:
        if isinstance(step, bytes):
            self._data = step
        elif isinstance(step, RosterProgress):
            self.page.show_progress(step)
        elif isinstance(step, RosterPreview):
            self.page.show_preview(step)
        elif isinstance(step, ImportReport):
            self.page.show_imported(step)
            self.imported.emit()

    def _on_finished(self, work: Stream) -> None:
        work.deleteLater()
        if self._work is work:  # the next one may be under way: what a worker tells comes before its end
            self._work = None
            if self._stopped:
                self.page.show_stopped()

    def _save(self, path: Path) -> None:
        from app.ui.roster.words import report_table

        preview = self.page.preview
        if preview is None:
            return
        headings, rows = report_table(preview.rows, committed=self.page.imported is not None)
        save = self._save_table
        self._runner.run_job(
            lambda: save(path, headings, rows), lambda _done: self.page.show_saved(path), self._on_problem
        )

    def _on_problem(self, error: Exception) -> None:
        self.page.rest()  # also where the error is nobody's but ours, and goes on from here
        text = words_of(error)
        if text is not None:
            self.page.show_problem(text)
