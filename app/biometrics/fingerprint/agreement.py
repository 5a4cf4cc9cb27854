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

from app.biometrics.fingerprint.planes import Plane, Points
from app.biometrics.fingerprint.prepared import CellWave
from app.biometrics.fingerprint.wavelength import CELL_PX

#: Smoothing of the phase difference, in cells.
SIGMA_CELLS = 1.5
#: Coherence from which on a cell speaks for one finger, and how strongly full coherence does (natural log of
#: the likelihood ratio, as counted over aligned pairs of mates and non-mates of FVC2002).
TURNING_POINT = 0.6
FULL_GAIN = 6.0
LOSS_SLOPE = 7.0
#: Cells that the smoothing makes say the same thing: 4 pi sigma squared.
CELLS_PER_WITNESS = 28.0


@dataclass(frozen=True, slots=True, eq=False)
class Agreement:
    """How well the ridges of two prints agree where they overlap, one value a motion tried.

    Attributes:
        cells: shared cells.
        flow: mean cosine of the doubled orientation difference, -1 to 1.
        coherence: mean local coherence of the phase difference, 0 to 1.
        gain: evidence of the coherent cells that this is one finger, 0 or more.
        loss: evidence of the incoherent cells that it is not, 0 or less.
        in_phase: mean cosine of the phase difference, -1 to 1.
    """

    cells: Plane
    flow: Plane
    coherence: Plane
    gain: Plane
    loss: Plane
    in_phase: Plane


def no_agreement() -> Agreement:
    """What is known where a print has no ridge wave."""
    none = np.zeros(1, np.float32)
    return Agreement(none, none, none, none, none, none)


def compare_waves(one: CellWave, other: CellWave, moved: Points, turn: Points) -> Agreement:
    """Compares two ridge waves under several motions at once.

    Args:
        one, other: the waves.
        moved: (motions, cells of ``one``) where the motions take the cells' centers in the other print.
        turn: (motions,) the motions' rotations.
    """
    rows, columns = other.index.shape
    row = np.clip(np.floor(moved.imag * np.float32(1 / CELL_PX)) + 1, 0, rows - 1).astype(np.int32)
    column = np.clip(np.floor(moved.real * np.float32(1 / CELL_PX)) + 1, 0, columns - 1).astype(np.int32)
    partner = other.index[row, column]
    shared = (partner >= 0).astype(np.float32)
    off = moved - other.place[partner]
    vector = other.vector[partner]
    ahead = vector.real * off.real + vector.imag * off.imag
    wave = other.phasor[partner] * (np.cos(ahead) + np.complex64(1j) * np.sin(ahead))
    along = one.tangent * turn[:, None] * np.conj(other.tangent[partner])
    wave.imag *= np.sign(along.real)
    difference = wave * np.conj(one.phasor) * shared
    cells = shared.sum(axis=1)
    some = np.maximum(cells, 1)
    coherence = _local_coherence(one, difference, shared)
    above = np.maximum(coherence - np.float32(TURNING_POINT), 0) * np.float32(1 / (1 - TURNING_POINT))
    below = np.minimum(coherence - np.float32(TURNING_POINT), 0)
    gain, loss = above * np.sqrt(above) * shared, below * shared
    return Agreement(
        cells=cells,
        flow=((2 * along.real * along.real - 1) * shared).sum(axis=1) / some,
        coherence=(coherence * shared).sum(axis=1) / some,
        gain=gain.sum(axis=1) * np.float32(FULL_GAIN / CELLS_PER_WITNESS),
        loss=loss.sum(axis=1) * np.float32(LOSS_SLOPE / CELLS_PER_WITNESS),
        in_phase=difference.real.sum(axis=1) / some,
    )


def _local_coherence(one: CellWave, difference: Points, shared: Plane) -> Plane:
    # The sense of the phase flips where theta wraps around. Two copies, wrapping at level and at upright
    # ridges, let every cell use the one that does not wrap near it.
    motions = len(difference)
    grid = np.zeros((one.index.shape[0] - 2, one.index.shape[1] - 2, 4 * motions), np.float32)
    wrapped = np.where(one.flipped, -difference.imag, difference.imag)
    grid[one.row, one.column] = np.concatenate([shared, difference.real, difference.imag, wrapped]).T
    smooth = cast(Plane, cv2.GaussianBlur(grid, (9, 9), SIGMA_CELLS, borderType=cv2.BORDER_CONSTANT))
    near = smooth.reshape(*grid.shape)[one.row, one.column].T
    weight, cosine, plain, turned = near.reshape(4, motions, -1)
    sine = np.where(one.level, turned, plain)
    coherence: Plane = np.sqrt(cosine * cosine + sine * sine) / (weight + np.float32(1e-6))
    return coherence
