# SPDX-License-Identifier: Apache-2.0
"""Do the ridges themselves agree once two prints lie on each other?

Both prints know the phase of the ridge wave in cells of 8 x 8 px. Where the same skin lies on itself, the
difference of the two phases changes slowly from cell to cell, whatever the stretch; where two different
fingers lie on each other it turns at random. Local coherence of that difference is the strongest evidence the
matcher has, and needs no minutiae.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from app.biometrics.fingerprint.align import Motion, stretched
from app.biometrics.fingerprint.planes import Plane, Points
from app.biometrics.fingerprint.prepared import CellWave
from app.biometrics.fingerprint.wavelength import CELL_PX

#: Smoothing of the phase difference, in cells.
SIGMA_CELLS = 1.5
#: Fewer shared cells than this say nothing.
FEWEST_CELLS = 6


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well the ridges of two prints agree where they overlap.

    Attributes:
        cells: shared cells.
        flow: mean cosine of the doubled orientation difference, -1 to 1.
        coherence: mean local coherence of the phase difference, 0 to 1.
        power: sum over cells of the squared coherence.
        in_phase: mean cosine of the phase difference, -1 to 1.
    """

    cells: int = 0
    flow: float = 0.0
    coherence: float = 0.0
    power: float = 0.0
    in_phase: float = 0.0


def compare_waves(
    one: CellWave, other: CellWave, motion: Motion, anchors: Points, stretch: Points, reach_px: float
) -> Agreement:
    """Compares two ridge waves under a motion and the stretch seen at the anchors (in the second print)."""
    moved = (one.place * motion.turn + motion.shift).astype(np.complex64)
    moved = stretched(moved, anchors, stretch, reach_px)
    column = np.floor(moved.real * np.float32(1 / CELL_PX)).astype(np.intp)
    row = np.floor(moved.imag * np.float32(1 / CELL_PX)).astype(np.intp)
    rows, columns = other.index.shape
    inside = np.flatnonzero((row >= 0) & (column >= 0) & (row < rows) & (column < columns))
    partner = other.index[row[inside], column[inside]]
    shared = inside[partner >= 0]
    partner = partner[partner >= 0]
    if len(shared) < FEWEST_CELLS:
        return Agreement(cells=len(shared))
    theta = other.theta[partner]
    turned = one.theta[shared] + np.float32(np.angle(motion.turn)) - theta
    facing = np.cos(turned)
    off = moved[shared] - other.place[partner]
    expected = other.phase[partner] + other.number[partner] * (
        np.cos(theta) * off.imag - np.sin(theta) * off.real
    )
    difference = np.sign(facing) * expected - one.phase[shared]
    in_phase, quadrature = np.cos(difference), np.sin(difference)
    coherence = _local_coherence(one, shared, in_phase, quadrature)
    return Agreement(
        cells=len(shared),
        flow=float(np.mean(2 * facing * facing - 1)),
        coherence=float(coherence.mean()),
        power=float(coherence @ coherence),
        in_phase=float(in_phase.mean()),
    )


def _local_coherence(
    one: CellWave, shared: np.ndarray[tuple[int], np.dtype[np.intp]], in_phase: Plane, quadrature: Plane
) -> Plane:
    # The sense of the phase flips where theta wraps around. Two copies, wrapping at level and at upright
    # ridges, let every cell use the one that does not wrap near it.
    row, column = one.row[shared], one.column[shared]
    wrapped = np.where(one.theta[shared] > np.float32(np.pi / 2), -quadrature, quadrature)
    grid = np.zeros((*one.index.shape, 4), np.float32)
    grid[row, column] = np.stack([np.ones_like(in_phase), in_phase, quadrature, wrapped], axis=1)
    smooth = cast(Plane, cv2.GaussianBlur(grid, (0, 0), SIGMA_CELLS, borderType=cv2.BORDER_CONSTANT))[
        row, column
    ]
    sine = np.where(one.level[shared], smooth[:, 3], smooth[:, 2])
    coherence: Plane = np.sqrt(smooth[:, 1] ** 2 + sine * sine) / (smooth[:, 0] + np.float32(1e-6))
    return coherence
