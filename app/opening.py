# SPDX-License-Identifier: Apache-2.0
"""Opens the window on the services: the last step of the composition, the only one that needs a screen."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Event
from typing import TYPE_CHECKING

from app.assembly import Services
from app.bootstrap import (
    chosen_profile,
    is_training,
    new_id,
    open_services,
    reopened_keys,
    utc_now,
)
from app.config.paths import DEFAULT_PROFILE, TRAINING_PROFILE, profile_paths
from app.domain.errors import SetupError

if TYPE_CHECKING:
    from app.domain.delivery import DeliveryState
    from app.services.station_setup import StationSetup
    from app.ui.common.style import Appearance
    from app.ui.shell.main_window import MainWindow
    from app.ui.shell.services import WindowServices

LOGGER = logging.getLogger(__name__)


@contextmanager
def uncollected() -> Iterator[None]:
    """Load and build without the garbage collector, and never have it look at what was built.

    What a start makes stays: looking through all of it again (100 ms and more, on whichever thread happens
    to be at work) would find nothing, and would hold the window's thread up in the middle of a visit.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def window_services(services: Services) -> WindowServices:
    """What the window is given of an open station."""
    from app.config.settings_files import save_settings
    from app.services.about import about
    from app.services.documents import save_table
    from app.services.register import RegisterService
    from app.ui.common.theme import Scheme
    from app.ui.shell.services import Preferences, WindowServices

    chosen = services.settings.settings
    training = is_training(services.paths, services.settings)

    def save(changes: Mapping[str, Mapping[str, object]]) -> None:
        flat = {f"{part}.{name}": value for part, values in changes.items() for name, value in values.items()}
        save_settings(services.paths, flat)

    return WindowServices(
        enrollment=services.enrollment,
        capture=services.capture,
        students=services.students,
        attendance=services.attendance,
        receipts=services.receipts,
        health=services.health,
        policy=services.enrollment.policy,
        flow=services.enrollment.flow(),
        training=training,
        practice_hand=services.training,
        preferences=Preferences(
            scheme=Scheme(chosen.look.theme),
            sounds=chosen.look.sounds,
            reduced_motion=chosen.look.reduced_motion,
            left_handed=chosen.pen.left_handed,
            pen_only=chosen.pen.pen_only,
        ),
        save_preferences=save,
        school=chosen.station.school,
        station=chosen.station.name,
        reader=chosen.reader.id,
        locked=services.settings.locked,
        diagnostics=lambda: _diagnostics(services),
        calibration=services.calibration,
        signature_sign_in=services.signature_sign_in,
        finger_sign_in=services.fingers.sign_in,
        about=about,
        register=RegisterService(services.writer, services.attendance, services.students),
        roster=services.roster,
        save_table=save_table,
        setup=_setup() if services.paths.profile == TRAINING_PROFILE else None,
        lock=lambda: _lock(services),
        unlock=lambda passphrase: _unlock(services, passphrase),
        idle_lock_s=0 if training else chosen.desk.idle_lock_s,
        sharing=None if training else services.sharing,
        close=services.close,
    )


def _setup() -> StationSetup:
    from app.services.station_setup import StationSetup

    return StationSetup(profile_paths(DEFAULT_PROFILE, os.environ), utc_now, new_id)


def _lock(services: Services) -> None:
    """Nothing of a student stays in the clear: neither names nor templates nor the keys that open more."""
    services.students.forget_roster()
    services.enrollment.forget_fingers()
    services.fingers.keys.forget()


def _unlock(services: Services, passphrase: str | None) -> None:
    training = is_training(services.paths, services.settings)
    reopened_keys(services.paths, training=training, passphrase=passphrase)


def _diagnostics(services: Services) -> str:
    from app.services.diagnostics import as_text, program_facts, reader_facts

    health = services.health.check()
    return as_text(
        {
            "program": program_facts(),
            "profile": {"name": services.paths.profile, "data": services.paths.data},
            "database": {"state": health.database.state.value, "code": health.database.code},
            "disk": {"state": health.disk.state.value, **health.disk.facts},
            "readers": reader_facts(),
        }
    )


