# SPDX-License-Identifier: Apache-2.0
"""Ridges grown along an orientation field, so that endings and bifurcations appear where the skin would make
them.

The idea is that of SFinGe (Cappelli, Maio, Maltoni, "Synthetic fingerprint-image generation", ICPR 2000):
noise is filtered again and again with a Gabor filter that has the local direction and period, until ridges
fill the finger. Where neighbouring ridges have to give way, minutiae remain. Everything between the rounding
of the filters and of the image is whole numbers below 2**24 in float32, so a seed gives the same ridges on
every machine.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RADIUS_PX = 6
DIRECTIONS = 48
PERIODS = 12
#: Range of ridge periods the filters cover, in pixels of the growing grid.
SHORTEST_PX, LONGEST_PX = 3.6, 6.0
_SCALE = 255.0
#: Share of pixels where growth starts. Fewer seeds make larger flaw-free patches and so fewer minutiae.
SEED_SHARE = 0.006
_LEVELS = 400.0
_GAIN = 2.6


def _filter_table(offsets: list[tuple[int, int]]) -> NDArray[np.float32]:
    """One zero-mean Gabor filter per period and direction, (PERIODS * DIRECTIONS, offsets), whole numbers.

    Only half of each even filter is kept: ``offsets`` holds one of every pair (dy, dx), (-dy, -dx).
    """
    dy = np.array([offset[0] for offset in offsets], dtype=np.float64)
    dx = np.array([offset[1] for offset in offsets], dtype=np.float64)
    weight = np.where((dy == 0) & (dx == 0), 0.5, 1.0)
    rows = []
    for period in np.linspace(SHORTEST_PX, LONGEST_PX, PERIODS):
        for direction in np.arange(DIRECTIONS) * np.pi / DIRECTIONS:
            # Image rows run downwards, directions counter-clockwise with y upwards.
            across = dx * np.sin(direction) + dy * np.cos(direction)
            along = dx * np.cos(direction) - dy * np.sin(direction)
            envelope = np.exp(
                -(across**2) / (2 * (0.42 * period) ** 2) - along**2 / (2 * (0.68 * period) ** 2)
            )
            wave = np.cos(2 * np.pi * across / period)
            mean = (wave * envelope * weight).sum() / (envelope * weight).sum()
            rows.append((wave - mean) * envelope * weight)
    table = np.array(rows)
    table /= np.abs(table).sum(axis=1, keepdims=True)
    return np.rint(table * _SCALE * 8).astype(np.float32)


def grow_ridges(
    direction: NDArray[np.float64],
    period_px: NDArray[np.float64],
    rng: np.random.Generator,
    *,
    steps: int = 18,
) -> NDArray[np.float32]:
    """Ridge signal, -1 (valley) to 1 (ridge), of the same shape as the two fields.

    Args:
        direction: ridge direction in radians, counter-clockwise, y upwards.
        period_px: ridge period in pixels of this grid, within SHORTEST_PX and LONGEST_PX.
        steps: filterings; the ridges are complete after about ten.
    """
    offsets = [
        (dy, dx)
        for dy in range(RADIUS_PX + 1)
        for dx in range(-RADIUS_PX, RADIUS_PX + 1)
        if (dy > 0 or dx >= 0) and dy * dy + dx * dx <= RADIUS_PX * RADIUS_PX
    ]
    table = _filter_table(offsets)
    turn = np.rint(direction * DIRECTIONS / np.pi).astype(np.int64) % DIRECTIONS
    place = np.rint((period_px - SHORTEST_PX) / (LONGEST_PX - SHORTEST_PX) * (PERIODS - 1)).astype(np.int64)
    index = np.clip(place, 0, PERIODS - 1) * DIRECTIONS + turn
    height, width = direction.shape
    kernels = [np.ascontiguousarray(table[:, number])[index] for number in range(len(offsets))]
    skin = np.where(
        rng.random((height, width)) < SEED_SHARE, rng.integers(-400, 401, (height, width)), 0
    ).astype(np.float32)
    pad = RADIUS_PX
    for _ in range(steps):
        padded = np.pad(skin, pad)
        total = np.zeros_like(skin)
        for (dy, dx), kernel in zip(offsets, kernels, strict=True):
            ahead = padded[pad + dy : pad + dy + height, pad + dx : pad + dx + width]
            behind = padded[pad - dy : pad - dy + height, pad - dx : pad - dx + width]
            total += kernel * (ahead + behind)
        # Amplify and level off: a weak ridge grows to full height within a few steps, a full one stays a soft
        # wave.
        grown = total * np.float32(_GAIN / (_SCALE * 8))
        skin = np.rint(grown * (_LEVELS * 1.5) / (_LEVELS / 2 + np.abs(grown)))
    # The last filtering is left as it is: a wave that can be enlarged smoothly.
    return np.asarray(np.clip(total / np.float32(_LEVELS * _SCALE * 8 * 0.62), -1, 1), dtype=np.float32)
