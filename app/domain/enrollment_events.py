# SPDX-License-Identifier: Apache-2.0
"""What can happen in a visit: the events that pages report and ``enrollment.advance`` takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.fingerprints import Finger
from app.domain.visits import (
    CheckIn,
    DuplicateDecision,
    DuplicateHit,
    Impression,
    Skip,
    Step,
    Verification,
)


@dataclass(frozen=True, slots=True)
class FingerSelected:
    """The operator turned to a finger; one that the policy did not ask for is added."""

    finger: Finger


@dataclass(frozen=True, slots=True)
class ImpressionRecorded:
    """A touch was recorded for a finger."""

    finger: Finger
    session_uid: UUID
    impression: Impression


@dataclass(frozen=True, slots=True)
class BestAccepted:
    """After poor attempts only, the operator took the best of them, with a reason."""

    finger: Finger
    impression_uid: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class TouchCounted:
    """The operator counted the last touch although it was taken for another finger, with a reason."""

    finger: Finger
    impression_uid: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class FingerVerified:
    """The finger was touched once more, to prove its enrollment; it was recognized or not."""

    finger: Finger
    verification: Verification


@dataclass(frozen=True, slots=True)
class VerifySkipped:
    """The operator goes on without that touch, with a reason."""

    finger: Finger
    verification: Verification


@dataclass(frozen=True, slots=True)
class DuplicatesSearched:
    """The other students' fingers were searched for a finger of the visit."""

    finger: Finger
    hits: tuple[DuplicateHit, ...]


@dataclass(frozen=True, slots=True)
class DuplicateDecided:
    """A person said whether a hit is the same person, with a reason."""

    hit_uid: UUID
    decision: DuplicateDecision
    reason: str


@dataclass(frozen=True, slots=True)
class FingerRestarted:
    """The finger is captured anew; its earlier enrollment session was cancelled."""

    finger: Finger


@dataclass(frozen=True, slots=True)
class FingerSkipped:
    """The finger is left out, with a reason."""

    finger: Finger
    skip: Skip


@dataclass(frozen=True, slots=True)
class FingerReplaced:
    """The finger is left out and another one asked for in its place."""

    finger: Finger
    skip: Skip
    by: Finger


@dataclass(frozen=True, slots=True)
class FingerUnskipped:
    """The finger is asked for after all."""

    finger: Finger


@dataclass(frozen=True, slots=True)
class SignatureAccepted:
    """A signature or drawing step was accepted (again, when it was redone)."""

    step_number: int
    session_id: str
    username: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SignaturesSkipped:
    """All signature steps are left out, with a reason."""

    skip: Skip


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """The student was checked in."""

    check_in: CheckIn


@dataclass(frozen=True, slots=True)
class CheckInSkipped:
    """No attendance is written, with a reason."""

    skip: Skip


@dataclass(frozen=True, slots=True)
class StepOpened:
    """The operator went to a page: onward, back, or by the rail."""

    step: Step


@dataclass(frozen=True, slots=True)
class Paused:
    """The visit waits; everything accepted stays."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """The visit goes on where it was."""


@dataclass(frozen=True, slots=True)
class Abandoned:
    """The operator chose "start fresh" or gave the visit up."""


@dataclass(frozen=True, slots=True)
class Finished:
    """Everything was written as complete in one operation."""

    receipt_number: str
    completed_at: datetime


#: Events of the checks that compare fingers; ``finger_checks.after_check`` takes them.
CheckEvent = TouchCounted | FingerVerified | VerifySkipped | DuplicatesSearched | DuplicateDecided

Event = (
    FingerSelected
    | ImpressionRecorded
    | BestAccepted
    | CheckEvent
    | FingerRestarted
    | FingerSkipped
    | FingerReplaced
    | FingerUnskipped
    | SignatureAccepted
    | SignaturesSkipped
    | CheckedIn
    | CheckInSkipped
    | StepOpened
    | Paused
    | Resumed
    | Abandoned
    | Finished
)
