# SPDX-License-Identifier: Apache-2.0
"""Fits the score: logistic regression on evidence of known pairs, then the false match rate along the score.

Few weights, all of whose signs are understood, and a penalty on their size: other readers and skins than
those of the fitted sets will follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.biometrics.fingerprint.calibrate import Evidence, features
from app.biometrics.fingerprint.score_model import ScoreModel

#: Weight of the penalty on standardized coefficients.
PENALTY = 1e-3
#: Pairs without any evidence that are added as non-mates: nothing seen must not score.
NOTHING_SEEN = 40
#: Weight of a synthetic pair: real sets have few fingers of like flow, synthetic ones many.
SYNTHETIC_WEIGHT = 0.05
#: The tail of the impostor scores that the rate's line is fitted to, as shares of all impostor pairs.
TAIL = (1e-2, 2e-4)

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class KnownPair:
    """One aligned pair; ``evidence`` None where the matcher gave up."""

    evidence: Evidence | None
    genuine: bool
    synthetic: bool = False


def fit_score(pairs: Sequence[KnownPair]) -> ScoreModel:
    """Fits weights and the false match rate's line.

    Args:
        pairs: mates and non-mates; non-mates that were given up count for the rate.
    """
    seen = [pair for pair in pairs if pair.evidence is not None]
    rows = np.array([features(pair.evidence) for pair in seen if pair.evidence is not None])
    genuine = np.array([pair.genuine for pair in seen])
    synthetic = np.array([pair.synthetic for pair in seen])
    weights, offset = _logistic(
        np.concatenate([rows, np.zeros((NOTHING_SEEN, rows.shape[1]))]),
        np.concatenate([genuine, np.zeros(NOTHING_SEEN)]),
        np.concatenate([np.where(synthetic, SYNTHETIC_WEIGHT, 1.0), np.ones(NOTHING_SEEN)]),
    )
    scores = rows @ weights + offset
    start, slope = _rate_line(
        [
            (
                scores[~genuine & (synthetic == kind)],
                sum(not pair.genuine and pair.synthetic == kind for pair in pairs),
            )
            for kind in (False, True)
        ]
    )
    return ScoreModel(tuple(round(float(w), 4) for w in weights), round(offset, 4), start, slope)


def _rate_line(groups: Sequence[tuple[Values, int]]) -> tuple[float, float]:
    """Start and slope of log10(false match rate) over the score; both groups of non-mates count the same.

    Args:
        groups: scores of the pairs that were followed to the end, and the number of all pairs.
    """
    groups = [(np.sort(scores), count) for scores, count in groups if count]
    places = np.linspace(min(scores[-1] for scores, _ in groups) - 4, max(s[-1] for s, _ in groups), 400)
    rates = np.mean(
        [(len(scores) - np.searchsorted(scores, places)) / count for scores, count in groups], axis=0
    )
    within = (rates <= TAIL[0]) & (rates >= TAIL[1])
    slope, start = np.polyfit(places[within], np.log10(rates[within]), 1)
    return round(float(start), 4), round(float(slope), 4)


def _logistic(rows: Values, genuine: Values, share: Values, rounds: int = 40) -> tuple[Values, float]:
    """Penalized logistic regression with both classes weighing the same, by Newton's method."""
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    scaled = np.column_stack([(rows - mean) / spread, np.ones(len(rows))])
    mates, others = (share * genuine).sum(), (share * (1 - genuine)).sum()
    weight = share * np.where(genuine > 0, 0.5 / mates, 0.5 / others)
    penalty = np.full(scaled.shape[1], PENALTY)
    penalty[-1] = 1e-9
    solution = np.zeros(scaled.shape[1])
    for _ in range(rounds):
        chance = 1 / (1 + np.exp(-np.clip(scaled @ solution, -30, 30)))
        gradient = scaled.T @ (weight * (chance - genuine)) + penalty * solution
        curvature = (scaled * (weight * chance * (1 - chance))[:, None]).T @ scaled + np.diag(penalty)
        solution = solution - np.linalg.solve(curvature, gradient)
    weights: Values = solution[:-1] / spread
    return weights, float(solution[-1] - (weights * mean).sum())
