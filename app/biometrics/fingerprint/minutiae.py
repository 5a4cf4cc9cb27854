# SPDX-License-Identifier: Apache-2.0
"""Minutiae from the ridge wave: its phase windings, less those that the rim and breaks in ridges make."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.biometrics.fingerprint.demodulate import Flow, Wave, windings
from app.biometrics.fingerprint.planes import Plane
from app.biometrics.fingerprint.segmentation import Segment
from app.biometrics.fingerprint.template import DIRECTION_STEPS, MinutiaKind

#: Minutiae nearer to the foreground's edge than this are ridge ends made by the edge.
RIM_PX = 9.0
#: Opposite windings nearer than this are a break, a pore or a bridge, not two minutiae.
PAIR_PX = 7.0
#: The most minutiae kept, the best first; ISO/IEC 19794-2 counts them in one byte.
MOST_MINUTIAE = 90
#: Where to look for the extra ridge or valley, ahead of the minutia.
AHEAD_PX = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class Minutiae:
    """Arrays of one length; see ``Template`` for the meaning."""

    x: NDArray[np.int16]
    y: NDArray[np.int16]
    direction: NDArray[np.uint8]
    kind: NDArray[np.uint8]
    quality: NDArray[np.uint8]


def find_minutiae(wave: Wave, flow: Flow, found: Segment, coherence: Plane) -> Minutiae:
    """The minutiae of one image.

    Args:
        wave, flow: (h, w) planes of the image.
        found: its foreground.
        coherence: of the orientation, quarter resolution.
    """
    rows, columns, sign = windings(wave, flow)
    small_rows, small_columns = rows // 4, columns // 4
    inner = found.depth_px[small_rows, small_columns] > RIM_PX
    rows, columns, sign = rows[inner], columns[inner], sign[inner]
    small_rows, small_columns = small_rows[inner], small_columns[inner]
    sure = np.clip(found.reliability[small_rows, small_columns], 0, 1)
    sure = sure * np.clip(coherence[small_rows, small_columns], 0, 1)
    alone = _without_pairs(columns, rows, sign)
    best = alone[np.argsort(-sure[alone], kind="stable")[:MOST_MINUTIAE]]
    rows, columns, sign, sure = rows[best], columns[best], sign[best], sure[best]
    ahead = flow.theta[rows, columns] + np.where(sign > 0, 0, np.pi)
    look_x = np.clip(np.rint(columns + 0.5 + AHEAD_PX * np.cos(ahead)), 0, wave.even.shape[1] - 1)
    look_y = np.clip(np.rint(rows + 0.5 + AHEAD_PX * np.sin(ahead)), 0, wave.even.shape[0] - 1)
    ridge_ahead = wave.even[look_y.astype(np.intp), look_x.astype(np.intp)] > 0
    steps = np.rint(-ahead * (DIRECTION_STEPS / (2 * np.pi))).astype(np.int64) % DIRECTION_STEPS
    return Minutiae(
        x=columns.astype(np.int16),
        y=rows.astype(np.int16),
        direction=steps.astype(np.uint8),
        kind=np.where(ridge_ahead, MinutiaKind.ENDING, MinutiaKind.BIFURCATION).astype(np.uint8),
        quality=np.clip(np.rint(sure * 100), 1, 100).astype(np.uint8),
    )


def _without_pairs(x: NDArray[np.intp], y: NDArray[np.intp], sign: NDArray[np.int8]) -> NDArray[np.intp]:
    """Indices of the windings that are left once near opposite ones are taken away, nearest first."""
    place = x + 1j * y
    distance = np.abs(place[:, None] - place[None])
    first, second = np.nonzero(np.triu((distance < PAIR_PX) & (sign[:, None] != sign[None])))
    left = np.ones(len(x), np.bool_)
    for pair in np.argsort(distance[first, second], kind="stable"):
        one, other = first[pair], second[pair]
        if left[one] and left[other]:
            left[one] = left[other] = False
    return np.flatnonzero(left)
