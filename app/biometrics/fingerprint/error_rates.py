# SPDX-License-Identifier: Apache-2.0
"""Error rates of a matcher from its genuine and impostor scores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FMR_POINTS = (1e-2, 1e-3, 1e-4)


@dataclass(frozen=True, slots=True)
class ErrorRates:
    """Rates as shares of 1.

    Attributes:
        genuine, impostor: number of scores.
        equal_error_rate: where false matches and false non-matches are equally frequent.
        false_non_match: at false match rates of 1e-2, 1e-3 and 1e-4; where the impostors are too few to
            resolve a rate, no false match at all is allowed.
    """

    genuine: int
    impostor: int
    equal_error_rate: float
    false_non_match: tuple[float, float, float]


def error_rates(genuine: NDArray[np.float64], impostor: NDArray[np.float64]) -> ErrorRates:
    """The rates over all thresholds; a pair matches when its score reaches the threshold."""
    genuine, impostor = np.sort(genuine), np.sort(impostor)
    thresholds = np.unique(np.concatenate([genuine, impostor, [np.inf]]))
    missed = np.searchsorted(genuine, thresholds, "left") / len(genuine)
    wrong = 1 - np.searchsorted(impostor, thresholds, "left") / len(impostor)
    equal = int(np.argmin(np.abs(missed - wrong)))
    first, second, third = (float(missed[np.argmax(wrong <= point)]) for point in FMR_POINTS)
    return ErrorRates(
        genuine=len(genuine),
        impostor=len(impostor),
        equal_error_rate=float(missed[equal] + wrong[equal]) / 2,
        false_non_match=(first, second, third),
    )
