# SPDX-License-Identifier: Apache-2.0
"""Ridge orientation from the gradient tensor, smoothed at two scales and weighted by how sure each is.

Orientations are kept as doubled-angle vectors, whose length (0 to 1) is their coherence: averaging then
needs no unwrapping. Source: Kass and Witkin, "Analyzing oriented patterns", CVGIP 37, 1987.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from app.biometrics.fingerprint.planes import (
    Plane,
    angle,
    blur,
    enlarge,
    length,
    quarter,
    shrink,
    unit_vectors,
)


@dataclass(frozen=True, slots=True, eq=False)
class Orientation:
    """Ridge orientation theta as (cos 2 theta, sin 2 theta) * coherence, at quarter resolution.

    theta is the ridge's tangent in image axes (x right, y down), radians.
    """

    cos2: Plane
    sin2: Plane

    def coherence(self) -> Plane:
        """0 (no direction) to 1 (straight parallel ridges), quarter resolution."""
        return length(self.cos2, self.sin2)

    def theta(self, shape: tuple[int, int]) -> Plane:
        """Orientation in radians, 0 to pi, resampled to ``shape``."""
        return angle(enlarge(self.cos2, shape), enlarge(self.sin2, shape)) * np.float32(0.5)

    def tangents(self, shape: tuple[int, int]) -> tuple[Plane, Plane, Plane]:
        """theta, cos theta and sin theta at ``shape``."""
        theta = self.theta(shape)
        return (theta, *unit_vectors(theta))


def estimate_orientation(ridges: Plane, sigmas: tuple[float, ...]) -> Orientation:
    """Estimates the orientation of ``ridges`` (h, w).

    Args:
        ridges: zero-mean plane, ridges about unit strength.
        sigmas: smoothing scales in quarter-resolution samples (4 px); more scales, steadier flow.
    """
    small = quarter((ridges.shape[0], ridges.shape[1]))
    soft = blur(ridges, 1.0)
    gx = cast(Plane, cv2.Sobel(soft, cv2.CV_32F, 1, 0, scale=1 / 8))
    gy = cast(Plane, cv2.Sobel(soft, cv2.CV_32F, 0, 1, scale=1 / 8))
    xx, yy, xy = shrink(gx * gx, small), shrink(gy * gy, small), shrink(gx * gy, small)
    cos2, sin2 = np.zeros(small, np.float32), np.zeros(small, np.float32)
    for sigma in sigmas:
        energy = blur(xx + yy, sigma) + np.float32(1e-3)
        c, s = blur(yy - xx, sigma) / energy, blur(np.float32(-2) * xy, sigma) / energy
        sure = length(c, s) / np.float32(len(sigmas))
        cos2 += c * sure
        sin2 += s * sure
    return Orientation(cos2, sin2)
