# SPDX-License-Identifier: Apache-2.0
"""What each spot of a fingerprint image looks like: the local measurements behind its quality.

The image is covered with 32 x 32 pixel windows (500 ppi) side by side. Of each window: brightness and
contrast, ridge direction and how certain it is, and, from a patch turned so that its ridges stand upright,
period and strength of the ridge wave, how clearly ridge and valley are told apart and how evenly they share
the space; and what NFIQ 2 measures of the block there, see ``quality_blocks``. The measurements follow the
published features of NFIQ 2 / ISO/IEC 29794-4 (orientation certainty level, local clarity score); the
implementation is our own.

A row of windows (a band) needs only the image rows around it, so bands are measured as rows arrive, one or
several at a time, with the same figures.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import cv2
import numpy as np
from numpy.typing import NDArray

from app.biometrics.fingerprint.quality_blocks import (
    BLOCK_PX,
    BLOCK_REACH_PX,
    OFFSET_PX,
    WIDTH_RATIOS,
    Floats,
    blocks_in,
    dark_share,
    directions,
    measure_blocks,
    parting_line,
    tile_sums,
    turned,
)

#: Side of a window, and of the cells that tell more finely where skin lies.
WINDOW_PX, CELL_PX = 32, 16
#: The turned patch: across the ridges, along the ridges.
ACROSS_PX, ALONG_PX = 32, 16
#: Rows below a band's middle that its measurements can reach.
REACH_PX = BLOCK_REACH_PX
#: A window is looked at closely when its grey values deviate by this much: anything but even glass.
FAINT_DEVIATION = 1.5


@dataclass(frozen=True, slots=True)
class Grid:
    """Measurements of windows, every attribute of shape (bands, windows).

    Two arrays have other axes: ``ratios`` (a last one, of classes), and ``cells`` (2 rows of 2 cells a
    window).

    Attributes:
        mean, deviation: of the grey values, 0 to 255.
        certainty: orientation certainty level, 0 to 1: how much stronger the gradients run across than along.
        normal: direction across the ridges in radians, -pi/2 to pi/2, y downwards.
        coherence: mean of how much the gradients of each cell run one way, 0 to 1.
        inside: whether the window's block, see ``quality_blocks``, lies within the image; the next four are
            measured in it, and 0 where it does not.
        tilt: NFIQ 2's direction across the ridges in radians, -pi/2 to pi/2.
        purity: frequency domain analysis, 0 to 1: share of the ridge wave in the profile's spectrum.
        clearness: local clarity score, 0 where the widths are not those of ridges.
        ratios: how many neighbouring ridge and valley widths have a ratio of each class of WIDTH_RATIOS.
        clarity: local clarity score of the window itself, 0 to 1: 1 minus the share of pixels on the wrong
            side of their ridge or valley.
        balance: share of ridge in the patch, 0 to 1; 0.5 where ridges and valleys are equally wide.
        period: ridge period in pixels, 0 where there is none.
        swing: amplitude of the ridge wave in grey levels.
        cells: standard deviation of the grey values in each 16 x 16 cell, (2 * bands, 2 * windows).
    """

    mean: Floats
    deviation: Floats
    certainty: Floats
    normal: Floats
    coherence: Floats
    inside: NDArray[np.bool_]
    tilt: Floats
    purity: Floats
    clearness: Floats
    ratios: Floats
    clarity: Floats
    balance: Floats
    period: Floats
    swing: Floats
    cells: Floats

    @classmethod
    def stack(cls, parts: list[Grid]) -> Grid:
        """Bands on top of each other."""
        if len(parts) == 1:
            return parts[0]
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in _FIELDS))


_FIELDS = tuple(field.name for field in fields(Grid))


def band_middles(height_px: int) -> list[int]:
    """Rows through the middle of each band, from the top."""
    return list(range(CELL_PX, height_px - CELL_PX + 1, WINDOW_PX))


def window_middles(width_px: int) -> list[int]:
    """Columns through the middle of each window, from the left."""
    return list(range(CELL_PX, width_px - CELL_PX + 1, WINDOW_PX))


def _window_sums(cells: Floats) -> Floats:
    rows, columns = cells.shape
    return np.asarray(cells.reshape(rows // 2, 2, columns // 2, 2).sum(axis=(1, 3)), dtype=np.float32)


def _deviation(total: Floats, squares: Floats, count: int) -> Floats:
    scale = np.float32(1 / count)
    return np.asarray(np.sqrt(np.maximum(squares * scale - (total * scale) ** 2, 0)), dtype=np.float32)


_ACROSS = np.arange(ACROSS_PX, dtype=np.float32) - np.float32((ACROSS_PX - 1) / 2)
_ALONG = np.arange(ALONG_PX, dtype=np.float32) - np.float32((ALONG_PX - 1) / 2)
_TAPER = np.hanning(ACROSS_PX + 2)[1:-1].astype(np.float32)
#: Waves of 4 to 21 pixels, in quarter steps of the patch's own spectrum.
_QUARTERS = slice(6, 33)


def _wave(profile: Floats) -> tuple[Floats, Floats]:
    """Period and swing of the wave in each profile, (windows, ACROSS_PX)."""
    level = (profile - profile.mean(axis=1, keepdims=True)) * _TAPER
    spectrum = np.abs(np.fft.rfft(level, 4 * ACROSS_PX, axis=1)[:, _QUARTERS]).astype(np.float32)
    best = spectrum.argmax(axis=1)
    swing = spectrum[np.arange(len(profile)), best] * np.float32(2 / _TAPER.sum())
    edge = (best == 0) | (best == spectrum.shape[1] - 1)
    period = np.where(edge, np.float32(0), np.float32(4 * ACROSS_PX) / (best + _QUARTERS.start))
    return period.astype(np.float32), np.asarray(swing, dtype=np.float32)


def _clarity(patches: NDArray[np.uint8], profile: Floats) -> tuple[Floats, Floats]:
    """Local clarity score and share of ridge of each patch."""
    line = parting_line(profile)
    ridge = profile < line
    light, dark = dark_share(patches, line, ridge)
    ridges = ridge.sum(axis=1)
    in_ridges = (profile * ridge).sum(axis=1)
    darkest = in_ridges / np.maximum(ridges, 1)
    lightest = (profile.sum(axis=1) - in_ridges) / np.maximum(ACROSS_PX - ridges, 1)
    middle = ((darkest + lightest) / 2).astype(np.float32)
    share = (patches < middle[:, None, None]).reshape(len(patches), -1).sum(axis=1)
    clear = np.asarray(1 - (light + dark) / 2, dtype=np.float32)
    return clear, (share / (ALONG_PX * ACROSS_PX)).astype(np.float32)


def measure_bands(image: NDArray[np.uint8], middles: list[int]) -> Grid:
    """Measure the windows of bands that follow each other.

    Args:
        image: (height, width) uint8, 500 ppi, dark ridges; rows up to ``middles[-1] + REACH_PX`` (or the
            last) must be there.
        middles: the bands' middle rows, from the top; at least one.
    """
    columns = np.array(window_middles(image.shape[1]), dtype=np.float32)
    width = len(columns) * WINDOW_PX
    top, bottom = middles[0] - CELL_PX, middles[-1] + CELL_PX
    above = min(top, 1)
    strip = image[top - above : bottom + OFFSET_PX + 1]
    # Plain differences of the neighbours, as in NFIQ 2: smoothing would hide noise, which is to count.
    across, down = (
        np.asarray(cv2.Sobel(strip, cv2.CV_32F, *order, ksize=1, borderType=cv2.BORDER_REPLICATE), np.float32)
        for order in ((1, 0), (0, 1))
    )
    across, down = across[above:], down[above:]
    inner = (slice(bottom - top), slice(width))
    grey = strip[above:][inner].astype(np.float32)
    gx, gy = across[inner], down[inner]
    total, squares, xx, yy, xy = (
        tile_sums(values, CELL_PX) for values in (grey, grey * grey, gx * gx, gy * gy, gx * gy)
    )
    cells = _deviation(total, squares, CELL_PX**2)
    deviation = _deviation(_window_sums(total), _window_sums(squares), WINDOW_PX**2)
    coherence = _window_sums(np.hypot(xx - yy, 2 * xy) / (xx + yy + np.float32(1e-3))) * np.float32(0.25)
    xx, yy, xy = (_window_sums(part) for part in (xx, yy, xy))
    root = np.hypot(xx - yy, 2 * xy)
    normal = np.asarray(0.5 * np.arctan2(2 * xy, xx - yy), dtype=np.float32)
    wanted = deviation > FAINT_DEVIATION
    shape = wanted.shape
    clarity, balance, period, swing = (np.zeros(shape, np.float32) for _ in range(4))
    band, window = np.nonzero(wanted)
    if len(band):
        # Window middles lie between two pixels.
        rows, places = np.array(middles, dtype=np.float32)[band] - np.float32(0.5), columns[window]
        angles = normal[wanted]
        patches = turned(image, rows, places - np.float32(0.5), angles, _ACROSS, _ALONG, cv2.INTER_LINEAR)
        profile = patches.sum(axis=1, dtype=np.uint16).astype(np.float32) / np.float32(ALONG_PX)
        period[wanted], swing[wanted] = _wave(profile)
        clarity[wanted], balance[wanted] = _clarity(patches, profile)
    return Grid(
        _window_sums(total) / np.float32(WINDOW_PX**2),
        deviation,
        1 - (xx + yy - root) / (xx + yy + root + np.float32(1e-3)),
        normal,
        coherence,
        *_blocks(image, top, wanted, across, down),
        clarity,
        balance,
        period,
        swing,
        cells,
    )


def _blocks(
    image: NDArray[np.uint8], top: int, wanted: NDArray[np.bool_], across: Floats, down: Floats
) -> tuple[NDArray[np.bool_], Floats, Floats, Floats, Floats]:
    """``inside``, ``tilt``, ``purity``, ``clearness`` and ``ratios`` of bands that begin at row ``top``."""
    tilt, purity, clearness = (np.zeros(wanted.shape, np.float32) for _ in range(3))
    ratios = np.zeros((*wanted.shape, len(WIDTH_RATIOS) + 1), np.float32)
    inside = np.zeros(wanted.shape, np.bool_)
    bands = min(len(wanted), blocks_in(image.shape[0] - top))
    count = min(wanted.shape[1], blocks_in(image.shape[1]))
    if bands and count:
        inside[:bands, :count] = True
        height, width = bands * BLOCK_PX, count * BLOCK_PX
        part = (slice(OFFSET_PX, OFFSET_PX + height), slice(OFFSET_PX, OFFSET_PX + width))
        tilt[:bands, :count] = directions(image[top:][part], across[part], down[part])
        kept = wanted & inside
        band, window = np.nonzero(kept)
        if len(band):
            middle = BLOCK_PX // 2 + OFFSET_PX
            rows, columns = band * BLOCK_PX + (top + middle), window * BLOCK_PX + middle
            told = measure_blocks(image, rows.astype(np.float32), columns.astype(np.float32), tilt[kept])
            purity[kept], clearness[kept], ratios[kept] = told
    return inside, tilt, purity, clearness, ratios
