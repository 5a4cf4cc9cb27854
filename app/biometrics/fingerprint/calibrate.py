# SPDX-License-Identifier: Apache-2.0
"""From evidence to a score, and from a score to the false match rate it stands for."""

from __future__ import annotations

import math
from dataclasses import dataclass

from app.biometrics.fingerprint.score_model import MINUTIAE_ONLY, WITH_WAVES

#: The score of a pair that cannot be compared at all.
LOWEST_SCORE = -30.0


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
    """The numbers that the score is a weighted sum of; all 0 where nothing was seen."""
    return (
        evidence.met,
        evidence.likeness,
        evidence.possible - 2 * evidence.met,
        evidence.gain,
        evidence.loss,
        math.sqrt(evidence.cells) * evidence.in_phase,
        evidence.flow,
        evidence.stretch_px / 10,
        16 * evidence.met / (evidence.possible + 6),
    )


def score_of(evidence: Evidence) -> float:
    """The score of one alignment: one scale, whatever the evidence rests on.

    A score from minutiae alone is brought to the scale of the full score by its false match rate.
    """
    model = WITH_WAVES if evidence.with_waves else MINUTIAE_ONLY
    score = model.offset + sum(w * f for w, f in zip(model.weights, features(evidence), strict=True))
    if model is not WITH_WAVES:
        score = (model.rate_start + model.rate_slope * score - WITH_WAVES.rate_start) / WITH_WAVES.rate_slope
    return max(score, LOWEST_SCORE)


def false_match_rate(score: float) -> float:
    """Chance that two different fingers score as high or higher, one impression against one.

    Its logarithm is taken as a straight line in the score. It was fitted from 1e-2 to 2e-4, half on real
    non-mates and half on synthetic ones, of which many have like flow; on the real ones alone false matches
    are about ten times rarer than the line says. Below 2e-4 the line is continued, not counted.
    """
    return float(min(1.0, 10.0 ** (WITH_WAVES.rate_start + WITH_WAVES.rate_slope * score)))


def score_at(max_false_match_rate: float) -> float:
    """The lowest score whose false match rate is at most ``max_false_match_rate`` (above 0, below 1)."""
    return (math.log10(max_false_match_rate) - WITH_WAVES.rate_start) / WITH_WAVES.rate_slope
