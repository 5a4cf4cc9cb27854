# SPDX-License-Identifier: Apache-2.0
"""Whether the finger moved while its image was taken.

A reader that reads row by row shows the ridges cut off and going on elsewhere: a seam straight across the
glass. One that exposes all rows together shows the finger in both places at once: every ridge twice, by the
same shift everywhere. (A finger that slides evenly leaves a smear, which ``reasons`` tells from its
directions.) Limits were set on synthetic impressions and on real ones, of which fewer than one in a hundred
may be called moved wrongly.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from app.biometrics.fingerprint.quality_blocks import Floats

Mask = NDArray[np.bool_]

#: Rows around a seam that tell how much rows of this print differ.
NEAR_ROWS = 17
#: A seam is a larger step than those of one row are, and than those of two rows, as a reader that leaves out
#: a row shows them: over all skin, and where it counts as cut, and in which share of the windows it must be.
SEAM_STEP, TWO_ROW_STEP, CUT_STEP, CUT_SHARE = 1.9, 1.2, 1.0, 0.7
#: Steps of one row are at least this share of those of two.
ROW_STEP = 0.3
#: Windows with skin across the glass, fewer of which are too few to tell.
LEAST_WINDOWS = 4
#: Rows at the upper and lower rim where a seam would spoil little and a reader's frame may end.
RIM_ROWS = 32
#: Steps of grey below this are noise.
LEAST_STEP = 4.0
#: By how much a shift at which the ridge picture comes back must stand out from all others (shares of the
#: picture; ridges that all run one way come back at each of their periods), and how wide its peak is.
DOUBLED, PEAK_PX = 0.18, 4
#: Share of the looked at part that must be skin: a small piece has few directions.
WHOLE_ENOUGH = 0.5
#: The picture's part that is looked at, the shifts looked for, and the ridges' wave numbers, per pixel.
FIELD_PX, SHIFTS_PX, RIDGE_WAVES = 256, (5, 45), (0.04, 0.25)
#: Waves of that part up to 1/4 per pixel are told from every second pixel.
_HALF = FIELD_PX // 2


def has_moved(raw: NDArray[np.uint8], image: NDArray[np.uint8], skin: Mask) -> bool:
    """Whether a whole image shows that the finger moved.

    Args:
        raw: (height, width) uint8 as the reader gave it, dark ridges; scaling would blur a seam.
        image: the same at 500 ppi.
        skin: windows with skin, (bands, windows), over the whole image.
    """
    return bool(skin.any()) and (has_seam(raw, skin) or doubling(image, skin) > DOUBLED)


def has_seam(raw: NDArray[np.uint8], skin: Mask) -> bool:
    """Whether the ridges jump from one row to the next, across all of the print; see ``has_moved``."""
    windows = skin.shape[1]
    side = raw.shape[1] // windows
    rows = raw[:, : windows * side]

    def steps(by: int) -> Floats:
        apart = cv2.absdiff(rows[by:], rows[:-by])
        return np.asarray(apart.reshape(-1, windows, side).mean(axis=2), dtype=np.float32)

    found = steps(1)
    here = cv2.resize(skin.astype(np.uint8), (windows, len(found)), interpolation=cv2.INTER_NEAREST) > 0
    around = cv2.boxFilter(steps(2), -1, (1, NEAR_ROWS), borderType=cv2.BORDER_REFLECT)
    usual = np.maximum(np.vstack([around, around[-1:]]), LEAST_STEP)
    total, two_rows = (found * here).sum(axis=1), (usual * here).sum(axis=1)
    seam = total > TWO_ROW_STEP * two_rows
    if not seam.any():
        return False
    count = here.sum(axis=1)
    cut = ((found > CUT_STEP * usual) & here).sum(axis=1)
    # A dead row differs from both its neighbours, every second row of doubled ones too; a seam is one step.
    beside = np.max([np.roll(total, by) for by in (-3, -2, -1, 1, 2, 3)], axis=0)
    seam &= (count >= LEAST_WINDOWS) & (cut >= CUT_SHARE * count) & (total > SEAM_STEP * beside)
    # Where a reader's parts are joined a row may be there twice, and the step makes up for it.
    seam &= np.minimum(np.roll(total, 1), np.roll(total, -1)) > ROW_STEP * two_rows
    return bool(seam[RIM_ROWS - 1 : -RIM_ROWS].any())


def _lengths(side: int) -> Floats:
    """Of each place of a spectrum how far it is from the first, the nearer way round."""
    along = np.fft.fftfreq(side, 1 / side)
    return np.asarray(np.hypot(along[:, None], along[None, :]), dtype=np.float32)


_WAVES = (
    (_lengths(_HALF) > RIDGE_WAVES[0] * FIELD_PX) & (_lengths(_HALF) < RIDGE_WAVES[1] * FIELD_PX)
).astype(np.float32)
_CLASS = _lengths(_HALF).astype(np.int64)
_COUNTS = np.maximum(np.bincount(_CLASS.ravel(), _WAVES.ravel()), 1)
#: Shifts downwards and to either side, and the waves' values there.
_DOWN, _RIGHT = np.arange(SHIFTS_PX[1] + 1), np.arange(-SHIFTS_PX[1], SHIFTS_PX[1] + 1)
_shifts = np.hypot(_DOWN[:, None], _RIGHT[None, :])
_NEAR = (_shifts > SHIFTS_PX[0]) & (_shifts < SHIFTS_PX[1])
_numbers = np.fft.fftfreq(_HALF, 1 / _HALF) * (2 * np.pi / FIELD_PX)
_COS_DOWN, _SIN_DOWN, _COS_RIGHT, _SIN_RIGHT = (
    wave(np.outer(shifts, _numbers)).astype(np.float32)
    for shifts in (_DOWN, _RIGHT)
    for wave in (np.cos, np.sin)
)
_TAPER = cv2.createHanningWindow((_HALF, _HALF), cv2.CV_32F)


def doubling(image: NDArray[np.uint8], skin: Mask) -> float:
    """By how much the cepstrum's highest peak, of shifts by a few ridges, exceeds the second, 0 to about 0.6.

    0 where too little skin is seen.

    A picture and its shifted copy have a spectrum that rises and falls evenly, with the shift's wave number;
    the spectrum of the logarithm of the spectrum shows that as a peak at the shift (B. P. Bogert et al., The
    quefrency alanysis of time series for echoes, 1963).
    """
    if skin.sum() < WHOLE_ENOUGH * min(skin.size, (FIELD_PX // 32) ** 2):
        return 0.0
    middle = [32 * float(places.mean()) + 16 for places in np.nonzero(skin)]
    first = [
        int(np.clip(place - FIELD_PX / 2, 0, max(side - FIELD_PX, 0)))
        for place, side in zip(middle, image.shape, strict=True)
    ]
    part = image[first[0] : first[0] + FIELD_PX, first[1] : first[1] + FIELD_PX]
    height, width = part.shape[0] // 2, part.shape[1] // 2
    coarse = cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32)
    field = np.zeros((_HALF, _HALF), np.float32)
    field[:height, :width] = coarse - cv2.blur(coarse, (9, 9))
    parts = cv2.dft(field * _TAPER, flags=cv2.DFT_COMPLEX_OUTPUT)
    power = parts[:, :, 0] ** 2 + parts[:, :, 1] ** 2
    logs = cv2.log(power + np.float32(1e-3 * power.mean() + 1e-6)) * _WAVES
    means = (np.bincount(_CLASS.ravel(), logs.ravel()) / _COUNTS).astype(np.float32)
    whitened = logs - means[_CLASS] * _WAVES
    cepstrum = _COS_DOWN @ whitened @ _COS_RIGHT.T - _SIN_DOWN @ whitened @ _SIN_RIGHT.T
    return _lead(cepstrum) / float(_WAVES.sum())


def _lead(cepstrum: Floats) -> float:
    """Highest less second highest of the places of shifts that are looked for."""
    places = np.where(_NEAR, cepstrum, -np.inf)
    row, column = np.unravel_index(places.argmax(), places.shape)
    highest = float(places[row, column])
    # The other half of all shifts mirrors this one.
    for down, right in ((row, column), (-row, 2 * SHIFTS_PX[1] - column)):
        rows = slice(max(down - PEAK_PX, 0), max(down + PEAK_PX + 1, 0))
        places[rows, max(right - PEAK_PX, 0) : right + PEAK_PX + 1] = -np.inf
    return highest - float(places.max())
