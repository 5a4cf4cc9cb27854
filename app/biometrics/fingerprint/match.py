# SPDX-License-Identifier: Apache-2.0
"""1:1 comparison of two prints: a score, and the false match rate that it stands for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.biometrics.fingerprint.agreement import Agreement, compare_waves
from app.biometrics.fingerprint.align import (
    STRETCH_REACH_PX,
    Motion,
    Settled,
    find_seeds,
    likely_pairs,
    on_finger,
    settle,
)
from app.biometrics.fingerprint.calibrate import LOWEST_SCORE, Evidence, score_of
from app.biometrics.fingerprint.prepared import Prepared
from app.biometrics.fingerprint.wavelength import CELL_PX

#: Alignments followed to the end.
SEEDS = 3
#: A print with fewer minutiae cannot be aligned.
FEWEST_MINUTIAE = 3


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """Result of one comparison.

    Attributes:
        score: log-odds-like, higher = more alike; ``calibrate.false_match_rate`` gives its meaning.
        motion: takes the first print onto the second; None when no alignment was found.
        evidence: what the score rests on.
    """

    score: float
    motion: Motion | None = None
    evidence: Evidence | None = None


def match(one: Prepared, other: Prepared) -> Match:
    """Compares two prints; symmetric up to rounding, rotation and shift free."""
    if min(len(one), len(other)) < FEWEST_MINUTIAE:
        return Match(LOWEST_SCORE)
    likely = likely_pairs(one, other)
    best = Match(LOWEST_SCORE)
    for seed in find_seeds(one, other, likely, SEEDS):
        settled = settle(one, other, seed, likely.matrix)
        evidence = _evidence(one, other, settled, likely.matrix)
        score = score_of(evidence)
        if score > best.score:
            best = Match(score, settled.motion, evidence)
    return best


def _evidence(one: Prepared, other: Prepared, settled: Settled, likeness: np.ndarray) -> Evidence:
    motion = settled.motion
    back = ((other.place - motion.shift) * np.conj(motion.turn)).astype(np.complex64)
    if one.wave is not None and other.wave is not None:
        agreement = compare_waves(
            one.wave, other.wave, motion, settled.anchors, settled.stretch, STRETCH_REACH_PX
        )
    else:
        agreement = Agreement()
    return Evidence(
        met=len(settled.first),
        likeness=float(likeness[settled.first, settled.second].sum()),
        possible=int(on_finger(other.mask, settled.placed, CELL_PX).sum())
        + int(on_finger(one.mask, back, CELL_PX).sum()),
        stretch_px=float(np.sqrt(np.mean(np.abs(settled.stretch) ** 2))) if len(settled.first) else 0.0,
        agreement=agreement,
        with_waves=one.wave is not None and other.wave is not None,
    )
