# SPDX-License-Identifier: Apache-2.0
"""The one sentence that tells the next act, for every moment of a touch."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QCoreApplication

from app.domain.fingerprints import Finger, Reason
from app.ui.common.theme import Tone
from app.ui.common.words import finger_name, finger_title
from app.ui.fingerprints.coaching import coaching_for


class Phase(Enum):
    """Where a touch stands, as far as the screen is concerned."""

    PLACE = "place"
    HOLD = "hold"
    SAVING = "saving"
    LIFT_GOOD = "lift_good"
    LIFT_POOR = "lift_poor"
    NEXT = "next"  # kept, the same finger once more
    AGAIN = "again"  # not kept
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Prompt:
    """Title, sentence below, icon and its tone."""

    title: str
    lead: str
    icon: str
    tone: Tone


def prompt_for(
    phase: Phase,
    finger: Finger | None,
    reason: Reason | None,
    kept: int,
    wanted: int,
    finished: Finger | None,
) -> Prompt:
    """What to say.

    Args:
        phase: the moment.
        finger: the one that is asked for next.
        reason: why the last touch was poor; its sentence is shown only while that is true.
        kept: impressions of ``finger`` that count already.
        wanted: how many are asked for.
        finished: the finger that has just been completed.
    """
    translate = QCoreApplication.translate
    coaching = coaching_for(reason) if reason is not None else None
    name = finger_name(finger) if finger is not None else ""
    count = translate("Prompts", "Impression {number} of {wanted}.").format(
        number=min(kept + 1, wanted), wanted=wanted
    )
    if phase is Phase.DONE or finger is None:
        done = translate("Prompts", "All fingers are done")
        return Prompt(done, translate("Prompts", "Everything is saved. Continue."), "circle-check", Tone.GOOD)
    if phase is Phase.HOLD:
        return Prompt(
            translate("Prompts", "Hold still"),
            translate("Prompts", "The finger is being read."),
            "hand",
            Tone.ACCENT,
        )
    if phase is Phase.SAVING:
        return Prompt(
            translate("Prompts", "Hold still"), translate("Prompts", "Saving."), "hand", Tone.ACCENT
        )
    if phase is Phase.LIFT_GOOD:
        lead = translate("Prompts", "Saved: {kept} of {wanted}.").format(kept=kept, wanted=wanted)
        if finished is not None:
            lead = translate("Prompts", "{finger} is finished. Next: {next}.").format(
                finger=finger_title(finished), next=name
            )
        return Prompt(translate("Prompts", "Lift the finger"), lead, "arrow-up", Tone.GOOD)
    if phase is Phase.LIFT_POOR:
        lead = (
            coaching.sentence if coaching is not None else translate("Prompts", "That was not clear enough.")
        )
        return Prompt(translate("Prompts", "Lift the finger"), lead, "arrow-up", Tone.WARN)
    if phase is Phase.AGAIN:
        title = coaching.again if coaching is not None else translate("Prompts", "Once more, please")
        lead = (
            coaching.sentence if coaching is not None else translate("Prompts", "That was not clear enough.")
        )
        return Prompt(title, lead, coaching.icon if coaching is not None else "refresh-cw", Tone.WARN)
    if phase is Phase.NEXT:
        lead = translate("Prompts", "{count} Move it a little, so that more of it is kept.").format(
            count=count
        )
        return Prompt(
            translate("Prompts", "Place the {finger} again").format(finger=name),
            lead,
            "fingerprint",
            Tone.ACCENT,
        )
    lead = translate("Prompts", "{count} Lay it flat in the middle of the glass.").format(count=count)
    return Prompt(
        translate("Prompts", "Place the {finger}").format(finger=name), lead, "fingerprint", Tone.ACCENT
    )
