# SPDX-License-Identifier: Apache-2.0
"""What a visit writes: its life, the touches of its fingers, what is left out, and its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.domain.fingerprints import Finger, Reason
from app.domain.operations import Payload
from app.domain.visits import Skip, Step


@dataclass(frozen=True, slots=True)
class StartVisit(Payload):
    """Open a visit for a student; the row of ``student_responses`` that everything of it hangs on."""

    kind: ClassVar[str] = "visit.start"

    visit_uid: UUID
    session_id: str
    student_uid: UUID
    fingers: tuple[Finger, ...]  # what the policy asked for on that day, in order
    station_uid: UUID | None = None


@dataclass(frozen=True, slots=True)
class OpenPage(Payload):
    """Note the page that the visit stands at, and that somebody was active."""

    kind: ClassVar[str] = "visit.page"

    visit_uid: UUID
    page: Step


@dataclass(frozen=True, slots=True)
class AbandonVisit(Payload):
    """End a visit that is not to be completed ("start fresh"): its open enrollments end with it."""

    kind: ClassVar[str] = "visit.abandon"

    visit_uid: UUID


@dataclass(frozen=True, slots=True)
class AddFinger(Payload):
    """Ask for a finger that the policy did not ask for (instead of, or beside, another)."""

    kind: ClassVar[str] = "finger.add"

    visit_uid: UUID
    finger: Finger


@dataclass(frozen=True, slots=True)
class DeviceSeen:
    """The reader that a touch came from, told by ``serial``. The uid counts when the reader is new."""

    device_uid: UUID
    serial: str
    vendor: str
    model: str
    driver: str


@dataclass(frozen=True, slots=True)
class RecordImpression(Payload):
    """One touch of a finger, with its verdict; the first one opens the finger's enrollment session.

    ``template_data`` and ``image_data`` are sealed tokens (context table ``impressions``, row
    ``impression_uid``, subject ``student_uid``), or None where policy or quality keeps nothing.
    """

    kind: ClassVar[str] = "impression.record"

    visit_uid: UUID
    student_uid: UUID
    enrollment_uid: UUID  # uid of the enrollment session
    enrollment_session_id: str
    impression_uid: UUID
    finger: Finger
    attempt_number: int
    quality: int
    accepted: bool
    reasons: tuple[Reason, ...]
    seconds: float
    wire_seconds: float
    device: DeviceSeen
    template_data: str | None = None
    template_format: str | None = None
    image_data: str | None = None
    match_rate: float | None = None
    other_finger: Finger | None = None  # as which it was given already, where it was


@dataclass(frozen=True, slots=True)
class AcceptBest(Payload):
    """Take the best poor impression of a finger by decision of the operator, with a reason."""

    kind: ClassVar[str] = "impression.accept_best"

    enrollment_uid: UUID
    impression_uid: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class RestartFinger(Payload):
    """Cancel a finger's enrollment session, so that the finger is captured anew."""

    kind: ClassVar[str] = "finger.restart"

    visit_uid: UUID
    finger: Finger


@dataclass(frozen=True, slots=True)
class SkipFinger(Payload):
    """Leave a finger out, with a reason; ``replaced_by`` is asked for in its place."""

    kind: ClassVar[str] = "finger.skip"

    visit_uid: UUID
    finger: Finger
    skip: Skip
    replaced_by: Finger | None = None


@dataclass(frozen=True, slots=True)
class UnskipFinger(Payload):
    """Ask for a finger after all."""

    kind: ClassVar[str] = "finger.unskip"

    visit_uid: UUID
    finger: Finger


@dataclass(frozen=True, slots=True)
class SkipStep(Payload):
    """Leave a whole step (signatures or check-in) out, with a reason; None takes that back."""

    kind: ClassVar[str] = "visit.skip_step"

    visit_uid: UUID
    step: Step
    skip: Skip | None


@dataclass(frozen=True, slots=True)
class FinishedFinger:
    """What completes one enrollment session: its template, sealed again for the table of sessions."""

    enrollment_uid: UUID
    quality: int
    template_data: str | None
    template_format: str | None


@dataclass(frozen=True, slots=True)
class FinishVisit(Payload):
    """Complete everything of a visit in one transaction: enrollment sessions, signatures, the visit."""

    kind: ClassVar[str] = "visit.finish"

    visit_uid: UUID
    fingers: tuple[FinishedFinger, ...]
    receipt_number: str
    temp_session_id: str | None = None
    user_uid: UUID | None = None  # counts where the signature flow makes a new user
