# SPDX-License-Identifier: Apache-2.0
"""What the window needs of the rest of the program, in one value that the composition root fills."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from app.domain.about import About
from app.domain.fingerprints import Finger
from app.domain.policy import Policy
from app.domain.signature_flow import Flow
from app.ui.common.theme import Scheme

if TYPE_CHECKING:
    from app.services.attendance import AttendanceService
    from app.services.calibration import CalibrationService
    from app.services.capture import CaptureService
    from app.services.enrollment import EnrollmentService
    from app.services.finger_sign_in import FingerSignInService
    from app.services.health import HealthService
    from app.services.receipts import ReceiptService
    from app.services.register import RegisterService
    from app.services.roster import RosterService
    from app.services.sharing_services import SharingServices
    from app.services.signature_sign_in import SignatureSignInService
    from app.services.station_setup import StationSetup
    from app.services.students import StudentService


#: Writes headings and rows to a file as a document that spreadsheets open; blocking.
SaveTable = Callable[[Path, Sequence[str], Iterable[Sequence[object]]], None]


class PracticeHand(Protocol):
    """The hand that lies on the emulated reader in training mode; blocking."""

    def place(self, student_uid: UUID, finger: Finger, touch: int) -> None:
        """Lay a finger on the glass; ``touch`` makes each time a little different."""

    def lift(self) -> None:
        """Take it away."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """How this desk likes its window."""

    scheme: Scheme = Scheme.SYSTEM
    sounds: bool = True
    reduced_motion: bool = False
    left_handed: bool = False
    pen_only: bool = False


def _save_nothing(path: Path, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """For a window that writes no documents."""


def _keep_nothing(changes: Mapping[str, Mapping[str, object]]) -> None:
    """For a window whose settings are not kept."""


@dataclass(frozen=True, slots=True)
class WindowServices:
    """The services of an open station; all of them block and are called through the worker.

    Attributes:
        save_preferences: writes settings by section and name, e.g. ``{"look": {"theme": "dark"}}``.
        school, station, reader: shown on the settings page.
        locked: settings that the school has fixed, such as ``look.theme``.
        diagnostics: the station's state as text for an administrator, without names or biometrics.
        calibration: learns a reader's frame and dirt; without it the menu has no such entry.
        signature_sign_in: finds and compares who signs in by signature; without it there is no such entry.
        finger_sign_in: says whose finger lies on the glass; without it check-in is by name.
        about: reads version and licenses; without it the menu has no such entry.
        register: the attendance list of the day; without it the menu has no such entry.
        roster: imports the school's roster; without it the menu has no such entry.
        save_table: writes headings and rows as a document that spreadsheets open.
        setup: sets this computer's real station up; only training mode has it.
        lock: forgets what was opened of biometrics; blocking.
        unlock: checks the station's secret again, with the pass phrase that was typed where it is one;
            blocking. Raises as opening the station does.
        idle_lock_s: seconds without input after which the station locks itself; 0 for never.
        sharing: who holds the school's keys; training mode has no such entry.
        close: gives back files, readers and locks; called once, when the window closes.
    """

    enrollment: EnrollmentService
    capture: CaptureService
    students: StudentService
    attendance: AttendanceService
    receipts: ReceiptService
    health: HealthService
    policy: Policy
    flow: Flow
    training: bool = False
    practice_hand: PracticeHand | None = None
    preferences: Preferences = field(default_factory=Preferences)
    save_preferences: Callable[[Mapping[str, Mapping[str, object]]], None] = _keep_nothing
    close: Callable[[], None] = lambda: None
    lock: Callable[[], None] = lambda: None
    unlock: Callable[[str | None], None] = lambda _passphrase: None
    idle_lock_s: int = 0
    school: str = ""
    station: str = ""
    reader: str = ""
    locked: frozenset[str] = frozenset()
    diagnostics: Callable[[], str] | None = None
    calibration: CalibrationService | None = None
    signature_sign_in: SignatureSignInService | None = None
    finger_sign_in: FingerSignInService | None = None
    setup: StationSetup | None = None
    about: Callable[[], About] | None = None
    register: RegisterService | None = None
    roster: RosterService | None = None
    save_table: SaveTable = _save_nothing
    sharing: SharingServices | None = None
