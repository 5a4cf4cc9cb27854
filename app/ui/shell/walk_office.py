# SPDX-License-Identifier: Apache-2.0
"""What the office does beside the visits, from the menu: set the station up."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.ui.shell.services import WindowServices
from app.ui.shell.walk_setup import SetupDesk
from app.ui.shell.window import StationWindow


class OfficeDesk(QObject):
    """Makes the desks that the open station has a service for.

    Signals:
        station_wanted(object): open the real station in place of this one, with that pass phrase or ``None``.
    """

    station_wanted = Signal(object)

    def __init__(self, window: StationWindow, services: WindowServices) -> None:
        super().__init__(window)
        self.setup: SetupDesk | None = None
        if services.setup is not None:
            self.setup = SetupDesk(window, services.setup, self)
            self.setup.opened.connect(self.station_wanted)
