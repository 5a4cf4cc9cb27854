# SPDX-License-Identifier: Apache-2.0
"""Ridges as a wave: filtering along and across the flow gives amplitude and phase at every pixel.

A fingerprint is close to a frequency-modulated wave whose phase winds by one turn around each minutia
(Larkin and Fletcher, "A coherent framework for fingerprint analysis", Optics Express 15, 2007). The filters
are one-dimensional and follow the local direction and period, so that the cost does not grow with the number
of directions: each tap is one resampling of the whole plane.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.biometrics.fingerprint.planes import Plane, added, sample

#: Smoothing along the ridge: taps every 1.5 px, Gaussian of 3.5 px.
ALONG_STEP_PX = 1.5
ALONG_TAPS = 4
ALONG_SIGMA_PX = 3.5
#: Filtering across: taps every sixth of a period up to 7 / 6 period, Gaussian of half a period.
ACROSS_PER_PERIOD = 6
ACROSS_TAPS = 7
ACROSS_SIGMA_PERIODS = 0.5


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
    total, weight_sum = ridges, 1.0
    for tap in range(1, ALONG_TAPS + 1):
        weight = math.exp(-0.5 * (tap * ALONG_STEP_PX / ALONG_SIGMA_PX) ** 2)
        weight_sum += 2 * weight
        for reach in (tap * ALONG_STEP_PX, -tap * ALONG_STEP_PX):
            moved = sample(ridges, added(flow.cos, reach, flow.x), added(flow.sin, reach, flow.y))
            total = added(moved, weight, total)
    return total * np.float32(1 / weight_sum)


def _across_weights() -> tuple[list[float], list[float]]:
    taps = np.arange(-ACROSS_TAPS, ACROSS_TAPS + 1) / ACROSS_PER_PERIOD
    bell = np.exp(-0.5 * (taps / ACROSS_SIGMA_PERIODS) ** 2)
    even = bell * np.cos(2 * np.pi * taps)
    scale = float(np.sum(even * np.cos(2 * np.pi * taps)))
    even -= bell * even.sum() / bell.sum()  # blind to brightness
    odd = bell * np.sin(2 * np.pi * taps)
    return (even / scale).tolist(), (odd / scale).tolist()


_EVEN, _ODD = _across_weights()


def demodulate(smoothed: Plane, flow: Flow, period: Plane) -> Wave:
    """Amplitude and phase of the ridges; ``period`` (h, w) in px."""
    step_x = flow.sin * period * np.float32(-1 / ACROSS_PER_PERIOD)
    step_y = flow.cos * period * np.float32(1 / ACROSS_PER_PERIOD)
    even = smoothed * np.float32(_EVEN[ACROSS_TAPS])
    odd = np.zeros_like(smoothed)
    for tap in range(1, ACROSS_TAPS + 1):
        ahead = sample(smoothed, added(step_x, tap, flow.x), added(step_y, tap, flow.y))
        behind = sample(smoothed, added(step_x, -tap, flow.x), added(step_y, -tap, flow.y))
        even = added(ahead + behind, _EVEN[ACROSS_TAPS + tap], even)
        odd = added(behind - ahead, _ODD[ACROSS_TAPS + tap], odd)
    return Wave(even, odd)


def windings(wave: Wave, flow: Flow) -> NDArray[np.int8]:
    """Phase winding around each 2 x 2 pixels, (h - 1, w - 1): +1 or -1 at a minutia, else 0.

    The orientation is only known up to half a turn, so the three other corners' phases are first brought to
    the sense of the top left one. +1 = the extra ridge or valley lies ahead along (cos theta, sin theta).
    """
    phase = np.arctan2(wave.odd, wave.even)
    turn = np.float32(2 * np.pi)
    first = np.s_[:-1, :-1]
    corners = [phase[first]]
    for corner in (np.s_[:-1, 1:], np.s_[1:, 1:], np.s_[1:, :-1]):
        sense = np.sign(flow.cos[corner] * flow.cos[first] + flow.sin[corner] * flow.sin[first])
        corners.append(phase[corner] * sense)
    total = np.zeros_like(corners[0])
    for here, there in zip(corners, [*corners[1:], corners[0]], strict=True):
        step = there - here
        total += step - turn * np.rint(step / turn)
    winding: NDArray[np.int8] = np.rint(total / turn).astype(np.int8)
    return winding
