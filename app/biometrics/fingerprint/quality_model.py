# SPDX-License-Identifier: Apache-2.0
"""From the measurements of an image's windows to one figure on the NFIQ 2 scale.

NFIQ 2 looks at the whole picture, not only at the finger: nearly even glass counts as well, and noise on it
lowers the score. The inputs follow its published features (sums and means of coherence over the print, shares
of windows by certainty, purity, clarity, flow, and by how evenly ridges and valleys share the space). They
enter a linear model with a sum of bells; its coefficients are fitted by ``fingerprint fit-quality`` and kept
in ``quality_coefficients``.

NFIQ 2 is made for whole plain impressions, and gives any print in a 192 x 192 image half of its points. Such
glasses have a scale of their own: a linear model of what a 256 x 288 glass would have been given of the same
print. Glasses in between lie between the two scales.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from app.biometrics.fingerprint import quality_coefficients as fitted
from app.biometrics.fingerprint.quality_features import Grid

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
Inputs = NDArray[np.float64]

#: A window belongs to the print, for the score, above this deviation; to the picture above this share of the
#: whole's.
PRINT_DEVIATION, PICTURE_SHARE = 12.0, 0.1
#: Share of the glass that a finger usually covers; what is expected of rows that have not arrived.
USUAL_COVER = 0.75
#: Glass of the commonest sensor, from which on NFIQ 2's scale holds, and that of a small one.
USUAL_GLASS_PX, SMALL_GLASS_PX = 256 * 288, 192 * 192
#: Standardised inputs are kept within this range, so that nothing unheard-of runs away.
REACH = 3.0
#: Steps of one deviation in which kept examples are stored, and how narrow the bells around them are.
STEPS, NARROWNESS = 32, 0.5
_FULL_ANGLE, _FREE_ANGLE = np.pi / 2, np.deg2rad(4.0)

#: Limits between the classes of NFIQ 2's histograms.
CERTAIN = (0.337, 0.579, 0.716, 0.81, 0.852, 0.898)
PURE = (0.268, 0.304, 0.33, 0.355, 0.38, 0.407, 0.44, 0.5, 0.999)
CLEAR = (1e-6, 0.7, 0.74, 0.77, 0.79, 0.81, 0.83, 0.85, 0.87)
TURNING = (0.01715, 0.035, 0.0557, 0.081, 0.115, 0.1718, 0.2569, 0.4758, 0.748)
_CERTAIN = np.array(CERTAIN, np.float32)
#: Names of the inputs. ``many_*`` are square roots of numbers of windows.
INPUTS = (
    "coherence_sum",
    "coherence",
    "window_coherence_sum",
    "window_coherence",
    "certainty_everywhere",
    "certainty",
    *(f"many_certain_{limit:.3f}" for limit in CERTAIN),
    "grey_of_print",
    "grey",
    "spread_of_grey",
    "many_in_picture",
    "many_in_print",
    "purity",
    "purity_spread",
    *(f"many_purity_{number}" for number in range(len(PURE) + 1)),
    "clearness",
    "clearness_spread",
    *(f"many_clearness_{number}" for number in range(len(CLEAR) + 1)),
    "turning",
    "turning_spread",
    *(f"many_turning_{number}" for number in range(len(TURNING) + 1)),
    *(f"many_ratios_{number}" for number in range(8)),
    "uneven_widths",
    "widths_each",
)


@dataclass(frozen=True, slots=True)
class Picture:
    """What has arrived of an image, measured.

    Attributes:
        grid: measurements of the windows, every attribute of shape (bands, windows).
        grey, spread: mean and standard deviation of the grey values, a white margin left out.
        dirty: windows that lie on the reader's frame or dirt.
        counted: windows that lie neither there nor on such a margin.
        bands_in_all: bands of the whole image.
        enlarge: how much smaller than usual the glass is, as a ratio of areas, 1 or more.
    """

    grid: Grid
    grey: float
    spread: float
    dirty: Mask
    counted: Mask
    bands_in_all: int
    enlarge: float = 1.0


def _blocks(whole: Mask, inside: Mask) -> Mask:
    """Blocks that count: those whose window, and the next to the right and below, belong to the picture."""
    rows, columns = whole.shape
    padded = np.empty((rows + 1, columns + 1), np.bool_)
    padded[:-1, :-1] = whole
    padded[-1, :-1], padded[:, -1] = padded[-2, :-1], padded[:, -2]
    padded[-1, -1] = padded[-2, -2]
    return np.asarray(inside & whole & padded[1:, :-1] & padded[:-1, 1:] & padded[1:, 1:])


def _turning(tilt: Floats, blocks: Mask) -> Floats:
    """Mean difference of direction to the eight neighbours where it exceeds 4 degrees, 0 to 1 (90 degrees).

    As in NFIQ 2 directions just left and right of the horizontal differ by nearly a half turn, and only
    blocks among eight others count.
    """
    rows, columns = blocks.shape
    if rows < 3 or columns < 3:
        return np.zeros(0, np.float32)
    inner = tilt[1:-1, 1:-1]
    total, all_there = np.zeros_like(inner), np.ones(inner.shape, np.bool_)
    for down in range(3):
        for right in range(3):
            place = (slice(down, down + rows - 2), slice(right, right + columns - 2))
            total += np.abs(tilt[place] - inner)
            all_there &= blocks[place]
    value = (total / 8 - _FREE_ANGLE) / (_FULL_ANGLE - _FREE_ANGLE)
    return np.asarray(value[all_there & (value > 0)], dtype=np.float32)


def _classes(values: Floats, limits: tuple[float, ...], growth: float) -> Inputs:
    """Square roots of how many of the values are in each class."""
    counts = np.bincount(np.searchsorted(limits, values, side="right"), minlength=len(limits) + 1)
    return np.asarray(np.sqrt(counts * growth))


def _mean_and_spread(values: Floats) -> tuple[float, float]:
    if not len(values):
        return 0.0, 0.0
    mean = float(values.mean())
    return mean, float(np.sqrt(np.square(values - np.float32(mean)).mean()))


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


def _block_inputs(grid: Grid, whole: Mask, growth: float) -> tuple[float, ...]:
    """The inputs from NFIQ 2's blocks, from ``purity`` on."""
    blocks = _blocks(whole, grid.inside)
    purity, clearness = grid.purity[blocks], grid.clearness[blocks]
    turning = _turning(grid.tilt, blocks)
    ratios = grid.ratios[blocks].sum(axis=0)
    return (
        *_mean_and_spread(purity),
        *_classes(purity, PURE, growth),
        *_mean_and_spread(clearness),
        *_classes(clearness, CLEAR, growth),
        *_mean_and_spread(turning),
        *_classes(turning, TURNING, growth),
        *np.sqrt(ratios[:8] * growth),
        ratios[:2].sum() / max(ratios.sum(), 1),
        ratios.sum() / max(int(blocks.sum()), 1),
    )


