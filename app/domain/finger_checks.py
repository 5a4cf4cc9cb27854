# SPDX-License-Identifier: Apache-2.0
"""Rules about which finger it was: another one than before, one given already, the same spot, recognized.

The engine measures (``Measured``), these rules say what follows. A rule never ends in a dead end: what is
refused here can be counted by a recorded decision, a missing proof can be left out by one, a duplicate is
shown to a person and never stops a student.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from app.domain.enrollment_events import (
    CheckEvent,
    DuplicateDecided,
    DuplicatesSearched,
    FingerVerified,
    TouchCounted,
    VerifySkipped,
)
from app.domain.fingerprints import Finger, Reason
from app.domain.policy import Policy, VerifyTouch
from app.domain.visits import DuplicateDecision, DuplicateHit, FingerTask, Impression, Verification, Visit

#: A touch that matches its finger's earlier ones no better than this was of another finger. Lenient: a wrong
#: "that is another finger" annoys an honest student, a missed one is caught by the touches that follow.
OTHER_FINGER_FMR = 1e-2
#: A touch that matches another finger of the visit this well was given under a second name. For the whole
#: question, however many fingers are compared.
SECOND_NAME_FMR = 1e-4
#: An enrollment is proven when one of its touches matched the others this well: as a sign-in must.
PROVEN_FMR = 1e-4
#: Below this share of new area an impression shows the same spot as the earlier ones.
SAME_SPOT_AREA = 0.03
#: So many impressions of one spot in a row, the new one among them, are one too many.
SAME_SPOT_TOUCHES = 3


@dataclass(frozen=True, slots=True)
class FalseAlarms:
    """What a search for duplicates costs in questions about strangers.

    Attributes:
        one_in: at most one finger in so many looks by chance as much alike as asked for.
        fingers: enrolled now.
        expected: strangers shown in one search.
    """

    one_in: int
    fingers: int
    expected: float


@dataclass(frozen=True, slots=True)
class Measured:
    """What the engine measured of a new touch.

    Attributes:
        own_rate: false match rate against the finger's own counted impressions; None without any.
        others: the same against other fingers, by the name under which they were given.
        area_added: share of new area of the finger's counted impressions after the first, in order, and of
            the new one at the end; empty where it was not measured.
    """

    own_rate: float | None = None
    others: Mapping[Finger, float] = field(default_factory=dict)
    area_added: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What follows: the reason why a touch does not count, or None; the finger it was given as already."""

    reason: Reason | None = None
    other_finger: Finger | None = None
    match_rate: float | None = None


def find(task: FingerTask, measured: Measured) -> Finding:
    """What the measurements of a touch of good quality say about which finger it was."""
    names = names_to_ask(task, measured.others)
    limit = SECOND_NAME_FMR / max(1, len(names))
    hits = {name: measured.others[name] for name in names if measured.others[name] <= limit}
    if hits:
        return Finding(Reason.ALREADY_TAKEN, min(hits, key=lambda name: hits[name]), measured.own_rate)
    if measured.own_rate is not None and measured.own_rate > OTHER_FINGER_FMR:
        return Finding(Reason.OTHER_FINGER, match_rate=measured.own_rate)
    if _is_same_spot(task, measured.area_added):
        return Finding(Reason.SAME_SPOT, match_rate=measured.own_rate)
    return Finding(match_rate=measured.own_rate)


def names_to_ask(task: FingerTask, others: Mapping[Finger, float]) -> tuple[Finger, ...]:
    """The other fingers to compare with: not those that the operator said are different ones already."""
    settled = {
        impression.other_finger
        for impression in task.impressions
        if impression.override_reason and impression.other_finger is not None
    }
    return tuple(name for name in others if name is not task.finger and name not in settled)


def _is_same_spot(task: FingerTask, area_added: tuple[float, ...]) -> bool:
    if any(Reason.SAME_SPOT in impression.reasons for impression in task.impressions):
        return False  # asked for once already: advice, not a hurdle
    latest = area_added[-(SAME_SPOT_TOUCHES - 1) :]
    return len(latest) == SAME_SPOT_TOUCHES - 1 and max(latest) < SAME_SPOT_AREA


