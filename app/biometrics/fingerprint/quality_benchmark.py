# SPDX-License-Identifier: Apache-2.0
"""How well quality agrees with given scores, and how much processor time it takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.biometrics.fingerprint.benchmark import reference_load
from app.biometrics.fingerprint.quality import QualityMeter, assess

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of two lists of scores, 0 to 100. ``bias``: mean of ours minus theirs."""

    images: int
    spearman: float
    pearson: float
    mean_absolute_error: float
    bias: float


def ranks(values: Floats) -> Floats:
    """Ranks from 0; equal values share the mean of their ranks."""
    _values, place, count = np.unique(values, return_inverse=True, return_counts=True)
    first = np.cumsum(count) - count
    return np.asarray((first + (count - 1) / 2)[place].reshape(len(values)), dtype=np.float64)


def _correlation(one: Floats, other: Floats) -> float:
    if len(one) < 2 or one.std() == 0 or other.std() == 0:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])


def agreement(ours: list[float], theirs: list[float]) -> Agreement:
    """Spearman's and Pearson's correlation, mean absolute error and bias."""
    one, other = np.array(ours, dtype=np.float64), np.array(theirs, dtype=np.float64)
    return Agreement(
        images=len(one),
        spearman=_correlation(ranks(one), ranks(other)),
        pearson=_correlation(one, other),
        mean_absolute_error=float(np.abs(one - other).mean()),
        bias=float((one - other).mean()),
    )


def _best_ms(work: Callable[[], object], times: int) -> float:
    """The least processor time of several: what the work takes when nothing else disturbs it."""
    taken = []
    for _ in range(times):
        begin = time.process_time()
        work()
        taken.append((time.process_time() - begin) * 1000)
    return min(taken)


def reference_ms() -> float:
    """Best time of the reference load."""
    return _best_ms(reference_load, 15)


def frame_ms(image: NDArray[np.uint8]) -> float:
    """Best time to assess the whole image."""
    return _best_ms(lambda: assess(image), 25)


def update_ms(image: NDArray[np.uint8]) -> list[float]:
    """Best time of each update while the image's rows arrive four at a time."""
    runs = []
    for _ in range(15):
        meter = QualityMeter(image.shape[1], image.shape[0])
        taken = []
        for first in range(0, image.shape[0], 4):
            begin = time.process_time()
            if meter.add_rows(first, image[first : first + 4]) is not None:
                taken.append((time.process_time() - begin) * 1000)
        runs.append(taken)
    return [min(times) for times in zip(*runs, strict=True)]
