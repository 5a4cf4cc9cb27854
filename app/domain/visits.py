# SPDX-License-Identifier: Apache-2.0
"""A visit: one student at the station, from the search box to the receipt.

These are the values; the rules that change them are in ``enrollment.py``. A visit is rebuilt from the
database on every resume, so each value here is the image of rows that are already durable.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from uuid import UUID

from app.domain.fingerprints import WRONG_FINGER, Finger, Reason, SkipReason
from app.domain.sessions import AttendanceStatus, SessionStatus


class Step(str, Enum):
    """The pages of a visit in their order; the values are the keys of the ``pages`` table."""

    STUDENT = "student"
    FINGERS = "fingers"
    SIGNATURES = "signatures"
    CHECK_IN = "check_in"
    REVIEW = "review"
    RECEIPT = "receipt"

    @property
    def position(self) -> int:
        """0 for the first page."""
        return tuple(Step).index(self)

    @property
    def following(self) -> Step:
        """The next page; the last page is its own successor."""
        steps = tuple(Step)
        return steps[min(self.position + 1, len(steps) - 1)]

    @property
    def preceding(self) -> Step:
        """The page before; the first page is its own predecessor."""
        return tuple(Step)[max(self.position - 1, 0)]


class StepState(str, Enum):
    """How the step rail draws a step."""

    OPEN = "open"
    CURRENT = "current"
    DONE = "done"
    SKIPPED = "skipped"
    ATTENTION = "attention"


@dataclass(frozen=True, slots=True)
class StudentCard:
    """What the station shows of a student. Names have no ``repr``: they stay out of logs."""

    uid: UUID
    name: str = field(repr=False)
    number: str = ""
    class_name: str = ""
    email: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Impression:
    """One recorded touch of a finger.

    Attributes:
        attempt_number: 1 for the finger's first touch.
        quality: 0-100 on the NFIQ 2 scale.
        accepted: whether it counts towards the impressions that the policy asks for.
        seconds: from the request for the finger to the verdict.
        wire_seconds: the share of it that was pure transfer.
        match_rate: false match rate at which it matches the finger's own earlier impressions; None where
            nothing was compared.
        other_finger: the finger that it was already given as, with ``Reason.ALREADY_TAKEN``.
        override_reason: set where the operator counted it although it was taken for another finger.
    """

    uid: UUID
    attempt_number: int
    quality: int
    accepted: bool
    reasons: tuple[Reason, ...] = ()
    seconds: float = 0.0
    wire_seconds: float = 0.0
    match_rate: float | None = None
    other_finger: Finger | None = None
    override_reason: str = ""

    @property
    def is_wrong_finger(self) -> bool:
        """Whether it does not count because it was taken for another finger."""
        return not self.accepted and not WRONG_FINGER.isdisjoint(self.reasons)


@dataclass(frozen=True, slots=True)
class Verification:
    """The touch at the end of a finger that shows that the enrollment works, or the decision to go without.

    Attributes:
        score: of the matcher; None where nothing could be compared or the touch was left out.
        false_match_rate: what the score stands for.
        accepted: whether the finger was recognized.
        skip_reason: why the touch was left out; empty for a touch.
    """

    uid: UUID
    accepted: bool
    score: float | None = None
    false_match_rate: float | None = None
    made_at: datetime | None = None
    skip_reason: str = ""


class DuplicateDecision(str, Enum):
    """What a person makes of a finger that another student's record holds as well."""

    UNDECIDED = "undecided"
    SAME_PERSON = "same_person"
    DIFFERENT_PERSON = "different_person"


@dataclass(frozen=True, slots=True)
class Skip:
    """Why something was left out. ``permanent`` is false where the school means to catch up later."""

    reason: SkipReason
    comment: str = field(default="", repr=False)
    permanent: bool = False