def _delivered(services: Services, stop: Event) -> Iterator[DeliveryState]:
    """Bring station and server up to date; names and keys from elsewhere are used at once."""
    assert services.delivery is not None
    for state in services.delivery.run(stop):
        if state.received:
            services.students.roster_changed()
            services.sharing.stations.begin()
        yield state


def _filled(services: Services, stop: Event) -> Iterator[object]:
    """Load what is kept in memory: first the names, which the first search wants, then the fingers."""
    yield from services.students.load_roster(stop)
    yield from services.enrollment.fill_gallery(stop)


def run_window(profile: str | None = None) -> int:
    """Open the station's window; comes back when it is closed.

    Raises:
        SetupError: ``display_missing`` where there is no screen to open it on.
    """
    from app.ui.shell.application import ended_by_interrupt, has_display, make_application

    chosen = chosen_profile(profile)
    if not has_display(os.environ):
        raise SetupError("display_missing")
    log = _logging_of(chosen)
    application = make_application()
    from app.ui.common.style import Appearance

    windows = StationWindows(Appearance(application), log)
    with ended_by_interrupt(windows.close):
        windows.open(chosen)
        return application.exec()


def _logging_of(profile: str) -> logging.Handler:
    from app.config.logs import set_up_logging

    paths = profile_paths(profile, os.environ)
    paths.make_folders()
    return set_up_logging(paths.log_file)


class StationWindows:
    """The program's one window, and the next one that takes its place without a restart.

    Args:
        log: where the first window's profile is logged.
    """

    def __init__(self, appearance: Appearance, log: logging.Handler) -> None:
        self._appearance = appearance
        self._log = log
        self.window: MainWindow | None = None

    def open(self, profile: str, passphrase: str | None = None) -> None:
        """Open a window on the profile; the window before is closed, with all that it held.

        Args:
            passphrase: as it was typed just now, so that it is not asked for again at once.
        """
        from app.config.logs import log_failure
        from app.ui.shell.background import Background
        from app.ui.shell.crash import CrashGuard
        from app.ui.shell.main_window import MainWindow
        from app.ui.shell.practice import Practice

        station: list[Services] = []
        at_hand = [passphrase]

        def opened(typed: str | None = None) -> WindowServices:
            given, at_hand[:] = typed or at_hand[0], [None]
            with uncollected():
                station[:] = [open_services(profile, passphrase=given)]
                return window_services(station[0])

        def ready() -> None:
            from app.services.upkeep import Upkeep

            upkeep, delivery = Upkeep(station[0].signing), station[0].delivery
            Background(
                window,
                lambda stop: _filled(station[0], stop),
                lambda: upkeep.run_if_due(utc_now()),
                None if delivery is None else lambda stop: _delivered(station[0], stop),
            )
            Practice.begin(window)

        window = MainWindow(self._appearance, opened, training=profile == TRAINING_PROFILE)
        window.ready.connect(ready)
        window.station_wanted.connect(self._open_station)
        before, self.window = self.window, window
        if before is not None:
            window.restoreGeometry(before.saveGeometry())
        window.show()
        if before is not None:
            before.close()  # before the new one opens anything: both may be of one profile
            before.deleteLater()
            self._log_of(profile)
        CrashGuard(window, lambda number, error: log_failure(LOGGER, "bug", error, report=number)).install()

    def close(self) -> None:
        """Close the window that is open."""
        if self.window is not None:
            self.window.close()

    def _open_station(self, passphrase: str | None) -> None:
        self.open(DEFAULT_PROFILE, passphrase)

    def _log_of(self, profile: str) -> None:
        before, self._log = self._log, _logging_of(profile)
        logging.getLogger().removeHandler(before)
        before.close()
