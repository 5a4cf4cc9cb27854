# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest

from app.biometrics.signature.dtw import distance, distances

Floats = npt.NDArray[np.float64]


def reference_distance(first: Floats, second: Floats, band: float) -> float:
    """The recurrence as Sakoe and Chiba wrote it, cell by cell."""
    n, m = len(first), len(second)
    steps = max(n + m - 2, 1)
    half = band * max(n, m) / 2 + 2
    best = np.full((n, m), math.inf)
    for i in range(n):
        for j in range(m):
            if abs(i - (i + j) * (n - 1) / steps) > half + 1e-9:
                continue
            cost = float(np.linalg.norm(first[i] - second[j]))
            if i == j == 0:
                best[i, j] = 2 * cost
                continue
            found = [
                best[i - 1, j] + cost if i else math.inf,
                best[i, j - 1] + cost if j else math.inf,
                best[i - 1, j - 1] + 2 * cost if i and j else math.inf,
            ]
            best[i, j] = min(found)
    return float(best[-1, -1]) / (n + m)


def walk(length: int, seed: int) -> Floats:
    steps: Floats = np.random.default_rng(seed).standard_normal((length, 4))
    return np.cumsum(steps, axis=0)


SIZES = [(1, 1), (1, 7), (7, 1), (2, 2), (20, 33), (33, 20), (70, 64), (90, 31)]


@pytest.mark.parametrize("band", [0.05, 0.1, 0.3, 2.0])
@pytest.mark.parametrize(("n", "m"), SIZES)
def test_numpy_equals_the_loop(n: int, m: int, band: float) -> None:
    first, second = walk(n, n), walk(m, 100 + m)
    assert distance(first, second, band) == pytest.approx(reference_distance(first, second, band), rel=1e-9)


@pytest.mark.parametrize(("n", "m"), SIZES)
def test_a_signature_is_at_no_distance_from_itself(n: int, m: int) -> None:
    assert distance(walk(n, 1), walk(n, 1)) == 0.0
    assert distance(walk(m, 2) * 1e6, walk(m, 2) * 1e6) == 0.0


@pytest.mark.parametrize(("n", "m"), SIZES)
def test_distance_is_symmetric(n: int, m: int) -> None:
    first, second = walk(n, 3), walk(m, 4)
    assert distance(first, second) == pytest.approx(distance(second, first), rel=1e-12)


def test_the_company_does_not_change_a_distance() -> None:
    firsts = [walk(length, length) for length in (5, 120, 64, 1)]
    seconds = [walk(length, 9 + length) for length in (40, 100, 64, 3)]
    together = distances(firsts, seconds)
    alone = [distance(first, second) for first, second in zip(firsts, seconds, strict=True)]
    assert together.tolist() == alone


def test_a_slower_copy_is_near_and_another_walk_is_far() -> None:
    walked = walk(80, 5)
    slower = np.repeat(walked, 2, axis=0)
    assert distance(walked, slower) == pytest.approx(0.0, abs=1e-9)
    assert distance(walked, walk(80, 6)) > 1.0
