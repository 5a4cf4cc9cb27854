# SPDX-License-Identifier: Apache-2.0
"""One coaching sentence per reason: what to do now, in words for a child and a clerk."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from app.domain.fingerprints import Reason


@dataclass(frozen=True, slots=True)
class Coaching:
    """``again``: the prompt of the next touch. ``sentence``: what was wrong and what helps."""

    again: str
    sentence: str
    icon: str


def coaching_for(reason: Reason) -> Coaching:
    """What to say when that reason weighs most."""
    translate = QCoreApplication.translate
    return {
        Reason.NO_FINGER: Coaching(
            translate("Coaching", "Place the finger again"),
            translate("Coaching", "No finger was seen. Lay it flat on the glass and wait for “Lift”."),
            "fingerprint",
        ),
        Reason.TOO_LIGHT: Coaching(
            translate("Coaching", "Again, press a little firmer"),
            translate(
                "Coaching",
                "The print is too light. Press a little firmer; if the skin is dry, breathe on it.",
            ),
            "arrow-down-to-line",
        ),
        Reason.TOO_DARK: Coaching(
            translate("Coaching", "Again, press more softly"),
            translate("Coaching", "The print is too dark. Wipe the finger dry and press more softly."),
            "droplets",
        ),
        Reason.OFF_LEFT: Coaching(
            translate("Coaching", "Again, a little to the right"),
            translate("Coaching", "The finger lies too far left. Move it to the middle of the glass."),
            "arrow-right",
        ),
        Reason.OFF_RIGHT: Coaching(
            translate("Coaching", "Again, a little to the left"),
            translate("Coaching", "The finger lies too far right. Move it to the middle of the glass."),
            "arrow-left",
        ),
        Reason.OFF_TOP: Coaching(
            translate("Coaching", "Again, a little lower"),
            translate("Coaching", "The finger lies too high. Pull it back toward the hand."),
            "arrow-down",
        ),
        Reason.OFF_BOTTOM: Coaching(
            translate("Coaching", "Again, a little higher"),
            translate(
                "Coaching",
                "The finger lies too low. Push it forward until the middle of the pad is on the glass.",
            ),
            "arrow-up",
        ),
        Reason.SMALL_AREA: Coaching(
            translate("Coaching", "Again, lay it flatter"),
            translate(
                "Coaching", "Only a small part touched. Lay the whole pad of the finger flat on the glass."
            ),
            "maximize-2",
        ),
        Reason.FINGERTIP_ONLY: Coaching(
            translate("Coaching", "Again, not only the tip"),
            translate("Coaching", "Only the tip touched. Lay the finger down flat, up to the first joint."),
            "move-down",
        ),
        Reason.SMEARED: Coaching(
            translate("Coaching", "Again, straight down"),
            translate(
                "Coaching", "The print is smeared. Put the finger straight down and lift it straight up."
            ),
            "move-vertical",
        ),
        Reason.MOVED: Coaching(
            translate("Coaching", "Again, and hold still"),
            translate("Coaching", "The finger moved. Hold it still until “Lift” appears."),
            "hand",
        ),
        Reason.DIRTY_READER: Coaching(
            translate("Coaching", "Wipe the glass, then again"),
            translate(
                "Coaching", "There is dirt or an old print on the glass. Wipe it with a soft dry cloth."
            ),
            "sparkles",
        ),
        **_which_finger(),
        Reason.SAME_SPOT: Coaching(
            translate("Coaching", "Again, slightly shifted"),
            translate(
                "Coaching",
                "This is the same spot as before. Move the finger a little so that more of it is kept.",
            ),
            "move",
        ),
        Reason.UNCLEAR: Coaching(
            translate("Coaching", "Once more, please"),
            translate(
                "Coaching", "The print is not clear. Wipe finger and glass, lay it flat and hold still."
            ),
            "refresh-cw",
        ),
    }[reason]


def _which_finger() -> dict[Reason, Coaching]:
    """What to say where it was not the finger that was asked for."""
    translate = QCoreApplication.translate
    return {
        Reason.OTHER_FINGER: Coaching(
            translate("Coaching", "Is it the right finger?"),
            translate(
                "Coaching", "This looks like another finger than before. Check which one is asked for."
            ),
            "hand",
        ),
        Reason.ALREADY_TAKEN: Coaching(
            translate("Coaching", "Is it the right finger?"),
            translate(
                "Coaching", "This finger was given already, under another name. Check which one is asked for."
            ),
            "hand",
        ),
    }
