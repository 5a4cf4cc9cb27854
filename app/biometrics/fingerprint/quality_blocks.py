# SPDX-License-Identifier: Apache-2.0
"""What NFIQ 2 sees in a window: its frequency, clarity and ridge width measures, as its program takes them.

The measures are those of ISO/IEC 29794-4. The program NFIQ 2 (public domain, github.com/usnistgov/NFIQ2)
takes them with peculiarities that its scores depend on; these are kept here, in an implementation of our own:
its blocks begin 2 pixels right of and below the windows, its direction across the ridges comes from
``atan2(xy, xx - yy) / 2`` (without the factor 2 of the true one), pixels are taken by nearest neighbour, and
frequency and widths are measured in a patch that is off the middle of the block.

Every block is measured by itself: its figures are the same to the last bit whatever else is measured with it.
Spectra come from ``rfft`` and not from a matrix product, whose rounding depends on the number of rows.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Image = NDArray[np.uint8]
Numbers = NDArray[np.int64]

#: How far right of and below its window a block begins, and its side.
OFFSET_PX, BLOCK_PX = 2, 32
#: Rows below a band's middle that its blocks need.
BLOCK_REACH_PX = OFFSET_PX + 21
#: Limits between classes of the ratio of one ridge's or valley's width to the next one's (those of NFIQ 2).
WIDTH_RATIOS = np.array([0.5, 0.667, 0.8, 1.0, 1.25, 1.5, 2.0, 24.0])
#: Mean widths of ridges and of valleys in pixels between which a block is clear at all.
RIDGE_WIDTHS, VALLEY_WIDTHS = (3.0, 10.0), (2.0, 10.0)

_PATCH_PX, _ALONG_PX = 32, 16
_ACROSS = np.arange(-18, 19, dtype=np.float32)
_ALONG = np.arange(-10, 8, dtype=np.float32)
#: Columns of the turned block that each measure looks at; clarity lies two rows lower than the others.
_WIDTH_COLUMNS, _CLARITY_COLUMNS, _WAVE_COLUMNS = slice(0, 32), slice(2, 34), slice(5, 37)
_PLACES = np.arange(_PATCH_PX, dtype=np.float32) - np.float32((_PATCH_PX - 1) / 2)


class Blocks(NamedTuple):
    """Measures of blocks, one entry each.

    Attributes:
        purity: frequency domain analysis, 0 to about 1; 1 also where shading is stronger than ridges.
        clearness: local clarity score, 0 to 1; 0 where ridges or valleys are unlike a finger's in width.
        ratios: how many neighbouring ridge and valley widths have a ratio of each class, (blocks, classes).
    """

    purity: Floats
    clearness: Floats
    ratios: Floats


def blocks_in(length_px: int) -> int:
    """How many blocks lie one after the other within a length, with the 2 pixels that turning them takes."""
    return max(0, (length_px - 2 * OFFSET_PX) // BLOCK_PX)


def tile_sums(values: Floats, side_px: int) -> Floats:
    """Sums over square tiles, (rows of tiles, tiles in a row)."""
    height, width = values.shape
    in_rows = values.reshape(height // side_px, side_px, width).sum(axis=1)
    return np.asarray(in_rows.reshape(len(in_rows), width // side_px, side_px).sum(axis=2), dtype=np.float32)


def directions(image: Image, across: Floats, down: Floats) -> Floats:
    """NFIQ 2's direction across the ridges in radians, (rows of blocks, blocks in a row).

    Args:
        image: whole blocks, as the other two.
        across, down: differences of each pixel's neighbours, right less left and below less above. They are
            changed: along a block's rim NFIQ 2 takes the slope from the pixels within.
    """
    last = BLOCK_PX - 1
    grey = image.astype(np.float32)
    across[:, ::BLOCK_PX] = 2 * (grey[:, 1::BLOCK_PX] - grey[:, ::BLOCK_PX])
    across[:, last::BLOCK_PX] = 2 * (grey[:, last::BLOCK_PX] - grey[:, last - 1 :: BLOCK_PX])
    down[::BLOCK_PX] = 2 * (grey[1::BLOCK_PX] - grey[::BLOCK_PX])
    down[last::BLOCK_PX] = 2 * (grey[last::BLOCK_PX] - grey[last - 1 :: BLOCK_PX])
    xx, yy, xy = (tile_sums(part, BLOCK_PX) for part in (across * across, down * down, across * down))
    return np.asarray(0.5 * np.arctan2(xy, xx - yy), dtype=np.float32)


def turned(
    image: Image, rows: Floats, columns: Floats, normal: Floats, across: Floats, along: Floats, flags: int
) -> Image:
    """Patches with upright ridges, (patches, along, across); rows, columns: of their middles."""
    cos, sin = np.cos(normal)[:, None, None], np.sin(normal)[:, None, None]
    right, below = across[None, None, :], along[None, :, None]
    x = cos * right - sin * below + columns[:, None, None]
    y = sin * right + cos * below + rows[:, None, None]
    shape = (len(normal), -1)
    border = cv2.BORDER_CONSTANT if flags == cv2.INTER_NEAREST else cv2.BORDER_REPLICATE
    patches = cv2.remap(image, x.reshape(shape), y.reshape(shape), flags, borderMode=border)
    return np.asarray(patches, dtype=np.uint8).reshape(x.shape)


def _purity(profile: Floats) -> Floats:
    """Share of the strongest wave in each profile's spectrum."""
    level = profile - profile.mean(axis=1, keepdims=True)
    spectrum = np.abs(np.fft.rfft(level, axis=1)[:, 1:]).astype(np.float32)
    rows, peak = np.arange(len(profile)), spectrum.argmax(axis=1)
    # The spectrum goes on mirrored above the sixteenth wave.
    above = spectrum[rows, np.where(peak < 15, peak + 1, 14)]
    strongest = spectrum[rows, peak] + np.float32(0.3) * (spectrum[rows, peak - 1] + above)
    share = strongest / (spectrum[:, :15].sum(axis=1) + np.float32(1e-6))
    return np.asarray(np.where(peak == 0, np.float32(1), share), dtype=np.float32)


