# SPDX-License-Identifier: Apache-2.0
"""Where the finger is: the part of the image whose ridges the filters could follow.

The mask is loose on purpose: a strict one loses more matches than the noise at the rim costs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from app.biometrics.fingerprint.contrast import EvenRidges
from app.biometrics.fingerprint.demodulate import Wave
from app.biometrics.fingerprint.planes import Grey, Mask, Plane, blur, quarter, shrink

#: Share of the local energy that must be ridge wave, and ridge strength as a share of the image's strongest.
LEAST_RELIABILITY = 0.12
LEAST_STRENGTH = 0.15
#: Smallest connected part kept, in quarter-resolution samples (80 = 36 x 36 px).
SMALLEST_PART = 80


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """The foreground, at quarter resolution.

    Attributes:
        mask: True on the finger.
        reliability: share of the local energy that is ridge wave, about 0 to 1.2.
        depth_px: distance to the mask's edge (or the image's) in px.
    """

    mask: Mask
    reliability: Plane
    depth_px: Plane


def segment(even: EvenRidges, wave: Wave) -> Segment:
    """Finds the foreground of the image that ``wave`` was made of."""
    small = quarter((wave.even.shape[0], wave.even.shape[1]))
    energy = blur(shrink(wave.power(), small), 2.0)
    total = blur(shrink(even.ridges * even.ridges, small), 2.0)
    reliability = energy / (total + np.float32(0.1))
    strength = np.sqrt(reliability) * even.strength
    enough = (reliability > LEAST_RELIABILITY) & (strength > LEAST_STRENGTH * np.percentile(strength, 95))
    enough &= shrink(even.textured.astype(np.float32), small) > 0.5
    disk = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))
    # OpenCV's border neither erodes nor dilates: a finger that leaves the image is not cut at its edge.
    mask = cv2.morphologyEx(enough.astype(np.uint8), cv2.MORPH_CLOSE, disk)
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, disk)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    areas = np.asarray(stats)[:count, cv2.CC_STAT_AREA].copy()
    areas[0] = 0
    kept = cast(Grey, (areas >= SMALLEST_PART).astype(np.uint8)[labels])
    framed = cv2.copyMakeBorder(kept, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    depth = cast(Plane, cv2.distanceTransform(framed, cv2.DIST_L2, 3))[1:-1, 1:-1]
    return Segment(kept.astype(np.bool_), reliability, depth * np.float32(4))
