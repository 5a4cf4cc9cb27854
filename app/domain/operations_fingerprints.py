# SPDX-License-Identifier: Apache-2.0
"""What comparing fingers writes: decisions about touches, proofs, duplicates, sign-ins, rebuilt templates."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import ClassVar
from uuid import UUID

from app.domain.fingerprints import Finger
from app.domain.operations import Payload
from app.domain.visits import DuplicateDecision, Verification


@dataclass(frozen=True, slots=True)
class CountTouch(Payload):
    """Count a touch although it was taken for another finger, by decision of the operator."""

    kind: ClassVar[str] = "impression.count"

    enrollment_uid: UUID
    impression_uid: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class RecordVerification(Payload):
    """The touch that was to prove a finger's enrollment, or the decision to go without it."""

    kind: ClassVar[str] = "finger.verify"

    enrollment_uid: UUID
    verification: Verification


@dataclass(frozen=True, slots=True)
class FoundDuplicate:
    """One enrolled finger of another student that matches."""

    uid: UUID
    student_uid: UUID
    candidate_finger: Finger
    score: float
    false_match_rate: float
    enrolled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RecordDuplicateSearch(Payload):
    """A finger was searched for among the fingers of other students; ``among``: how many those were."""

    kind: ClassVar[str] = "finger.search"

    enrollment_uid: UUID
    among: int
    found: tuple[FoundDuplicate, ...] = ()


@dataclass(frozen=True, slots=True)
class DecideDuplicate(Payload):
    """What a person makes of a hit, with the reason."""

    kind: ClassVar[str] = "duplicate.decide"

    candidate_uid: UUID
    decision: DuplicateDecision
    reason: str


class SignInMode(str, Enum):
    """Against whom a finger is compared."""

    VERIFY = "verify"  # one student, who said who they are
    IDENTIFY = "identify"  # everybody


class SignInDecision(str, Enum):
    """What a sign-in came to."""

    ACCEPTED = "accepted"
    UNSURE = "unsure"  # likely, and for a person to confirm
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class RecordSignIn(Payload):
    """One finger laid down to sign in, whatever came of it."""

    kind: ClassVar[str] = "finger.sign_in"

    sign_in_uid: UUID
    mode: SignInMode
    decision: SignInDecision
    student_uid: UUID | None
    finger: Finger | None
    score: float | None
    false_match_rate: float | None
    threshold: float
    searched_among: int
    seconds: float
    station_uid: UUID | None = None


@dataclass(frozen=True, slots=True)
class RebuildTemplate(Payload):
    """Replace an impression's template by one that a newer engine made of the kept image.

    ``session_template`` is the same template sealed for the enrollment session ``enrollment_uid``, where the
    impression is the one that the session is completed with.
    """

    kind: ClassVar[str] = "impression.rebuild"

    impression_uid: UUID
    template_data: str = field(repr=False)
    template_format: str
    enrollment_uid: UUID | None = None
    session_template: str | None = field(default=None, repr=False)
