# SPDX-License-Identifier: Apache-2.0
"""Cores and deltas: places around which the ridge flow turns by half a turn.

Source: Kawagoe and Tojo, "Fingerprint pattern classification", Pattern Recognition 17, 1984 (Poincare index).
"""

from __future__ import annotations

import numpy as np

from app.biometrics.fingerprint.orientation import Orientation
from app.biometrics.fingerprint.planes import angle, blur
from app.biometrics.fingerprint.segmentation import Segment
from app.biometrics.fingerprint.template import SingularKind, SingularPoint

#: Smoothing in quarter-resolution samples: smaller whirls are noise.
SIGMA = 3.0
#: Singular points nearer to the foreground's edge than this are not trusted.
RIM_PX = 16.0
#: Points nearer than this, of opposite kinds, cancel out; of the same kind, are one.
APART_PX = 24.0
MOST_POINTS = 8


def find_singular(orientation: Orientation, found: Segment) -> tuple[SingularPoint, ...]:
    """Cores and deltas of the ridge flow inside the foreground, at most eight."""
    doubled = angle(blur(orientation.cos2, SIGMA), blur(orientation.sin2, SIGMA))
    turn = np.float32(2 * np.pi)
    corners = [doubled[:-1, :-1], doubled[:-1, 1:], doubled[1:, 1:], doubled[1:, :-1]]
    total = np.zeros_like(corners[0])
    for here, there in zip(corners, [*corners[1:], corners[0]], strict=True):
        step = there - here
        total += step - turn * np.rint(step / turn)
    index = np.rint(total / turn).astype(np.int64)
    index[found.depth_px[:-1, :-1] < RIM_PX] = 0
    points: list[tuple[int, complex]] = []
    for row, column in zip(*np.nonzero(index), strict=True):
        place = complex(4 * column + 4, 4 * row + 4)
        near = [other for other in points if abs(other[1] - place) < APART_PX]
        if any(other[0] != index[row, column] for other in near):
            points = [other for other in points if other not in near]
        elif not near:
            points.append((int(index[row, column]), place))
    return tuple(
        SingularPoint(
            SingularKind.CORE if kind > 0 else SingularKind.DELTA, round(place.real), round(place.imag)
        )
        for kind, place in points[:MOST_POINTS]
    )