def may_count_anyway(task: FingerTask, policy: Policy) -> Impression | None:
    """The last touch, where it was taken for another finger and the operator may count it by decision."""
    if not task.impressions or task.skip is not None or task.is_captured(policy.impressions_per_finger):
        return None
    last = task.impressions[-1]
    return last if last.is_wrong_finger else None


def awaits_verification(task: FingerTask, policy: Policy) -> bool:
    """Whether the finger has its impressions and waits for the touch that proves them."""
    if task.skip is not None or not task.is_captured(policy.impressions_per_finger):
        return False
    if any(done.accepted or done.skip_reason for done in task.verifications):
        return False
    if policy.verify_touch is VerifyTouch.UNPROVEN:
        rates = [impression.match_rate for impression in task.accepted if impression.match_rate is not None]
        return bool(rates) and min(rates) > PROVEN_FMR
    return policy.verify_touch is VerifyTouch.ALWAYS


def verification_failed(task: FingerTask) -> bool:
    """Whether the last touch that was to prove the enrollment did not."""
    if not task.verifications:
        return False
    last = task.verifications[-1]
    return not last.accepted and not last.skip_reason


def fingers_settled_unsearched(visit: Visit, policy: Policy) -> tuple[Finger, ...]:
    """Captured fingers that the other students' fingers were not searched for yet."""
    return tuple(
        task.finger
        for task in visit.fingers
        if task.skip is None
        and task.is_captured(policy.impressions_per_finger)
        and not awaits_verification(task, policy)
        and not task.searched
    )


def undecided(visit: Visit) -> tuple[DuplicateHit, ...]:
    """The hits that wait for a person's decision; those of a finger left out meanwhile do not."""
    skipped = {task.finger for task in visit.fingers if task.skip is not None}
    return tuple(
        hit
        for hit in visit.duplicates
        if hit.decision is DuplicateDecision.UNDECIDED and hit.finger not in skipped
    )


def after_check(visit: Visit, event: CheckEvent, policy: Policy) -> Visit | None:
    """The visit after an event of the checks; None where the event has no place in the visit's state."""
    match event:
        case TouchCounted(finger, impression_uid, reason):
            return _with_counted(visit, finger, impression_uid, reason, policy)
        case FingerVerified(finger, verification):
            return _with_verification(visit, finger, verification, policy)
        case VerifySkipped(finger, verification):
            reasoned = bool(verification.skip_reason)
            return _with_verification(visit, finger, verification, policy) if reasoned else None
        case DuplicatesSearched(finger, hits):
            task = visit.task(finger)
            if task is None or task.session_uid is None:
                return None
            found = replace(visit, duplicates=(*visit.duplicates, *hits))
            return _with_task(found, replace(task, searched=True))
        case DuplicateDecided():
            return _with_decision(visit, event)


def _with_counted(
    visit: Visit, finger: Finger, impression_uid: object, reason: str, policy: Policy
) -> Visit | None:
    task = visit.task(finger)
    last = may_count_anyway(task, policy) if task is not None else None
    if task is None or last is None or not reason or last.uid != impression_uid:
        return None
    counted = replace(last, accepted=True, override_reason=reason)
    return _with_task(visit, replace(task, impressions=(*task.impressions[:-1], counted)))


def _with_verification(
    visit: Visit, finger: Finger, verification: Verification, policy: Policy
) -> Visit | None:
    task = visit.task(finger)
    if task is None or not awaits_verification(task, policy):
        return None
    return _with_task(visit, replace(task, verifications=(*task.verifications, verification)))


def _with_decision(visit: Visit, event: DuplicateDecided) -> Visit | None:
    known = any(hit.uid == event.hit_uid for hit in visit.duplicates)
    if not known or not event.reason or event.decision is DuplicateDecision.UNDECIDED:
        return None
    return replace(
        visit,
        duplicates=tuple(
            replace(hit, decision=event.decision, reason=event.reason) if hit.uid == event.hit_uid else hit
            for hit in visit.duplicates
        ),
    )


def _with_task(visit: Visit, task: FingerTask) -> Visit:
    fingers = tuple(task if other.finger is task.finger else other for other in visit.fingers)
    return replace(visit, fingers=fingers)
