# SPDX-License-Identifier: Apache-2.0
"""The answers of a sign-in in plain words: what was found, what to do, what to know about it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.domain.signature_sign_in import ByHandReason, SignInAnswer, SignInVerdict
from app.ui.common.theme import Tone

translate = QCoreApplication.translate


def verdict_words(verdict: SignInVerdict) -> tuple[str, str, str]:
    """The answer in a word, what it means, and what to do."""
    if verdict is SignInVerdict.CONSISTENT:
        return (
            translate("SignIn", "Consistent"),
            translate("SignIn", "The signature fits the ones that this student is known by."),
            translate("SignIn", "Go on with the check-in."),
        )
    if verdict is SignInVerdict.DOUBTFUL:
        return (
            translate("SignIn", "Doubtful"),
            translate("SignIn", "The signature fits only in part. That happens to the right person, too."),
            translate(
                "SignIn", "Ask for one more signature, in the usual speed, or look at the student card."
            ),
        )
    return (
        translate("SignIn", "Different"),
        translate("SignIn", "The signature does not fit the ones that this student is known by."),
        translate("SignIn", "Check that the right name is chosen, then ask for one more signature."),
    )


def verdict_look(verdict: SignInVerdict) -> tuple[str, Tone]:
    """Icon and tone of an answer."""
    return {
        SignInVerdict.CONSISTENT: ("circle-check", Tone.GOOD),
        SignInVerdict.DOUBTFUL: ("triangle-alert", Tone.WARN),
        SignInVerdict.DIFFERENT: ("circle-x", Tone.BAD),
    }[verdict]


def references_words(count: int) -> str:
    """How many signatures it was compared with."""
    if count == 1:
        return translate("SignIn", "1 known signature")
    return translate("SignIn", "{count} known signatures").format(count=count)


def device_words(device_match: bool) -> str:
    """Whether a known signature comes from the same pen device."""
    if device_match:
        return translate("SignIn", "The same as for a known signature")
    return translate("SignIn", "Another one than for the known signatures")


def flag_words(flag: str) -> str:
    """What to know about an answer; empty for what another line says already."""
    return {
        "other_device": translate("SignIn", "Signed on another device than before: the answer is less sure."),
        "other_rate": translate(
            "SignIn", "The devices report at different speeds; compared at the slower one."
        ),
        "without_pressure": translate("SignIn", "One device knows no pressure: compared without it."),
        "without_size": translate(
            "SignIn", "One canvas does not know its size: only proportions were compared."
        ),
        "few_references": translate("SignIn", "Few known signatures: the answer is less sure."),
        "unlike_references": translate("SignIn", "The known signatures differ much from each other."),
        "less_fluent": translate("SignIn", "Written slower and weaker than usual."),
    }.get(flag, "")


def notes_of(answer: SignInAnswer) -> tuple[str, ...]:
    """Everything to know about an answer, one sentence each."""
    return tuple(words for flag in answer.flags if (words := flag_words(flag)))


def by_hand_words(reason: ByHandReason) -> str:
    """Why somebody is let in all the same, as a choice and as a remark."""
    return {
        ByHandReason.KNOWN_IN_PERSON: translate("SignIn", "I know the student"),
        ByHandReason.CARD_SEEN: translate("SignIn", "Card or paper seen"),
        ByHandReason.FINGER_RECOGNIZED: translate("SignIn", "Recognized by finger"),
        ByHandReason.HAND_INJURED: translate("SignIn", "Hand injured, known to the staff"),
        ByHandReason.PEN_FAILED: translate("SignIn", "The pen did not work well"),
    }[reason]
