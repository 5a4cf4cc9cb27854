# SPDX-License-Identifier: Apache-2.0
"""Do the verifier's fitted numbers hold for writers that they were not fitted on?

The writers are cut in two halves. On each half the numbers that ``verify`` ships (the threshold, the weight
of fluency, each measure's spread) are fitted anew from nothing but that half, and the other half is judged
by them. What was chosen once and for all (which channels, which derivative window, the square root) is not
fitted again: it is the algorithm.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from app.biometrics.signature.error_rates import equal_error, rejected_at
from app.biometrics.signature.verify import FLUENCY_CAP, FLUENCY_SIGN, FLUENCY_SPREAD, FLUENCY_WEIGHT, LIMITS

Floats = npt.NDArray[np.float64]
_WEIGHTS = tuple(step / 100 for step in range(9))
KINDS = ("genuine", "skilled")
RATES = ("eer_skilled", "frr_at_threshold", "far_at_threshold", "frr_at_far_10")


@dataclass(frozen=True, slots=True)
class Parts:
    """What the scores of one kind of probe are made of.

    Attributes:
        alike: minus the logarithm of the normalized distance, one a probe.
        fluency: what the probe's measures of fluency lie above the references', (probes, measures).
    """

    alike: Floats
    fluency: Floats


@dataclass(frozen=True, slots=True)
class Fitted:
    """The numbers of the verifier that come from data."""

    threshold: float
    weight: float
    spread: Floats

    def scores(self, parts: Parts) -> Floats:
        """Give the scores with these numbers."""
        sign = FLUENCY_SIGN[: len(self.spread)]
        lost = np.clip(parts.fluency / self.spread * sign, 0.0, FLUENCY_CAP).mean(axis=1)
        scores: Floats = parts.alike - self.weight * lost
        return scores


Draw = Mapping[int, Mapping[str, Parts]]  # user, kind


def disjoint_report(users: Sequence[int], draws: Sequence[Draw]) -> dict[str, Any]:
    """Fit on one half of the users and judge the other, both ways.

    Args:
        users: at least two.
        draws: the parts of every user's scores, once for each draw of the references.
    """
    middle = len(users) // 2
    halves = (tuple(users[:middle]), tuple(users[middle:]))
    shipped = Fitted(LIMITS[True][0], FLUENCY_WEIGHT, FLUENCY_SPREAD)
    ways = []
    for known, unseen in (halves, halves[::-1]):
        fitted = fit(known, draws)
        ways.append(
            {
                "fitted_on": f"{known[0]}-{known[-1]}",
                "judged_on": f"{unseen[0]}-{unseen[-1]}",
                "threshold": round(fitted.threshold, 3),
                "weight": fitted.weight,
                "spread": [round(float(value), 3) for value in fitted.spread],
                "fitted": _judged(fitted, unseen, draws),
                "shipped": _judged(shipped, unseen, draws),
                "without_fluency": _judged(Fitted(fitted.threshold, 0.0, fitted.spread), unseen, draws),
            }
        )
    names = ("fitted", "shipped", "without_fluency")
    mean = {name: {key: _mean(ways, name, key) for key in RATES} for name in names}
    return {"ways": ways, "mean": mean}


def _mean(ways: Sequence[Mapping[str, Any]], name: str, key: str) -> float:
    return round(float(np.mean([way[name][key] for way in ways])), 2)


def fit(users: Sequence[int], draws: Sequence[Draw]) -> Fitted:
    """Take spread, weight and threshold from these users alone."""
    own = np.concatenate([draw[user]["genuine"].fluency for draw in draws for user in users])
    # Half the distance between the quartiles' probits: a spread that a few odd signatures do not move.
    low, high = np.quantile(own, (0.25, 0.75), axis=0)
    spread = np.maximum((high - low) / 1.349, 0.02)

    def errors(weight: float) -> float:
        tried = Fitted(0.0, weight, spread)
        return _over(draws, lambda draw: equal_error(*_both(tried, users, draw))[0])

    best = min(_WEIGHTS, key=errors)
    chosen = Fitted(0.0, best, spread)
    return Fitted(_over(draws, lambda draw: equal_error(*_both(chosen, users, draw))[1]), best, spread)


def _over(draws: Sequence[Draw], measure: Callable[[Draw], float]) -> float:
    return float(np.mean([measure(draw) for draw in draws]))


def _both(fitted: Fitted, users: Sequence[int], draw: Draw) -> tuple[Floats, Floats]:
    genuine, skilled = (np.concatenate([fitted.scores(draw[user][kind]) for user in users]) for kind in KINDS)
    return genuine, skilled


def _judged(fitted: Fitted, users: Sequence[int], draws: Sequence[Draw]) -> dict[str, float]:
    rows = []
    for draw in draws:
        genuine, skilled = _both(fitted, users, draw)
        rows.append(
            (
                equal_error(genuine, skilled)[0],
                float(np.mean(genuine < fitted.threshold)) * 100,
                float(np.mean(skilled >= fitted.threshold)) * 100,
                rejected_at(genuine, skilled, 0.10),
            )
        )
    return {name: round(float(value), 2) for name, value in zip(RATES, np.mean(rows, axis=0), strict=True)}
