# SPDX-License-Identifier: Apache-2.0
"""Dynamic time warping over anti-diagonals in numpy, banded, for all references at once, from both ends.

Local cost is the Euclidean distance of two samples; steps are the symmetric ones of Sakoe and Chiba (1978): a
diagonal step counts its cell twice, a straight one once, and the sum is divided by both lengths. The band
keeps cells near the line from corner to corner.

What costs time is the number of diagonals, not their width. So each pair is run from its first cell to the
middle and, in the same arrays, from its last cell to the middle; there the halves of all paths are joined.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
DEFAULT_BAND = 0.10
_CHUNK = 48  # diagonals that are laid out at once and share one window of rows


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
    pairs = [_Pair.of(first, second, band) for first, second in zip(firsts, seconds, strict=True)]
    halves = [half for pair in pairs for half in (pair.front, pair.back)]
    _run(halves)
    return np.array([pair.joined() / (pair.n + pair.m) for pair in pairs])


def _run(halves: Sequence[_Half]) -> None:
    """Take every half to its last diagonal; the best sums there and before stay with it."""
    count = len(halves)
    diagonals = max(half.diagonals for half in halves)
    # Line i + 1 holds row i of a diagonal, all halves side by side; line 0 is infinity for ever.
    lines = max(half.pair.n for half in halves) + 1
    even, odd = np.full((2, lines * count), np.inf)
    ends: dict[int, list[int]] = {}
    for row, half in enumerate(halves):
        ends.setdefault(half.diagonals - 1, []).append(row)
    lowest, highest = np.empty((2, count, diagonals), dtype=np.int64)
    for row, half in enumerate(halves):
        lowest[row], highest[row] = half.bounds(diagonals)
    starts = range(0, diagonals, _CHUNK)
    # Rows outside the window may hold what an earlier chunk left. The window begins one row below the
    # bands, where every cost is infinite, so that nothing of it is ever taken up.
    lows = np.maximum(lowest[:, ::_CHUNK].min(axis=0) - 1, 0).tolist()
    lasts = [min(start + _CHUNK, diagonals) - 1 for start in starts]
    highs = np.minimum(highest[:, lasts].max(axis=0) + 1, lines - 1).tolist()
    for start, last, low, high in zip(starts, lasts, lows, highs, strict=True):
        # Two diagonals more in front: a step from the back counts the cell that it leaves, not the next.
        cells = np.full((last + 3 - start, high - low + 1, count), np.inf)
        for row, half in enumerate(halves):
            half.lay(cells[:, :, row], start - 2, low - 1, lowest[row], highest[row])
        once = cells[2:, 1:].copy()
        twice = once.copy()
        twice[:, :, 0::2] += once[:, :, 0::2]
        twice[:, :, 1::2] += cells[:-2, :-1, 1::2]
        if start == 0:
            twice[0, :, 1::2] = once[0, :, 1::2]  # a path's last cell is entered by one step, which counts it
        once, twice = once.reshape(len(once), -1), twice.reshape(len(once), -1)
        path, corner = np.empty_like(once[0]), np.empty_like(once[0])
        begin, end = low * count, high * count
        windows = [(sums[begin:end], sums[begin + count : end + count]) for sums in (even, odd)]
        for k in range(start, last + 1):
            behind, at = windows[k % 2]  # still hold the diagonal before the last
            previous_behind, previous_at = windows[1 - k % 2]
            np.minimum(previous_behind, previous_at, out=path)
            np.add(path, once[k - start], out=path)
            # Every path begins in the first cell.
            np.add(behind if k else 0.0, twice[k - start], out=corner)
            np.minimum(path, corner, out=at)
            for row in ends.get(k, ()):
                sums = (even, odd) if k % 2 == 0 else (odd, even)
                halves[row].keep(*(each[count + row :: count] for each in sums))


class _Pair:
    """Two signatures: the costs of their cells, which of them lie in the band, and their paths' halves."""

    def __init__(self, cost: Floats, n: int, m: int, half_width: float) -> None:
        self.cost = cost  # (n, m), flat
        self.n, self.m = n, m
        self._half_width = half_width  # cells to each side of the line, counted along a diagonal
        middle = (n + m - 2) // 2
        self.front = _Half(self, middle + 1, backwards=False)
        self.back = _Half(self, n + m - 2 - middle, backwards=True)

    @classmethod
    def of(cls, first: Floats, second: Floats, band: float) -> _Pair:
        n, m = len(first), len(second)
        return cls(_local_costs(first, second).ravel(), n, m, min(band, 2.0) * max(n, m) / 2 + 2)

    def bounds(self, k: Integers) -> tuple[Integers, Integers]:
        """Give the first and the last row in the band of each diagonal; neither ever falls."""
        # In whole numbers, so that swapping the two signatures gives the very same band.
        steps = max(self.n + self.m - 2, 1)
        reach = math.floor(self._half_width * steps)
        first = -((reach - k * (self.n - 1)) // steps)
        last = (k * (self.n - 1) + reach) // steps
        first = np.maximum(first, np.maximum(k - self.m + 1, 0))
        return first, np.minimum(last, np.minimum(k, self.n - 1))

    def joined(self) -> float:
        """Give the sum of the best path: one half of it, the step across the middle, the other half."""
        here, before = self.front.sums
        if self.n + self.m == 2:
            return float(here[0])
        after, beyond = (sums[::-1] for sums in self.back.sums)
        next_k = self.front.diagonals
        straight = np.minimum(here + after, (here[:-1] + after[1:]).min(initial=np.inf)).min()
        across = [
            here[:-1] + (beyond + self._diagonal(next_k + 1))[1:],
            before[:-1] + (after + self._diagonal(next_k))[1:],
        ]
        return float(min(straight, *(found.min(initial=np.inf) for found in across)))

    def _diagonal(self, k: int) -> Floats:
        """Give the costs of a diagonal, row by row; infinite where it has no cell."""
        costs = np.full(self.n, np.inf)
        first, last = max(k - self.m + 1, 0), min(k, self.n - 1)
        rows = np.arange(first, last + 1)
        costs[rows] = self.cost[rows * (self.m - 1) + k]
        return costs


class _Half:
    """A pair from one of its ends. Backwards, rows and diagonals count from the last cell."""

    def __init__(self, pair: _Pair, diagonals: int, *, backwards: bool) -> None:
        self.pair = pair
        self.diagonals = diagonals
        self._backwards = backwards
        nothing = np.full(pair.n, np.inf)
        self.sums = (nothing, nothing)  # of the best paths to each row: last diagonal, the one before

    def keep(self, last: Floats, before: Floats) -> None:
        """Keep the sums of the last two diagonals, in the band."""
        lowest, highest = self.bounds(self.diagonals)
        kept = []
        for sums, k in ((last, self.diagonals - 1), (before, self.diagonals - 2)):
            inside = np.full(self.pair.n, np.inf)
            if k >= 0:
                rows = slice(int(lowest[k]), int(highest[k]) + 1)
                inside[rows] = sums[rows]
            kept.append(inside)
        self.sums = (kept[0], kept[1])

    def bounds(self, diagonals: int) -> tuple[Integers, Integers]:
        """Give the first and the last row in the band of each diagonal; neither ever falls."""
        k = np.arange(diagonals)
        if not self._backwards:
            return self.pair.bounds(k)
        first, last = self.pair.bounds(self.pair.n + self.pair.m - 2 - k)
        return self.pair.n - 1 - last, self.pair.n - 1 - first

    def lay(self, cells: Floats, start: int, low: int, first: Integers, last: Integers) -> None:
        """Put the costs of the diagonals from ``start``, rows from ``low``, into the infinite ``cells``.

        ``start`` and ``low`` may lie before the first cell: nothing is laid there.
        """
        skip, left = max(-start, 0), max(-low, 0)
        start, low = start + skip, low + left
        count = min(len(cells) - skip, self.diagonals - start)
        rows = min(cells.shape[1] - left, self.pair.n - low)
        if count <= 0 or rows <= 0:
            return
        # Row i of diagonal k is column k - i, at i * (m - 1) + k in memory: a view, nothing is copied.
        cost, across = self.pair.cost, self.pair.m - 1
        place, step = low * across + start, cost.itemsize
        if self._backwards:
            place, step = cost.size - 1 - place, -step
        found = np.ndarray((count, rows), cost.dtype, cost, place * cost.itemsize, (step, step * across))
        i = np.arange(low, low + rows)
        at = slice(start, start + count)
        inside = (i >= first[at, None]) & (i <= last[at, None])
        np.copyto(cells[skip : skip + count, left : left + rows], found, where=inside)


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
