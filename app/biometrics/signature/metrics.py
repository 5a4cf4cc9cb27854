# SPDX-License-Identifier: Apache-2.0
"""Numbers that describe a drawing: the web source's nineteen, and its other five sets.

The pressure, timing and geometry sets are here, the security set and the one for each shape in files of their
own, the unit of each in ``metric_units``.

They describe a drawing; they decide nothing. Corrected against the source: points are counted in strokes,
lengths are millimeters or shares of the canvas width instead of pixels, velocities are taken inside strokes
only, the center is told within the drawing's own box (where on the canvas somebody signs is no feature),
absent pressure is ``None``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from app.biometrics.signature.resample import Segments, resample, segments_of
from app.biometrics.signature.security_metrics import security_metrics
from app.biometrics.signature.shape_metrics import shape_metrics
from app.domain.signatures import SignatureRecord, invalid

Floats = npt.NDArray[np.float64]
METRICS_VERSION = 2
_PAUSE_MS = 200.0
_DWELL_SHARE = 0.15  # of the mean speed: slower is dwelling
_TURN_RAD = math.pi / 4


def metrics_of(record: SignatureRecord, step_key: str = "") -> dict[str, Any]:
    """Give the document for the column ``metrics``.

    Args:
        step_key: the flow step's key; shapes and drawings get a set of their own.

    Returns:
        ``version``, ``length_unit`` ("mm" or "canvas_width"), and the sets ``descriptive``, ``pressure``,
        ``timing``, ``geometry``, ``security`` and, where there is one, ``shape``. Plain values only.

    Raises:
        OperatorError: ``signature_file_invalid`` where there is no ink.
    """
    segments = segments_of(record)
    if not len(segments):
        raise invalid("no_ink")
    mm_per_unit = record.canvas.mm_per_unit
    scale = 1.0 / record.canvas.width_units if mm_per_unit is None else mm_per_unit
    paths = _paths(segments, scale)
    document: dict[str, Any] = {
        "version": METRICS_VERSION,
        "length_unit": "canvas_width" if mm_per_unit is None else "mm",
        "descriptive": _descriptive(record, paths),
        "pressure": _pressure(segments),
        "timing": _timing(paths),
        "geometry": _geometry(resample(segments), scale),
        "security": security_metrics(record, segments),
    }
    shape = shape_metrics(step_key, segments, record.canvas.width_units, record.canvas.height_units)
    if shape is not None:
        document["shape"] = shape
    plain: dict[str, Any] = _plain(document)
    return plain


class _Paths:
    """The strokes in length units and seconds, and what every set needs of them."""

    def __init__(self, strokes: list[tuple[Floats, Floats]]) -> None:
        self.strokes = strokes  # (times, positions)
        self.steps = [np.hypot(*np.diff(xy, axis=0).T) for _, xy in strokes]
        self.lengths = np.array([step.sum() for step in self.steps])
        self.durations_s = np.array([t_s[-1] - t_s[0] for t_s, _ in strokes])
        self.gaps_s = np.array([later[0][0] - earlier[0][-1] for earlier, later in pairwise(strokes)])
        self.total_s = float(strokes[-1][0][-1] - strokes[0][0][0])
        speeds = [step / np.diff(t_s) for step, (t_s, _) in zip(self.steps, strokes, strict=True)]
        self.speeds = speeds
        self.speed = np.concatenate(speeds) if any(map(len, speeds)) else np.zeros(1)


def _paths(segments: Segments, scale: float) -> _Paths:
    xy = np.stack([segments.x, segments.y], axis=1) * scale
    return _Paths([(segments.t_s[start:end], xy[start:end]) for start, end in segments.bounds])


def _descriptive(record: SignatureRecord, paths: _Paths) -> dict[str, Any]:
    """The nineteen of the source, under its names."""
    xy = np.concatenate([xy for _, xy in paths.strokes])
    low, high = xy.min(axis=0), xy.max(axis=0)
    width, height = (high - low).tolist()
    center = (xy.mean(axis=0) - low) / np.maximum(high - low, 1e-9)
    strokes = len(record.stroke_starts)
    return {
        "stroke_count": strokes,
        "total_points": record.tip_point_count,
        "total_duration_ms": paths.total_s * 1e3,
        "avg_points_per_stroke": record.tip_point_count / strokes,
        "avg_velocity": paths.speed.mean(),
        "max_velocity": paths.speed.max(),
        "min_velocity": paths.speed.min(),
        "velocity_std": paths.speed.std(),
        "width": width,
        "height": height,
        "area": width * height,
        "aspect_ratio": width / height if height > 0 else None,
        "center_x": center[0] if width > 0 else 0.5,
        "center_y": center[1] if height > 0 else 0.5,
        "avg_stroke_length": paths.lengths.mean(),
        "total_length": paths.lengths.sum(),
        "length_variation": _variation(paths.lengths),
        "avg_stroke_duration": paths.durations_s.mean() * 1e3,
        "duration_variation": _variation(paths.durations_s),
    }


def _pressure(segments: Segments) -> dict[str, Any]:
    total_s = float(segments.t_s[-1] - segments.t_s[0])
    down_s = sum(float(segments.t_s[end - 1] - segments.t_s[start]) for start, end in segments.bounds)
    contact = down_s / total_s if total_s > 0 else 1.0
    names = ("avg", "max", "min", "std", "range", "buildup_rate", "release_rate")
    if segments.pressure is None:
        return {
            "has_pressure_data": False,
            "contact_time_ratio": contact,
            **dict.fromkeys(f"{name}_pressure" if "rate" not in name else name for name in names),
        }
    pressure = segments.pressure
    rises, falls = [], []
    for start, end in segments.bounds:
        t_s, force = segments.t_s[start:end], pressure[start:end]
        peak = int(force.argmax())
        if peak > 0:
            rises.append((force[peak] - force[0]) / (t_s[peak] - t_s[0]))
        if peak < len(force) - 1:
            falls.append((force[peak] - force[-1]) / (t_s[-1] - t_s[peak]))
    return {
        "has_pressure_data": True,
        "contact_time_ratio": contact,
        "avg_pressure": pressure.mean(),
        "max_pressure": pressure.max(),
        "min_pressure": pressure.min(),
        "std_pressure": pressure.std(),
        "range_pressure": np.ptp(pressure),
        "buildup_rate": _mean(rises),
        "release_rate": _mean(falls),
    }


def _timing(paths: _Paths) -> dict[str, Any]:
    gaps_ms = paths.gaps_s * 1e3
    pauses = gaps_ms[gaps_ms >= _PAUSE_MS]
    means = np.array([speed.mean() for speed in paths.speeds if len(speed)])
    dwells_ms = []
    for speed, (t_s, _) in zip(paths.speeds, paths.strokes, strict=True):
        slow = speed < _DWELL_SHARE * paths.speed.mean()
        dwells_ms += [sum(run) for run in _runs(slow, np.diff(t_s) * 1e3)]
    return {
        "pause_detection": {
            "count": len(pauses),
            "total_ms": pauses.sum(),
            "longest_ms": pauses.max() if len(pauses) else 0.0,
        },
        "rhythm_consistency": 1.0 / (1.0 + _variation(gaps_ms)) if len(gaps_ms) else None,
        "tempo_variation": _variation(means),
        "dwell_time_patterns": {"count": len(dwells_ms), "mean_ms": _mean(dwells_ms)},
        "inter_stroke_timing": {"mean_ms": _mean(gaps_ms), "std_ms": gaps_ms.std() if len(gaps_ms) else None},
        "drawing_duration_total": paths.durations_s.sum() * 1e3,
        "pause_time_ratio": paths.gaps_s.sum() / paths.total_s if paths.total_s > 0 else 0.0,
        "avg_stroke_duration": paths.durations_s.mean() * 1e3,
    }


def _geometry(canonical: Segments, scale: float) -> dict[str, Any]:
    paths = _paths(canonical, scale)
    xy = np.concatenate([xy for _, xy in paths.strokes])
    extent = float(np.hypot(*np.ptp(xy, axis=0)))
    chords, turns, curvatures, tremors, jerks = [], 0, [], [], []
    for (_, points), step in zip(paths.strokes, paths.steps, strict=True):
        chords.append(float(np.hypot(*(points[-1] - points[0]))))
        moving = points[np.append(True, step > 1e-9)]
        if len(moving) < 5:
            continue
        heading = np.unwrap(np.arctan2(*np.diff(moving, axis=0).T[::-1]))
        turn = np.diff(heading)
        length = np.hypot(*np.diff(moving, axis=0).T)
        curvatures.append(np.abs(turn) / np.maximum((length[1:] + length[:-1]) / 2, 1e-9))
        turns += int(np.sum(np.abs(turn) > _TURN_RAD))
        # Tremor: what a five-point quadratic (Savitzky and Golay) does not follow.
        smooth = np.stack(
            [np.convolve(axis, np.array([-3, 12, 17, 12, -3]) / 35.0, "valid") for axis in moving.T], axis=1
        )
        tremors.append(np.sum((moving[2:-2] - smooth) ** 2, axis=1))
        jerks.append(np.sum(np.diff(points, 3, axis=0) ** 2, axis=1))
    total = float(paths.lengths.sum())
    curvature = np.concatenate(curvatures) if curvatures else np.zeros(1)
    jerk = float(np.sqrt(np.mean(np.concatenate(jerks)))) if jerks else 0.0
    step_mean = total / max(len(canonical), 1)
    return {
        "stroke_complexity": total / max(sum(chords), 1e-9) if total else None,
        "tremor_index": float(np.sqrt(np.mean(np.concatenate(tremors)))) / max(extent, 1e-9)
        if tremors
        else None,
        "smoothness_index": 1.0 / (1.0 + jerk / step_mean) if step_mean > 0 else None,
        "direction_changes": turns,
        "curvature_analysis": {
            "mean": curvature.mean(),
            "median": np.median(curvature),
            "max": curvature.max(),
        },
        "spatial_efficiency": extent / total if total else None,
        "stroke_overlap_ratio": _overlap([points for _, points in paths.strokes], extent),
    }


def _overlap(strokes: Sequence[Floats], extent: float) -> float:
    """Share of the inked cells (a grid of 1/40 of the size) that more than one stroke touches."""
    cell = max(extent / 40.0, 1e-9)
    counts: dict[tuple[int, int], int] = {}
    for points in strokes:
        for place in {(int(x), int(y)) for x, y in np.floor(points / cell).tolist()}:
            counts[place] = counts.get(place, 0) + 1
    return sum(count > 1 for count in counts.values()) / len(counts)


def _runs(flags: npt.NDArray[np.bool_], values: Floats) -> list[list[float]]:
    runs: list[list[float]] = []
    open_run = False
    for flag, value in zip(flags.tolist(), values.tolist(), strict=True):
        if flag and open_run:
            runs[-1].append(value)
        elif flag:
            runs.append([value])
        open_run = flag
    return runs


def _variation(values: Floats) -> float:
    """Spread over mean; 0 for fewer than two values."""
    mean = float(values.mean()) if len(values) else 0.0
    return float(values.std()) / mean if len(values) > 1 and mean > 0 else 0.0


def _mean(values: Sequence[float] | Floats) -> float | None:
    return float(np.mean(values)) if len(values) else None


def _plain(value: Any) -> Any:
    """Turn numpy's numbers into Python's, rounded to six digits so that two machines write the same."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return float(f"{float(value):.6g}")
    return value
