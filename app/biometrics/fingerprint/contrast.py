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

from app.biometrics.fingerprint.normalise import SMALLEST_SIDE_PX
from app.biometrics.fingerprint.planes import Grey, Mask, Plane, blur, enlarge, quarter, shrink

#: Grey levels of texture in 9 x 9 pixels below which a region is flat, and the share of the image's strongest
#: texture that is enough where the whole print is faint: a dry finger, a soft optic. Never below the noise.
FLAT_RANGE = 8
FAINT_RANGE = 3
FAINT_RANGE_SHARE = 0.1
#: Taken off the textured part: the reach of those 9 x 9 px, so that the flat side of a reader's frame stays
#: out, and 1 px for the softness of its edge. Otherwise the edge looks like a ridge and grows minutiae.
EDGE_PX = 11
#: Smoothing of the local mean and of the local strength, in quarter-resolution samples (4 px each).
MEAN_SIGMA = 2.0
STRENGTH_SIGMA = 2.5
#: Grey levels added to the local strength, so that faint noise on empty glass is not blown up, and the share
#: of the image's strongest ridges that is enough for that where the whole print is faint and clean: the noise
#: counts this often, as it is left after smoothing.
STRENGTH_FLOOR = 4.0
FAINT_FLOOR = 0.5
FAINT_FLOOR_SHARE = 0.15
NOISE_FLOOR_SHARE = 2.4 * 0.35
LIMIT = 2.5
#: Dark spots larger than this hold no ridges: wet skin, dirt. Wider than any ridge.
BLOT_PX = 13
#: Images up to this area are looked at as a whole: finding the print in them would save nothing.
SMALL_AREA_PX = 150_000
#: Textured parts narrower than this are dirt, in cells of 8 px; what is kept around the print; and the
#: most that is looked at (1024 px = 52 mm).
SPECK_CELLS = 5
WINDOW_MARGIN_PX = 40
LONGEST_WINDOW_PX = 1024


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


def finger_window(image: Grey) -> tuple[slice, slice]:
    """Rows and columns of a large image within which its print lies; the whole of a small one.

    Both begin at a cell's edge and are at least ``SMALLEST_SIDE_PX`` long and at most ``LONGEST_WINDOW_PX``.
    """
    height, width = image.shape
    if height * width <= SMALL_AREA_PX:
        return slice(0, height), slice(0, width)
    small = cast(
        Grey, cv2.resize(_texture(image), (width // 8, height // 8), interpolation=cv2.INTER_NEAREST)
    )
    places = np.nonzero(cv2.erode(small, np.ones((SPECK_CELLS, SPECK_CELLS), np.uint8)))
    window = []
    for extent, cells in zip((height, width), places, strict=True):
        first, last = (8 * int(cells.min()), 8 * int(cells.max()) + 8) if len(cells) else (0, extent)
        first = max(0, min(first - WINDOW_MARGIN_PX, (extent - SMALLEST_SIDE_PX) // 8 * 8))
        last = min(max(last + WINDOW_MARGIN_PX, first + SMALLEST_SIDE_PX), extent)
        if last - first > LONGEST_WINDOW_PX:
            middle = 8 * round(float(cells.mean())) if len(cells) else extent // 2
            first = max(0, min(middle - LONGEST_WINDOW_PX // 2, extent - LONGEST_WINDOW_PX)) // 8 * 8
            last = first + LONGEST_WINDOW_PX
        window.append(slice(first, last))
    return window[0], window[1]


def _texture(image: Grey) -> Grey:
    window = np.ones((9, 9), np.uint8)
    spread = cast(Grey, cv2.subtract(cv2.dilate(image, window), cv2.erode(image, window)))
    flat = _share_of_strongest(spread, FAINT_RANGE_SHARE, FAINT_RANGE, FLAT_RANGE)
    return (spread > flat).astype(np.uint8)


def even_out(image: Grey) -> EvenRidges:
    """Evens a 500-ppi image (h, w) uint8 with dark ridges."""
    shape = (image.shape[0], image.shape[1])
    small = quarter(shape)
    live = cast(Grey, cv2.erode(_texture(image), np.ones((EDGE_PX, EDGE_PX), np.uint8)))
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
    floor = _share_of_strongest(strength, FAINT_FLOOR_SHARE, FAINT_FLOOR, STRENGTH_FLOOR)
    if floor < STRENGTH_FLOOR:
        floor = min(max(floor, NOISE_FLOOR_SHARE * _noise(image)), STRENGTH_FLOOR)
    ridges = detail / (enlarge(strength, shape) + np.float32(floor))
    np.clip(ridges, -LIMIT, LIMIT, out=ridges)
    return EvenRidges(ridges, live.astype(np.bool_), strength)


def _share_of_strongest(values: Grey | Plane, share: float, least: float, most: float) -> float:
    return min(max(share * float(np.percentile(values[::2, ::2], 95)), least), most)


def _noise(image: Grey) -> float:
    """Standard deviation of the pixels' noise in grey levels, at least that of the steps between the levels.

    Source: Immerkaer, "Fast noise variance estimation", CVIU 64, 1996; by the median, which ridges hardly
    move.
    """
    mask = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    rough = np.abs(cv2.filter2D(image, cv2.CV_32F, mask))
    levels = np.flatnonzero(np.bincount(image.ravel(), minlength=256))
    step = int(np.diff(levels).min()) if len(levels) > 1 else 1
    return max(float(np.median(rough)) / (6 * 0.6745), step / 12**0.5)
