# SPDX-License-Identifier: Apache-2.0
"""The web source's sets for each shape and drawing, measured on the ink itself.

Corrected against the source: roundness is the spread of the radius (its aspect ratio called a square round),
closure is a distance (it was a variance of speeds), and corners come from the outline, whatever the order and
number of strokes. Lengths here are ratios; angles are degrees.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from app.biometrics.signature.outlines import DOTS
from app.biometrics.signature.resample import Segments

Floats = npt.NDArray[np.float64]


class _Ink:
    """What the measures of a shape start from."""

    def __init__(self, segments: Segments, width: float, height: float) -> None:
        self.segments = segments
        self.xy = np.stack([segments.x, segments.y], axis=1)
        self.strokes = [self.xy[start:end] for start, end in segments.bounds]
        self.low, self.high = self.xy.min(axis=0), self.xy.max(axis=0)
        self.size = np.maximum(self.high - self.low, 1e-9)
        self.length = max(sum(_path(stroke) for stroke in self.strokes), 1e-9)
        self.canvas = np.array([width, height])


def shape_metrics(step_key: str, segments: Segments, width: float, height: float) -> dict[str, Any] | None:
    """Give the set of a step's shape, or None where the step has none (signatures)."""
    measure = _MEASURES.get(step_key)
    return None if measure is None else measure(_Ink(segments, width, height))


def _circle(ink: _Ink) -> dict[str, Any]:
    center = (ink.low + ink.high) / 2
    offset = ink.xy - center
    radius = np.hypot(*offset.T)
    start = ink.strokes[0][0] - center
    turn = _turning(np.concatenate(ink.strokes))
    return {
        "start_position_deg": np.degrees(np.arctan2(-start[1], start[0])) % 360,
        "clockwise": bool(turn.sum() > 0),  # y grows downward
        "closure_gap": _gap(ink) / ink.length,
        "curve_consistency": 1.0 / (1.0 + _spread(np.abs(turn))),
        "radial_deviation": _spread(radius),
        "aspect": min(ink.size) / max(ink.size),
    }


def _square(ink: _Ink) -> dict[str, Any]:
    result, corners = _polygon(ink, 4, 90.0, "edge_ratios", "corner_pressure")
    result["corner_technique"] = {"sharp_share": _sharpness(ink, corners)}
    return result


def _triangle(ink: _Ink) -> dict[str, Any]:
    result, corners = _polygon(ink, 3, 60.0, "side_ratios", "vertex_pressure")
    apex = corners[corners[:, 1].argmin()]
    result["apex"] = ((apex - ink.low) / ink.size).tolist()
    return result


def _polygon(
    ink: _Ink, count: int, ideal_deg: float, ratios: str, pressure: str
) -> tuple[dict[str, Any], Floats]:
    """The measures of a polygon, two of them under the names that the source gave them, and its corners."""
    corners = _corners(ink, count)
    sides = np.roll(corners, -1, axis=0) - corners
    lengths = np.hypot(*sides.T)
    toward, back = sides / np.maximum(lengths, 1e-9)[:, None], -np.roll(sides, 1, axis=0)
    back /= np.maximum(np.hypot(*back.T), 1e-9)[:, None]
    angles = np.degrees(np.arccos(np.clip(np.sum(toward * back, axis=1), -1.0, 1.0)))
    result: dict[str, Any] = {
        "corner_count": len(corners),
        "corner_angles_deg": angles.tolist(),
        "angle_deviation_deg": float(np.mean(np.abs(angles - ideal_deg))),
        ratios: (lengths / max(lengths.max(), 1e-9)).tolist(),
        "straightness": _straightness(ink, corners),
        "closure_gap": _gap(ink) / ink.length,
        pressure: None,
    }
    if ink.segments.pressure is not None:
        near = np.min(np.hypot(*(ink.xy[:, None] - corners[None]).transpose(2, 0, 1)), axis=1)
        at_corner = near < 0.1 * float(np.hypot(*ink.size))
        if at_corner.any():
            mean = max(float(ink.segments.pressure.mean()), 1e-9)
            result[pressure] = float(ink.segments.pressure[at_corner].mean()) / mean
    return result, corners


