# SPDX-License-Identifier: Apache-2.0
"""From evidence to a score, and from a score to the false match rate it stands for."""

from __future__ import annotations

import math
from dataclasses import dataclass

LOWEST_SCORE = -20.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one alignment of two prints shows.

    Attributes:
        met: minutiae that meet.
        likeness: sum of the likeness of those pairs.
        possible: minutiae of both prints that lie in the overlap.
        stretch_px: root mean square of the stretch left after the rigid motion.
        cells, flow, coherence, gain, loss, in_phase: see ``Agreement``; 0 where there is no wave.
        with_waves: whether both have.
    """

    met: int
    likeness: float
    possible: int
    stretch_px: float
    cells: float
    flow: float
    coherence: float
    gain: float
    loss: float
    in_phase: float
    with_waves: bool


def features(evidence: Evidence) -> tuple[float, ...]:
    """The numbers that the score is a weighted sum of."""
    return (
        evidence.met,
        evidence.likeness,
        evidence.possible - 2 * evidence.met,
        evidence.gain,
        evidence.loss,
        math.sqrt(evidence.cells) * evidence.in_phase,
        evidence.flow,
        evidence.stretch_px / 10,
    )


_WEIGHTS = (0.31, 0.465, -0.07, 0.081, 0.06, 0.064, 7.53, -1.77)
_OFFSET = -9.4


def score_of(evidence: Evidence) -> float:
    """The score of one alignment."""
    return _OFFSET + sum(w * f for w, f in zip(_WEIGHTS, features(evidence), strict=True))


#: log10 of the false match rate is a straight line in the score, fitted to the impostor scores' upper tail.
_FMR_OFFSET, _FMR_SLOPE = -1.0, -0.5


def false_match_rate(score: float) -> float:
    """Chance that two different fingers score as high or higher, one impression against one."""
    return float(min(1.0, 10.0 ** (_FMR_OFFSET + _FMR_SLOPE * score)))


def score_at(max_false_match_rate: float) -> float:
    """The lowest score whose false match rate is at most ``max_false_match_rate`` (above 0, at most 0.1)."""
    return (math.log10(max_false_match_rate) - _FMR_OFFSET) / _FMR_SLOPE
