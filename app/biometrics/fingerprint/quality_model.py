# SPDX-License-Identifier: Apache-2.0
"""From the measurements of an image's windows to one figure on the NFIQ 2 scale.

A few summaries with a plain meaning (how much skin, how much of it with clear ridges, how clear, how even)
enter a linear model. Its coefficients are fitted to NFIQ 2 scores by ``fingerprint fit-quality`` and kept in
``quality_coefficients``.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields

import numpy as np
from numpy.typing import NDArray

from app.biometrics.fingerprint.quality_coefficients import CENTERS, INTERCEPT, SPREADS, WEIGHTS
from app.biometrics.fingerprint.quality_features import Band

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

#: A window counts as skin when its grey values deviate and a wave of ridge width swings by at least this
#: much.
SKIN_DEVIATION, SKIN_SWING = 16.0, 6.0
#: Share of the glass that a finger usually covers; what is expected of rows that have not arrived.
USUAL_COVER = 0.75
#: Glass of the commonest sensor (256 x 288). The score of a smaller one is that of its print at this size.
USUAL_GLASS_PX = 256 * 288
_FULL_ANGLE, _FREE_ANGLE = np.pi / 2, np.deg2rad(4.0)


@dataclass(frozen=True, slots=True)
class Summary:
    """What the score is made of. Counts are of 32 x 32 windows on a 16-pixel grid; levels lie between 0 and
    1.

    Attributes:
        skin: logarithm of the number of windows with skin.
        usable: logarithm of the number of windows with clear ridges.
        usable_root: square root of that number.
        usable_share: their share of the skin.
        certainty, clarity, purity: means over the skin, see ``Band``.
        certainty_low, clarity_low: their tenth percentile: how bad the worst spots are.
        flow: by how much neighbouring windows differ in direction.
        swing: logarithm of the ridges' mean amplitude in grey levels.
        evenness: 1 where ridges and valleys are equally wide.
        period_spread: standard deviation of the ridge period in pixels.
    """

    skin: float
    usable: float
    usable_root: float
    usable_share: float
    certainty: float
    clarity: float
    purity: float
    certainty_low: float
    clarity_low: float
    flow: float
    swing: float
    evenness: float
    period_spread: float


def skin_of(grid: Band, kept: Mask | None = None) -> Mask:
    """Which windows show skin. ``kept``: False for windows on the reader's frame or dirt."""
    skin = (grid.deviation > SKIN_DEVIATION) & (grid.swing > SKIN_SWING)
    return skin if kept is None else skin & kept


def _ramp(values: Floats, low: float, high: float) -> Floats:
    return np.asarray(np.clip((values - np.float32(low)) / np.float32(high - low), 0, 1), dtype=np.float32)


def usability(grid: Band, skin: Mask) -> Floats:
    """How usable each window is, 0 to 1: ridges with one direction, clearly apart from their valleys."""
    return np.asarray(
        _ramp(grid.certainty, 0.4, 0.9) * _ramp(grid.clarity, 0.55, 0.85) * skin, dtype=np.float32
    )


def _flow(grid: Band, skin: Mask) -> Floats:
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


def _expected_rest(per_band: Floats, windows: int, missing: int) -> float:
    """Windows with skin expected in the ``missing`` bands: as in the last ones seen, drawn to the usual."""
    if missing <= 0:
        return 0.0
    seen = per_band[-3:] / windows
    cover = (seen.sum() + 2 * USUAL_COVER) / (len(seen) + 2)
    return float(cover * windows * missing)


def summarise(grid: Band, skin: Mask, *, bands_in_all: int, enlarge: float = 1.0) -> Summary:
    """The summaries of the bands that are there, with the rest of the image assumed to go on as it began.

    Args:
        grid: measurements, every attribute of shape (bands, windows).
        skin: from ``skin_of``; at least one window must be True.
        bands_in_all: bands of the whole image.
        enlarge: how much smaller than usual the glass is, as a ratio of areas, 1 or more.
    """
    usable = usability(grid, skin)
    count = float(skin.sum())
    missing = bands_in_all - len(skin)
    rest = _expected_rest(skin.sum(axis=1).astype(np.float32), skin.shape[1], missing)
    share = float(usable.sum()) / count
    skin_count = (count + rest) * enlarge
    usable_count = skin_count * share
    periods = grid.period[skin & (grid.period > 0)]
    return Summary(
        skin=float(np.log(skin_count + 10)),
        usable=float(np.log(usable_count + 5)),
        usable_root=float(np.sqrt(usable_count)),
        usable_share=share,
        certainty=float(grid.certainty[skin].mean()),
        clarity=float(grid.clarity[skin].mean()),
        purity=float(grid.purity[skin].mean()),
        certainty_low=float(np.quantile(grid.certainty[skin], 0.1)),
        clarity_low=float(np.quantile(grid.clarity[skin], 0.1)),
        flow=float(_flow(grid, skin)[skin].mean()),
        swing=float(np.log(grid.swing[skin].mean() + 5)),
        evenness=float((1 - 2 * np.abs(grid.balance[skin] - 0.5)).mean()),
        period_spread=float(periods.std()) if len(periods) else 5.0,
    )


def feature_names() -> tuple[str, ...]:
    """Names of the model's inputs, in the order of its coefficients."""
    return tuple(field.name for field in fields(Summary))


def score(summary: Summary) -> float:
    """Quality, 0 to 100."""
    inputs = (np.array(astuple(summary)) - CENTERS) / SPREADS
    return float(np.clip(INTERCEPT + inputs @ np.array(WEIGHTS), 0, 100))
