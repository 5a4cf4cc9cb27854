# SPDX-License-Identifier: Apache-2.0
"""Opens the window on the services: the last step of the composition, the only one that needs a screen."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from app.bootstrap import Services, chosen_profile, is_training, open_services, utc_now
from app.config.paths import TRAINING_PROFILE, profile_paths
from app.domain.errors import SetupError

if TYPE_CHECKING:
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
    from app.ui.common.theme import Scheme
    from app.ui.shell.services import Preferences, WindowServices

    chosen = services.settings.settings

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
        training=is_training(services.paths, services.settings),
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
        close=services.close,
    )


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


def run_window(profile: str | None = None) -> int:
    """Open the station's window; comes back when it is closed.

    Raises:
        SetupError: ``display_missing`` where there is no screen to open it on.
    """
    from app.config.logs import log_failure, set_up_logging
    from app.ui.shell.application import ended_by_interrupt, has_display, make_application

    chosen = chosen_profile(profile)
    if not has_display(os.environ):
        raise SetupError("display_missing")
    paths = profile_paths(chosen, os.environ)
    paths.make_folders()
    set_up_logging(paths.log_file)
    application = make_application()
    from app.ui.common.style import Appearance
    from app.ui.shell.background import Background
    from app.ui.shell.crash import CrashGuard
    from app.ui.shell.main_window import MainWindow
    from app.ui.shell.practice import Practice

    station: list[Services] = []

    def opened(passphrase: str | None = None) -> WindowServices:
        with uncollected():
            station[:] = [open_services(chosen, passphrase=passphrase)]
            return window_services(station[0])

    def ready() -> None:
        from app.services.upkeep import Upkeep

        upkeep = Upkeep(station[0].signing)
        Background(window, station[0].enrollment.fill_gallery, lambda: upkeep.run_if_due(utc_now()))
        Practice.begin(window)

    window = MainWindow(
        Appearance(application),
        opened,
        training=chosen == TRAINING_PROFILE,
    )
    window.ready.connect(ready)
    CrashGuard(window, lambda number, error: log_failure(LOGGER, "bug", error, report=number)).install()
    with ended_by_interrupt(window.close):
        window.show()
        return application.exec()
