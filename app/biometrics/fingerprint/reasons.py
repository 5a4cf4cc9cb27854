# SPDX-License-Identifier: Apache-2.0
"""Why an impression is poor, told from where its skin lies and how its ridges look.

Each reason is a rule on something that can be seen in the picture, so that the sentence shown to the person
is true. The limits were set on synthetic impressions of known cause and checked by eye on real ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.biometrics.fingerprint.quality_features import Band
from app.biometrics.fingerprint.quality_model import Mask, Summary
from app.domain.fingerprints import Reason

#: Ridges and valleys in a window that shows a finger at all (periods in pixels at 500 ppi).
SHORTEST_PERIOD_PX, LONGEST_PERIOD_PX = 4.5, 15.0
LEAST_CERTAINTY, LEAST_RIDGED = 0.4, 8
#: Share of ridge in the skin. Below, ridges are thin and broken; above, valleys have filled up.
DRY_BALANCE, WET_BALANCE = 0.40, 0.585
#: Mean usability of the skin below which a look at the ridges is due.
CLEAR_ENOUGH = 0.72
#: A print that covers fewer windows (of 255 on a usual glass) is small.
SMALL_WINDOWS = 105
#: Free glass on one side, as a share, with the print cut off on the other.
FREE_SIDE, FREE_TOP = 0.25, 0.36
#: Below this quality an impression without any other reason is called unclear.
UNCLEAR_BELOW = 50


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the skin lies, as shares of the glass; ``cut_*``: share of the print's side at that rim."""

    free_left: float
    free_right: float
    free_top: float
    free_bottom: float
    cut_left: float
    cut_right: float
    cut_top: float
    cut_bottom: float
    width: float
    height: float


def _layout(skin: Mask, bands_in_all: int) -> _Layout:
    rows, columns = skin.shape
    in_row, in_column = skin.sum(axis=1), skin.sum(axis=0)
    # A row or column belongs to the print when a good part of the print's extent is in it, so that specks do
    # not count.
    rows_in = np.flatnonzero(in_row >= max(2, 0.25 * in_row.max()))
    columns_in = np.flatnonzero(in_column >= max(2, 0.25 * in_column.max()))
    if not len(rows_in) or not len(columns_in):
        return _Layout(1, 1, 1, 1, 0, 0, 0, 0, 0, 0)
    top, bottom, left, right = rows_in[0], rows_in[-1], columns_in[0], columns_in[-1]
    tall, wide = bottom - top + 1, right - left + 1
    last_row = bands_in_all - 1
    return _Layout(
        free_left=left / columns,
        free_right=(columns - 1 - right) / columns,
        free_top=top / bands_in_all,
        free_bottom=(last_row - bottom) / bands_in_all,
        cut_left=skin[top : bottom + 1, 0].sum() / tall,
        cut_right=skin[top : bottom + 1, -1].sum() / tall,
        cut_top=skin[0, left : right + 1].sum() / wide,
        cut_bottom=skin[-1, left : right + 1].sum() / wide if rows == bands_in_all else 1.0,
        width=float(wide),
        height=float(tall),
    )


def _arches_over(grid: Band, skin: Mask) -> bool:
    """Whether ridges rise on the left and fall on the right of the print, as they do above the core."""
    columns = np.nonzero(skin)[1]
    middle = columns.mean()
    tilt = np.sin(2 * grid.normal)
    index = np.arange(skin.shape[1])
    left, right = skin & (index < middle - 1)[None, :], skin & (index > middle + 1)[None, :]
    if not left.any() or not right.any():
        return False
    return bool(tilt[left].mean() > 0.25 and tilt[right].mean() < -0.25)


def _place_reasons(grid: Band, skin: Mask, *, enlarge: float, bands_in_all: int) -> list[Reason]:
    place = _layout(skin, bands_in_all)
    complete = len(skin) == bands_in_all
    seen = len(skin) / bands_in_all
    reasons = []
    if seen >= 0.5:
        if place.free_right >= FREE_SIDE and place.cut_left > 0.3 and place.free_left < place.free_right:
            reasons.append(Reason.OFF_LEFT)
        if place.free_left >= FREE_SIDE and place.cut_right > 0.3 and place.free_right < place.free_left:
            reasons.append(Reason.OFF_RIGHT)
        if place.free_top >= FREE_TOP and place.cut_bottom > 0.5:
            reasons.append(Reason.OFF_BOTTOM)
    if not complete:
        return reasons
    if place.free_bottom >= FREE_SIDE and place.cut_top > 0.5:
        reasons.append(Reason.OFF_TOP)
    if not reasons and skin.sum() * enlarge < SMALL_WINDOWS:
        tip = place.width >= 1.15 * place.height and _arches_over(grid, skin)
        reasons.append(Reason.FINGERTIP_ONLY if tip else Reason.SMALL_AREA)
    return reasons


def ridged(grid: Band, skin: Mask) -> Mask:
    """Windows whose skin has one direction and a period that ridges can have."""
    period = (grid.period >= SHORTEST_PERIOD_PX) & (grid.period <= LONGEST_PERIOD_PX)
    return skin & period & (grid.certainty > LEAST_CERTAINTY)


def find_reasons(
    grid: Band, skin: Mask, summary: Summary, *, quality: int, bands_in_all: int, enlarge: float = 1.0
) -> tuple[Reason, ...]:
    """The reasons, weightiest first; empty when nothing is poor.

    Args:
        grid, skin: measurements so far and which windows show skin (at least one).
        quality: the score, 0 to 100.
        bands_in_all: bands of the whole image; placement is judged only as far as the rows allow.
        enlarge: how much smaller than usual the glass is, as a ratio of areas, 1 or more.
    """
    count = int(skin.sum())
    if int(ridged(grid, skin).sum()) < max(LEAST_RIDGED, 0.12 * count):
        # Something lies on the glass, but it has no ridges.
        return (Reason.NO_FINGER, Reason.DIRTY_READER) if count < 0.5 * skin.size else (Reason.NO_FINGER,)
    reasons = _place_reasons(grid, skin, enlarge=enlarge, bands_in_all=bands_in_all)
    balance = float(grid.balance[skin].mean())
    clear = summary.usable_share >= CLEAR_ENOUGH
    if balance > WET_BALANCE and summary.usable_share < 0.85:
        reasons.append(Reason.TOO_DARK)
    elif balance < DRY_BALANCE and not clear:
        reasons.append(Reason.TOO_LIGHT)
    elif not clear and summary.certainty < 0.64:
        reasons.append(Reason.SMEARED)
    if not reasons and quality < UNCLEAR_BELOW and len(skin) >= 0.5 * bands_in_all:
        reasons.append(Reason.UNCLEAR)
    return tuple(reasons)
