# SPDX-License-Identifier: Apache-2.0
"""How people draw the shapes and drawings of the flow: seeded variants as lists of polylines.

Coordinates are in a square of 1 x 1, y downward, except ``dots``, which lies in canvas fractions because its
guide does. Variants differ in the number and order of strokes, start, direction, proportions and small parts.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Polyline = npt.NDArray[np.float64]  # (points, 2)
DRAWING_KEYS = ("circle", "square", "triangle", "face", "star", "arrow", "house", "dots")
DOTS = ((0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75))  # fractions of width and height


def outline(key: str, rng: np.random.Generator) -> list[Polyline]:
    """Give one way of drawing ``key``, stroke by stroke; a corner is a single point, curves are dense.

    Raises:
        KeyError: where ``key`` is none of ``DRAWING_KEYS``.
    """
    strokes = _OUTLINES[key](rng)
    if key == "dots":
        return strokes
    turn = rng.normal(0.0, 0.06)
    stretch = np.array([rng.uniform(0.85, 1.15), 1.0])
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return [((stroke - 0.5) * stretch) @ rotation.T + 0.5 for stroke in strokes]


def _line(*points: tuple[float, float]) -> Polyline:
    return np.array(points, dtype=np.float64)


def _arc(
    center: tuple[float, float], radius: tuple[float, float], start: float, sweep: float, count: int = 48
) -> Polyline:
    angles = start + np.linspace(0.0, sweep, count)
    return np.stack(
        [center[0] + radius[0] * np.cos(angles), center[1] + radius[1] * np.sin(angles)], axis=1
    ).astype(np.float64)


def _ring(rng: np.random.Generator, center: tuple[float, float], radius: tuple[float, float]) -> Polyline:
    """A closed loop by hand: any start, any direction, ends a little before or behind its start."""
    sweep = rng.choice((-1.0, 1.0)) * rng.uniform(1.94, 2.06) * np.pi
    return _arc(center, radius, rng.uniform(0.0, 2.0 * np.pi), sweep)


def _closed(corners: Polyline, rng: np.random.Generator) -> Polyline:
    """A polygon in one stroke, from any corner in either direction."""
    if rng.random() < 0.5:
        corners = corners[::-1]
    corners = np.roll(corners, int(rng.integers(len(corners))), axis=0)
    return np.concatenate([corners, corners[:1]])


def _sides(corners: Polyline, rng: np.random.Generator) -> list[Polyline]:
    """A polygon side by side, each a stroke."""
    ring = _closed(corners, rng)
    return [ring[index : index + 2] for index in range(len(ring) - 1)]


def _polygon(corners: Polyline, rng: np.random.Generator, one_stroke: float) -> list[Polyline]:
    if rng.random() < one_stroke:
        return [_closed(corners, rng)]
    if rng.random() < 0.5:
        return _sides(corners, rng)
    ring = _closed(corners, rng)
    cut = int(rng.integers(1, len(ring) - 1))
    return [ring[: cut + 1], ring[cut:]]


def _circle(rng: np.random.Generator) -> list[Polyline]:
    return [_ring(rng, (0.5, 0.5), (0.5, 0.5 * rng.uniform(0.85, 1.12)))]


def _square(rng: np.random.Generator) -> list[Polyline]:
    return _polygon(_line((0, 0), (1, 0), (1, 1), (0, 1)), rng, 0.7)


def _triangle(rng: np.random.Generator) -> list[Polyline]:
    apex = rng.uniform(0.35, 0.65)
    return _polygon(_line((apex, rng.uniform(0.0, 0.15)), (1, 1), (0, 1)), rng, 0.75)


def _face(rng: np.random.Generator) -> list[Polyline]:
    strokes = [_ring(rng, (0.5, 0.5), (0.5, 0.5))]
    eye_x, eye_y, eye = rng.uniform(0.16, 0.24), rng.uniform(0.32, 0.42), rng.uniform(0.02, 0.07)
    for side in (-1.0, 1.0):
        center = (0.5 + side * eye_x, eye_y)
        if rng.random() < 0.6:
            strokes.append(_ring(rng, center, (eye, eye)))
        else:
            strokes.append(_line((center[0], center[1] - eye), (center[0], center[1] + eye)))
    if rng.random() < 0.4:
        strokes.append(_line((0.5, 0.45), (0.47, 0.58), (0.52, 0.58)))
    depth = rng.uniform(0.08, 0.22)
    mouth = _arc((0.5, 0.66), (rng.uniform(0.2, 0.3), depth), np.pi, -np.pi)
    strokes.append(mouth if rng.random() < 0.8 else mouth[::-1])
    return strokes


def _star(rng: np.random.Generator) -> list[Polyline]:
    tips = _arc((0.5, 0.53), (0.53, 0.53), -np.pi / 2, 1.6 * np.pi, 5)
    if rng.random() < 0.65:
        return [_closed(tips[[0, 2, 4, 1, 3]], rng)]
    inner = _arc((0.5, 0.53), (0.21, 0.21), -np.pi / 2 + np.pi / 5, 1.6 * np.pi, 5)
    corners = np.empty((10, 2))
    corners[0::2], corners[1::2] = tips, inner
    return [_closed(corners, rng)]


def _arrow(rng: np.random.Generator) -> list[Polyline]:
    head, half = rng.uniform(0.2, 0.35), rng.uniform(0.13, 0.25)
    tail, tip = (0.0, 0.5), (1.0, 0.5)
    upper, lower = (1.0 - head, 0.5 - half), (1.0 - head, 0.5 + half)
    kind = rng.random()
    if kind < 0.4:
        strokes = [_line(tail, tip), _line(upper, tip, lower)]
    elif kind < 0.65:
        strokes = [_line(tail, tip), _line(tip, upper), _line(tip, lower)]
    elif kind < 0.85:
        strokes = [_line(tail, tip, upper, tip, lower)]
    else:
        strokes = [_line(tail, tip, upper, lower, tip)]
    turn = rng.choice((0.0, 0.0, 0.0, -np.pi / 4, -np.pi / 2, np.pi, np.pi / 2, -0.75 * np.pi))
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return [(stroke - 0.5) @ rotation.T + 0.5 for stroke in strokes]


def _house(rng: np.random.Generator) -> list[Polyline]:
    eaves, side = rng.uniform(0.35, 0.5), rng.uniform(0.05, 0.15)
    left, right = side, 1.0 - side
    body = _line((left, eaves), (right, eaves), (right, 1.0), (left, 1.0))
    over = side if rng.random() < 0.4 else 0.0
    roof = _line((left - over, eaves), (0.5, 0.0), (right + over, eaves))
    if rng.random() < 0.35:
        corners = _line((left, eaves), (0.5, 0.0), (right, eaves), (right, 1.0), (left, 1.0))
        strokes = [_closed(corners, rng), body[:2]]
    else:
        strokes = [*_polygon(body, rng, 0.7), roof]
        if rng.random() < 0.2:
            strokes.reverse()
    if rng.random() < 0.7:
        door = rng.uniform(0.42, 0.5)
        strokes.append(_line((door, 1.0), (door, 0.7), (door + 0.16, 0.7), (door + 0.16, 1.0)))
    if rng.random() < 0.4:
        strokes.append(_closed(_line((0.2, 0.6), (0.34, 0.6), (0.34, 0.74), (0.2, 0.74)), rng))
    return strokes


def _dots(rng: np.random.Generator) -> list[Polyline]:
    first, second, third, fourth = DOTS
    kind = rng.random()
    if kind < 0.5:
        return [_line(first, second, third, fourth, first)]
    if kind < 0.7:
        return [_line(first, second, third, fourth)]
    if kind < 0.85:
        return [_line(first, second, fourth, third)]
    return [_line(first, second), _line(second, third), _line(third, fourth), _line(fourth, first)]


_OUTLINES: dict[str, Callable[[np.random.Generator], list[Polyline]]] = {
    "circle": _circle,
    "square": _square,
    "triangle": _triangle,
    "face": _face,
    "star": _star,
    "arrow": _arrow,
    "house": _house,
    "dots": _dots,
}
