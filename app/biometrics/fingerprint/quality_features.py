# SPDX-License-Identifier: Apache-2.0
"""What each spot of a fingerprint image looks like: the local measurements behind its quality.

The image is covered with 32 x 32 pixel windows (500 ppi) side by side. Of each window: brightness and
contrast, ridge direction and how certain it is, and, from a patch turned so that its ridges stand upright,
how clean the ridge wave is, how clearly ridge and valley are told apart and how evenly they share the space.
The measurements follow the published features of NFIQ 2 / ISO/IEC 29794-4 (orientation certainty level,
frequency domain analysis, local clarity score, ridge-valley uniformity); the implementation is our own.

A row of windows (a band) needs only the image rows around it, so bands are measured as rows arrive.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

#: Side of a window, and of the cells that tell more finely where skin lies.
WINDOW_PX, CELL_PX = 32, 16
#: The turned patch: across the ridges, along the ridges.
ACROSS_PX, ALONG_PX = 32, 16
#: Rows below a band's middle that its turned patches can reach.
REACH_PX = 19
#: A window is looked at closely when its grey values deviate by this much: anything but even glass.
FAINT_DEVIATION = 1.5
#: Limits between classes of the ratio of one ridge's or valley's width to the next one's (those of NFIQ 2).
WIDTH_RATIOS = np.array([0.5, 0.667, 0.8, 1.0, 1.25, 1.5, 2.0, 24.0])


@dataclass(frozen=True, slots=True)
class Band:
    """Measurements of windows, one array entry each; of one band, or of all bands stacked as rows.

    Two arrays have further axes: ``ratios`` (classes), and ``cells`` (2 rows of cells, 2 cells a window).

    Attributes:
        mean, deviation: of the grey values, 0 to 255.
        certainty: orientation certainty level, 0 to 1: how much stronger the gradients run across than along.
        normal: direction across the ridges in radians, -pi/2 to pi/2, y downwards.
        purity: frequency domain analysis, 0 to 1: share of the ridge wave in the profile's spectrum.
        clarity: local clarity score, 0 to 1: 1 minus the share of pixels on the wrong side of their ridge or
            valley.
        balance: share of ridge in the patch, 0 to 1; 0.5 where ridges and valleys are equally wide.
        period: ridge period in pixels, 0 where there is none.
        cycles: how often the strongest wave fits across the patch, 1 to 16; 1 (or 16) is shading (or noise),
            no ridges.
        swing: amplitude of the ridge wave in grey levels.
        darkest, lightest: mean grey of the patch's ridges and of its valleys.
        ratios: how many neighbouring ridge and valley widths have a ratio of each class of WIDTH_RATIOS.
        cells: standard deviation of the grey values in each 16 x 16 cell.
    """

    mean: Floats
    deviation: Floats
    certainty: Floats
    normal: Floats
    purity: Floats
    clarity: Floats
    balance: Floats
    period: Floats
    cycles: Floats
    swing: Floats
    darkest: Floats
    lightest: Floats
    ratios: Floats
    cells: Floats

    @classmethod
    def stack(cls, bands: list[Band]) -> Band:
        """Bands on top of each other: every attribute of shape (bands, windows)."""
        return cls(*(np.stack([getattr(band, field.name) for band in bands]) for field in fields(cls)))


def band_middles(height_px: int) -> list[int]:
    """Rows through the middle of each band, from the top."""
    return list(range(CELL_PX, height_px - CELL_PX + 1, WINDOW_PX))


def window_middles(width_px: int) -> list[int]:
    """Columns through the middle of each window, from the left."""
    return list(range(CELL_PX, width_px - CELL_PX + 1, WINDOW_PX))


def _cell_sums(values: Floats) -> Floats:
    """Sums over 16 x 16 cells of a strip of 32 rows and a whole number of windows, (2, cells)."""
    return np.asarray(
        values.reshape(2, CELL_PX, -1).sum(axis=1).reshape(2, -1, CELL_PX).sum(axis=2), np.float32
    )


def _window_sums(cells: Floats) -> Floats:
    return np.asarray(cells.sum(axis=0).reshape(-1, 2).sum(axis=1), dtype=np.float32)


def _deviation(total: Floats, squares: Floats, count: int) -> Floats:
    scale = np.float32(1 / count)
    return np.asarray(np.sqrt(np.maximum(squares * scale - (total * scale) ** 2, 0)), dtype=np.float32)


_ACROSS = np.arange(ACROSS_PX, dtype=np.float32) - np.float32((ACROSS_PX - 1) / 2)
_ALONG = np.arange(ALONG_PX, dtype=np.float32) - np.float32((ALONG_PX - 1) / 2)
_TAPER = np.hanning(ACROSS_PX + 2)[1:-1].astype(np.float32)


def _turned_patches(image: NDArray[np.uint8], middle: int, columns: Floats, normal: Floats) -> Floats:
    """Patches with upright ridges, (windows, ALONG_PX, ACROSS_PX)."""
    top = max(0, middle - REACH_PX)
    strip = image[top : middle + REACH_PX + 1].astype(np.float32)
    cos, sin = np.cos(normal)[:, None, None], np.sin(normal)[:, None, None]
    across, along = _ACROSS[None, None, :], _ALONG[None, :, None]
    x = columns[:, None, None] + cos * across - sin * along
    y = np.float32(middle - top - 0.5) + sin * across + cos * along
    shape = (-1, ACROSS_PX)
    patches = cv2.remap(
        strip, x.reshape(shape), y.reshape(shape), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(patches.reshape(-1, ALONG_PX, ACROSS_PX), dtype=np.float32)


def _waves_to(frequencies: Floats, taper: Floats) -> Floats:
    """Matrix that turns profiles into cosine and sine parts at these frequencies (cycles per patch width)."""
    phase = 2 * np.pi * np.outer(np.arange(ACROSS_PX), frequencies) / ACROSS_PX
    return np.asarray(np.hstack([np.cos(phase), np.sin(phase)]) * taper[:, None], dtype=np.float32)


_PLAIN = np.arange(1, 17, dtype=np.float32)
_PLAIN_WAVES = _waves_to(_PLAIN, np.ones(ACROSS_PX, np.float32))
#: Periods of 4 to 21 pixels in quarter steps of the plain spectrum.
_FINE: Floats = np.arange(6, 33, dtype=np.float32) / np.float32(4)
_FINE_WAVES = _waves_to(_FINE, _TAPER)


def _spectrum(level: Floats, waves: Floats) -> Floats:
    parts = level @ waves
    half = waves.shape[1] // 2
    return np.asarray(np.hypot(parts[:, :half], parts[:, half:]), dtype=np.float32)


def _wave(profile: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Purity, period, cycles and swing of the wave in each profile, (windows, ACROSS_PX)."""
    level = profile - profile.mean(axis=1, keepdims=True)
    spectrum = _spectrum(level, _PLAIN_WAVES)
    rows = np.arange(len(profile))
    peak = spectrum.argmax(axis=1)
    below = np.where(peak > 0, spectrum[rows, peak - 1], 0)
    above = np.where(peak < 15, spectrum[rows, np.minimum(peak + 1, 15)], 0)
    total = spectrum.sum(axis=1) + np.float32(1e-6)
    purity = (spectrum[rows, peak] + np.float32(0.3) * (below + above)) / total
    fine = _spectrum(level, _FINE_WAVES)
    best = fine.argmax(axis=1)
    swing = fine[rows, best] * np.float32(2 / _TAPER.sum())
    edge = (best == 0) | (best == len(_FINE) - 1)
    period = np.where(edge, np.float32(0), np.float32(ACROSS_PX) / _FINE[best])
    return purity, period.astype(np.float32), (peak + 1).astype(np.float32), swing


