# SPDX-License-Identifier: Apache-2.0
"""The one sentence that tells the next act, for every moment of a touch."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from app.domain.fingerprints import Finger
from app.ui.common.coaching import coaching_for
from app.ui.common.theme import Tone
from app.ui.common.words import finger_name, finger_title
from app.ui.fingerprints.phases import Phase
from app.ui.fingerprints.touch import Touch


@dataclass(frozen=True, slots=True)
class Prompt:
    """Title, sentence below, icon and its tone."""

    title: str
    lead: str
    icon: str
    tone: Tone


def prompt_for(
    phase: Phase, finger: Finger | None, touch: Touch, kept: int, wanted: int, checking: bool = False
) -> Prompt:
    """What to say.

    Args:
        phase: the moment.
        finger: the one that is asked for next.
        touch: what the last one came to; a reason is shown only while it is true.
        kept: impressions of ``finger`` that count already.
        wanted: how many are asked for.
        checking: whether the next touch proves that the finger is recognized.
    """
    translate = QCoreApplication.translate
    if phase is Phase.HOLD:
        reading = translate("Prompts", "The finger is being read.")
        return Prompt(translate("Prompts", "Hold still"), reading, "hand", Tone.ACCENT)
    if phase is Phase.SAVING:
        saving = translate("Prompts", "Saving.")
        return Prompt(translate("Prompts", "Hold still"), saving, "hand", Tone.ACCENT)
    if phase in (Phase.LIFT_GOOD, Phase.LIFT_POOR):
        return _lift(phase is Phase.LIFT_GOOD, finger, touch, kept, wanted)
    if phase is Phase.DONE or finger is None:
        done = translate("Prompts", "Everything is saved. Continue.")
        return Prompt(translate("Prompts", "All fingers are done"), done, "circle-check", Tone.GOOD)
    if phase is Phase.AGAIN:
        return _again(touch)
    return _place(finger, kept, wanted, checking, phase is Phase.NEXT)


def _lift(good: bool, finger: Finger | None, touch: Touch, kept: int, wanted: int) -> Prompt:
    translate = QCoreApplication.translate
    title = translate("Prompts", "Lift the finger")
    if not good:
        return Prompt(title, _again(touch).lead, "arrow-up", Tone.WARN)
    if touch.finished is None:
        lead = translate("Prompts", "Saved: {kept} of {wanted}.").format(kept=kept, wanted=wanted)
        return Prompt(title, lead, "arrow-up", Tone.GOOD)
    done = finger_title(touch.finished)
    lead = translate("Prompts", "{finger} is finished.").format(finger=done)
    if finger is not None:
        lead = translate("Prompts", "{finger} is finished. Next: {next}.").format(
            finger=done, next=finger_name(finger)
        )
    return Prompt(title, lead, "arrow-up", Tone.GOOD)


def _again(touch: Touch) -> Prompt:
    translate = QCoreApplication.translate
    if touch.reason is not None:
        coaching = coaching_for(touch.reason)
        return Prompt(coaching.again, coaching.sentence, coaching.icon, Tone.WARN)
    lead = translate("Prompts", "That was not clear enough.")
    if touch.was_check:
        lead = translate("Prompts", "The finger was not recognized. Lay it down as before.")
    return Prompt(translate("Prompts", "Once more, please"), lead, "refresh-cw", Tone.WARN)


def _place(finger: Finger, kept: int, wanted: int, checking: bool, again: bool) -> Prompt:
    translate = QCoreApplication.translate
    name = finger_name(finger)
    if checking:
        lead = translate("Prompts", "We check that the {finger} is recognized.").format(finger=name)
        return Prompt(translate("Prompts", "Touch once more"), lead, "scan-line", Tone.ACCENT)
    count = translate("Prompts", "Impression {number} of {wanted}.").format(
        number=min(kept + 1, wanted), wanted=wanted
    )
    if again:
        title = translate("Prompts", "Place the {finger} again").format(finger=name)
        lead = translate("Prompts", "{count} Move it a little, so that more of it is kept.")
    else:
        title = translate("Prompts", "Place the {finger}").format(finger=name)
        lead = translate("Prompts", "{count} Lay it flat in the middle of the glass.")
    return Prompt(title, lead.format(count=count), "fingerprint", Tone.ACCENT)
