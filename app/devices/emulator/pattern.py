# SPDX-License-Identifier: Apache-2.0
"""Ridge patterns for an emulator that was given no images: seeded, no person's, good enough to be told
apart."""

from __future__ import annotations

import math
import random
from functools import lru_cache
from typing import Final

from app.devices.emulator.glass import GlassImage

_WIDTH_PX: Final = 256
_HEIGHT_PX: Final = 288


@lru_cache(maxsize=16)
def ridge_pattern(seed: int, width_px: int = _WIDTH_PX, height_px: int = _HEIGHT_PX) -> GlassImage:
    """Curved ridges about 9 pixels apart inside an oval, dark on white; the same seed gives the same
    pattern."""
    chance = random.Random(seed)  # noqa: S311 - a drawing, no secret
    pitch_px = chance.uniform(8.0, 10.0)
    core_x, core_y = width_px * chance.uniform(0.35, 0.65), height_px * chance.uniform(0.3, 0.6)
    stretch, lean = chance.uniform(0.6, 1.6), chance.uniform(-0.5, 0.5)
    swell = [
        (chance.uniform(0.015, 0.04), chance.uniform(0.015, 0.04), chance.uniform(0, math.tau))
        for _ in range(4)
    ]
    half_x, half_y = width_px * 0.46, height_px * 0.47
    grey = bytes(round(127.5 + 115 * math.sin(step * math.tau / 256)) for step in range(256))
    pixels = bytearray()
    for y in range(height_px):
        down, oval_y = y - core_y, ((y - height_px / 2) / half_y) ** 2
        for x in range(width_px):
            if ((x - width_px / 2) / half_x) ** 2 + oval_y > 1:
                pixels.append(255)
                continue
            across = x - core_x + lean * down
            distance = math.sqrt(across * across + down * down * stretch)
            bend = sum(math.sin(x * a + y * b + phase) for a, b, phase in swell)
            pixels.append(grey[int((distance / pitch_px + bend * 0.8) * 256) & 0xFF])
    return GlassImage(width_px, height_px, bytes(pixels))