def summarise(picture: Picture) -> Inputs:
    """The model's inputs, in the order of INPUTS; unfinished images are taken to go on as they began."""
    grid, counted = picture.grid, picture.counted
    whole = counted & (grid.deviation > PICTURE_SHARE * picture.spread)
    print_ = counted & (grid.deviation > PRINT_DEVIATION)
    in_whole, in_print = max(int(whole.sum()), 1), max(int(print_.sum()), 1)
    growth = _expected_factor(print_, picture.bands_in_all)
    unfinished = picture.bands_in_all / len(grid.mean)

    def mean(values: Floats, mask: Mask, count: int) -> float:
        return float((values * mask).sum() / count)

    certainty = grid.certainty[counted]
    certain = (certainty > _CERTAIN[:, None]).sum(axis=1)
    window_coherence = grid.certainty / (2 - grid.certainty)
    values = (
        np.sqrt((grid.coherence * print_).sum() * growth),
        mean(grid.coherence, print_, in_print),
        np.sqrt((window_coherence * print_).sum() * growth),
        mean(window_coherence, print_, in_print),
        _mean_and_spread(certainty)[0],
        mean(grid.certainty, whole, in_whole),
        *np.sqrt(certain * growth),
        mean(grid.mean, print_, in_print),
        picture.grey,
        picture.spread,
        np.sqrt(whole.sum() * unfinished),
        np.sqrt(print_.sum() * growth),
        *_block_inputs(grid, whole, growth),
    )
    return np.array(values, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Line:
    """A linear model of inputs that are standardised first: mean 0, deviation 1, kept within REACH."""

    middle: float
    centers: Inputs
    spreads: Inputs
    slopes: Inputs

    def standardise(self, inputs: Inputs) -> Inputs:
        """Inputs, (..., inputs), as the slopes expect them."""
        return np.asarray(np.clip((inputs - self.centers) / self.spreads, -REACH, REACH))

    def value(self, inputs: Inputs) -> Inputs:
        """What the line gives for inputs, (..., inputs)."""
        return np.asarray(self.middle + self.standardise(inputs) @ self.slopes)


@dataclass(frozen=True, slots=True)
class Model:
    """The usual scale, a line and bells around kept examples, and that of small glasses, a line.

    Attributes:
        places: kept examples, standardised, (examples, inputs).
        weights: of the bells around them.
    """

    usual: Line
    places: Inputs
    weights: Inputs
    small: Line

    def usual_scores(self, inputs: Inputs) -> Inputs:
        """Scores, 0 to 100, of the inputs of usual glasses, (pictures, inputs)."""
        near = bells(self.usual.standardise(inputs), self.places)
        return np.clip(self.usual.value(inputs) + near @ self.weights, 0, 100)

    def score(self, inputs: Inputs, enlarge: float) -> float:
        """Quality, 0 to 100, of one picture from ``summarise``'s inputs and its glass's ``enlarge``."""
        smallness = min(1.0, np.log(enlarge) / np.log(USUAL_GLASS_PX / SMALL_GLASS_PX))
        quality = float(self.usual_scores(inputs[None, :])[0])
        if smallness > 0:
            quality += smallness * (float(self.small.value(inputs)) - quality)
        return float(np.clip(quality, 0, 100))


def bells(scaled: Inputs, places: Inputs) -> Inputs:
    """How near each of the standardised inputs is to each place, 0 to 1: (pictures, places)."""
    squares = (scaled * scaled).sum(axis=1)[:, None] + (places * places).sum(axis=1)[None, :]
    distance = np.maximum(squares - 2 * scaled @ places.T, 0)
    return np.asarray(np.exp(-NARROWNESS / scaled.shape[1] * distance))


@lru_cache(maxsize=1)
def model() -> Model:
    """The fitted model."""

    def line(middle: float, *rows: tuple[float, ...]) -> Line:
        return Line(middle, *(np.array(row) for row in rows))

    kept = [np.frombuffer(base64.b64decode(row), np.int8) for row in fitted.KEPT]
    return Model(
        line(fitted.MIDDLE, fitted.CENTERS, fitted.SPREADS, fitted.SLOPES),
        np.array(kept) / STEPS,
        np.array(fitted.WEIGHTS),
        line(fitted.SMALL_MIDDLE, fitted.SMALL_CENTERS, fitted.SMALL_SPREADS, fitted.SMALL_SLOPES),
    )
