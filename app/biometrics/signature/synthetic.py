# SPDX-License-Identifier: Apache-2.0
"""Pen data that no person wrote: seeded signatures and drawings for tests, training and trying things out.

A signature is a sum of lognormal strokes (Plamondon's kinematic theory: each stroke's speed is a lognormal in
time, its direction turns from a start to an end angle). A writer's seed fixes the plan; a sample's seed moves
it a little, as a hand does. Drawings follow the polylines of ``outlines`` with a hand's speed and wobble.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from app.biometrics.signature.outlines import Polyline, outline
from app.domain.signatures import (
    Canvas,
    PenDevice,
    Point,
    SignatureRecord,
    Stroke,
    build_record,
    pressure_units,
)

Floats = npt.NDArray[np.float64]
_STEP_S = 0.001  # the pen's path is computed at 1 kHz and then sampled


@dataclass(frozen=True, slots=True)
class InkPoint:
    """One pen sample. ``x``, ``y``: fractions of the canvas; ``pressure``: 0 to 1, None without."""

    t_us: int
    x: float
    y: float
    pressure: float | None


Ink = tuple[tuple[InkPoint, ...], ...]  # strokes


@dataclass(frozen=True, slots=True)
class PenSettings:
    """How the pen is sampled. ``jitter``: noise of a position, as a fraction of the canvas height."""

    rate_hz: float = 200.0
    pressure: bool = True
    jitter: float = 0.0005
    aspect: float = 800 / 300  # width over height of the canvas
    start_us: int = 0


@dataclass(frozen=True, slots=True)
class _Path:
    """One stroke at 1 kHz: positions in canvas heights, and pressure 0 to 1."""

    start_s: float
    xy: Floats
    pressure: Floats


def signature(
    writer_seed: int, sample_seed: int, settings: PenSettings | None = None, *, variation: float = 1.0
) -> Ink:
    """Give one signature of a writer that does not exist.

    Args:
        writer_seed: who writes; samples of one writer resemble each other.
        sample_seed: which of the writer's samples.
        variation: 1 is a steady writer, 0 repeats the plan exactly, 3 is careless.
    """
    settings = settings or PenSettings()
    plan = np.random.default_rng([writer_seed, 1])
    hand = np.random.default_rng([writer_seed, sample_seed, 2])
    tempo = 1.0 + 0.04 * variation * hand.standard_normal()
    clock_s, paths, at = 0.0, [], np.zeros(2)
    for _ in range(int(plan.integers(2, 6))):
        path, width = _lognormal_path(plan, hand, variation, tempo, clock_s)
        path.xy[:] += at
        paths.append(path)
        clock_s += len(path.xy) * _STEP_S + plan.uniform(0.06, 0.2) * tempo
        clock_s += 0.01 * variation * abs(hand.standard_normal())
        at = at + (width * plan.uniform(0.7, 1.1) + 0.1, 0.1 * plan.standard_normal())
        at = at + 0.02 * variation * hand.standard_normal(2)
    size = plan.uniform(0.45, 0.6) * (1.0 + 0.03 * variation * hand.standard_normal())
    center = (0.5 * settings.aspect, 0.5)
    return _sample(_fit(paths, center, (settings.aspect * size, size)), settings, hand)


def _lognormal_path(
    plan: np.random.Generator, hand: np.random.Generator, variation: float, tempo: float, start_s: float
) -> tuple[_Path, float]:
    """One pen-down stretch of a signature and how far it moved to the right in its plan."""
    count = int(plan.integers(3, 8))
    angle = plan.uniform(-math.pi, math.pi)
    onset_s, pieces, plan_width = 0.0, [], 0.0
    for _ in range(count):
        length = plan.uniform(0.3, 1.0)
        end_angle = angle + plan.choice((-1.0, 1.0)) * plan.uniform(0.8, 3.0)
        mu, sigma = plan.uniform(-2.4, -2.0), plan.uniform(0.2, 0.35)
        gap_s = plan.uniform(0.07, 0.13)
        plan_width += length * math.cos((angle + end_angle) / 2)
        noise = hand.standard_normal(5) * variation
        pieces.append(
            (
                length * (1.0 + 0.05 * noise[0]),
                (onset_s + 0.004 * noise[1]) * tempo,
                mu + 0.03 * noise[2] + math.log(tempo),
                sigma,
                angle + 0.05 * noise[3],
                end_angle + 0.05 * noise[4],
            )
        )
        onset_s += gap_s
        angle = end_angle + plan.uniform(-0.6, 0.6)
    duration_s = (onset_s + 0.25) * tempo
    times = np.arange(0.0, duration_s, _STEP_S)
    velocity = np.zeros((len(times), 2))
    for length, onset, mu, sigma, first, last in pieces:
        velocity += _lognormal_velocity(times, length, onset, mu, sigma, first, last)
    velocity[:, 0] += 2.0  # the hand travels to the right while it writes
    xy = np.cumsum(velocity, axis=0) * _STEP_S
    level, swing = plan.uniform(0.35, 0.7), plan.uniform(0.08, 0.2)
    phase, beat = plan.uniform(0.0, 2 * math.pi), plan.uniform(6.0, 14.0)
    pressure = level + swing * np.sin(beat * times / tempo + phase + 0.1 * variation * hand.standard_normal())
    pressure += 0.03 * variation * hand.standard_normal()
    return _Path(start_s, xy, _with_ends(pressure)), max(plan_width, 0.2)


def _lognormal_velocity(
    times: Floats, length: float, onset: float, mu: float, sigma: float, first: float, last: float
) -> Floats:
    after = np.maximum(times - onset, 1e-9)
    score = (np.log(after) - mu) / sigma
    speed = length * np.exp(-0.5 * score**2) / (after * sigma * math.sqrt(2.0 * math.pi))
    # The share of the stroke that is done: the lognormal's distribution, with tanh in the place of erf.
    done = 0.5 * (1.0 + np.tanh(0.7978845608 * (score + 0.044715 * score**3)))
    angle = first + (last - first) * done
    return np.stack([speed * np.cos(angle), speed * np.sin(angle)], axis=1)


def _with_ends(pressure: Floats) -> Floats:
    """Let pressure rise within 20 ms of the touch and fall within 20 ms of the lift."""
    ramp = np.minimum(1.0, (np.arange(len(pressure)) + 2) / 20.0)
    faded: Floats = np.clip(pressure * ramp * ramp[::-1], 0.02, 1.0)
    return faded


def drawing(key: str, seed: int, settings: PenSettings | None = None) -> Ink:
    """Give one drawing of a step's key: circle, square, triangle, face, star, arrow, house or dots.

    Raises:
        KeyError: for any other key.
    """
    settings = settings or PenSettings()
    rng = np.random.default_rng([seed, 3, *key.encode()])
    clock_s, paths = 0.0, []
    scale = np.array([settings.aspect, 1.0])
    for stroke in outline(key, rng):
        path = _drawn_path(stroke * scale if key == "dots" else stroke, rng, clock_s)
        clock_s += len(path.xy) * _STEP_S + rng.uniform(0.15, 0.45)
        paths.append(path)
    if key != "dots":
        size = rng.uniform(0.5, 0.75)
        center = (settings.aspect * rng.uniform(0.4, 0.6), rng.uniform(0.45, 0.55))
        paths = _fit(paths, center, (size, size))
    return _sample(paths, settings, rng)


def step_ink(key: str, seed: int, settings: PenSettings | None = None) -> Ink:
    """Give ink for any step of the flow: ``signature_1`` and so on are samples of writer ``seed``."""
    if key.startswith("signature"):
        number = key.rpartition("_")[2]
        return signature(seed, int(number) if number.isdigit() else 0, settings)
    return drawing(key, seed, settings)


def _drawn_path(corners: Polyline, rng: np.random.Generator, start_s: float) -> _Path:
    """Draw along a polyline: slow at corners and ends, with a slow wobble across."""
    lengths = np.hypot(*np.diff(corners, axis=0).T)
    # A corner ends a movement; a dense curve is one movement.
    turning = np.abs(np.angle(np.exp(1j * np.diff(np.arctan2(*np.diff(corners, axis=0).T[::-1])))))
    stops = [0, *(np.flatnonzero(turning > 0.5) + 1), len(corners) - 1]
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    travelled = []
    for first, last in pairwise(stops):
        distance = along[last] - along[first]
        count = max(int(1000 * (0.09 + 0.55 * distance * rng.uniform(0.85, 1.15))), 20)
        phase = np.linspace(0.0, 1.0, count, endpoint=False)
        # Minimum jerk, mixed with steady motion so that a corner is slow but no stop.
        smooth = 0.8 * (10 * phase**3 - 15 * phase**4 + 6 * phase**5) + 0.2 * phase
        travelled.append(along[first] + distance * smooth)
    position = np.concatenate([*travelled, along[-1:]])
    xy = np.stack([np.interp(position, along, corners[:, axis]) for axis in (0, 1)], axis=1)
    xy += _wobble(len(xy), rng)
    pressure = 0.5 + 0.15 * np.sin(np.arange(len(xy)) * _STEP_S * 5.0 + rng.uniform(0.0, 6.0))
    return _Path(start_s, xy, _with_ends(pressure))


def _wobble(count: int, rng: np.random.Generator) -> Floats:
    """Smooth noise of about 1 % of the drawing, a few cycles a second."""
    knots = max(count // 120, 2) + 1
    at = np.linspace(0.0, count, knots)
    noise = rng.normal(0.0, 0.012, (knots, 2))
    times = np.arange(count)
    return np.stack([np.interp(times, at, noise[:, axis]) for axis in (0, 1)], axis=1)


def _fit(paths: Sequence[_Path], center: tuple[float, float], size: tuple[float, float]) -> list[_Path]:
    """Scale all paths alike into a box and put its middle at ``center``; units are canvas heights."""
    everything = np.concatenate([path.xy for path in paths])
    low, high = everything.min(axis=0), everything.max(axis=0)
    extent = np.maximum(high - low, 1e-6)
    scale = float(min(size[0] / extent[0], size[1] / extent[1]))
    middle = (low + high) / 2
    return [_Path(path.start_s, (path.xy - middle) * scale + center, path.pressure) for path in paths]


def _sample(paths: Sequence[_Path], settings: PenSettings, rng: np.random.Generator) -> Ink:
    strokes = []
    for path in paths:
        times = np.arange(len(path.xy)) * _STEP_S
        at = np.arange(0.0, times[-1], 1.0 / settings.rate_hz)
        xy = np.stack([np.interp(at, times, path.xy[:, axis]) for axis in (0, 1)], axis=1)
        xy = np.clip(xy + rng.normal(0.0, settings.jitter, xy.shape), 0.01, (settings.aspect - 0.01, 0.99))
        pressure = np.interp(at, times, path.pressure)
        strokes.append(
            tuple(
                InkPoint(
                    t_us=settings.start_us + round((path.start_s + second) * 1e6),
                    x=float(x) / settings.aspect,
                    y=float(y),
                    pressure=float(force) if settings.pressure else None,
                )
                for second, (x, y), force in zip(at.tolist(), xy.tolist(), pressure.tolist(), strict=True)
            )
        )
    return tuple(strokes)


def record_of(ink: Ink, *, started_at: datetime, device: PenDevice, canvas: Canvas) -> SignatureRecord:
    """Make the record that a canvas would have made of the ink.

    Raises:
        OperatorError: ``signature_file_invalid``.
    """
    strokes = []
    for stroke in ink:
        points = []
        for sample in stroke:
            x, y = canvas.from_px(sample.x * canvas.width_px, sample.y * canvas.height_px)
            force = None if sample.pressure is None else pressure_units(sample.pressure)
            points.append(Point(sample.t_us, x, y, force))
        strokes.append(Stroke(tuple(points), device.pointer_type))
    return build_record(strokes, started_at=started_at, device=device, canvas=canvas)