def parting_line(profile: Floats) -> Floats:
    """The straight line through each profile that parts ridges from valleys."""
    slope = (profile * _PLACES).sum(axis=1, keepdims=True) / np.float32((_PLACES * _PLACES).sum())
    return np.asarray(profile.mean(axis=1, keepdims=True) + slope * _PLACES, dtype=np.float32)


def dark_share(patches: Image, line: Floats, ridge: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Of each patch the shares of its ridges that are light and of its valleys that are dark."""
    dark = (patches < line[:, None, :]).sum(axis=1, dtype=np.uint8)
    ridges = ridge.sum(axis=1)
    in_ridges = (dark * ridge).sum(axis=1, dtype=np.int64)
    in_valleys = dark.sum(axis=1, dtype=np.int64) - in_ridges
    along, across = patches.shape[1:]
    light = 1 - in_ridges / np.maximum(ridges * along, 1)
    return light.astype(np.float32), (in_valleys / np.maximum((across - ridges) * along, 1)).astype(
        np.float32
    )


def _within(width: NDArray[np.float64], limits: tuple[float, float]) -> NDArray[np.bool_]:
    return (width >= limits[0]) & (width <= limits[1])


def _clearness(patches: Image, profile: Floats) -> Floats:
    line = parting_line(profile)
    ridge = profile < line
    change = ridge[:, 1:] != ridge[:, :-1]
    changes = change.sum(axis=1)
    first = ridge[:, 0]
    # Ridges and valleys take turns, so the changes out of ridges are every second one.
    ridges = (changes + first) // 2
    valleys = changes - ridges
    # Widths up to the last change; the first ridge or valley counts one pixel less.
    last = _PATCH_PX - 2 - change[:, ::-1].argmax(axis=1)
    after = np.where(ridge[:, -1], _PATCH_PX - 1 - last, 0)
    in_ridges = ridge.sum(axis=1) - after
    ridge_width = (in_ridges - first) / np.maximum(ridges, 1)
    valley_width = (last + 1 - in_ridges - ~first) / np.maximum(valleys, 1)
    fits = (ridges > 0) & (valleys > 0)
    fits &= _within(ridge_width, RIDGE_WIDTHS) & _within(valley_width, VALLEY_WIDTHS)
    light, dark = dark_share(patches, line, ridge)
    return np.asarray(np.where(fits, 1 - (light + dark) / 2, 0), dtype=np.float32)


def _width_ratios(ridge: NDArray[np.bool_]) -> Floats:
    """Of each profile how many neighbouring whole ridges and valleys have a width ratio of each class.

    As in NFIQ 2 the first whole one, and a change at the very end, are left out, and of the ratios, counted
    from the end, every second one is turned over.
    """
    classes = len(WIDTH_RATIOS) + 1
    patch, place = np.nonzero(ridge[:, 1:-1] != ridge[:, :-2])
    changes = np.bincount(patch, minlength=len(ridge))
    first = np.cumsum(changes) - changes
    number = np.arange(len(patch)) - first[patch]
    later = np.flatnonzero(number >= 3)
    ratio = (place[later] - place[later - 1]) / (place[later - 1] - place[later - 2])
    owner = patch[later]
    begins = ridge[owner, place[np.minimum(first[owner], len(place) - 1)] + 1]
    from_end = changes[owner] - 1 - number[later]
    turned_over = (from_end >= begins) & ((from_end - begins) % 2 == 0)
    ratio = np.where(turned_over, 1 / ratio, ratio)
    index = owner * classes + np.searchsorted(WIDTH_RATIOS, ratio, side="right")
    counts = np.bincount(index, minlength=len(ridge) * classes)
    return np.asarray(counts.reshape(-1, classes), dtype=np.float32)


def measure_blocks(image: Image, rows: Floats, columns: Floats, normal: Floats) -> Blocks:
    """Measure blocks.

    Args:
        image: (height, width) uint8, dark ridges; pixels that are not there count as black.
        rows, columns, normal: of each block the row and column of its middle (the pixel below and right of
            it), and its direction from ``directions``.
    """
    patches = turned(image, rows, columns, normal, _ACROSS, _ALONG, cv2.INTER_NEAREST)
    upper = patches[:, :_ALONG_PX].sum(axis=1, dtype=np.uint16)
    lower = (patches[:, -_ALONG_PX:, _CLARITY_COLUMNS]).sum(axis=1, dtype=np.uint16)
    profile, clarity = (sums.astype(np.float32) / _ALONG_PX for sums in (upper, lower))
    widths = profile[:, _WIDTH_COLUMNS]
    return Blocks(
        _purity(profile[:, _WAVE_COLUMNS]),
        _clearness(patches[:, -_ALONG_PX:, _CLARITY_COLUMNS], clarity),
        _width_ratios(widths < parting_line(widths)),
    )
