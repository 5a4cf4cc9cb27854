# SPDX-License-Identifier: Apache-2.0
"""What became of a touch, read from the visit that was stored: kept, not kept and why, recognized or not."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.enrollment import Verdict, finger_is_complete
from app.domain.finger_checks import awaits_verification
from app.domain.fingerprints import Finger, Reason
from app.domain.policy import Policy
from app.domain.visits import Visit


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one stored touch.

    Attributes:
        kept: whether it counts, or whether the finger was recognized.
        was_check: whether it was the touch that proves a finger.
        reason: the weightiest reason why it does not count.
        verdict: what light, sound and border say.
        finished: the finger that it settled.
    """

    kept: bool
    was_check: bool
    reason: Reason | None
    verdict: Verdict
    finished: Finger | None


def outcome_of(
    before: Visit | None, after: Visit, finger: Finger, verdict: Verdict, policy: Policy
) -> Outcome:
    """Compare the stored visit with the one before; ``verdict``: of the picture's quality alone."""
    old = before.task(finger) if before is not None and before.uid == after.uid else None
    task = after.task(finger)
    if task is None:
        return Outcome(False, False, None, Verdict.REFUSED, None)
    checks_before = len(old.verifications) if old is not None else 0
    was_check = len(task.verifications) > checks_before
    if was_check:
        kept, reason = task.verifications[-1].accepted, None
    else:
        last = task.impressions[-1] if task.impressions else None
        kept = last is not None and last.accepted
        reason = last.reasons[0] if last is not None and last.reasons and not kept else None
    if not kept and verdict in (Verdict.GOOD, Verdict.FAIR):
        verdict = Verdict.AGAIN  # a good picture of the wrong finger
    settled = finger_is_complete(task, policy) and not awaits_verification(task, policy)
    return Outcome(kept, was_check, reason, verdict, finger if settled else None)
