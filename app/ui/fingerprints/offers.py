# SPDX-License-Identifier: Apache-2.0
"""What the page asks after a touch that settled nothing: a question in words, and its answers as acts.

Which question applies is the domain's; no answer is a dead end.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QCoreApplication

from app.domain.enrollment import may_take_best, offer_other_finger
from app.domain.finger_checks import may_count_anyway, undecided, verification_failed
from app.domain.fingerprints import Finger
from app.domain.policy import Policy
from app.domain.visits import DuplicateHit, FingerTask, Visit
from app.ui.common.times import date_text
from app.ui.common.words import finger_name


class Answer(str, Enum):
    """What the operator may answer; the values name the buttons."""

    OTHER_FINGER = "accept"
    BEST = "best"
    STAY = "stay"
    COUNT = "count"
    ANEW = "anew"
    WITHOUT = "without"
    SAME_PERSON = "same_person"
    DIFFERENT_PERSON = "different_person"


@dataclass(frozen=True, slots=True)
class Offer:
    """A question and its answers, the first one primary. ``hit``: the record of another student."""

    title: str
    why: str
    icon: str
    answers: tuple[tuple[Answer, str], ...]
    hit: DuplicateHit | None = None


def offer_for(visit: Visit, finger: Finger, policy: Policy) -> Offer | None:
    """The question that the visit's state asks about a finger that was just touched, if there is one."""
    task = visit.task(finger)
    if task is None:
        return None
    if verification_failed(task) and task.skip is None:
        return _verify_offer(finger)
    wrong = may_count_anyway(task, policy)
    if wrong is not None:
        return _wrong_finger_offer(finger, wrong.other_finger)
    poor = _poor_offer(visit, task, policy)
    return poor if poor is not None else duplicate_offer(visit)


def _verify_offer(finger: Finger) -> Offer:
    translate = QCoreApplication.translate
    return Offer(
        translate("Offers", "The {finger} was not recognized.").format(finger=finger_name(finger)),
        translate("Offers", "Touch once more. If it fails again, capture the finger anew."),
        "scan-line",
        (
            (Answer.STAY, translate("Offers", "&Touch once more")),
            (Answer.ANEW, translate("Offers", "&Capture it anew")),
            (Answer.WITHOUT, translate("Offers", "&Go on without this check (F8)")),
        ),
    )


def _wrong_finger_offer(finger: Finger, given_as: Finger | None) -> Offer:
    translate = QCoreApplication.translate
    title = translate("Offers", "This does not look like the {finger}.").format(finger=finger_name(finger))
    if given_as is not None:
        title = translate("Offers", "This finger was already given as the {finger}.").format(
            finger=finger_name(given_as)
        )
    return Offer(
        title,
        translate("Offers", "Check which finger lies on the glass, then touch again."),
        "hand",
        (
            (Answer.STAY, translate("Offers", "&Touch again")),
            (Answer.COUNT, translate("Offers", "It &is the right one: count it (F8)")),
        ),
    )


def _poor_offer(visit: Visit, task: FingerTask, policy: Policy) -> Offer | None:
    translate = QCoreApplication.translate
    other = offer_other_finger(visit, task.finger, policy)
    best = task.best_poor if may_take_best(task, policy) else None
    answers = []
    if other is not None:
        take = translate("Offers", "Take the {finger}").format(finger=finger_name(other))
        answers.append((Answer.OTHER_FINGER, take))
    if best is not None:
        keep = translate("Offers", "Keep the &best one ({quality})").format(quality=best.quality)
        answers.append((Answer.BEST, keep))
    if not answers:
        return None
    answers.append((Answer.STAY, translate("Offers", "&Keep trying")))
    why = translate("Offers", "{number} touches were too poor. Another finger often works at once.")
    return Offer(
        translate("Offers", "The {finger} does not read well.").format(finger=finger_name(task.finger)),
        why.format(number=task.poor_attempts),
        "refresh-cw",
        tuple(answers),
    )


def duplicate_offer(visit: Visit) -> Offer | None:
    """A finger of this visit that matches another student's record, until somebody has decided about it."""
    hits = undecided(visit)
    if not hits:
        return None
    hit = hits[0]
    translate = QCoreApplication.translate
    enrolled = date_text(hit.enrolled_at) if hit.enrolled_at is not None else ""
    why = translate("Offers", "The {finger} matches the {other} of a student enrolled already.")
    if enrolled:
        why = translate(
            "Offers",
            "The {finger} matches the {other} of a student enrolled on {date}.",
        )
    return Offer(
        translate("Offers", "Is this the same person?"),
        why.format(finger=finger_name(hit.finger), other=finger_name(hit.candidate_finger), date=enrolled),
        "users",
        (
            (Answer.DIFFERENT_PERSON, translate("Offers", "&Different persons")),
            (Answer.SAME_PERSON, translate("Offers", "The &same person")),
        ),
        hit,
    )
