# SPDX-License-Identifier: Apache-2.0
"""Why an impression is poor, told from where its skin lies and how its ridges look.

Each reason is a rule on something that can be seen in the picture, so that the sentence shown to the person
is true. The limits were set on synthetic impressions of known cause and checked by eye on real ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from app.biometrics.fingerprint.quality_features import Grid
from app.biometrics.fingerprint.quality_model import Mask, Picture
from app.domain.fingerprints import Reason

#: A cell counts as skin above this deviation when a wave of ridge width swings by so much in its window.
SKIN_DEVIATION, SKIN_SWING = 12.0, 6.0
#: Ridges and valleys in a window that shows a finger at all (periods in pixels at 500 ppi).
SHORTEST_PERIOD_PX, LONGEST_PERIOD_PX = 4.5, 15.0
LEAST_CERTAINTY, LEAST_RIDGED = 0.4, 3
#: Share of ridge in the skin. Below, ridges are thin and broken; above, valleys have filled up.
DRY_BALANCE, WET_BALANCE = 0.40, 0.585
#: A smeared print: directions uncertain, valleys filled, ridges of one direction far clearer than the rest.
SMEARED_CERTAINTY, SMEARED_BALANCE, SMEARED_ONE_WAY = 0.64, 0.46, 0.09
#: Mean usability of the skin below which a look at the ridges is due.
CLEAR_ENOUGH = 0.72
#: A print that covers fewer cells (of 288 on a usual glass) is small.
SMALL_CELLS = 105
#: Free glass on one side, as a share, with the print cut off on the other.
FREE_SIDE, FREE_TOP = 0.25, 0.36
#: Share of the print's extent that lies on the reader's own dirt, from which on the reader is to be wiped.
DIRT_SHARE = 0.15
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


_Value = TypeVar("_Value", bound=np.generic)


def _twice(windows: NDArray[_Value]) -> NDArray[_Value]:
    """A value per window as a value per cell."""
    return np.repeat(np.repeat(windows, 2, axis=0), 2, axis=1)


def skin_cells(picture: Picture) -> Mask:
    """Which 16 x 16 cells show skin, (2 * bands, 2 * windows)."""
    grid = picture.grid
    window = picture.counted & (grid.swing > SKIN_SWING)
    return np.asarray((grid.cells > SKIN_DEVIATION) & _twice(window), dtype=np.bool_)


def skin_windows(skin: Mask) -> Mask:
    """Windows of which at least half is skin."""
    rows, columns = skin.shape
    return np.asarray(skin.reshape(rows // 2, 2, columns // 2, 2).sum(axis=(1, 3)) >= 2, dtype=np.bool_)


def _layout(skin: Mask, rows_in_all: int) -> _Layout:
    rows, columns = skin.shape
    in_row, in_column = skin.sum(axis=1), skin.sum(axis=0)
    # A row or column belongs to the print when a good part of the print's extent is in it: specks do not
    # count.
    rows_in = np.flatnonzero(in_row >= max(2, 0.25 * in_row.max()))
    columns_in = np.flatnonzero(in_column >= max(2, 0.25 * in_column.max()))
    if not len(rows_in) or not len(columns_in):
        return _Layout(1, 1, 1, 1, 0, 0, 0, 0, 0, 0)
    top, bottom, left, right = rows_in[0], rows_in[-1], columns_in[0], columns_in[-1]
    tall, wide = bottom - top + 1, right - left + 1
    return _Layout(
        free_left=left / columns,
        free_right=(columns - 1 - right) / columns,
        free_top=top / rows_in_all,
        free_bottom=(rows_in_all - 1 - bottom) / rows_in_all,
        cut_left=skin[top : bottom + 1, 0].sum() / tall,
        cut_right=skin[top : bottom + 1, -1].sum() / tall,
        cut_top=skin[0, left : right + 1].sum() / wide,
        cut_bottom=skin[-1, left : right + 1].sum() / wide if rows == rows_in_all else 1.0,
        width=float(wide),
        height=float(tall),
    )


def _arches_over(picture: Picture, skin: Mask) -> bool:
    """Whether ridges rise on the left and fall on the right of the print, as they do above the core."""
    columns = np.nonzero(skin)[1]
    middle = columns.mean()
    tilt = _twice(np.sin(2 * picture.grid.normal))
    index = np.arange(skin.shape[1])
    left, right = skin & (index < middle - 1)[None, :], skin & (index > middle + 1)[None, :]
    if not left.any() or not right.any():
        return False
    return bool(tilt[left].mean() > 0.2 and tilt[right].mean() < -0.2)


def _place_reasons(picture: Picture, skin: Mask) -> list[Reason]:
    rows_in_all = 2 * picture.bands_in_all
    place = _layout(skin, rows_in_all)
    seen = len(skin) / rows_in_all
    reasons = []
    if seen >= 0.5:
        if place.free_right >= FREE_SIDE and place.cut_left > 0.3 and place.free_left < place.free_right:
            reasons.append(Reason.OFF_LEFT)
        if place.free_left >= FREE_SIDE and place.cut_right > 0.3 and place.free_right < place.free_left:
            reasons.append(Reason.OFF_RIGHT)
        if place.free_top >= FREE_TOP and place.cut_bottom > 0.5:
            reasons.append(Reason.OFF_BOTTOM)
    if seen < 1:
        return reasons
    if place.free_bottom >= FREE_SIDE and place.cut_top > 0.5:
        reasons.append(Reason.OFF_TOP)
    if not reasons and skin.sum() * picture.enlarge < SMALL_CELLS:
        tip = place.width >= 1.15 * place.height and _arches_over(picture, skin)
        reasons.append(Reason.FINGERTIP_ONLY if tip else Reason.SMALL_AREA)
    return reasons


def _lies_on_dirt(picture: Picture, windows: Mask) -> bool:
    """Whether much of the print is lost to what the reader shows without a finger; its frame lies around."""
    rows, columns = (np.flatnonzero(windows.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return False
    extent = picture.dirty[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return bool(extent.mean() >= DIRT_SHARE)


def find_reasons(picture: Picture, skin: Mask, *, quality: int, moved: bool = False) -> tuple[Reason, ...]:
    """The reasons, weightiest first; empty when nothing is poor.

    Args:
        picture: what has arrived; placement is judged only as far as its rows allow.
        skin: from ``skin_cells``; at least one is True.
        quality: the score, 0 to 100.
        moved: whether the finger did while the image was taken.
    """
    grid = picture.grid
    windows = skin_windows(skin)
    count = int(windows.sum())
    period = (grid.period >= SHORTEST_PERIOD_PX) & (grid.period <= LONGEST_PERIOD_PX)
    ridged = windows & period & (grid.certainty > LEAST_CERTAINTY)
    if int(ridged.sum()) < max(LEAST_RIDGED, 0.15 * count):
        # Something lies on the glass, but it has no ridges.
        return (Reason.NO_FINGER, Reason.DIRTY_READER) if count < 0.5 * windows.size else (Reason.NO_FINGER,)
    reasons = [Reason.MOVED] if moved else []
    if quality < UNCLEAR_BELOW and _lies_on_dirt(picture, windows):
        reasons.append(Reason.DIRTY_READER)
    reasons.extend(_place_reasons(picture, skin))
    reasons.extend(_skin_reasons(grid, windows))
    if not reasons and quality < UNCLEAR_BELOW and 2 * len(grid.mean) >= picture.bands_in_all:
        reasons.append(Reason.UNCLEAR)
    return tuple(reasons)


def _skin_reasons(grid: Grid, windows: Mask) -> list[Reason]:
    """Dry, wet or smeared, from how ridges and valleys share the skin and how clear they are."""
    usable = float(usability(grid)[windows].mean())
    balance, certainty = float(grid.balance[windows].mean()), float(grid.certainty[windows].mean())
    if balance > WET_BALANCE and usable < 0.85:
        return [Reason.TOO_DARK]
    if usable >= CLEAR_ENOUGH:
        return []
    if balance < DRY_BALANCE:
        return [Reason.TOO_LIGHT]
    blurred = certainty < SMEARED_CERTAINTY and balance > SMEARED_BALANCE
    return [Reason.SMEARED] if blurred and _one_way(grid, windows) > SMEARED_ONE_WAY else []


def _one_way(grid: Grid, windows: Mask) -> float:
    """By how much ridges of one direction are more certain than those across it.

    A finger that slides keeps the ridges along its way and blots out the others; scars or dry skin spoil
    every direction alike.
    """
    certainty, angle = grid.certainty[windows].astype(np.float64), 2 * grid.normal[windows].astype(np.float64)
    waves = np.stack([np.ones_like(angle), np.cos(angle), np.sin(angle)], axis=1)
    _mean, along, across = np.linalg.lstsq(waves, certainty, rcond=None)[0]
    return float(np.hypot(along, across))


def usability(grid: Grid) -> NDArray[np.float32]:
    """How usable each window is, 0 to 1: ridges with one direction, clearly apart from their valleys."""
    certain = np.clip((grid.certainty - 0.4) / 0.5, 0, 1)
    return np.asarray(certain * np.clip((grid.clarity - 0.55) / 0.3, 0, 1), dtype=np.float32)
