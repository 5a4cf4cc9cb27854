# SPDX-License-Identifier: Apache-2.0
"""What to say at each moment of a touch at the check-in: what is wanted, what was wrong, what to do now."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QCoreApplication

from app.domain.finger_sign_in import FingerSignIn
from app.domain.fingerprints import Reason
from app.domain.operations_fingerprints import SignInMode
from app.domain.visits import StudentCard
from app.ui.attendance.way import Prompt
from app.ui.common.coaching import coaching_for
from app.ui.common.theme import Tone


class Unknown(Enum):
    """Why a good touch led to nobody."""

    NOBODY = "nobody"  # no enrolled finger is like it
    LOADING = "loading"  # not all enrolled fingers were there to compare with
    EMPTY = "empty"  # no finger is enrolled at all
    OTHER = "other"  # not a finger of the student who was said
    NO_FINGERS = "no_fingers"  # that student has none enrolled


def unknown_of(outcome: FingerSignIn, chosen: StudentCard | None) -> Unknown:
    """Why nobody was found."""
    if outcome.mode is SignInMode.VERIFY or chosen is not None:
        return Unknown.OTHER if outcome.searched_among else Unknown.NO_FINGERS
    if not outcome.complete:
        return Unknown.LOADING
    return Unknown.NOBODY if outcome.searched_among else Unknown.EMPTY


@dataclass(frozen=True, slots=True)
class Asked:
    """The moment, for whom, and what was wrong last."""

    moment: str
    chosen: StudentCard | None
    reason: Reason | None
    unknown: Unknown | None


def prompt_of(asked: Asked) -> Prompt:
    """The words for a moment of a touch."""
    translate = QCoreApplication.translate
    if asked.moment == "poor" and asked.reason is not None:
        coaching = coaching_for(asked.reason)
        return Prompt(coaching.again, coaching.sentence, coaching.icon, Tone.WARN)
    if asked.moment == "unknown" and asked.unknown is not None:
        return _unknown(asked.unknown, asked.chosen.name if asked.chosen is not None else "")
    if asked.moment == "hold":
        return Prompt(
            translate("CheckInTouch", "Hold still"),
            translate("CheckInTouch", "The finger is being read."),
            "fingerprint",
            Tone.ACCENT,
        )
    if asked.moment == "comparing":
        return Prompt(
            translate("CheckInTouch", "Lift the finger"),
            translate("CheckInTouch", "It is being compared."),
            "loader-circle",
            Tone.ACCENT,
        )
    if asked.chosen is not None:
        lead = translate("CheckInTouch", "Any finger of {name} that is enrolled, flat on the glass.")
        return Prompt(
            translate("CheckInTouch", "Touch the reader"),
            lead.format(name=asked.chosen.name),
            "fingerprint",
            Tone.ACCENT,
        )
    return Prompt(
        translate("CheckInTouch", "Touch the reader to check in"),
        translate("CheckInTouch", "Any finger that is enrolled, flat on the glass."),
        "fingerprint",
        Tone.ACCENT,
    )


def _unknown(unknown: Unknown, name: str) -> Prompt:
    translate = QCoreApplication.translate
    title, lead = {
        Unknown.NOBODY: (
            translate("CheckInTouch", "This finger is not known here"),
            translate(
                "CheckInTouch",
                "Try another finger, the middle of the pad flat on the glass, or find the student by name.",
            ),
        ),
        Unknown.LOADING: (
            translate("CheckInTouch", "Not found yet"),
            translate(
                "CheckInTouch",
                "The enrolled fingers are still being loaded. Touch again in a moment, or find the student"
                " by name.",
            ),
        ),
        Unknown.EMPTY: (
            translate("CheckInTouch", "No finger is enrolled yet"),
            translate("CheckInTouch", "Find the student by name; fingers are enrolled in a visit."),
        ),
        Unknown.OTHER: (
            translate("CheckInTouch", "This is not a finger of {name}"),
            translate(
                "CheckInTouch",
                "Try another finger that is enrolled. If somebody else stands here, choose that student.",
            ),
        ),
        Unknown.NO_FINGERS: (
            translate("CheckInTouch", "{name} has no finger enrolled"),
            translate("CheckInTouch", "Check in by name; look who stands here."),
        ),
    }[unknown]
    return Prompt(title.format(name=name), lead, "user-search", Tone.WARN)
