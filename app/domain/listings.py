# SPDX-License-Identifier: Apache-2.0
"""What services answer to pages: rows of lists, the receipt, the station's health."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from uuid import UUID

from app.domain.visits import CheckIn, FingerTask, Skip, Step, StudentCard


class StudentState(str, Enum):
    """Where a student stands with the enrollment."""

    NOT_ENROLLED = "not_enrolled"
    IN_PROGRESS = "in_progress"
    ENROLLED = "enrolled"


@dataclass(frozen=True, slots=True)
class StudentListing:
    """One hit of the student search. ``session_id`` names the visit in progress, if there is one."""

    card: StudentCard
    state: StudentState
    since: datetime | None = None
    session_id: str = ""


@dataclass(frozen=True, slots=True)
class UnfinishedVisit:
    """A visit that waits to be gone on with."""

    visit_uid: UUID
    session_id: str
    student: StudentCard
    step: Step
    last_activity_at: datetime


@dataclass(frozen=True, slots=True)
class ClassSessionListing:
    """A class session that a student can be checked in to."""

    uid: UUID
    title: str
    starts_at: datetime
    ends_at: datetime | None
    late_after_at: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the receipt page shows and prints. ``qr``: modules of the QR code, True is dark."""

    school: str
    station: str
    student: StudentCard
    number: str
    session_id: str
    issued_at: datetime
    fingers: tuple[FingerTask, ...]
    signature_steps: int
    signature_skip: Skip | None
    check_in: CheckIn | None
    check_in_skip: Skip | None
    qr: tuple[tuple[bool, ...], ...] = field(repr=False, default=())


class HealthState(str, Enum):
    """How a part of the station is."""

    OK = "ok"
    ATTENTION = "attention"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class HealthItem:
    """One part of the station. ``code`` names the error's text where it is not well."""

    state: HealthState
    code: str = ""
    facts: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Health:
    """What the health row shows beside the reader and the pen."""

    database: HealthItem
    disk: HealthItem
