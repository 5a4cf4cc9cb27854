# SPDX-License-Identifier: Apache-2.0
"""The attendance list of a class session: who is expected, who is in, late or missing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from uuid import UUID

from app.domain.listings import ClassSessionListing
from app.domain.sessions import AttendanceStatus

MAX_REASON = 300


class Presence(str, Enum):
    """Where a student stands in the list."""

    IN = "in"
    LATE = "late"
    MISSING = "missing"  # nothing is recorded, or absence is
    EXCUSED = "excused"


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """One student of the list. ``attendance_uid`` None: nothing is recorded yet, ``version`` is 0 then."""

    student_uid: UUID
    name: str = field(repr=False)
    number: str = ""
    class_name: str = ""
    attendance_uid: UUID | None = None
    status: AttendanceStatus | None = None
    checked_in_at: datetime | None = None
    method: str = ""
    version: int = 0

    @property
    def presence(self) -> Presence:
        """What the status means to whoever looks for somebody."""
        known = {
            AttendanceStatus.PRESENT: Presence.IN,
            AttendanceStatus.LATE: Presence.LATE,
            AttendanceStatus.EXCUSED: Presence.EXCUSED,
        }
        return known.get(self.status, Presence.MISSING) if self.status is not None else Presence.MISSING


@dataclass(frozen=True, slots=True)
class Register:
    """A class session with everybody who is expected or came, by name."""

    session: ClassSessionListing
    entries: tuple[RegisterEntry, ...]
