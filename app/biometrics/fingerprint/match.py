# SPDX-License-Identifier: Apache-2.0
"""1:1 comparison of two prints: a score, and the false match rate that it stands for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.biometrics.fingerprint.agreement import compare_waves, no_agreement
from app.biometrics.fingerprint.align import (
    STRETCH_REACH_PX,
    Motion,
    Seeds,
    Settled,
    find_seeds,
    likely_pairs,
    on_finger,
    settle,
    stretched,
)
from app.biometrics.fingerprint.calibrate import LOWEST_SCORE, Evidence, score_of
from app.biometrics.fingerprint.planes import Plane
from app.biometrics.fingerprint.prepared import Prepared
from app.biometrics.fingerprint.wavelength import CELL_PX

#: Alignments looked at; the most promising is followed to the end.
SEEDS = 3
LEAST_PROMISE = -4.0
#: Score of a pair that is given up on, less what it promised; below every threshold.
GIVEN_UP_SCORE = -15.0
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
    """Compares two prints; symmetric up to rounding; free of rotation, shift and a scale of some per cent."""
    if min(len(one), len(other)) < FEWEST_MINUTIAE:
        return Match(LOWEST_SCORE)
    likely = likely_pairs(one, other)
    seeds = find_seeds(one, other, likely, SEEDS)
    promise = _promise(one, other, seeds)
    lead = int(promise.argmax())
    if promise[lead] < LEAST_PROMISE:
        return Match(max(LOWEST_SCORE, GIVEN_UP_SCORE + float(promise[lead])))
    settled = settle(one, other, seeds.motion(lead), likely.matrix)
    evidence = _evidence(one, other, settled, likely.matrix)
    return Match(score_of(evidence), settled.motion, evidence)


def _promise(one: Prepared, other: Prepared, seeds: Seeds) -> Plane:
    """A first look at each seed; with or without waves, below ``LEAST_PROMISE`` nothing ever came of one."""
    if one.coarse is None or other.wave is None:
        return seeds.support + np.float32(LEAST_PROMISE)
    moved = one.coarse.place * seeds.turn[:, None] + seeds.shift[:, None]
    seen = compare_waves(one.coarse, other.wave, moved, seeds.turn)
    return 2 * (seen.gain + np.float32(0.3) * seen.loss + seeds.support)


def _evidence(one: Prepared, other: Prepared, settled: Settled, likeness: Plane) -> Evidence:
    motion = settled.motion
    back = ((other.place - motion.shift) / motion.turn).astype(np.complex64)
    agreement = no_agreement()
    if one.wave is not None and other.wave is not None:
        moved = (one.wave.place * motion.turn + motion.shift).astype(np.complex64)
        moved = stretched(moved, settled.anchors, settled.stretch, STRETCH_REACH_PX)
        turn = np.array([motion.turn / abs(motion.turn)], np.complex64)
        agreement = compare_waves(one.wave, other.wave, moved[None], turn)
    return Evidence(
        met=len(settled.first),
        likeness=float(likeness[settled.first, settled.second].sum()),
        possible=int(on_finger(other.mask, settled.placed, CELL_PX).sum())
        + int(on_finger(one.mask, back, CELL_PX).sum()),
        stretch_px=float(np.sqrt(np.mean(np.abs(settled.stretch) ** 2))) if len(settled.first) else 0.0,
        cells=float(agreement.cells[0]),
        flow=float(agreement.flow[0]),
        coherence=float(agreement.coherence[0]),
        gain=float(agreement.gain[0]),
        loss=float(agreement.loss[0]),
        in_phase=float(agreement.in_phase[0]),
        with_waves=one.wave is not None and other.wave is not None,
    )
