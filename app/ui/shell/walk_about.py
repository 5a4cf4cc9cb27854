# SPDX-License-Identifier: Apache-2.0
"""The page about the program: opened from the end of the menu, read once in the worker."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from app.domain.about import About
from app.ui.common.errors import words_of
from app.ui.common.threads import JobRunner
from app.ui.shell.menu import Entry
from app.ui.shell.window import StationWindow

if TYPE_CHECKING:
    from app.ui.about.page import AboutPage

PAGE = "about"


class AboutDesk(QObject):
    """Listens to the menu.

    Args:
        read: blocking; called at the first opening.
    """

    def __init__(
        self, window: StationWindow, read: Callable[[], About], runner: JobRunner, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._window, self._read, self._runner = window, read, runner
        self._asked = False
        window.promise_page(PAGE, self._made_page)
        self.action = QAction(self.tr("About"), window.menu)
        self.action.setObjectName("menu_about")
        self.action.triggered.connect(self.open_page)
        window.menu.put(Entry.ABOUT, self.action)

    @property
    def page(self) -> AboutPage:
        """The page, made at the first need."""
        return cast("AboutPage", self._window.page(PAGE))

    def _made_page(self) -> AboutPage:
        from app.ui.about.page import AboutPage

        page = AboutPage()
        page.closed.connect(self._window.leave_beside)
        return page

    def open_page(self) -> None:
        """Show the page; the visit that is open waits."""
        if self._window.open_beside(PAGE) and not self._asked:
            self._asked = True
            self._runner.run_job(self._read, self.page.show_about, self._on_problem)

    def _on_problem(self, error: Exception) -> None:
        self._asked = False
        text = words_of(error)
        if text is not None:
            self.page.show_problem(text)