def _sharpness(ink: _Ink, corners: Floats) -> float:
    """Share of all turning that happens at the corners: 1 turned on the spot, less the rounder they are."""
    total = near = 0.0
    size = float(np.hypot(*ink.size))
    for stroke in ink.strokes:
        rough = cv2.approxPolyDP((stroke / size).astype(np.float32)[:, None, :], 0.02, False)[:, 0, :]
        if len(rough) < 3:
            continue
        step = np.diff(rough.astype(np.float64), axis=0)
        heading = np.unwrap(np.arctan2(step[:, 1], step[:, 0]))
        turns, places = np.abs(np.diff(heading)), rough[1:-1] * size
        away = np.min(np.hypot(*(places[:, None] - corners[None]).transpose(2, 0, 1)), axis=1)
        total += float(turns.sum())
        near += float(turns[away < 0.06 * size].sum())
    return near / total if total > 0 else 1.0


def _drawing(ink: _Ink) -> dict[str, Any]:
    lows = np.array([stroke.min(axis=0) for stroke in ink.strokes])
    highs = np.array([stroke.max(axis=0) for stroke in ink.strokes])
    centers = (lows + highs) / 2
    size = float(np.hypot(*ink.size))
    return {
        "stroke_order": {
            "centers": ((centers - ink.low) / ink.size).tolist(),
            "top_to_bottom": bool(len(centers) < 2 or centers[-1, 1] >= centers[0, 1]),
        },
        "spatial_relations": _relations(lows, highs),
        "style": {
            "stroke_count": len(ink.strokes),
            "stroke_sizes": (np.hypot(*(highs - lows).T) / max(size, 1e-9)).tolist(),
            "detail": ink.length / size,
        },
    }


def _relations(lows: Floats, highs: Floats) -> dict[str, Any]:
    """How the boxes of the strokes lie: share of the pairs that overlap, strokes that lie within another."""
    apart = np.any((lows[:, None] > highs[None]) | (highs[:, None] < lows[None]), axis=2)
    inside = np.all((lows[:, None] >= lows[None]) & (highs[:, None] <= highs[None]), axis=2)
    np.fill_diagonal(inside, False)
    pairs = len(lows) * (len(lows) - 1)
    overlapping = int(np.sum(~apart)) - len(lows)
    return {
        "overlap_share": overlapping / pairs if pairs else 0.0,
        "inside_count": int(np.sum(inside.any(axis=1))),
    }


def _face(ink: _Ink) -> dict[str, Any]:
    result = _drawing(ink)
    largest = max(range(len(ink.strokes)), key=lambda index: np.prod(np.ptp(ink.strokes[index], axis=0)))
    inner = [stroke for index, stroke in enumerate(ink.strokes) if index != largest]
    outline = ink.strokes[largest]
    low, size = outline.min(axis=0), np.maximum(np.ptp(outline, axis=0), 1e-9)
    places = [((stroke.min(axis=0) + stroke.max(axis=0)) / 2 - low) / size for stroke in inner]
    upper = [place for place in places if place[1] < 0.5]
    result["feature_count"] = len(inner)
    result["feature_placement"] = [place.tolist() for place in places]
    result["symmetry"] = None
    if upper:  # the eyes lie as far left as right
        result["symmetry"] = 1.0 - min(abs(float(np.mean([place[0] for place in upper])) - 0.5) * 2, 1.0)
    return result


def _star(ink: _Ink) -> dict[str, Any]:
    result = _drawing(ink)
    tips = _corners(ink, 5)
    center = tips.mean(axis=0)
    radius = np.hypot(*(tips - center).T)
    angles = np.sort(np.degrees(np.arctan2(*(tips - center).T[::-1])))
    between = np.diff(np.append(angles, angles[0] + 360.0))
    result["point_count"] = len(tips)
    result["star_point_symmetry"] = 1.0 / (1.0 + _spread(radius))
    result["angle_regularity"] = 1.0 / (1.0 + _spread(between))
    return result


def _arrow(ink: _Ink) -> dict[str, Any]:
    result = _drawing(ink)
    shaft = max(ink.strokes, key=lambda stroke: float(np.hypot(*(stroke[-1] - stroke[0]))))
    along = shaft[-1] - shaft[0]
    result["direction_deg"] = float(np.degrees(np.arctan2(-along[1], along[0])) % 360)
    return result


