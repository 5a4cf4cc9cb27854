# SPDX-License-Identifier: Apache-2.0
"""What the step-by-step signature flow writes: drawings, drafts, completion, sign-up and sign-in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from app.domain.operations import Payload
from app.domain.signature_flow import FlowType, StepType
from app.domain.signature_sign_in import ByHandReason


@dataclass(frozen=True, slots=True)
class TempEnrollmentStart:
    """What opens a temporary enrollment, sent with every step and draft; only the first one opens it.

    ``device_info`` is a sealed token (table ``temp_enrollments``, row ``enrollment_uid``, subject
    ``subject_uid``); ``expires_at`` counts when the enrollment is opened and is never extended later.
    """

    enrollment_uid: UUID
    session_id: str
    subject_uid: UUID  # the student's uid, or the enrollment's own where no student is known
    username: str = field(repr=False)
    flow_type: FlowType
    expires_at: datetime
    student_uid: UUID | None = None
    visit_uid: UUID | None = None
    station_uid: UUID | None = None
    device_info: str | None = None


@dataclass(frozen=True, slots=True)
class SaveDrawing(Payload):
    """One accepted step. Saving a step again replaces it and counts the attempt; its draft is forgotten.

    ``signature_data``, ``raw_data`` and ``metrics`` are sealed tokens (table ``signature_samples``, row
    ``step_uid``): a sample made of the step later takes over its uid, and the tokens still open.
    """

    kind: ClassVar[str] = "drawing.save"

    start: TempEnrollmentStart
    step_uid: UUID  # of the step's row: the same again when the step is redone
    step_number: int
    step_type: StepType
    instruction: str
    signature_data: str
    raw_data: str
    metrics: str
    pointer_type: str | None = None


@dataclass(frozen=True, slots=True)
class SaveDraft(Payload):
    """The unfinished drawing of a step, after each stroke; ``raw_data`` None forgets it.

    The token's context is table ``temp_step_drafts``, column ``raw_data``, row ``draft_uid``.
    """

    kind: ClassVar[str] = "drawing.draft"
    shared: ClassVar[bool] = False

    start: TempEnrollmentStart
    draft_uid: UUID
    step_number: int
    raw_data: str | None


@dataclass(frozen=True, slots=True)
class CompleteEnrollment(Payload):
    """Mark a temporary enrollment as completed (``complete_enrollment`` of the source)."""

    kind: ClassVar[str] = "enrollment.complete"

    session_id: str


@dataclass(frozen=True, slots=True)
class CleanUpExpired(Payload):
    """Expire what is past its time and delete what expired long ago (``cleanup_expired_enrollments``)."""

    kind: ClassVar[str] = "enrollment.cleanup"


@dataclass(frozen=True, slots=True)
class RegisterUser(Payload):
    """Make a user from a completed sign-up: the drawings become the user's signature samples."""

    kind: ClassVar[str] = "user.register"

    user_uid: UUID
    username: str = field(repr=False)
    session_id: str


@dataclass(frozen=True, slots=True)
class LogInUser(Payload):
    """Record a sign-in that was made from temporary data, with the verifier's answer."""

    kind: ClassVar[str] = "user.log_in"

    username: str = field(repr=False)
    session_id: str
    decision: str
    score: float
    threshold: float
    algorithm: str
    device_match: bool | None = None  # whether a reference comes from the device that was used
    flags: tuple[str, ...] = ()  # what to know about the answer
    reference_uids: tuple[UUID, ...] = ()  # of the signatures that it was compared with


@dataclass(frozen=True, slots=True)
class DecideSignIn(Payload):
    """A person lets somebody in whose signature was doubtful or different; the first decision stands."""

    kind: ClassVar[str] = "user.decide_sign_in"

    username: str = field(repr=False)
    session_id: str
    reason: ByHandReason


@dataclass(frozen=True, slots=True)
class KeepReference(Payload):
    """Keep an accepted sign-in as a signature that the user is known by; the operator agreed to it.

    ``raw_data`` is a sealed token (table ``signature_references``, row ``reference_uid``, subject
    ``subject_uid``: the one whose key seals the sign-up, so that one destroyed key takes all of them).
    """

    kind: ClassVar[str] = "user.keep_reference"

    username: str = field(repr=False)
    session_id: str
    reference_uid: UUID
    subject_uid: UUID
    raw_data: str
    limit: int  # references that a user has at most; the oldest leave first


@dataclass(frozen=True, slots=True)
class ArchiveCompleted(Payload):
    """Put enrollments that were completed before an instant into the archive: facts stay, drawings go."""

    kind: ClassVar[str] = "enrollment.archive"

    completed_before: datetime
