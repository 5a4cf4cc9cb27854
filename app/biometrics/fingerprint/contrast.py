# SPDX-License-Identifier: Apache-2.0
"""First step of the engine: grey values to ridges of even strength, whatever the pressure or the reader.

Ridges become positive, valleys negative, both about 1 in size. Flat regions (a reader's frame, blank glass)
take no part in the averages, so that their straight edges do not look like ridges.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from app.biometrics.fingerprint.planes import Grey, Mask, Plane, blur, enlarge, quarter, shrink

#: Grey levels of texture in 9 x 9 pixels below which a region is flat; 4-bit readers step by 17.
FLAT_RANGE = 8
#: Taken off the textured part: the reach of those 9 x 9 px, so that the flat side of a reader's frame stays
#: out, and 1 px for the softness of its edge. Otherwise the edge looks like a ridge and grows minutiae.
EDGE_PX = 11
#: Smoothing of the local mean and of the local strength, in quarter-resolution samples (4 px each).
MEAN_SIGMA = 2.0
STRENGTH_SIGMA = 2.5
#: Grey levels added to the local strength, so that faint noise on empty glass is not blown up.
STRENGTH_FLOOR = 4.0
LIMIT = 2.5
#: Dark spots larger than this hold no ridges: wet skin, dirt. Wider than any ridge.
BLOT_PX = 13


@dataclass(frozen=True, slots=True, eq=False)
class EvenRidges:
    """The evened image.

    Attributes:
        ridges: (h, w), zero mean, about unit strength, ridges positive, within -2.5 to 2.5.
        textured: (h, w) bool, False where the image is flat.
        strength: quarter resolution, local standard deviation in grey levels.
    """

    ridges: Plane
    textured: Mask
    strength: Plane


def even_out(image: Grey) -> EvenRidges:
    """Evens a 500-ppi image (h, w) uint8 with dark ridges."""
    shape = (image.shape[0], image.shape[1])
    small = quarter(shape)
    window = np.ones((9, 9), np.uint8)
    spread = cv2.subtract(cv2.dilate(image, window), cv2.erode(image, window))
    live = cast(
        Grey, cv2.erode((spread > FLAT_RANGE).astype(np.uint8), np.ones((EDGE_PX, EDGE_PX), np.uint8))
    )
    weight = live.astype(np.float32)
    dark = np.float32(255.0) - image.astype(np.float32)
    share = weight + np.float32(1e-3)
    small_weight = shrink(share, small)
    mean = blur(shrink(dark * share, small), MEAN_SIGMA) / blur(small_weight, MEAN_SIGMA)
    blot = 255 - cast(Grey, cv2.morphologyEx(image, cv2.MORPH_CLOSE, np.ones((BLOT_PX, BLOT_PX), np.uint8)))
    level = np.maximum(enlarge(mean, shape), blot.astype(np.float32))
    detail = blur((dark - level) * weight, 0.8)
    power = blur(shrink(detail * detail, small), STRENGTH_SIGMA)
    power /= np.maximum(blur(small_weight, STRENGTH_SIGMA), np.float32(0.1))
    strength = np.sqrt(power)
    ridges = detail / (enlarge(strength, shape) + np.float32(STRENGTH_FLOOR))
    np.clip(ridges, -LIMIT, LIMIT, out=ridges)
    return EvenRidges(ridges, live.astype(np.bool_), strength)
