# SPDX-License-Identifier: Apache-2.0
"""Decisions about a finger with several impressions: verify, area added, same finger under another name."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from app.biometrics.fingerprint.align import on_finger
from app.biometrics.fingerprint.calibrate import LOWEST_SCORE, false_match_rate
from app.biometrics.fingerprint.match import Match, match
from app.biometrics.fingerprint.planes import Points
from app.biometrics.fingerprint.prepared import Prepared
from app.biometrics.fingerprint.wavelength import CELL_PX

Key = TypeVar("Key", bound=Hashable)

#: Two touches of one finger are almost certain to match at this rate; used inside one session.
SAME_FINGER_FMR = 1e-3


@dataclass(frozen=True, slots=True)
class Verdict:
    """Outcome of comparing one probe with a finger.

    Attributes:
        score: of the best impression.
        false_match_rate: chance that a different finger with as many impressions scores as high.
        accepted: whether that is at most the rate asked for.
        best: index of the best impression; -1 where there is none.
    """

    score: float
    false_match_rate: float
    accepted: bool
    best: int


def verify(probe: Prepared, enrolled: Sequence[Prepared], max_false_match_rate: float) -> Verdict:
    """Compares a probe with all impressions of one finger; the best one counts.

    Trying k impressions gives k chances, so the rate reported is k times that of the score.

    Args:
        probe: the new touch.
        enrolled: the finger's impressions.
        max_false_match_rate: accept up to this rate, e.g. 1e-4.
    """
    best, score = -1, LOWEST_SCORE
    for place, impression in enumerate(enrolled):
        result = match(probe, impression)
        if best < 0 or result.score > score:
            best, score = place, result.score
    rate = min(1.0, false_match_rate(score) * max(1, len(enrolled)))
    return Verdict(score, rate, best >= 0 and rate <= max_false_match_rate, best)


def same_finger(
    new: Prepared, earlier: Sequence[Prepared], max_false_match_rate: float = SAME_FINGER_FMR
) -> bool:
    """Whether a new impression is of the finger that gave the earlier ones."""
    return verify(new, earlier, max_false_match_rate).accepted


def find_same_finger(
    new: Prepared, fingers: Mapping[Key, Sequence[Prepared]], max_false_match_rate: float = SAME_FINGER_FMR
) -> Key | None:
    """Which of the session's fingers the new impression is of, if any: a finger under a second name.

    Args:
        new: the impression. fingers: impressions of the other fingers by any key.
        max_false_match_rate: for the whole question, however many fingers there are.
    """
    each = max_false_match_rate / max(1, len(fingers))
    verdicts = {key: verify(new, impressions, each) for key, impressions in fingers.items()}
    hits = {key: verdict.score for key, verdict in verdicts.items() if verdict.accepted}
    return max(hits, key=lambda key: hits[key]) if hits else None


def area_added(new: Prepared, earlier: Sequence[Prepared]) -> float:
    """Share of the new impression's area that no earlier impression of the finger covers, 0 to 1.

    An earlier impression that cannot be aligned with the new one covers nothing of it. Near 0 = the same spot
    again; enrolling is better served by an impression that adds area.
    """
    rows, columns = np.nonzero(new.mask)
    if not len(rows):
        return 0.0
    centers: Points = ((columns + 0.5 + 1j * (rows + 0.5)) * CELL_PX).astype(np.complex64)
    fresh = np.ones(len(centers), np.bool_)
    for impression in earlier:
        result = match(new, impression)
        if _aligned(result) and result.motion is not None:
            moved = (centers * result.motion.turn + result.motion.shift).astype(np.complex64)
            fresh &= ~on_finger(impression.mask, moved, CELL_PX)
    return float(fresh.mean())


def _aligned(result: Match) -> bool:
    return false_match_rate(result.score) <= SAME_FINGER_FMR
