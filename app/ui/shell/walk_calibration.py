# SPDX-License-Identifier: Apache-2.0
"""The calibration page and its service: touches go there instead of to a visit while the page is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from app.domain.calibration import CalibrationView
from app.domain.capture import ReaderInfo
from app.domain.capture_events import ImpressionTaken, ReaderCondition, ReaderState, TouchRefused
from app.domain.enrollment import Verdict
from app.ui.common.errors import words_of
from app.ui.common.threads import JobRunner, Stream
from app.ui.settings.calibration_page import CalibrationPage
from app.ui.shell.menu import Entry
from app.ui.shell.services import WindowServices
from app.ui.shell.window import StationWindow

if TYPE_CHECKING:
    from app.services.calibration import CalibrationService

PAGE = "calibration"


class CalibrationDesk(QObject):
    """Listens to the menu, the page and the reader.

    Args:
        stream: of the reader's events, which the fingers desk starts and stops.
    """

    def __init__(
        self,
        window: StationWindow,
        services: WindowServices,
        calibration: CalibrationService,
        stream: Stream,
        runner: JobRunner,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._window, self._services, self._service, self._runner = window, services, calibration, runner
        self._info: ReaderInfo | None = None
        self._begun: ReaderInfo | None = None
        window.promise_page(PAGE, self._made_page)
        window.page_shown.connect(self._on_page_shown)
        stream.item.connect(self._on_event)
        self.action = QAction(self.tr("Calibrate the reader"), window.menu)
        self.action.setObjectName("menu_calibration")
        self.action.triggered.connect(self.open_page)
        window.menu.put(Entry.CALIBRATION, self.action)

    @property
    def page(self) -> CalibrationPage:
        """The page, made at the first need."""
        return cast(CalibrationPage, self._window.page(PAGE))

    def _made_page(self) -> CalibrationPage:
        page = CalibrationPage()
        page.turn_wanted.connect(lambda: self._draw(self._service.turn_round))
        page.invert_wanted.connect(lambda: self._draw(self._service.invert))
        page.dpi_chosen.connect(lambda dpi: self._draw(lambda: self._service.choose_dpi(dpi)))
        page.save_wanted.connect(
            lambda: self._runner.run_job(self._service.save, page.show_saved, self._on_problem)
        )
        page.closed.connect(self._window.leave_beside)
        return page

    @property
    def _shown(self) -> bool:
        return self._window.current == PAGE

    def open_page(self) -> None:
        """Show the page and start anew; the visit that is open waits."""
        self._window.open_beside(PAGE)
        self._begin()

    def _begin(self) -> None:
        info = self._begun = self._info
        if info is None:
            self.page.show_absent()
            return
        self._draw(lambda: self._service.begin(info))

    def _on_page_shown(self) -> None:
        if not self._shown and self._begun is not None:
            self._begun = None
            self._runner.run_job(self._service.discard)

    def _on_event(self, event: object) -> None:
        if isinstance(event, ReaderState):
            self._info = event.info if event.state is ReaderCondition.READY else None
            if self._shown and self._info != self._begun:
                self._begin()
        elif self._shown and self._begun is not None:
            if isinstance(event, ImpressionTaken):
                taken = event.impression
                self._draw(lambda: self._service.take(taken))
                self._services.capture.show(Verdict.GOOD)
            elif isinstance(event, TouchRefused):
                self.page.show_refused()
                self._services.capture.show(Verdict.AGAIN)

    def _draw(self, work: Callable[[], CalibrationView]) -> None:
        self._runner.run_job(work, self._on_view, self._on_problem)

    def _on_view(self, view: CalibrationView) -> None:
        if self._begun is not None:
            self.page.show_view(view)

    def _on_problem(self, error: Exception) -> None:
        text = words_of(error)
        if text is not None:
            self.page.show_problem(text.what, text.what_to_do)
