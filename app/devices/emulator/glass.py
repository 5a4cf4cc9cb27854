# SPDX-License-Identifier: Apache-2.0
"""The emulated module's glass: which finger lies on it, and what its sensor sees of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from operator import mul
from typing import Final

_BLOCK_PX: Final = 16
#: A block is foreground when the population standard deviation of its grey values is above this.
_FOREGROUND_DEVIATION: Final = 20
_PAPER: Final = b"\xff"

#: Monotonic seconds -> whether a finger lies on the glass.
Presence = Callable[[float], bool]


@dataclass(frozen=True, slots=True)
class GlassImage:
    """A print as it lies on the glass: 8 bits a pixel, dark ridges on white, about 500 dpi, any size."""

    width_px: int
    height_px: int
    pixels: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if self.width_px < 1 or self.height_px < 1 or len(self.pixels) != self.width_px * self.height_px:
            raise ValueError(f"{len(self.pixels)} pixels are not {self.width_px} x {self.height_px}")


def every_few_seconds(down_s: float = 3.0, up_s: float = 2.0) -> Presence:
    """A finger that lies ``down_s`` long and is away ``up_s`` long, for ever; away at first."""

    def is_down(now_s: float) -> bool:
        return now_s % (down_s + up_s) >= up_s

    return is_down


def foreground_blocks(image: GlassImage) -> list[tuple[int, int]]:
    """(column, row) of the 16 x 16 blocks that show ridges; incomplete blocks are left out."""
    width, pixels = image.width_px, image.pixels
    count = _BLOCK_PX * _BLOCK_PX
    blocks = []
    for row in range(image.height_px // _BLOCK_PX):
        for column in range(width // _BLOCK_PX):
            start = row * _BLOCK_PX * width + column * _BLOCK_PX
            block = b"".join(
                pixels[start + line * width : start + line * width + _BLOCK_PX] for line in range(_BLOCK_PX)
            )
            mean = sum(block) / count
            variance = sum(map(mul, block, block)) / count - mean * mean
            if variance > _FOREGROUND_DEVIATION**2:
                blocks.append((column, row))
    return blocks


def on_sensor(image: GlassImage, width_px: int, height_px: int) -> GlassImage:
    """What a sensor of that size sees: the window around the middle of the print, white where there is
    nothing.

    The middle is the mean position of the foreground blocks; the window is moved to lie within the image.
    Where the image is smaller than the sensor it lies in the middle.
    """
    if (image.width_px, image.height_px) == (width_px, height_px):
        return image
    center_x, center_y = image.width_px // 2, image.height_px // 2
    blocks = foreground_blocks(image)
    if blocks:
        half = _BLOCK_PX // 2
        center_x = math.floor(_BLOCK_PX * sum(block[0] for block in blocks) / len(blocks) + half + 0.5)
        center_y = math.floor(_BLOCK_PX * sum(block[1] for block in blocks) / len(blocks) + half + 0.5)
    left = _window_start(center_x, image.width_px, width_px)
    top = _window_start(center_y, image.height_px, height_px)
    rows = []
    for y in range(top, top + height_px):
        if not 0 <= y < image.height_px:
            rows.append(_PAPER * width_px)
            continue
        line = image.pixels[y * image.width_px : (y + 1) * image.width_px]
        seen = line[max(left, 0) : left + width_px]
        rows.append((_PAPER * max(-left, 0) + seen).ljust(width_px, _PAPER))
    return GlassImage(width_px, height_px, b"".join(rows))


def _window_start(center: int, available: int, wanted: int) -> int:
    if available < wanted:
        return (available - wanted) // 2
    return min(max(center - wanted // 2, 0), available - wanted)
