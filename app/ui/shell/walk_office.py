# SPDX-License-Identifier: Apache-2.0
"""What the office does beside the visits, from the menu: attendance, the roster, the set-up, shared keys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from app.domain.visits import Step
from app.ui.common.threads import JobRunner
from app.ui.shell.services import WindowServices
from app.ui.shell.walk_about import AboutDesk
from app.ui.shell.walk_register import RegisterDesk
from app.ui.shell.walk_roster import RosterDesk
from app.ui.shell.walk_setup import SetupDesk
from app.ui.shell.walk_stations import StationsDesk
from app.ui.shell.window import StationWindow
from app.ui.students.page import StudentPage


class OfficeDesk(QObject):
    """Makes the desks that the open station has a service for.

    Signals:
        station_wanted(object): open the real station in place of this one, with that pass phrase or ``None``.
    """

    station_wanted = Signal(object)

    def __init__(
        self,
        window: StationWindow,
        services: WindowServices,
        runner: JobRunner,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(window)
        self.register: RegisterDesk | None = None
        self.roster: RosterDesk | None = None
        if services.roster is not None:
            self.roster = RosterDesk(window, services.roster, services.save_table, self)
            students = window.page(Step.STUDENT.value)
            if isinstance(students, StudentPage):
                self.roster.imported.connect(students.start_over)
        if services.register is not None:
            self.register = RegisterDesk(window, services.register, services.save_table, runner, now, self)
        self.setup: SetupDesk | None = None
        if services.setup is not None:
            self.setup = SetupDesk(window, services.setup, self)
            self.setup.opened.connect(self.station_wanted)
        self.stations: StationsDesk | None = None
        if services.sharing is not None:
            self.stations = StationsDesk(window, services, services.sharing, self)
        if services.about is not None:
            AboutDesk(window, services.about, runner, self)
