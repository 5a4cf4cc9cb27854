# SPDX-License-Identifier: Apache-2.0
"""Where the ridges of a synthetic finger run: its pattern, orientation field and ridge period.

The field is the zero-pole model of Sherlock and Monro ("A model for interpreting fingerprint topology",
Pattern Recognition 26, 1993): a loop turns the ridge direction by +180 degrees on a way around it, a delta
by -180 degrees. Real fingers deviate from it in a smooth way; here every singular point's angle is bent by a
few periodic terms of its own, and the whole field by a slow random wave.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray


class Pattern(str, Enum):
    """The classes of Henry's system as used in fingerprint statistics."""

    ARCH = "arch"
    TENTED_ARCH = "tented_arch"
    LEFT_LOOP = "left_loop"
    RIGHT_LOOP = "right_loop"
    WHORL = "whorl"
    DOUBLE_LOOP = "double_loop"


#: How often each class occurs (Wilson, Candela and Watson, "Neural network fingerprint classification", 1994,
#: give 3.7, 2.9, 33.8, 31.7 and 27.9 % for arch, tented arch, left loop, right loop and whorl; about a fifth
#: of the whorls are double loops).
FREQUENCIES: dict[Pattern, float] = {
    Pattern.ARCH: 0.037,
    Pattern.TENTED_ARCH: 0.029,
    Pattern.LEFT_LOOP: 0.338,
    Pattern.RIGHT_LOOP: 0.317,
    Pattern.WHORL: 0.223,
    Pattern.DOUBLE_LOOP: 0.056,
}


@dataclass(frozen=True, slots=True)
class Singularity:
    """A loop or a delta at ``x``, ``y`` mm from the middle, y upwards; ``bend`` shapes its surroundings."""

    x: float
    y: float
    is_loop: bool
    bend: tuple[float, float, float]


def draw_pattern(rng: np.random.Generator) -> Pattern:
    """A class with its natural frequency."""
    kinds = list(FREQUENCIES)
    weights = np.array([FREQUENCIES[kind] for kind in kinds])
    return kinds[int(rng.choice(len(kinds), p=weights / weights.sum()))]


def _point(rng: np.random.Generator, x: float, y: float, spread: float, is_loop: bool) -> Singularity:
    bend = rng.normal((0.0, 0.38, 0.0), (0.10, 0.10, 0.05))
    return Singularity(
        x + rng.normal(0, spread),
        y + rng.normal(0, spread),
        is_loop,
        (float(bend[0]), float(bend[1]), float(bend[2])),
    )


def draw_singularities(pattern: Pattern, rng: np.random.Generator) -> tuple[Singularity, ...]:
    """Loops and deltas of a finger of that class at natural places; an arch has none."""
    if pattern is Pattern.ARCH:
        return ()
    if pattern is Pattern.TENTED_ARCH:
        height = rng.uniform(2.2, 4.0)
        return (
            _point(rng, 0.0, 0.6, 0.4, True),
            _point(rng, rng.uniform(-0.5, 0.5), 0.6 - height, 0.3, False),
        )
    if pattern in (Pattern.LEFT_LOOP, Pattern.RIGHT_LOOP):
        # A left loop opens to the lower left, its delta lies to the lower right.
        side = 1.0 if pattern is Pattern.LEFT_LOOP else -1.0
        across, down = rng.uniform(3.2, 6.0), rng.uniform(4.0, 6.5)
        return (_point(rng, -0.3 * side, 1.4, 0.6, True), _point(rng, side * across, 1.4 - down, 0.5, False))
    lean = rng.choice((-1.0, 1.0))
    if pattern is Pattern.WHORL:
        gap = rng.uniform(0.5, 2.6)
        loops = (_point(rng, 0.15 * lean, 1.4, 0.25, True), _point(rng, -0.15 * lean, 1.4 - gap, 0.25, True))
        drop = rng.uniform(4.6, 6.6)
    else:
        across = rng.uniform(1.0, 2.0)
        loops = (_point(rng, lean * across, 2.2, 0.3, True), _point(rng, -lean * across, -0.6, 0.3, True))
        drop = rng.uniform(5.4, 7.0)
    left = _point(rng, -rng.uniform(4.8, 6.6), 1.4 - drop, 0.6, False)
    right = _point(rng, rng.uniform(4.8, 6.6), 1.4 - drop + rng.normal(0, 0.5), 0.6, False)
    return (*loops, left, right)


def _waves(
    rng: np.random.Generator, x: NDArray[np.float64], y: NDArray[np.float64], count: int
) -> NDArray[np.float64]:
    """A slow random field with standard deviation near 1: a few long waves (12 to 40 mm)."""
    total = np.zeros_like(x)
    for _ in range(count):
        direction, length, phase = (
            rng.uniform(0, 2 * np.pi),
            rng.uniform(12.0, 40.0),
            rng.uniform(0, 2 * np.pi),
        )
        total += np.cos(2 * np.pi * (x * np.cos(direction) + y * np.sin(direction)) / length + phase)
    return np.asarray(total * np.sqrt(2.0 / count))


def orientation_field(
    pattern: Pattern,
    points: tuple[Singularity, ...],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Ridge direction in radians, 0 to pi, counter-clockwise from the x axis with y upwards.

    Args:
        x, y: millimetres from the finger's middle, y upwards; same shape as the result.
    """
    if pattern is Pattern.ARCH:
        rise, width, crown = rng.uniform(1.6, 3.2), rng.uniform(3.2, 4.6), rng.uniform(-1.0, 1.5)
        strength = rise * (0.35 + 0.65 * np.exp(-(((y - crown) / 6.5) ** 2)))
        centre = rng.normal(0, 0.4)
        slope = -strength * (x - centre) / width**2 * np.exp(-(((x - centre) / width) ** 2) / 2)
        doubled = 2 * np.arctan(slope)
    else:
        doubled = np.zeros_like(x)
        for point in points:
            # Counted from "up", so that the bends are symmetric about the finger's axis.
            angle = np.arctan2(y - point.y, x - point.x) - np.pi / 2
            first, second, third = point.bend
            bent = angle + first * np.sin(2 * angle) + second * np.sin(angle) + third * np.sin(3 * angle)
            doubled += bent if point.is_loop else -bent
    # The tip's ridges follow its outline; the ones at the crease are nearly flat.
    top = max((point.y for point in points), default=0.0)
    doubled = doubled - 2 * np.arctan(
        rng.uniform(0.045, 0.075) * x * np.clip((y - top) / 5.0 + 0.4, 0.0, 1.6)
    )
    doubled = doubled + 0.10 * _waves(rng, x, y, 5)
    return np.asarray(np.mod(doubled / 2, np.pi))


def period_field(
    x: NDArray[np.float64], y: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Distance from ridge to ridge in millimetres, 0.39 to 0.58: wider towards the crease, slowly varying."""
    mean = rng.normal(0.46, 0.022)
    widening = 0.055 * np.clip((-y - 3.0) / 6.0, 0.0, 1.0)
    return np.clip(mean + widening + 0.016 * _waves(rng, x, y, 5), 0.39, 0.58)