def _house(ink: _Ink) -> dict[str, Any]:
    result = _drawing(ink)
    rows = ((ink.xy[:, 1] - ink.low[1]) / ink.size[1] * 10).astype(int).clip(0, 9)
    widths = np.array([np.ptp(ink.xy[rows == row, 0]) if (rows == row).any() else 0.0 for row in range(10)])
    full = np.flatnonzero(widths > 0.8 * ink.size[0])
    result["structure"] = {
        "roof_share": float(full[0]) / 10.0 if len(full) else None,
        "top_width": float(widths[0] / ink.size[0]),  # a gable is narrow at the top
    }
    result["proportions"] = float(ink.size[0] / ink.size[1])
    return result


def _dots(ink: _Ink) -> dict[str, Any]:
    result = _drawing(ink)
    dots = np.array(DOTS) * ink.canvas
    distance = np.hypot(*(ink.xy[:, None] - dots[None]).transpose(2, 0, 1))
    reach = 0.06 * float(ink.canvas[0])
    reached = [index for index in range(len(dots)) if distance[:, index].min() <= reach]
    first = {index: int(np.argmax(distance[:, index] <= reach)) for index in reached}
    ring = float(np.sum(np.hypot(*(dots - np.roll(dots, -1, axis=0)).T)))
    result["dots_reached"] = len(reached)
    result["strategy"] = [index + 1 for index in sorted(reached, key=first.__getitem__)]
    result["path_efficiency"] = min(ring, ink.length) / max(ring, ink.length)
    return result


_MEASURES: dict[str, Callable[[_Ink], dict[str, Any]]] = {
    "circle": _circle,
    "square": _square,
    "triangle": _triangle,
    "face": _face,
    "star": _star,
    "arrow": _arrow,
    "house": _house,
    "dots": _dots,
}


def _corners(ink: _Ink, wanted: int) -> Floats:
    """Give the corners of the outer outline: the coarsest polygon that has ``wanted`` of them."""
    # Whole numbers of a fixed size: the hull then is the same on every machine.
    scaled = np.round((ink.xy - ink.low) / float(ink.size.max()) * 10_000).astype(np.int32)
    hull = cv2.convexHull(scaled[:, None, :])
    arc = cv2.arcLength(hull, True)
    corners = hull
    for share in np.arange(0.01, 0.15, 0.01):
        rough = cv2.approxPolyDP(hull, share * arc, True)
        if len(rough) < wanted:
            break
        corners = rough
    points: Floats = corners[:, 0, :].astype(np.float64) / 10_000 * float(ink.size.max()) + ink.low
    return points


def _straightness(ink: _Ink, corners: Floats) -> float:
    """1 where all ink lies on the sides between the corners, falling with the mean distance from them."""
    following = np.roll(corners, -1, axis=0)
    side = following - corners
    squared = np.maximum(np.sum(side * side, axis=1), 1e-9)
    offset = ink.xy[:, None] - corners[None]
    share = np.clip(np.sum(offset * side[None], axis=2) / squared, 0.0, 1.0)
    away = np.hypot(*(offset - share[..., None] * side[None]).transpose(2, 0, 1)).min(axis=1)
    return float(1.0 / (1.0 + 10.0 * away.mean() / float(np.hypot(*ink.size))))


def _turning(points: Floats) -> Floats:
    step = np.diff(points, axis=0)
    step = step[np.hypot(*step.T) > 1e-9]
    if len(step) < 2:
        return np.zeros(1)
    turn: Floats = np.diff(np.unwrap(np.arctan2(step[:, 1], step[:, 0])))
    return turn


def _gap(ink: _Ink) -> float:
    return float(np.hypot(*(ink.strokes[-1][-1] - ink.strokes[0][0])))


def _path(points: Floats) -> float:
    return float(np.hypot(*np.diff(points, axis=0).T).sum())


def _spread(values: Floats) -> float:
    """Spread over mean."""
    return float(values.std() / max(abs(float(values.mean())), 1e-9))
