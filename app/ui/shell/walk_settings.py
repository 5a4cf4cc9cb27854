# SPDX-License-Identifier: Apache-2.0
"""The settings page: opened from the menu, applied at once, kept in the worker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication

from app.domain.finger_checks import FalseAlarms
from app.ui.common.errors import words_of
from app.ui.common.theme import Scheme, Tone
from app.ui.common.threads import JobRunner
from app.ui.settings.page import SettingsPage, SettingsView
from app.ui.shell.menu import Entry
from app.ui.shell.services import Preferences, WindowServices
from app.ui.shell.window import StationWindow

PAGE = "settings"


class SettingsDesk(QObject):
    """Listens to the menu and to the page.

    Signals:
        changed(object): the ``Preferences`` that hold now.
    """

    changed = Signal(object)

    def __init__(
        self, window: StationWindow, services: WindowServices, runner: JobRunner, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._window, self._services, self._runner = window, services, runner
        self.preferences: Preferences = services.preferences
        window.promise_page(PAGE, self._made_page)
        window.scheme_chosen.connect(self._on_scheme)
        action = QAction(self.tr("Settings"), window.menu)
        action.setObjectName("menu_settings")
        action.triggered.connect(self.open_page)
        window.menu.put(Entry.SETTINGS, action)

    @property
    def page(self) -> SettingsPage:
        """The page, made at the first need."""
        return cast(SettingsPage, self._window.page(PAGE))

    def _made_page(self) -> SettingsPage:
        page = SettingsPage()
        page.scheme_chosen.connect(self._window.choose_scheme)
        page.switched.connect(self._switch)
        page.closed.connect(self.close_page)
        page.duplicates_moved.connect(self._ask_for_alarms)
        page.duplicates_chosen.connect(self._search_duplicates_at)
        page.diagnostics_wanted.connect(self._copy_diagnostics)
        return page

    def open_page(self) -> None:
        """Show the settings; the visit that is open waits."""
        chosen, services = self.preferences, self._services
        view = SettingsView(
            scheme=chosen.scheme,
            sounds=chosen.sounds,
            left_handed=chosen.left_handed,
            pen_only=chosen.pen_only,
            duplicate_one_in=services.enrollment.policy.duplicate_one_in,
            facts=(
                (self.tr("School"), services.school),
                (self.tr("Station"), services.station),
                (self.tr("Reader"), services.reader),
            ),
            locked=services.locked,
        )
        self.page.show_settings(view, diagnostics=services.diagnostics is not None)
        self._window.open_beside(PAGE)
        self._ask_for_alarms(services.enrollment.policy.duplicate_one_in)

    def _ask_for_alarms(self, one_in: int) -> None:
        enrollment = self._services.enrollment

        def work() -> FalseAlarms:
            return enrollment.false_alarms_expected(one_in)

        self._runner.run_job(work, self.page.duplicates.show_alarms, self._on_problem)

    def _search_duplicates_at(self, one_in: int) -> None:
        enrollment, save = self._services.enrollment, self._services.save_preferences

        def work() -> None:
            save({"capture": {"duplicate_one_in": one_in}})
            enrollment.search_duplicates_at(one_in)

        self._runner.run_job(work, on_error=self._on_problem)

    def close_page(self) -> None:
        """Back to where the operator was."""
        self._window.leave_beside()

    def _on_scheme(self, scheme: Scheme) -> None:
        self.preferences = replace(self.preferences, scheme=scheme)
        self._keep({"look": {"theme": scheme.value}})

    def _switch(self, section: str, name: str, on: bool) -> None:
        change: dict[str, Any] = {name: on}
        self.preferences = replace(self.preferences, **change)
        self.changed.emit(self.preferences)
        self._keep({section: {name: on}})

    def pen_only_chosen(self, on: bool) -> None:
        """The switch beside the canvas was used."""
        if on != self.preferences.pen_only:
            self._switch("pen", "pen_only", on)

    def _keep(self, changes: Mapping[str, Mapping[str, object]]) -> None:
        save = self._services.save_preferences
        self._runner.run_job(lambda: save(changes), on_error=self._on_problem)

    def _on_problem(self, error: Exception) -> None:
        text = words_of(error)
        if text is None:
            return
        if self._window.current == PAGE:
            self.page.show_problem(text.what, text.what_to_do)
        else:
            self._window.say(Tone.BAD, text.what, text.what_to_do)

    def _copy_diagnostics(self) -> None:
        diagnostics = self._services.diagnostics
        if diagnostics is not None:
            self._runner.run_job(diagnostics, self._on_diagnostics, self._on_problem)

    def _on_diagnostics(self, text: str) -> None:
        QApplication.clipboard().setText(text)
        self.page.show_copied()