def _clarity(patches: Floats, profile: Floats) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Local clarity score, share of ridge, grey of ridges and valleys, and width ratios of each patch."""
    mean = profile.mean(axis=1, keepdims=True)
    slope = (profile @ _ACROSS)[:, None] / np.float32((_ACROSS * _ACROSS).sum())
    line = mean + slope * _ACROSS
    is_ridge = profile < line
    ridge = is_ridge.astype(np.float32)
    ridges = ridge.sum(axis=1) + np.float32(1e-6)
    valleys = ACROSS_PX - ridges + np.float32(2e-6)
    dark = np.count_nonzero(patches < line[:, None, :], axis=1) * np.float32(1 / ALONG_PX)
    dark_in_ridge = (dark * ridge).sum(axis=1)
    wrong = (dark.sum(axis=1) - dark_in_ridge) / valleys + (ridges - dark_in_ridge) / ridges
    ridge_sum = (profile * ridge).sum(axis=1)
    darkest, lightest = ridge_sum / ridges, (profile.sum(axis=1) - ridge_sum) / valleys
    middle = (darkest + lightest)[:, None, None] / 2
    share = np.count_nonzero(patches < middle, axis=(1, 2)) * np.float32(1 / (ALONG_PX * ACROSS_PX))
    return 1 - wrong / 2, share.astype(np.float32), darkest, lightest, _width_ratios(is_ridge)


def _width_ratios(is_ridge: NDArray[np.bool_]) -> Floats:
    """Of each patch how many neighbouring whole ridges and valleys have a width ratio of each class."""
    classes = len(WIDTH_RATIOS) + 1
    patch, place = np.nonzero(is_ridge[:, 1:] != is_ridge[:, :-1])
    width = np.diff(place)
    same = patch[1:] == patch[:-1]
    both = same[:-1] & same[1:]
    ratio = width[:-1][both] / width[1:][both]
    index = patch[:-2][both] * classes + np.searchsorted(WIDTH_RATIOS, ratio, side="right")
    counts = np.bincount(index, minlength=len(is_ridge) * classes)
    return np.asarray(counts.reshape(-1, classes), dtype=np.float32)


def measure_band(image: NDArray[np.uint8], middle: int) -> Band:
    """Measure the windows whose middle row is ``middle``.

    Args:
        image: (height, width) uint8, 500 ppi, dark ridges; rows up to ``middle + REACH_PX`` (or the last)
            must be there.
    """
    columns = np.array(window_middles(image.shape[1]), dtype=np.float32)
    width = len(columns) * WINDOW_PX
    first = middle - CELL_PX
    above = min(first, 1)
    strip = image[first - above : middle + CELL_PX + 1].astype(np.float32)
    inner = slice(above, above + WINDOW_PX)
    # Plain differences of the neighbours, as in NFIQ 2: smoothing would hide noise, which is to count.
    gx = cv2.Sobel(strip, cv2.CV_32F, 1, 0, ksize=1, borderType=cv2.BORDER_REPLICATE)[inner, :width]
    gy = cv2.Sobel(strip, cv2.CV_32F, 0, 1, ksize=1, borderType=cv2.BORDER_REPLICATE)[inner, :width]
    grey = strip[inner, :width]
    total, squares = _cell_sums(grey), _cell_sums(grey * grey)
    cells = _deviation(total, squares, CELL_PX**2)
    mean = _window_sums(total) / np.float32(WINDOW_PX**2)
    deviation = _deviation(_window_sums(total), _window_sums(squares), WINDOW_PX**2)
    xx, yy, xy = (_window_sums(_cell_sums(product)) for product in (gx * gx, gy * gy, gx * gy))
    root = np.sqrt((xx - yy) ** 2 + 4 * xy * xy)
    certainty = 1 - (xx + yy - root) / (xx + yy + root + np.float32(1e-3))
    normal = np.asarray(0.5 * np.arctan2(2 * xy, xx - yy), dtype=np.float32)
    window = len(columns)
    purity, clarity, balance, period, cycles, swing = (np.zeros(window, np.float32) for _ in range(6))
    ratios = np.zeros((window, len(WIDTH_RATIOS) + 1), np.float32)
    darkest, lightest = mean.copy(), mean.copy()
    kept = np.flatnonzero(deviation > FAINT_DEVIATION)
    if len(kept):
        # Window middles lie between two pixels.
        patches = _turned_patches(image, middle, columns[kept] - np.float32(0.5), normal[kept])
        profile = patches.mean(axis=1)
        purity[kept], period[kept], cycles[kept], swing[kept] = _wave(profile)
        told = _clarity(patches, profile)
        clarity[kept], balance[kept], darkest[kept], lightest[kept], ratios[kept] = told
    return Band(
        mean,
        deviation,
        certainty,
        normal,
        purity,
        clarity,
        balance,
        period,
        cycles,
        swing,
        darkest,
        lightest,
        ratios,
        cells,
    )


def measure(image: NDArray[np.uint8]) -> Band:
    """Measurements of a whole image, every attribute of shape (bands, windows)."""
    return Band.stack([measure_band(image, middle) for middle in band_middles(image.shape[0])])