@dataclass(frozen=True, slots=True)
class FingerTask:
    """One finger of the visit: asked for by policy, or added in place of another.

    Attributes:
        session_uid: the enrollment session, from the first touch on.
        impressions: every recorded touch in order; the accepted ones among them make the enrollment.
        skip: why the finger is left out, or None.
        low_quality_reason: set where the best poor impression was taken by decision of the operator.
        verifications: touches that were to prove the enrollment, and the decision to go without.
        searched: whether the other students' fingers were searched for this one.
    """

    finger: Finger
    session_uid: UUID | None = None
    impressions: tuple[Impression, ...] = ()
    skip: Skip | None = None
    low_quality_reason: str = ""
    verifications: tuple[Verification, ...] = ()
    searched: bool = False

    def is_captured(self, impressions_wanted: int) -> bool:
        """Whether there are enough impressions, or the best poor one by decision."""
        return len(self.accepted) >= impressions_wanted or (
            bool(self.low_quality_reason) and bool(self.accepted)
        )

    @property
    def accepted(self) -> tuple[Impression, ...]:
        """The impressions that count."""
        return tuple(impression for impression in self.impressions if impression.accepted)

    @property
    def best_poor(self) -> Impression | None:
        """Of the touches that are just poor, the one of highest quality (the earlier of equals), or None."""
        poor = (
            impression
            for impression in self.impressions
            if not impression.accepted and not impression.is_wrong_finger
        )
        return max(poor, key=lambda impression: impression.quality, default=None)

    @property
    def poor_attempts(self) -> int:
        """Poor touches since the last accepted one; another finger's touch says nothing about this one."""
        count = 0
        for impression in reversed(self.impressions):
            if impression.accepted:
                break
            count += not impression.is_wrong_finger
        return count


@dataclass(frozen=True, slots=True)
class SignatureTask:
    """The signature and drawing steps of the visit.

    Attributes:
        session_id: of the temporary enrollment, from the first accepted step on.
        total_steps: how many the flow has.
        accepted: numbers of the accepted steps.
        expires_at: when the unfinished enrollment expires, aware UTC.
        skip: why all of it is left out, or None.
    """

    total_steps: int
    session_id: str = ""
    username: str = field(default="", repr=False)
    accepted: frozenset[int] = frozenset()
    expires_at: datetime | None = None
    skip: Skip | None = None

    @property
    def is_complete(self) -> bool:
        """Whether the accepted steps are exactly the flow's."""
        return self.accepted == frozenset(range(1, self.total_steps + 1))

    @property
    def next_step(self) -> int:
        """The first step that is not accepted yet; the last one when all are."""
        return next((n for n in range(1, self.total_steps + 1) if n not in self.accepted), self.total_steps)


@dataclass(frozen=True, slots=True)
class CheckIn:
    """A student's attendance row. ``was_there``: it was written before, and the earlier one stays."""

    attendance_uid: UUID
    class_session_uid: UUID
    title: str
    status: AttendanceStatus
    checked_in_at: datetime
    version: int = 1
    was_there: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class DuplicateHit:
    """A finger of this visit that matches an enrolled finger of another student.

    Attributes:
        finger: of this visit.
        student: whose record holds the other one.
        candidate_finger: as which it is enrolled there.
        false_match_rate: chance that two different fingers score as high.
    """

    uid: UUID
    finger: Finger
    student: StudentCard
    candidate_finger: Finger
    score: float
    false_match_rate: float
    enrolled_at: datetime | None = None
    decision: DuplicateDecision = DuplicateDecision.UNDECIDED
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """One student at the station. Immutable; ``enrollment.advance`` makes the next one."""

    uid: UUID
    session_id: str
    student: StudentCard
    status: SessionStatus
    step: Step
    fingers: tuple[FingerTask, ...]
    signatures: SignatureTask
    check_in: CheckIn | None = None
    check_in_skip: Skip | None = None
    finger: Finger | None = None  # the finger that the fingers page works on
    paused: bool = False
    started_at: datetime | None = None
    completed_at: datetime | None = None
    receipt_number: str = ""
    duplicates: tuple[DuplicateHit, ...] = ()

    def task(self, finger: Finger) -> FingerTask | None:
        """The finger's task, or None where the visit has none."""
        return next((task for task in self.fingers if task.finger is finger), None)
