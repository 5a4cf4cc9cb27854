# SPDX-License-Identifier: Apache-2.0
"""Dynamic time warping over anti-diagonals in numpy, banded, for all references at once.

Local cost is the Euclidean distance of two samples; steps are the symmetric ones of Sakoe and Chiba (1978): a
diagonal step counts its cell twice, a straight one once, and the sum is divided by both lengths. The band
keeps cells near the line from corner to corner.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
DEFAULT_BAND = 0.10
_CHUNK = 32  # diagonals that are laid out at once and share one window of rows


def distance(first: Floats, second: Floats, band: float = DEFAULT_BAND) -> float:
    """Give the distance of two signatures: arrays (samples, channels), each with at least one sample."""
    return float(distances([first], [second], band)[0])


def distances(firsts: Sequence[Floats], seconds: Sequence[Floats], band: float = DEFAULT_BAND) -> Floats:
    """Give the distance of each pair (``firsts[r]``, ``seconds[r]``).

    Args:
        firsts, seconds: arrays (samples, channels); lengths may differ, channels may not.
        band: width of the band as a share of the longer signature; 2 or more is no band.

    Returns:
        One distance a pair, 0 for identical signatures.
    """
    grids = [_Grid.of(first, second, band) for first, second in zip(firsts, seconds, strict=True)]
    diagonals = max(grid.n + grid.m - 1 for grid in grids)
    # Column i + 1 holds row i of a diagonal; column 0 is infinity for ever.
    even = np.full((len(grids), max(grid.n for grid in grids) + 1), np.inf)
    odd = even.copy()
    result = np.full(len(grids), np.inf)
    ends: dict[int, list[int]] = {}
    for row, grid in enumerate(grids):
        ends.setdefault(grid.n + grid.m - 2, []).append(row)
    for start in range(0, diagonals, _CHUNK):
        stop = min(start + _CHUNK, diagonals)
        # Rows outside the window may hold what an earlier chunk left. The window begins one row below the
        # bands, where every cost is infinite, so that nothing of it is ever taken up.
        low = max(min(grid.lowest(start) for grid in grids) - 1, 0)
        high = min(max(grid.highest(stop - 1) for grid in grids) + 1, even.shape[1] - 1)
        cells = np.stack([grid.cells(start, stop, low, high) for grid in grids], axis=1)
        doubled = 2.0 * cells
        path, corner = np.empty_like(cells[0]), np.empty_like(cells[0])
        windows = [(rows[:, low:high], rows[:, low + 1 : high + 1]) for rows in (even, odd)]
        for k in range(start, stop):
            behind, at = windows[k % 2]  # still hold the diagonal before the last
            previous_behind, previous_at = windows[1 - k % 2]
            np.minimum(previous_behind, previous_at, out=path)
            np.add(path, cells[k - start], out=path)
            # Every path begins in the first cell, which counts twice.
            np.add(behind if k else 0.0, doubled[k - start], out=corner)
            np.minimum(path, corner, out=at)
            if k in ends:
                for row in ends[k]:
                    result[row] = (even, odd)[k % 2][row, grids[row].n]
    return result / np.array([grid.n + grid.m for grid in grids], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Grid:
    """The local costs of one pair, and which of its cells lie in the band."""

    cost: Floats  # (n, m), flat
    n: int
    m: int
    half: float  # cells to each side of the line, counted along a diagonal

    @classmethod
    def of(cls, first: Floats, second: Floats, band: float) -> _Grid:
        n, m = len(first), len(second)
        return cls(_local_costs(first, second).ravel(), n, m, min(band, 2.0) * max(n, m) / 2 + 2)

    def lowest(self, k: int) -> int:
        """The first row that may lie in the band of diagonal ``k`` or a later one."""
        return max(math.floor(self._center(k) - self.half), 0)

    def highest(self, k: int) -> int:
        """The last row that may lie in the band of diagonal ``k`` or an earlier one."""
        return min(math.ceil(self._center(k) + self.half), self.n - 1)

    def _center(self, k: int) -> float:
        return k * (self.n - 1) / max(self.n + self.m - 2, 1)

    def cells(self, start: int, stop: int, low: int, high: int) -> Floats:
        """Give the costs of diagonals ``start`` to ``stop``, rows ``low`` to ``high``; infinite outside."""
        k = np.arange(start, stop)[:, None]
        i = np.arange(low, high)
        j = k - i
        # In whole numbers, so that swapping the two signatures gives the very same band.
        steps = max(self.n + self.m - 2, 1)
        inside = np.abs(i * steps - k * (self.n - 1)) <= self.half * steps
        inside &= (j >= 0) & (j < self.m) & (i < self.n)
        found = self.cost.take(i * self.m + j, mode="clip")
        found[~inside] = np.inf
        return found


def _local_costs(first: Floats, second: Floats) -> Floats:
    squares = np.sum(first * first, axis=1)[:, None] + np.sum(second * second, axis=1)[None, :]
    squared = squares - 2.0 * (first @ second.T)
    # What cancellation leaves of an exact zero is set to zero; 1e-13 of the squares is far below any hand.
    squared[squared < 1e-13 * squares] = 0.0
    costs: Floats = np.sqrt(squared, out=squared)
    return costs
