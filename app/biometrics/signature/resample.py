# SPDX-License-Identifier: Apache-2.0
"""Brings a record to the canonical 100 Hz, stroke by stroke; nothing is ever made up across a pen-up gap.

Two tablets that report at different rates give different derivatives and different lengths for one and the
same hand; at one rate they compare. The grid of a stroke is anchored at its first sample, so that a record
that already is on the grid comes back unchanged.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.domain.signatures import PRESSURE_MAX, SignatureRecord

Floats = npt.NDArray[np.float64]
CANONICAL_HZ = 100.0
_CLOSE_US = 200
_SPLIT_US = 60_000  # a longer silence inside a stroke is a lost connection, not ink: never bridged


@dataclass(frozen=True, slots=True)
class Segments:
    """Pen-down samples at one rate. Arrays have one entry a sample; ``starts`` holds each stroke's first."""

    t_s: Floats
    x: Floats
    y: Floats
    pressure: Floats | None  # 0 to 1
    starts: npt.NDArray[np.int64]
    mm_per_unit: float | None = None  # of x and y

    def __len__(self) -> int:
        return len(self.t_s)

    @property
    def bounds(self) -> list[tuple[int, int]]:
        """The samples of each stroke as (first, one past the last)."""
        ends = [*self.starts[1:].tolist(), len(self.t_s)]
        return list(zip(self.starts.tolist(), ends, strict=True))


def segments_of(record: SignatureRecord) -> Segments:
    """Give the record's pen-down samples as they were captured, split at silences of more than 60 ms.

    Of samples less than 0.2 ms apart the first is kept: a slope needs a time to stand on.
    """
    time_us = np.array(record.t_us, dtype=np.int64)
    keep, starts, count = [], [], 0
    for first, end in record.stroke_ranges:
        step_us = np.diff(time_us[first:end], prepend=time_us[first] - _SPLIT_US - 1)
        kept = np.flatnonzero(step_us >= _CLOSE_US)
        starts.append(count + np.flatnonzero(step_us[kept] > _SPLIT_US))
        keep.append(kept + first)
        count += len(kept)
    index = np.concatenate([np.zeros(0, dtype=np.int64), *keep])
    pressure = None
    if record.pressure is not None:
        pressure = np.array(record.pressure, dtype=np.float64)[index] / PRESSURE_MAX
    return Segments(
        t_s=time_us[index] / 1e6,
        x=np.array(record.x, dtype=np.float64)[index],
        y=np.array(record.y, dtype=np.float64)[index],
        pressure=pressure,
        starts=np.concatenate([np.zeros(0, dtype=np.int64), *starts]),
        mm_per_unit=record.canvas.mm_per_unit,
    )


def resample(segments: Segments, rate_hz: float = CANONICAL_HZ) -> Segments:
    """Give the same strokes at ``rate_hz``: cubic in position, linear in pressure, inside strokes only."""
    times, xs, ys, forces, starts = [], [], [], [], []
    count = 0
    for start, end in segments.bounds:
        t_s = segments.t_s[start:end]
        # 1e-6 of a step: a sample that should lie on the grid must not fall off it by rounding.
        steps = int((t_s[-1] - t_s[0]) * rate_hz + 1e-6)
        grid = t_s[0] + np.arange(steps + 1) / rate_hz
        times.append(grid)
        places = _cubic(grid, t_s, np.stack([segments.x[start:end], segments.y[start:end]]))
        xs.append(places[0])
        ys.append(places[1])
        if segments.pressure is not None:
            forces.append(np.interp(grid, t_s, segments.pressure[start:end]))
        starts.append(count)
        count += len(grid)
    empty = np.zeros(0)
    return Segments(
        t_s=np.concatenate([empty, *times]),
        x=np.concatenate([empty, *xs]),
        y=np.concatenate([empty, *ys]),
        pressure=None if segments.pressure is None else np.concatenate([empty, *forces]),
        starts=np.array(starts, dtype=np.int64),
        mm_per_unit=segments.mm_per_unit,
    )


def _cubic(grid: Floats, t_s: Floats, values: Floats) -> Floats:
    """Interpolate rows of values with a cubic through each pair of samples, slopes from the neighbors.

    (Catmull and Rom, for samples that need not be equally far apart.) A straight line between samples of a
    50 Hz tablet would have corners, and corners are accelerations.
    """
    if len(t_s) < 3:
        return np.stack([np.interp(grid, t_s, row) for row in values])
    gap = t_s[1:] - t_s[:-1]
    before, after = gap[:-1], gap[1:]
    slope = np.empty_like(values)
    slope[:, 1:-1] = (
        -after / (before * (before + after)) * values[:, :-2]
        + (after - before) / (before * after) * values[:, 1:-1]
        + before / (after * (before + after)) * values[:, 2:]
    )
    slope[:, 0] = (values[:, 1] - values[:, 0]) / gap[0]
    slope[:, -1] = (values[:, -1] - values[:, -2]) / gap[-1]
    left = np.minimum(np.searchsorted(t_s, grid + 1e-9, side="right") - 1, len(t_s) - 2)
    width = gap[left]
    u = np.clip((grid - t_s[left]) / width, 0.0, 1.0)
    u2, u3 = u * u, u * u * u
    result: Floats = (
        (2 * u3 - 3 * u2 + 1) * values[:, left]
        + (u3 - 2 * u2 + u) * width * slope[:, left]
        + (3 * u2 - 2 * u3) * values[:, left + 1]
        + (u3 - u2) * width * slope[:, left + 1]
    )
    return result
