# SPDX-License-Identifier: Apache-2.0
"""Tells which shape a drawing looks like, whatever the order, direction and number of its strokes.

A point-cloud recognizer after Vatavu, Anthony and Wobbrock, "Gestures as point clouds: a $P recognizer for
user interface prototypes" (ICMI 2012), written from the paper: 32 points a drawing, greedy matching from
several starts, early points weighing more. Templates come from the seeded outlines of this program. The
answer is advice ("this looks like a square; draw a circle?"), never a reason to refuse.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from app.biometrics.signature.outlines import DRAWING_KEYS
from app.biometrics.signature.resample import Segments, segments_of
from app.biometrics.signature.synthetic import Ink, PenSettings, drawing
from app.domain.signatures import SignatureRecord, invalid

Floats = npt.NDArray[np.float64]
RECOGNIZER_VERSION = "point-cloud/1"
POINTS = 32
_TEMPLATES_PER_SHAPE = 20
_SEED = 20_040  # the templates' own; tests draw from others
_CLEAR_MARGIN = 0.15  # the wanted shape may be this much worse than the best before anything is said


@dataclass(frozen=True, slots=True)
class ShapeGuess:
    """What a drawing looks like. ``distances``: the nearest template of each shape, smaller is more alike."""

    best: str
    distances: dict[str, float]

    def advice(self, wanted: str) -> str | None:
        """Give the shape to ask about, or None where the drawing may well be what was asked for."""
        if wanted == self.best or wanted not in self.distances:
            return None
        clear = self.distances[self.best] * (1.0 + _CLEAR_MARGIN) < self.distances[wanted]
        return self.best if clear else None


def recognize(record: SignatureRecord, keys: Sequence[str] = DRAWING_KEYS) -> ShapeGuess:
    """Compare a drawing with the templates of ``keys``.

    Raises:
        OperatorError: ``signature_file_invalid`` where there is no ink.
    """
    segments = segments_of(record)
    if not len(segments):
        raise invalid("no_ink")
    cloud = cloud_of(_strokes(segments))
    distances = {key: float(cloud_distances(cloud, _templates(key)).min()) for key in keys}
    return ShapeGuess(min(distances, key=distances.__getitem__), distances)


def _strokes(segments: Segments) -> list[Floats]:
    xy = np.stack([segments.x, segments.y], axis=1)
    return [xy[start:end] for start, end in segments.bounds]


@lru_cache(maxsize=16)
def _templates(key: str) -> Floats:
    settings = PenSettings(rate_hz=100.0, pressure=False)
    clouds = []
    for number in range(_TEMPLATES_PER_SHAPE):
        clouds.append(cloud_of(strokes_of_ink(drawing(key, _SEED + number, settings), settings.aspect)))
    return np.stack(clouds)


def strokes_of_ink(ink: Ink, aspect: float) -> list[Floats]:
    """Give synthetic ink as positions with equal units across and down."""
    return [np.array([(point.x * aspect, point.y) for point in stroke]) for stroke in ink]


def cloud_of(strokes: Sequence[Floats]) -> Floats:
    """Give 32 points evenly along the ink, scaled to a box of 1 and centered on their mean."""
    steps = [np.hypot(*np.diff(stroke, axis=0).T) for stroke in strokes]
    total = sum(float(step.sum()) for step in steps)
    along, points, at = [], [], 0.0
    for stroke, step in zip(strokes, steps, strict=True):
        along.append(at + np.concatenate([[0.0], np.cumsum(step)]))
        points.append(stroke)
        at += float(step.sum())
    where, everything = np.concatenate(along), np.concatenate(points)
    wanted = np.linspace(0.0, total, POINTS)
    # Between strokes the way does not grow, so no point falls on the pen's path through the air.
    cloud = np.stack([np.interp(wanted, where, everything[:, axis]) for axis in (0, 1)], axis=1)
    size = float(np.ptp(cloud, axis=0).max()) or 1.0
    cloud = cloud / size
    centered: Floats = cloud - cloud.mean(axis=0)
    return centered


def cloud_distances(cloud: Floats, templates: Floats) -> Floats:
    """Match a cloud greedily with each template (templates, 32, 2), from several starts, in both directions.

    Returns:
        The smallest sum of each template; smaller is more alike.
    """
    away = np.hypot(*(cloud[None, :, None] - templates[:, None]).transpose(3, 0, 1, 2))
    step = math.floor(POINTS**0.5)
    starts = np.repeat(np.arange(0, POINTS, step), len(templates))
    rounds = len(starts) // len(templates)
    both = [_greedy(np.tile(matrix, (rounds, 1, 1)), starts) for matrix in (away, away.transpose(0, 2, 1))]
    smallest: Floats = np.min(np.stack(both).reshape(2 * rounds, len(templates)), axis=0)
    return smallest


def _greedy(away: Floats, starts: npt.NDArray[np.int64]) -> Floats:
    """Match row by row from each start on; every row takes the nearest column that is left."""
    each = np.arange(len(starts))
    total = np.zeros(len(starts))
    for offset in range(POINTS):
        rows = (starts + offset) % POINTS
        columns = away[each, rows].argmin(axis=1)
        total += (1.0 - offset / POINTS) * away[each, rows, columns]
        away[each, :, columns] = np.inf
    return total
