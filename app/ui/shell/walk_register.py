# SPDX-License-Identifier: Apache-2.0
"""The attendance list and its service; while the page is shown the list is read again every few seconds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, cast
from uuid import UUID

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QAction

from app.domain.listings import ClassSessionListing
from app.domain.register import Register, RegisterEntry
from app.domain.sessions import AttendanceStatus
from app.ui.common.errors import words_of
from app.ui.common.threads import JobRunner
from app.ui.shell.menu import Entry
from app.ui.shell.services import SaveTable
from app.ui.shell.window import StationWindow

if TYPE_CHECKING:
    from app.services.register import RegisterService
    from app.ui.register.page import RegisterPage

PAGE = "register"
LOOK_EVERY_MS = 2_000


class RegisterDesk(QObject):
    """Listens to the menu and the page."""

    def __init__(
        self,
        window: StationWindow,
        service: RegisterService,
        save_table: SaveTable,
        runner: JobRunner,
        now: Callable[[], datetime],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._window, self._service, self._save_table = window, service, save_table
        self._runner, self._now = runner, now
        self._reading = False
        window.promise_page(PAGE, self._made_page)
        window.page_shown.connect(self._on_page_shown)
        window.closing.connect(self._on_closing)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self.action = QAction(self.tr("Attendance"), window.menu)
        self.action.setObjectName("menu_register")
        self.action.triggered.connect(self.open_page)
        window.menu.put(Entry.ATTENDANCE, self.action)

    @property
    def page(self) -> RegisterPage:
        """The page, made at the first need."""
        return cast("RegisterPage", self._window.page(PAGE))

    def _made_page(self) -> RegisterPage:
        from app.ui.register.page import RegisterPage

        page = RegisterPage()
        page.session_chosen.connect(lambda _uid: self._read())
        page.record_wanted.connect(self._record)
        page.session_wanted.connect(self._open_session)
        page.export_wanted.connect(self._export)
        page.closed.connect(self._window.leave_beside)
        return page

    def open_page(self) -> None:
        """Show the page; the visit that is open waits."""
        self._window.open_beside(PAGE)

    def _on_page_shown(self) -> None:
        if self._window.current == PAGE:
            self._timer.start()
            self.look()
        else:
            self._timer.stop()

    def _on_closing(self) -> None:
        self._timer.stop()

    def look(self) -> None:
        """Read sessions and list again, unless that is going on."""
        if self._reading:
            return
        self._reading = True

        def done(sessions: tuple[ClassSessionListing, ...]) -> None:
            self._reading = False
            self.page.show_sessions(sessions, self._now())
            self._read()

        def failed(error: Exception) -> None:
            self._reading = False
            self._on_problem(error)

        self._runner.run_job(self._service.sessions, done, failed)

    def _read(self) -> None:
        uid: UUID | None = self.page.session_uid
        if uid is not None:
            self._runner.run_job(
                lambda: self._service.register(uid), self.page.show_register, self._on_problem
            )

    def _record(self, entry: RegisterEntry, status: AttendanceStatus, reason: str) -> None:
        uid: UUID | None = self.page.session_uid
        if uid is None:
            return

        def done(_none: None) -> None:
            self.page.show_recorded()
            self._read()

        def failed(error: Exception) -> None:
            # The list is read first: the correction shows beside the problem what it says by now.
            def shown(register: Register) -> None:
                self.page.show_register(register)
                self._on_problem(error)

            self._runner.run_job(lambda: self._service.register(uid), shown, self._on_problem)

        self._runner.run_job(lambda: self._service.record(uid, entry, status, reason), done, failed)

    def _open_session(self, class_name: str, starts: time, ends: time) -> None:
        def work() -> tuple[ClassSessionListing, tuple[ClassSessionListing, ...]]:
            made = self._service.open_session(class_name, starts, ends)
            return made, self._service.sessions()

        def done(result: tuple[ClassSessionListing, tuple[ClassSessionListing, ...]]) -> None:
            made, sessions = result
            self.page.show_sessions(sessions, self._now())
            self.page.show_opened(made)

        self._runner.run_job(work, done, self._on_problem)

    def _export(self, path: Path) -> None:
        from app.ui.register.words import export_table

        register = self.page.register
        if register is None:
            return
        headings, rows = export_table(register)
        save = self._save_table
        self._runner.run_job(
            lambda: save(path, headings, rows), lambda _done: self.page.show_exported(path), self._on_problem
        )

    def _on_problem(self, error: Exception) -> None:
        self.page.rest()  # also where the error is nobody's but ours, and goes on from here
        text = words_of(error)
        if text is not None:
            self.page.show_problem(text)
