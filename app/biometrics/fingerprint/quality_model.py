# SPDX-License-Identifier: Apache-2.0
"""From the measurements of an image's windows to one figure on the NFIQ 2 scale.

NFIQ 2 looks at the whole picture, not only at the finger: nearly even glass counts as well, and noise on it
lowers the score. The inputs follow its published features (sums and means of coherence over the print, shares
of windows by certainty, purity, clarity, flow, and by how evenly ridges and valleys share the space). They
enter a polynomial of second degree whose coefficients are fitted by ``fingerprint fit-quality`` and kept in
``quality_coefficients``.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from app.biometrics.fingerprint.quality_coefficients import CENTERS, KEPT, MIDDLE, SPREADS, WEIGHTS
from app.biometrics.fingerprint.quality_features import Band

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
Inputs = NDArray[np.float64]

#: A window belongs to the print, for the score, above this deviation; to the picture above this share of the
#: whole's.
PRINT_DEVIATION, PICTURE_SHARE = 12.0, 0.1
#: Share of the glass that a finger usually covers; what is expected of rows that have not arrived.
USUAL_COVER = 0.75
#: Glass of the commonest sensor (256 x 288). The score of a smaller one is that of its print at this size.
USUAL_GLASS_PX = 256 * 288
#: Standardised inputs are kept within this range, so that nothing unheard-of runs away.
REACH = 3.0
#: Steps of one deviation in which kept examples are stored, and how narrow the bells around them are.
STEPS, NARROWNESS = 32, 0.3
_FULL_ANGLE, _FREE_ANGLE = np.pi / 2, np.deg2rad(4.0)

#: Limits of certainty at which windows are counted (classes of NFIQ 2).
CERTAIN = (0.337, 0.579, 0.716, 0.81, 0.852, 0.898)
#: Names of the inputs. ``many_*`` are square roots of numbers of windows.
INPUTS = (
    "coherence_sum",
    "coherence",
    "purity",
    "purity_spread",
    "many_pure",
    "many_fairly_pure",
    "many_without_ridges",
    "certainty_everywhere",
    "certainty",
    *(f"many_certain_{limit:.3f}" for limit in CERTAIN),
    "clarity",
    "many_clear_770",
    "many_clear_830",
    "many_clear_870",
    "turning",
    "many_straight",
    "many_flowing",
    *(f"many_ratios_{number}" for number in range(8)),
    "uneven_widths",
    "widths_each",
    "grey_of_print",
    "grey",
    "spread_of_grey",
    "many_in_picture",
    "many_in_print",
    "ridge_share",
    "evenness",
    "period",
    "period_spread",
    "swing",
)


@dataclass(frozen=True, slots=True)
class Picture:
    """What has arrived of an image, measured.

    Attributes:
        grid: measurements of the windows, every attribute of shape (bands, windows).
        grey, spread: mean and standard deviation of the grey values, a white margin left out.
        counted: False for windows that lie on such a margin, or on the reader's frame or dirt.
        bands_in_all: bands of the whole image.
        enlarge: how much smaller than usual the glass is, as a ratio of areas, 1 or more.
    """

    grid: Band
    grey: float
    spread: float
    counted: Mask
    bands_in_all: int
    enlarge: float = 1.0


def _turning(grid: Band, skin: Mask) -> Floats:
    """Mean difference of direction to the eight neighbours, 0 (up to 4 degrees) to 1 (90 degrees)."""
    rows, columns = skin.shape
    cos, sin = np.cos(2 * grid.normal) * skin, np.sin(2 * grid.normal) * skin
    total, count = np.zeros((rows, columns), np.float32), np.zeros((rows, columns), np.float32)
    # Each pair of neighbours once: right, and the three below.
    for down, right in ((0, 1), (1, -1), (1, 0), (1, 1)):
        here = (slice(0, rows - down), slice(max(0, -right), columns - max(0, right)))
        there = (slice(down, rows), slice(max(0, right), columns - max(0, -right)))
        both = skin[here] & skin[there]
        angle = np.arccos(np.clip(cos[here] * cos[there] + sin[here] * sin[there], -1, 1)) / 2 * both
        for place in (here, there):
            total[place] += angle
            count[place] += both
    mean = total / np.maximum(count, 1)
    return np.asarray(np.clip((mean - _FREE_ANGLE) / (_FULL_ANGLE - _FREE_ANGLE), 0, 1), dtype=np.float32)


def _expected_factor(print_: Mask, bands_in_all: int) -> float:
    """By how much the print should still grow: rows to come go on as the last ones, drawn to the usual."""
    missing = bands_in_all - len(print_)
    count = float(print_.sum())
    if missing <= 0 or not count:
        return 1.0
    windows = print_.shape[1]
    seen = print_[-3:].mean(axis=1)
    cover = (seen.sum() + 2 * USUAL_COVER) / (len(seen) + 2)
    return float(count + cover * windows * missing) / count


def summarise(picture: Picture) -> Inputs:
    """The model's inputs, in the order of INPUTS; unfinished images are taken to go on as they began."""
    grid = picture.grid
    whole = picture.counted & (grid.deviation > PICTURE_SHARE * picture.spread)
    print_ = picture.counted & (grid.deviation > PRINT_DEVIATION)
    in_whole, in_print = max(int(whole.sum()), 1), max(int(print_.sum()), 1)
    growth = _expected_factor(print_, picture.bands_in_all) * picture.enlarge
    unfinished = picture.bands_in_all / len(grid.mean)

    def many(mask: Mask) -> float:
        return float(np.sqrt(mask.sum() * growth))

    def mean(values: Floats, mask: Mask, count: int) -> float:
        return float((values * mask).sum() / count)

    coherence = grid.certainty / (2 - grid.certainty)
    no_ridges = (grid.cycles <= 1) | (grid.cycles >= 16)
    purity = np.where(no_ridges, np.float32(1), grid.purity)
    pure = whole & ~no_ridges
    certain = picture.counted
    turning = _turning(grid, whole)
    ratios = (grid.ratios * whole[:, :, None]).sum(axis=(0, 1))
    periods = grid.period[print_ & (grid.period > 0)]
    values = (
        np.sqrt((coherence * print_).sum() * growth),
        mean(coherence, print_, in_print),
        mean(purity, whole, in_whole),
        purity[whole].std() if whole.any() else 0.0,
        many(pure & (purity > 0.44)),
        many(pure & (purity > 0.38)),
        float(np.sqrt((whole & no_ridges).sum() * unfinished)),
        mean(grid.certainty, certain, max(int(certain.sum()), 1)),
        mean(grid.certainty, whole, in_whole),
        *(many(certain & (grid.certainty > limit)) for limit in CERTAIN),
        mean(grid.clarity, whole, in_whole),
        *(many(whole & (grid.clarity > limit)) for limit in (0.77, 0.83, 0.87)),
        mean(turning, whole, in_whole),
        *(many(whole & (turning < limit)) for limit in (0.035, 0.172)),
        *np.sqrt(ratios[:8] * growth),
        ratios[:2].sum() / max(ratios.sum(), 1),
        ratios.sum() / in_whole,
        mean(grid.mean, print_, in_print),
        picture.grey,
        picture.spread,
        float(np.sqrt(whole.sum() * unfinished * picture.enlarge)),
        many(print_),
        mean(grid.balance, print_, in_print),
        mean(1 - 2 * np.abs(grid.balance - 0.5), print_, in_print),
        np.median(periods) if len(periods) else 9.0,
        periods.std() if len(periods) else 4.0,
        np.log(mean(grid.swing, print_, in_print) + 3),
    )
    return np.array(values, dtype=np.float64)


def standardise(inputs: Inputs, centers: Inputs, spreads: Inputs) -> Inputs:
    """Inputs with mean 0 and deviation 1 over the examples, kept within REACH."""
    return np.asarray(np.clip((inputs - centers) / spreads, -REACH, REACH))


def bells(scaled: Inputs, places: Inputs) -> Inputs:
    """How near each of the standardised inputs is to each place, 0 to 1: (inputs, places)."""
    squares = (scaled * scaled).sum(axis=1)[:, None] + (places * places).sum(axis=1)[None, :]
    distance = np.maximum(squares - 2 * scaled @ places.T, 0)
    return np.asarray(np.exp(-NARROWNESS / scaled.shape[1] * distance))


@lru_cache(maxsize=1)
def _places() -> Inputs:
    rows = [np.frombuffer(base64.b64decode(line), np.int8) for line in KEPT]
    return np.asarray(np.array(rows) / STEPS)


def score(inputs: Inputs) -> float:
    """Quality, 0 to 100, from ``summarise``'s inputs."""
    scaled = standardise(inputs, np.array(CENTERS), np.array(SPREADS))
    near = bells(scaled[None, :], _places())[0]
    return float(np.clip(MIDDLE + near @ np.array(WEIGHTS), 0, 100))
