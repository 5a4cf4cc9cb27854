# SPDX-License-Identifier: Apache-2.0
"""The emulated module's own character files and their comparison: coarse, but of the real image.

A character file holds 64 x 64 cells of the image, one bit each: darker than its surroundings or not. Two
files are compared at every shift of up to eight cells; the score is the best correlation of the bits. That
tells one finger from another and bears a shifted touch. It is no measure of the product's own matcher and is
not used for it.
"""

from __future__ import annotations

import math
from typing import Final

from app.devices.emulator.glass import GlassImage, foreground_blocks
from app.devices.protocol import Answer

_CELLS: Final = 64
_FILE_BYTES: Final = _CELLS * _CELLS // 8
_SHIFT_CELLS: Final = 8
_NEIGHBOURHOOD_CELLS: Final = 2
_MATCH_CORRELATION: Final = 0.18
_LEAST_SHARED_CELLS: Final = 800
_SMALLEST_AREA: Final = 0.15
_LEAST_FLOW: Final = 0.2


def check_print(image: GlassImage) -> Answer:
    """What Img2Tz says of an image: 00, 06 when nothing flows, 07 when too little of it is a print."""
    blocks = foreground_blocks(image)
    if len(blocks) * 256 < _SMALLEST_AREA * image.width_px * image.height_px:
        return Answer.TOO_FEW_POINTS
    flow = sum(_flow(image, column * 16, row * 16) for column, row in blocks) / len(blocks)
    return Answer.OK if flow >= _LEAST_FLOW else Answer.MESSY


def make_template(image: GlassImage, size: int) -> bytes:
    """A character file of ``size`` bytes, at least 512: 64 rows of 64 bits, then zeros."""
    means = _cell_means(image)
    reach = range(-_NEIGHBOURHOOD_CELLS, _NEIGHBOURHOOD_CELLS + 1)
    rows = []
    for y in range(_CELLS):
        bits = 0
        for x in range(_CELLS):
            near = [means[(y + dy) % _CELLS][(x + dx) % _CELLS] for dy in reach for dx in reach]
            bits = bits << 1 | (means[y][x] * len(near) < sum(near) - 2 * len(near))
        rows.append(bits.to_bytes(_CELLS // 8, "big"))
    return b"".join(rows).ljust(size, b"\0")


def compare_templates(one: bytes, other: bytes) -> int:
    """0..1000: a thousand times the best correlation of the two; 0 for anything that is no character file."""
    first, second = _rows(one), _rows(other)
    first_area, second_area = _area(first), _area(second)
    shifts = range(-_SHIFT_CELLS, _SHIFT_CELLS + 1)
    best = max(_correlation(first, second, first_area, second_area, dx, dy) for dx in shifts for dy in shifts)
    return max(0, round(1000 * best))


def is_match(score: int) -> bool:
    """Whether a score of ``compare_templates`` means the same finger."""
    return score >= _MATCH_CORRELATION * 1000


def _rows(template: bytes) -> list[int]:
    padded = template[:_FILE_BYTES].ljust(_FILE_BYTES, b"\0")
    return [int.from_bytes(padded[at : at + 8], "big") for at in range(0, _FILE_BYTES, 8)]


def _area(rows: list[int]) -> list[int]:
    """Cells near a dark one, which is where the print is."""
    wide = [row | row << 1 | row >> 1 | row << 2 | row >> 2 for row in rows]
    return [wide[max(y - 1, 0)] | wide[y] | wide[min(y + 1, _CELLS - 1)] for y in range(_CELLS)]


def _correlation(
    first: list[int], second: list[int], first_area: list[int], second_area: list[int], dx: int, dy: int
) -> float:
    """Phi coefficient of the bits where the two prints overlap; 0 where they overlap in too little."""
    mask = (1 << _CELLS - abs(dx)) - 1
    left, right = max(dx, 0), max(-dx, 0)
    both = ones = others = total = 0
    for y in range(max(0, -dy), min(_CELLS, _CELLS - dy)):
        shared = first_area[y] >> left & second_area[y + dy] >> right & mask
        a, b = first[y] >> left & shared, second[y + dy] >> right & shared
        total += shared.bit_count()
        both += (a & b).bit_count()
        ones += a.bit_count()
        others += b.bit_count()
    if total < _LEAST_SHARED_CELLS:
        return 0.0
    spread = ones * (total - ones) * others * (total - others)
    return (both * total - ones * others) / math.sqrt(spread) if spread else 0.0


def _cell_means(image: GlassImage) -> list[list[int]]:
    """Mean grey of 64 x 64 square cells around the image's middle, as sums."""
    step = max(1, min(image.width_px, image.height_px) // _CELLS)
    left, top = (image.width_px - step * _CELLS) // 2, (image.height_px - step * _CELLS) // 2
    means = []
    for y in range(_CELLS):
        starts = [(top + y * step + line) * image.width_px + left for line in range(step)]
        row = []
        for x in range(_CELLS):
            row.append(sum(sum(image.pixels[start + x * step : start + (x + 1) * step]) for start in starts))
        means.append([total // (step * step) for total in row])
    return means


def _flow(image: GlassImage, left: int, top: int) -> float:
    """Coherence 0..1 of the gradients in one block: near 1 along ridges, near 0 in noise."""
    width, pixels = image.width_px, image.pixels
    difference = product = total = 0
    for y in range(max(top, 1), min(top + 16, image.height_px - 1), 2):
        for x in range(max(left, 1), min(left + 16, width - 1), 2):
            at = y * width + x
            gx, gy = pixels[at + 1] - pixels[at - 1], pixels[at + width] - pixels[at - width]
            difference += gx * gx - gy * gy
            product += 2 * gx * gy
            total += gx * gx + gy * gy
    return math.hypot(difference, product) / total if total else 0.0
