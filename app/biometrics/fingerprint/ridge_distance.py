# SPDX-License-Identifier: Apache-2.0
"""What a finger on the glass says about its reader: how far ridges are apart, and which grey they have.

Ridges of grown-ups are 0.43 to 0.48 mm apart on average (23.4 and 20.7 ridges to the centimeter in women and
men: Cummins, Waits and McQuitty, "The breadths of epidermal ridges on the finger tips and palms", American
Journal of Anatomy 68, 1941), those of a child of six about a quarter less.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

#: Distances between ridges that a person's finger can have, mm, and the usual one of a school's people.
LEAST_MM, MOST_MM, USUAL_MM = 0.30, 0.62, 0.45
#: Resolutions that readers have, to name the nearest one.
USUAL_DPI = (250, 300, 363, 400, 500, 508, 569, 700, 1000)

_BLOCK_PX, _STEP_PX = 64, 32
_SHORTEST_PX, _LONGEST_PX = 3.0, 24.0
#: Deviation of a block's grey values from which it can be skin; the strongest half of those is looked at.
_LEAST_DEVIATION = 14.0
_LEAST_BLOCKS = 4
#: The ring of a finger's spectrum stands out by this factor, or it is none.
_STANDS_OUT = 2.2


def ridge_period_px(image: NDArray[np.uint8]) -> float | None:
    """Mean distance between ridges in the image's own pixels; None where no ridges are seen.

    Args:
        image: (height, width), of any resolution at which a ridge has three pixels or more.
    """
    blocks = _skin_blocks(image)
    if len(blocks) < _LEAST_BLOCKS:
        return None
    window = np.outer(np.hanning(_BLOCK_PX), np.hanning(_BLOCK_PX))
    power = np.zeros((_BLOCK_PX, _BLOCK_PX))
    for block in blocks:
        spectrum = np.abs(np.fft.fft2((block - block.mean()) * window)) ** 2
        power += spectrum / (spectrum.sum() + 1e-9)
    across = np.fft.fftfreq(_BLOCK_PX)
    radius = np.hypot(*np.meshgrid(across, across))
    frequencies = np.linspace(1 / _LONGEST_PX, 1 / _SHORTEST_PX, 96)
    # Each ring's mean: a ring farther out has more cells, and no more ridges for that.
    width = 0.6 / _BLOCK_PX
    weights = np.exp(-0.5 * ((radius[None] - frequencies[:, None, None]) / width) ** 2)
    rings = (weights * power).sum(axis=(1, 2)) / weights.sum(axis=(1, 2))
    rings *= frequencies  # pictures are stronger at long waves, whatever they show
    best = int(rings.argmax())
    if best in (0, len(rings) - 1) or rings[best] < _STANDS_OUT * np.median(rings):
        return None
    return float(1.0 / frequencies[best])


def ridge_distance_mm(period_px: float, dpi: int) -> float:
    """What a distance in pixels means at a resolution."""
    return period_px / dpi * 25.4


def is_plausible(distance_mm: float) -> bool:
    """Whether a finger's ridges can be that far apart."""
    return LEAST_MM <= distance_mm <= MOST_MM


def likely_dpi(period_px: float) -> int:
    """The usual resolution at which ridges of that distance in pixels would be most ordinary."""
    wanted = period_px / USUAL_MM * 25.4
    return min(USUAL_DPI, key=lambda dpi: abs(np.log(dpi / wanted)))


def ridges_look_light(image: NDArray[np.uint8]) -> bool | None:
    """Whether ridges are light on a dark ground, told from the glass around the finger; None if none shows.

    A finger's ridges differ from the empty glass, its valleys are like it: on a light ground skin is darker
    than its surroundings, on a dark one lighter.
    """
    grey = image.astype(np.float32)
    mean = cv2.boxFilter(grey, -1, (17, 17))
    spread = np.sqrt(np.maximum(cv2.boxFilter(grey * grey, -1, (17, 17)) - mean * mean, 0))
    skin, free = spread > 30.0, spread < 9.0
    if skin.mean() < 0.12 or free.mean() < 0.04:
        return None
    difference = float(np.median(mean[free]) - np.median(mean[skin]))
    return None if abs(difference) < 20 else difference < 0


def _skin_blocks(image: NDArray[np.uint8]) -> list[NDArray[np.float64]]:
    """The image's clearest blocks."""
    height, width = image.shape
    found = []
    for top in range(0, height - _BLOCK_PX + 1, _STEP_PX):
        for left in range(0, width - _BLOCK_PX + 1, _STEP_PX):
            block = image[top : top + _BLOCK_PX, left : left + _BLOCK_PX].astype(np.float64)
            deviation = float(block.std())
            if deviation >= _LEAST_DEVIATION:
                found.append((deviation, block))
    found.sort(key=lambda pair: -pair[0])
    return [block for _, block in found[: max(_LEAST_BLOCKS, len(found) // 2)]]
