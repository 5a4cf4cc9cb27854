# SPDX-License-Identifier: Apache-2.0
"""The menu's entry for the student's screen; it is there while a second screen is."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QGuiApplication

from app.ui.shell.menu import Entry
from app.ui.shell.pages import Pages
from app.ui.shell.student_window import StudentWindow
from app.ui.shell.window import StationWindow
from app.ui.signatures.pad_page import PadPage


class StudentScreen(QObject):
    """Opens and closes the student's window."""

    def __init__(
        self, window: StationWindow, pages: Pages, pads: Mapping[str, PadPage], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._window, self._pages, self._pads = window, pages, pads
        self._made: StudentWindow | None = None
        self._is_open = False
        self.action = QAction(self.tr("Student's screen"), window.menu, checkable=True)
        self.action.setObjectName("menu_student_screen")
        self.action.toggled.connect(self._on_toggled)
        window.menu.put(Entry.STUDENT_SCREEN, self.action)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.screenAdded.connect(self._on_screens)
            application.screenRemoved.connect(self._on_screens)
        self._on_screens()

    @property
    def student_window(self) -> StudentWindow | None:
        """The window while it is open."""
        return self._made if self._is_open else None

    def _on_screens(self) -> None:
        several = len(QGuiApplication.screens()) > 1
        self.action.setVisible(several)
        if not several:
            self.action.setChecked(False)  # the canvas comes back to the operator's page

    def _on_toggled(self, on: bool) -> None:
        if on and not self._is_open:
            if self._made is None:
                # Made once and kept: one that nothing holds any more would be gone in its own closeEvent.
                self._made = StudentWindow(self._window, self._pages, self._pads)
                self._made.closed.connect(self._on_closed)
            self._is_open = True
            self._made.open_window()
        elif not on and self._is_open and self._made is not None:
            self._made.close()

    def _on_closed(self) -> None:
        self._is_open = False
        self.action.setChecked(False)
