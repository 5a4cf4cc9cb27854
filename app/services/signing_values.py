# SPDX-License-Identifier: Apache-2.0
"""What the signature flow takes and answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from app.domain.drawing_advice import DrawingAdvice
from app.domain.signature_flow import FlowStep
from app.domain.signatures import SignatureRecord
from app.storage import temp_enrollments as stored

#: Draws a record as the 800x300 grey PNG that the source calls ``signature``.
Render = Callable[[SignatureRecord], bytes]
#: The metrics of a record, JSON values with their version; the second argument is the step's key.
Measure = Callable[[SignatureRecord, str], Mapping[str, object]]


#: What may be said about a drawing, given the signatures kept before it, by the numbers of their steps.
Advise = Callable[[FlowStep, SignatureRecord, Mapping[int, SignatureRecord]], DrawingAdvice]


@dataclass(frozen=True, slots=True)
class Verification:
    """The verifier's answer to a sign-in. ``decision``: consistent, doubtful or different."""

    decision: str
    score: float
    threshold: float
    algorithm: str
    device_match: bool | None = None  # whether a reference comes from the device that was used
    flags: tuple[str, ...] = ()
    reference_uids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownSignature:
    """A signature that a user is known by."""

    uid: UUID
    captured_at: datetime
    record: SignatureRecord = field(repr=False)


#: Compares a sign-in with the signatures that the user is known by.
Verify = Callable[[SignatureRecord, tuple[KnownSignature, ...]], Verification]


@dataclass(frozen=True, slots=True)
class UsernameCheck:
    """Answer to ``check-username``: whether a sign-up may begin; ``held_since``: by a sign-up under way."""

    available: bool
    reason: str = ""
    held_since: datetime | None = None
    held_by_station: UUID | None = None


@dataclass(frozen=True, slots=True)
class SavedDrawing:
    """Answer to ``save-drawing``: the session's id and how far it has come."""

    session_id: str
    progress: stored.EnrollmentProgress
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom the drawings belong to: a student in a visit, or nobody yet."""

    student_uid: UUID | None = None
    visit_uid: UUID | None = None


NOBODY = Subject()


@dataclass(frozen=True, slots=True)
class EnrollmentsStatus:
    """The source's monitoring queries in one answer."""

    active: tuple[stored.ActiveEnrollment, ...]
    pending_cleanup: int
    average_steps: Mapping[str, float] = field(default_factory=dict)
