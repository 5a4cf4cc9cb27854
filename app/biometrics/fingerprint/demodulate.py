# SPDX-License-Identifier: Apache-2.0
"""Ridges as a wave: filtering along and across the flow gives amplitude and phase at every pixel.

A fingerprint is close to a frequency-modulated wave whose phase winds by one turn around each minutia
(Larkin and Fletcher, "A coherent framework for fingerprint analysis", Optics Express 15, 2007). The filters
are one-dimensional and follow the local direction and period, so that the cost does not grow with the number
of directions: each tap is one resampling of the whole plane.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from app.biometrics.fingerprint.planes import Mask, Plane

Places: TypeAlias = NDArray[np.intp]

#: Smoothing along the ridge: taps every 1.5 px, Gaussian of 3.5 px.
ALONG_STEP_PX = 1.5
ALONG_TAPS = 4
ALONG_SIGMA_PX = 3.5
#: Filtering across: taps every sixth of a period up to 7 / 6 period, Gaussian of half a period.
ACROSS_PER_PERIOD = 6
ACROSS_TAPS = 7
ACROSS_SIGMA_PERIODS = 0.5
#: Rows filtered at a time: what is needed for them stays in the processor's cache.
BAND_ROWS = 64


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """Per-pixel direction of the ridges and the pixel coordinates, all (h, w) float32."""

    theta: Plane
    cos: Plane
    sin: Plane
    x: Plane
    y: Plane


@dataclass(frozen=True, slots=True, eq=False)
class Wave:
    """The ridge wave, (h, w): ``even`` is the cleaned image (ridges positive), ``odd`` its quadrature.

    phase = atan2(odd, even) grows along the normal (-sin theta, cos theta).
    """

    even: Plane
    odd: Plane

    def power(self) -> Plane:
        """Squared amplitude."""
        return self.even * self.even + self.odd * self.odd


def smooth_along(ridges: Plane, flow: Flow) -> Plane:
    """Averages along the ridges; applied twice it follows their bend."""
    smooth = np.empty_like(ridges)
    weights = [math.exp(-0.5 * (tap * ALONG_STEP_PX / ALONG_SIGMA_PX) ** 2) for tap in range(ALONG_TAPS + 1)]
    share = np.float32(1 / (2 * sum(weights) - weights[0]))
    for band in _bands(ridges):
        total = ridges[band].copy()
        map_x, map_y, found = (np.empty_like(total) for _ in range(3))
        for tap in range(1, ALONG_TAPS + 1):
            for reach in (tap * ALONG_STEP_PX, -tap * ALONG_STEP_PX):
                cv2.scaleAdd(flow.cos[band], reach, flow.x[band], map_x)
                cv2.scaleAdd(flow.sin[band], reach, flow.y[band], map_y)
                cv2.remap(ridges, map_x, map_y, cv2.INTER_LINEAR, found, cv2.BORDER_CONSTANT)
                cv2.scaleAdd(found, weights[tap], total, total)
        np.multiply(total, share, out=smooth[band])
    return smooth


def _across_weights() -> tuple[list[float], list[float]]:
    taps = np.arange(-ACROSS_TAPS, ACROSS_TAPS + 1) / ACROSS_PER_PERIOD
    bell = np.exp(-0.5 * (taps / ACROSS_SIGMA_PERIODS) ** 2)
    even = bell * np.cos(2 * np.pi * taps)
    scale = float(np.sum(even * np.cos(2 * np.pi * taps)))
    even -= bell * even.sum() / bell.sum()  # blind to brightness
    odd = bell * np.sin(2 * np.pi * taps)
    return (even / scale).tolist(), (odd / scale).tolist()


_EVEN, _ODD = _across_weights()


def clean(smoothed: Plane, flow: Flow, period: Plane) -> Plane:
    """The even part of ``demodulate`` alone."""
    even = np.empty_like(smoothed)
    for band in _bands(smoothed):
        _filter_across(smoothed, flow, period, band, even[band], None)
    return even


def demodulate(smoothed: Plane, flow: Flow, period: Plane) -> Wave:
    """Amplitude and phase of the ridges; ``period`` (h, w) in px."""
    even, odd = np.empty_like(smoothed), np.empty_like(smoothed)
    for band in _bands(smoothed):
        _filter_across(smoothed, flow, period, band, even[band], odd[band])
    return Wave(even, odd)


def _bands(plane: Plane) -> Iterator[slice]:
    return (slice(top, top + BAND_ROWS) for top in range(0, len(plane), BAND_ROWS))


def _filter_across(
    smoothed: Plane, flow: Flow, period: Plane, band: slice, even: Plane, odd: Plane | None
) -> None:
    x, y = flow.x[band], flow.y[band]
    step_x = flow.sin[band] * period[band] * np.float32(-1 / ACROSS_PER_PERIOD)
    step_y = flow.cos[band] * period[band] * np.float32(1 / ACROSS_PER_PERIOD)
    np.multiply(smoothed[band], np.float32(_EVEN[ACROSS_TAPS]), out=even)
    if odd is not None:
        odd[:] = 0
    map_x, map_y, ahead, behind, both = (np.empty_like(even) for _ in range(5))
    for tap in range(1, ACROSS_TAPS + 1):
        for sign, found in ((1, ahead), (-1, behind)):
            cv2.scaleAdd(step_x, sign * tap, x, map_x)
            cv2.scaleAdd(step_y, sign * tap, y, map_y)
            cv2.remap(smoothed, map_x, map_y, cv2.INTER_LINEAR, found, cv2.BORDER_CONSTANT)
        np.add(ahead, behind, out=both)
        cv2.scaleAdd(both, _EVEN[ACROSS_TAPS + tap], even, even)
        if odd is not None:
            np.subtract(behind, ahead, out=both)
            cv2.scaleAdd(both, _ODD[ACROSS_TAPS + tap], odd, odd)


def windings(wave: Wave, flow: Flow) -> tuple[Places, Places, NDArray[np.int8]]:
    """Where the phase winds around 2 x 2 pixels: rows, columns (of the top left one) and +1 or -1.

    The orientation is only known up to half a turn, so the three other corners' phases are first brought to
    the sense of the top left one. +1 = the extra ridge or valley lies ahead along (cos theta, sin theta).
    """
    # A phase that stays in one half of the circle does not wind; few places are left to be looked at.
    turned = np.abs(np.diff(flow.theta, axis=0))[:, :-1] > 1, np.abs(np.diff(flow.theta, axis=1))[:-1] > 1
    mixed = _mixed(wave.odd) | turned[0] | turned[1]
    mixed |= np.abs(flow.theta[1:, 1:] - flow.theta[:-1, :-1]) > 1
    rows, columns = np.nonzero(_mixed(wave.even) & mixed)
    turn = np.float32(2 * np.pi)
    corners: list[Plane] = []
    for down, right in ((0, 0), (0, 1), (1, 1), (1, 0)):
        at = rows + down, columns + right
        sense = np.sign(flow.cos[at] * flow.cos[rows, columns] + flow.sin[at] * flow.sin[rows, columns])
        corners.append(np.arctan2(wave.odd[at], wave.even[at]) * sense)
    total = np.zeros_like(corners[0])
    for here, there in zip(corners, [*corners[1:], corners[0]], strict=True):
        step = there - here
        total += step - turn * np.rint(step / turn)
    winding: NDArray[np.int8] = np.rint(total / turn).astype(np.int8)
    found = np.flatnonzero(winding)
    return rows[found], columns[found], winding[found]


def _mixed(plane: Plane) -> Mask:
    """Which 2 x 2 pixels do not all lie on one side of zero, (h - 1, w - 1)."""
    above, below = plane > 0, plane < 0
    return ~(_all_four(above) | _all_four(below))


def _all_four(mask: Mask) -> Mask:
    both = mask[1:] & mask[:-1]
    four: Mask = both[:, 1:] & both[:, :-1]
    return four
