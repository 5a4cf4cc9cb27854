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

from app.domain.fingerprints import Finger, Reason, SkipReason
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

    TODO = "todo"
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
    """

    uid: UUID
    attempt_number: int
    quality: int
    accepted: bool
    reasons: tuple[Reason, ...] = ()
    seconds: float = 0.0
    wire_seconds: float = 0.0


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
    """

    finger: Finger
    session_uid: UUID | None = None
    impressions: tuple[Impression, ...] = ()
    skip: Skip | None = None
    low_quality_reason: str = ""

    @property
    def accepted(self) -> tuple[Impression, ...]:
        """The impressions that count."""
        return tuple(impression for impression in self.impressions if impression.accepted)

    @property
    def best_poor(self) -> Impression | None:
        """Of the touches that do not count, the one of highest quality (the earlier of equals), or None."""
        poor = (impression for impression in self.impressions if not impression.accepted)
        return max(poor, key=lambda impression: impression.quality, default=None)

    @property
    def poor_attempts(self) -> int:
        """Touches since the last accepted one."""
        count = 0
        for impression in reversed(self.impressions):
            if impression.accepted:
                break
            count += 1
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
    """The attendance row of the visit."""

    attendance_uid: UUID
    class_session_uid: UUID
    title: str
    status: AttendanceStatus
    checked_in_at: datetime
    version: int = 1


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

    def task(self, finger: Finger) -> FingerTask | None:
        """The finger's task, or None where the visit has none."""
        return next((task for task in self.fingers if task.finger is finger), None)
