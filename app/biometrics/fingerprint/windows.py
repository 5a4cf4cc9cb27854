# SPDX-License-Identifier: Apache-2.0
"""What a small module would have seen of a larger print: for benchmarks on the sizes that schools use."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Width and height of the images of the two module families, px at 500 ppi.
WINDOWS = {"r30x": (256, 288), "r503": (192, 192)}
_BLOCK = 16
_FOREGROUND_DEVIATION = 20.0


def window_corner(image: NDArray[np.uint8], width: int, height: int) -> tuple[int, int]:
    """Left and top edge of the window around the print's center; negative where the image is smaller.

    The center is the mean place of the 16 x 16 px blocks whose grey values deviate by more than 20.
    """
    rows, columns = image.shape[0] // _BLOCK, image.shape[1] // _BLOCK
    blocks = image[: rows * _BLOCK, : columns * _BLOCK].reshape(rows, _BLOCK, columns, _BLOCK)
    row, column = np.nonzero(blocks.astype(np.float64).std(axis=(1, 3)) > _FOREGROUND_DEVIATION)
    corner = []
    for places, side, extent in ((column, width, image.shape[1]), (row, height, image.shape[0])):
        center = int(np.floor(_BLOCK * places.mean() + 8.5)) if len(places) else extent // 2
        wanted = center - side // 2
        corner.append(min(max(wanted, 0), extent - side) if extent >= side else (extent - side) // 2)
    return corner[0], corner[1]


def cut_window(image: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """The window (height, width) with 16 grey levels; white where the image does not reach."""
    left, top = window_corner(image, width, height)
    view = np.full((height, width), 255, np.uint8)
    part = image[max(top, 0) : top + height, max(left, 0) : left + width]
    start_y, start_x = max(-top, 0), max(-left, 0)
    view[start_y : start_y + part.shape[0], start_x : start_x + part.shape[1]] = part
    return (view // 16) * np.uint8(17)
