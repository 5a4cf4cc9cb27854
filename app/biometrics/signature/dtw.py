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
from numpy.lib.stride_tricks import as_strided

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
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
    lowest, highest = zip(*(grid.bounds(diagonals) for grid in grids), strict=True)
    for start in range(0, diagonals, _CHUNK):
        stop = min(start + _CHUNK, diagonals)
        # Rows outside the window may hold what an earlier chunk left. The window begins one row below the
        # bands, where every cost is infinite, so that nothing of it is ever taken up.
        low = max(min(int(each[start]) for each in lowest) - 1, 0)
        high = min(max(int(each[stop - 1]) for each in highest) + 1, even.shape[1] - 1)
        cells = np.full((stop - start, len(grids), high - low), np.inf)
        for row, grid in enumerate(grids):
            grid.lay(cells[:, row], start, low, lowest[row], highest[row])
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

    def bounds(self, diagonals: int) -> tuple[Integers, Integers]:
        """Give the first and the last row in the band of each diagonal; neither ever falls."""
        k = np.arange(diagonals)
        # In whole numbers, so that swapping the two signatures gives the very same band.
        steps = max(self.n + self.m - 2, 1)
        reach = math.floor(self.half * steps)
        first = -((reach - k * (self.n - 1)) // steps)
        last = (k * (self.n - 1) + reach) // steps
        first = np.maximum(first, np.maximum(k - self.m + 1, 0))
        return first, np.minimum(last, np.minimum(k, self.n - 1))

    def lay(self, cells: Floats, start: int, low: int, first: Integers, last: Integers) -> None:
        """Put the costs of the diagonals from ``start``, rows from ``low``, into the infinite ``cells``."""
        count = min(len(cells), self.n + self.m - 1 - start)
        rows = min(cells.shape[1], self.n - low)
        if count <= 0 or rows <= 0:
            return
        # Row i of diagonal k is column k - i, at i * (m - 1) + k in memory: a view, nothing is copied.
        item = self.cost.itemsize
        found = as_strided(
            self.cost[low * (self.m - 1) + start :], (count, rows), (item, item * (self.m - 1))
        )
        i = np.arange(low, low + rows)
        at = slice(start, start + count)
        inside = (i >= first[at, None]) & (i <= last[at, None])
        np.copyto(cells[:count, :rows], found, where=inside)


def _local_costs(first: Floats, second: Floats) -> Floats:
    """Give the Euclidean distance of every two samples, through one product of matrices."""
    ours, theirs = np.sum(first * first, axis=1), np.sum(second * second, axis=1)
    left = np.column_stack([first * -2.0, ours, np.ones(len(first))])
    right = np.column_stack([second, np.ones(len(second)), theirs])
    squared = left @ right.T
    # What cancellation leaves of an exact zero is set to zero; 1e-13 of the squares is far below any hand.
    squared[squared < 1e-13 * (ours.max() + theirs.max())] = 0.0
    costs: Floats = np.sqrt(squared, out=squared)
    return costs
