# SPDX-License-Identifier: Apache-2.0
"""Training mode: a roster of made-up students, an open class session, an emulated reader with hands.

The fingers are synthetic and belong to nobody; the reader speaks the real protocol over a local socket.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from app.devices.emulator.emulator import Emulator
from app.devices.emulator.glass import GlassImage
from app.devices.emulator.timing import REAL_TIME, Timing
from app.domain.fingerprints import Finger
from app.domain.sessions import QuestionKind
from app.domain.visits import Step
from app.services.attendance import AttendanceService
from app.services.roster import RosterService
from app.services.sessions import SessionService

if TYPE_CHECKING:
    from app.biometrics.synthetic.fingers import SyntheticFinger

ROSTER = "training_roster.csv"
CLASS_SESSION = "Morning registration"
IMAGE_SIZES_PX = {"r503": (192, 192)}
DEFAULT_SIZE_PX = (256, 288)
INTAKE_QUESTIONS = (
    ("preferred_name", "Which name do you go by?", QuestionKind.TEXT, ()),
    ("writing_hand", "Which hand do you write with?", QuestionKind.CHOICE, ("left", "right", "both")),
    ("years_here", "For how many years have you been at this school?", QuestionKind.NUMBER, ()),
    ("first_time", "Is this your first enrollment here?", QuestionKind.YES_NO, ()),
)


def seed_training(
    roster: RosterService, attendance: AttendanceService, sessions: SessionService, now: datetime
) -> None:
    """Fill an empty training database, and see that a class session is open today."""
    if roster.is_empty():
        roster.import_csv((files("resources") / ROSTER).read_bytes(), commit=True)
        for key, text, kind, options in INTAKE_QUESTIONS:
            sessions.add_question(Step.STUDENT.value, key, text, kind, options)
    if not attendance.open_sessions():
        attendance.open_session(CLASS_SESSION, now - timedelta(minutes=5), now + timedelta(hours=12))


def training_names() -> tuple[str, ...]:
    """The names of the made-up students, in the roster's order."""
    text = (files("resources") / ROSTER).read_text("utf-8")
    return tuple(row["name"] for row in csv.DictReader(text.splitlines()))


class TrainingDesk:
    """The emulated reader and the hands that are laid on it.

    Args:
        cache: folder in which grown fingers are kept; they can be grown again.
        model: of the emulated reader.
        timing: of the line; real time unless a test or a fast walk-through says otherwise.
        picture: gives the picture of a touch instead of synthetic fingers: (finger, touch number) -> image.
    """

    def __init__(
        self,
        cache: Path,
        *,
        model: str = "r307",
        baud: int = 115_200,
        timing: Timing = REAL_TIME,
        picture: Callable[[Finger, int], GlassImage] | None = None,
    ) -> None:
        self._cache = cache / "fingers"
        self._size_px = IMAGE_SIZES_PX.get(model, DEFAULT_SIZE_PX)
        self._picture = picture
        self._grown: dict[int, SyntheticFinger] = {}
        self.emulator = Emulator(model, baud=baud, timing=timing)
        self.reader_id = "r30x:" + self.emulator.serve_tcp()

    def place(self, student_uid: UUID, finger: Finger, touch: int, condition: str = "good") -> None:
        """Lay a student's finger on the glass. Growing it the first time takes about half a second.

        Args:
            touch: number of the touch; the same finger lies a little differently each time.
            condition: one of ``app.biometrics.synthetic.impressions.Condition``.
        """
        if self._picture is not None:
            self.emulator.place_finger(self._picture(finger, touch))
            return
        from app.biometrics.synthetic.impressions import Condition, make_impression

        width_px, height_px = self._size_px
        grown = self._finger(finger_seed(student_uid, finger))
        image = make_impression(grown, touch, width_px, height_px, condition=Condition(condition))
        self.emulator.place_finger(GlassImage(width_px, height_px, image.tobytes()))

    def lift(self) -> None:
        """Take the finger away."""
        self.emulator.lift_finger()

    def close(self) -> None:
        """Switch the reader off."""
        self.emulator.close()

    def _finger(self, seed: int) -> SyntheticFinger:
        from app.biometrics.synthetic.fingers import SyntheticFinger, make_finger

        known = self._grown.get(seed)
        if known is not None:
            return known
        file = self._cache / f"{seed:08x}.finger"
        try:
            grown = SyntheticFinger.from_bytes(file.read_bytes())
        except (OSError, ValueError):  # not there yet, or of an earlier version
            grown = make_finger(seed)
            self._cache.mkdir(parents=True, exist_ok=True)
            file.write_bytes(grown.to_bytes())
        self._grown[seed] = grown
        return grown


def finger_seed(student_uid: UUID, finger: Finger) -> int:
    """The seed of a student's synthetic finger: always the same for the same student and finger."""
    digest = hashlib.sha256(student_uid.bytes + bytes([int(finger)])).digest()
    return int.from_bytes(digest[:4], "big")
