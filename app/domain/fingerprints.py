# SPDX-License-Identifier: Apache-2.0
"""Fingers, quality readings and the reasons that explain a poor impression."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum


class Finger(IntEnum):
    """The ten fingers by ``finger_id`` 0-9, as the enrollment session table numbers them.

    ISO/IEC 19794-2 (table of finger positions) numbers them 1-10 in another order; see ``iso_position``.
    """

    LEFT_LITTLE = 0
    LEFT_RING = 1
    LEFT_MIDDLE = 2
    LEFT_INDEX = 3
    LEFT_THUMB = 4
    RIGHT_THUMB = 5
    RIGHT_INDEX = 6
    RIGHT_MIDDLE = 7
    RIGHT_RING = 8
    RIGHT_LITTLE = 9

    @property
    def hand(self) -> str:
        """``left`` or ``right``."""
        return "left" if self <= Finger.LEFT_THUMB else "right"

    @property
    def iso_position(self) -> int:
        """Code of ISO/IEC 19794-2: 1 right thumb .. 5 right little, 6 left thumb .. 10 left little."""
        if self >= Finger.RIGHT_THUMB:
            return int(self) - 4
        return 10 - int(self)

    @classmethod
    def from_iso_position(cls, position: int) -> Finger:
        """The finger with that ISO position code, 1-10."""
        return cls(position + 4) if position <= 5 else cls(10 - position)


#: The order in which the next best finger is offered: index fingers and thumbs give most, least worn area.
FINGER_PREFERENCE: tuple[Finger, ...] = (
    Finger.RIGHT_INDEX,
    Finger.LEFT_INDEX,
    Finger.RIGHT_THUMB,
    Finger.LEFT_THUMB,
    Finger.RIGHT_MIDDLE,
    Finger.LEFT_MIDDLE,
    Finger.RIGHT_RING,
    Finger.LEFT_RING,
    Finger.RIGHT_LITTLE,
    Finger.LEFT_LITTLE,
)


class Reason(str, Enum):
    """Why an impression is poor. Stored by value; each has one coaching sentence on screen."""

    NO_FINGER = "no_finger"
    TOO_LIGHT = "too_light"  # dry skin or too little pressure
    TOO_DARK = "too_dark"  # wet skin or too much pressure
    OFF_LEFT = "off_left"  # the finger lies too far to the left: move right
    OFF_RIGHT = "off_right"
    OFF_TOP = "off_top"  # the finger lies too high: move it down
    OFF_BOTTOM = "off_bottom"
    SMALL_AREA = "small_area"
    FINGERTIP_ONLY = "fingertip_only"
    SMEARED = "smeared"
    MOVED = "moved"
    DIRTY_READER = "dirty_reader"  # dirt or a latent print on the glass
    OTHER_FINGER = "other_finger"  # does not match the finger's own earlier impressions
    ALREADY_TAKEN = "already_taken"  # this finger was already given under another name
    SAME_SPOT = "same_spot"  # adds no new area to the earlier impressions
    UNCLEAR = "unclear"  # poor, and no single cause stands out


class SkipReason(str, Enum):
    """Why a finger is not captured; configurable by policy, stored by value."""

    MISSING = "missing"
    BANDAGED = "bandaged"
    INJURED = "injured"
    UNREADABLE = "unreadable"
    REFUSED = "refused"


#: Reasons that say which finger it was, not how well it lay on the glass.
WRONG_FINGER = frozenset({Reason.OTHER_FINGER, Reason.ALREADY_TAKEN})


@dataclass(frozen=True, slots=True)
class QualityReading:
    """Quality of an impression, or of the rows of it that have arrived so far.

    Attributes:
        quality: 0 (worst) to 100 on the NFIQ 2 scale.
        reasons: what makes it poor, the weightiest first; empty when nothing does.
        share: share of the image's rows that the reading rests on, above 0 and at most 1.
    """

    quality: int
    reasons: tuple[Reason, ...] = ()
    share: float = 1.0
