# SPDX-License-Identifier: Apache-2.0
"""Float planes and the few OpenCV operations on them that the engine needs, with exact types.

A plane is a float32 array (rows, columns), y down, x right, one value a pixel or one a cell.
"""

from __future__ import annotations

from typing import TypeAlias, cast

import cv2
import numpy as np
from numpy.typing import NDArray

Plane: TypeAlias = NDArray[np.float32]
Grey: TypeAlias = NDArray[np.uint8]
Mask: TypeAlias = NDArray[np.bool_]
#: Points as complex numbers x + iy in pixels, and rotations as unit complex numbers.
Points: TypeAlias = NDArray[np.complex64]


def blur(plane: Plane, sigma: float) -> Plane:
    """Gaussian smoothing, mirrored at the borders; ``sigma`` in samples of the plane."""
    return cast(Plane, cv2.GaussianBlur(plane, (0, 0), sigma, borderType=cv2.BORDER_REFLECT))


def shrink(plane: Plane, shape: tuple[int, int]) -> Plane:
    """Area average down to ``shape`` (rows, columns)."""
    return cast(Plane, cv2.resize(plane, (shape[1], shape[0]), interpolation=cv2.INTER_AREA))


def enlarge(plane: Plane, shape: tuple[int, int]) -> Plane:
    """Linear interpolation up to ``shape`` (rows, columns)."""
    return cast(Plane, cv2.resize(plane, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR))


def sample(plane: Plane, x: Plane, y: Plane) -> Plane:
    """The plane at the places (x, y), linearly interpolated, 0 outside; ``x`` and ``y`` have one shape."""
    return cast(Plane, cv2.remap(plane, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT))


def angle(x: Plane, y: Plane) -> Plane:
    """Angle of the vectors (x, y) in radians, 0 to 2 pi."""
    return cast(Plane, cv2.phase(x, y))


def length(x: Plane, y: Plane) -> Plane:
    """Length of the vectors (x, y)."""
    return cast(Plane, cv2.magnitude(x, y))


def unit_vectors(theta: Plane) -> tuple[Plane, Plane]:
    """Cosine and sine of ``theta`` (radians)."""
    x, y = cv2.polarToCart(np.ones_like(theta), theta)
    return cast(Plane, x), cast(Plane, y)


def quarter(shape: tuple[int, int]) -> tuple[int, int]:
    """Shape of the quarter-resolution plane that belongs to a plane of ``shape``."""
    return (shape[0] + 3) // 4, (shape[1] + 3) // 4
