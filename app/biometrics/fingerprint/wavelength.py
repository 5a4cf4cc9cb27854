# SPDX-License-Identifier: Apache-2.0
"""Distance between neighboring ridges, per cell of 8 x 8 pixels, from a spectrum taken across the ridges."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from app.biometrics.fingerprint.orientation import Orientation
from app.biometrics.fingerprint.planes import Plane, angle, blur, sample, shrink

#: Side of a cell in pixels, for every per-cell plane of the engine.
CELL_PX = 8
#: Ridge periods looked for, in px at 500 ppi: a small child's 5 px to an adult's 14 px with margin.
PERIODS: NDArray[np.float32] = np.geomspace(5.0, 16.0, 18).astype(np.float32)
#: How far the period wanders from the finger's usual one, as a standard deviation of its logarithm.
USUAL_SPREAD = 0.25
_REACH = np.arange(-20, 21, dtype=np.float32)
_WINDOW = np.exp(-0.5 * (_REACH / 8.5) ** 2).astype(np.float32)
_PHASES = 2 * np.pi * _REACH[:, None] / PERIODS[None]
_BASIS: NDArray[np.float32] = (
    np.concatenate([np.cos(_PHASES), np.sin(_PHASES)], axis=1) * _WINDOW[:, None]
).astype(np.float32)


def cell_centers(count: int) -> NDArray[np.float32]:
    """Pixel coordinates of ``count`` cells' centers along one axis."""
    return np.arange(count, dtype=np.float32) * CELL_PX + np.float32(CELL_PX / 2)


def estimate_wavelength(smoothed: Plane, orientation: Orientation) -> Plane:
    """Ridge period in px per cell, shape (ceil(h / 8), ceil(w / 8)).

    Args:
        smoothed: (h, w) ridges smoothed along their direction.
        orientation: of the same image.
    """
    rows, columns = -(-smoothed.shape[0] // CELL_PX), -(-smoothed.shape[1] // CELL_PX)
    theta = angle(shrink(orientation.cos2, (rows, columns)), shrink(orientation.sin2, (rows, columns)))
    theta = (theta * np.float32(0.5)).reshape(-1, 1)
    x, y = np.meshgrid(cell_centers(columns), cell_centers(rows))
    along_x = (x.reshape(-1, 1) - np.sin(theta) * _REACH).astype(np.float32)
    along_y = (y.reshape(-1, 1) + np.cos(theta) * _REACH).astype(np.float32)
    profile = sample(smoothed, along_x.reshape(rows, -1), along_y.reshape(rows, -1)).reshape(-1, len(_REACH))
    waves = profile @ _BASIS
    count = len(PERIODS)
    power = (waves[:, :count] ** 2 + waves[:, count:] ** 2).reshape(rows, columns, count)
    power = cast(Plane, cv2.GaussianBlur(power, (0, 0), 2.0, borderType=cv2.BORDER_REFLECT))
    share = power / (power.sum(axis=-1, keepdims=True) + np.float32(1e-6))
    # Noise and blots are stronger at long periods, and no finger's ridges vary much in width.
    strength = np.sqrt(power.sum(axis=-1))[..., None]
    usual = (share * strength).sum(axis=(0, 1)) / PERIODS
    spread = np.log(PERIODS / PERIODS[usual.argmax()]) / np.float32(USUAL_SPREAD)
    share = (share + np.float32(0.02)) / PERIODS * np.exp(np.float32(-0.5) * spread * spread)
    best = np.clip(share.argmax(axis=-1), 1, count - 2)[..., None]
    low, top, high = (np.take_along_axis(share, best + step, -1)[..., 0] for step in (-1, 0, 1))
    shift = np.clip(0.5 * (low - high) / (low - 2 * top + high - 1e-9), -0.5, 0.5)
    ratio = np.log(PERIODS[1] / PERIODS[0])
    return blur((PERIODS[0] * np.exp((best[..., 0] + shift) * ratio)).astype(np.float32), 1.5)
