# SPDX-License-Identifier: Apache-2.0
"""How one print must be turned and shifted to lie on the other, and which minutiae then meet.

Likely pairs of minutiae vote for each other when the way from one to the other is the same in both prints;
every pair is thereby tried as an alignment at once. The best supported ones are returned as motions, which
``settle`` then improves, following the skin's stretch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.biometrics.fingerprint.planes import Mask, Plane, Points
from app.biometrics.fingerprint.prepared import Prepared

Indices = NDArray[np.intp]

#: Likely pairs that vote.
MOST_PAIRS = 100
#: Tolerances of a vote: along the way between two minutiae, and across it (plus a share of its length).
RADIAL_PX, RADIAL_SHARE = 6.0, 0.1
TANGENTIAL_PX, TANGENTIAL_SHARE = 6.0, 0.16
TURN_COSINE = float(np.cos(0.45))
NEAREST_PX = 6.0
#: Settling: search distance in px and reach of the local stretch in px, coarse to fine.
STRETCH_REACH_PX = 45.0
ROUNDS = ((16.0, 60.0), (11.0, STRETCH_REACH_PX))
HEADING_COSINE = float(np.cos(0.55))
#: Weight of "no stretch" against each matched minutia.
STIFFNESS = 0.3
#: How far apart two points would have to be for their places to tell the turn as well as one heading does.
HEADING_ARM_PX = 20.0
#: The same for the scale, of which 1 is by far the likeliest; and the most that skin and readers stretch.
SCALE_ARM_PX = 80.0
MOST_STRETCH = 1.15


@dataclass(frozen=True, slots=True, eq=False)
class Likely:
    """Pairs of minutiae that look alike: indices into either print, their likeness, and the whole matrix."""

    first: Indices
    second: Indices
    likeness: Plane
    matrix: Plane


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """point -> turn * point + shift takes the first print onto the second.

    The angle of ``turn`` is the rotation, its length the scale: readers differ by some per cent from the
    resolution that they claim, sweep readers from touch to touch, and skin stretches.
    """

    turn: complex
    shift: complex


@dataclass(frozen=True, slots=True, eq=False)
class Seeds:
    """Motions to try, best supported first: arrays (seeds,), and what each likely pair says for each."""

    turn: Points
    shift: Points
    weight: Plane
    support: Plane

    def __len__(self) -> int:
        return len(self.turn)

    def motion(self, place: int) -> Motion:
        """One of the motions."""
        return Motion(complex(self.turn[place]), complex(self.shift[place]))


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """The improved motion and the minutiae that meet under it.

    Attributes:
        placed: all minutiae of the first print, moved and stretched.
        anchors: moved places of the matched ones; ``stretch``: what is left to their partners.
    """

    motion: Motion
    first: Indices
    second: Indices
    placed: Points
    anchors: Points
    stretch: Points


def likely_pairs(one: Prepared, other: Prepared) -> Likely:
    """The pairs of minutiae whose surroundings look alike, the likeliest ``MOST_PAIRS``."""
    shared = one.flow_known @ other.flow_known.T
    flow = (one.flow @ other.flow.T) / (shared + 8)
    power = np.sqrt((one.near_power @ other.near_known.T) * (one.near_known @ other.near_power.T))
    near = (one.near @ other.near.T) / (power + np.float32(0.5))
    matrix = np.maximum(near, 0) * np.float32(0.5)
    if one.wave is not None and other.wave is not None:
        matrix += np.maximum(flow, 0) * np.float32(0.5)
    else:
        matrix *= 2
    matrix *= matrix
    flat = matrix.ravel()
    count = min(MOST_PAIRS, len(flat))
    best = np.argpartition(flat, len(flat) - count)[len(flat) - count :]
    return Likely(best // matrix.shape[1], best % matrix.shape[1], flat[best], matrix)


def squared(way: Points) -> Plane:
    """Squared length; many times faster than through the absolute value."""
    real, imaginary = way.real, way.imag
    return real * real + imaginary * imaginary


def _votes(one: Prepared, other: Prepared, likely: Likely) -> Plane:
    # Real planes throughout: three times as fast as complex ones.
    turn = other.heading[likely.second] * np.conj(one.heading[likely.first])
    x_one, y_one = _ways(one.place[likely.first])
    x_other, y_other = _ways(other.place[likely.second])
    long_one = np.sqrt(x_one * x_one + y_one * y_one)
    long_other = np.sqrt(x_other * x_other + y_other * y_other)
    same, aside = x_one * x_other + y_one * y_other, y_one * x_other - x_one * y_other
    cosine, sine = np.ascontiguousarray(turn.real), np.ascontiguousarray(turn.imag)
    ahead = same * cosine[:, None] - aside * sine[:, None]
    across = np.abs(same * sine[:, None] + aside * cosine[:, None]) / (np.maximum(long_one, long_other) + 1)
    miss = (long_one - long_other) / (RADIAL_PX + np.float32(RADIAL_SHARE) * long_one)
    drift = across / (TANGENTIAL_PX + np.float32(TANGENTIAL_SHARE) * long_one)
    vote = np.maximum(1 - np.float32(0.5) * (miss * miss + drift * drift), 0)
    alike = (cosine * cosine[:, None] + sine * sine[:, None]) > TURN_COSINE
    alike &= (ahead > 0) & (np.minimum(long_one, long_other) > NEAREST_PX)
    vote *= alike
    return np.asarray(np.minimum(vote, vote.T), np.float32)


def _ways(places: Points) -> tuple[Plane, Plane]:
    x, y = np.ascontiguousarray(places.real), np.ascontiguousarray(places.imag)
    return x - x[:, None], y - y[:, None]


def find_seeds(one: Prepared, other: Prepared, likely: Likely, count: int) -> Seeds:
    """The ``count`` best supported motions that do not share their leading pairs, best first."""
    votes = _votes(one, other, likely)
    support = (votes @ likely.likeness) * likely.likeness
    free = support.copy()
    leads: list[int] = []
    for _ in range(min(count, len(support))):
        lead = int(free.argmax())
        if free[lead] < 0:
            break
        leads.append(lead)
        free[votes[lead] > 0] = -1
        free[lead] = -1
    weight = votes[leads] * likely.likeness
    weight[np.arange(len(leads)), leads] = likely.likeness[leads]
    first, second = one.place[likely.first], other.place[likely.second]
    total = weight.sum(axis=1) + np.float32(1e-9)
    center_one = (weight * first).sum(axis=1) / total
    center_other = (weight * second).sum(axis=1) / total
    from_one, from_other = first - center_one[:, None], second - center_other[:, None]
    spin = (weight * np.conj(from_one) * from_other).sum(axis=1)
    # The headings of the pairs themselves steady the turn of a seed with few voters.
    headings = other.heading[likely.second] * np.conj(one.heading[likely.first])
    spin = spin + np.float32(HEADING_ARM_PX**2) * (weight * headings).sum(axis=1)
    size = np.abs(spin)
    turn = np.where(size > 0, spin / np.maximum(size, np.float32(1e-20)), np.complex64(1))
    turn = turn * _scale(from_one, from_other, weight, total)
    shift = center_other - turn * center_one
    return Seeds(turn.astype(np.complex64), shift.astype(np.complex64), weight, support[leads])


def _scale(from_one: Points, from_other: Points, weight: Plane, total: Plane) -> Plane:
    steady = np.float32(SCALE_ARM_PX**2) * total
    size_one = (weight * squared(from_one)).sum(axis=-1) + steady
    size_other = (weight * squared(from_other)).sum(axis=-1) + steady
    scale = np.clip(np.sqrt(size_other / size_one), 1 / MOST_STRETCH, MOST_STRETCH)
    return np.asarray(scale, np.float32)


def fit_motion(source: Points, target: Points) -> Motion:
    """The turn, the cautious scale and the shift that take ``source`` nearest to ``target``."""
    center_source, center_target = complex(source.mean()), complex(target.mean())
    from_source = source - np.complex64(center_source)
    from_target = target - np.complex64(center_target)
    spin = complex((np.conj(from_source) * from_target).sum())
    spin = spin / abs(spin) if abs(spin) > 1e-9 else 1 + 0j
    one_each = np.ones(len(source), np.float32)
    turn = spin * float(_scale(from_source, from_target, one_each, one_each.sum()))
    return Motion(turn, center_target - turn * center_source)


def one_to_one(first: Indices, second: Indices, weight: Plane) -> Indices:
    """Indices of the pairs kept when the heaviest go first and no minutia is used twice."""
    used_first: set[int] = set()
    used_second: set[int] = set()
    kept: list[int] = []
    left, right = first.tolist(), second.tolist()
    for pair in np.argsort(-weight, kind="stable").tolist():
        if left[pair] not in used_first and right[pair] not in used_second:
            used_first.add(left[pair])
            used_second.add(right[pair])
            kept.append(pair)
    return np.array(kept, np.intp)


def stretched(points: Points, anchors: Points, stretch: Points, reach_px: float) -> Points:
    """Points moved by the stretch seen at the anchors around them; far from all anchors nothing moves."""
    if len(anchors) < 3:
        return points
    weight = np.exp(squared(points[:, None] - anchors[None]) * np.float32(-0.5 / reach_px**2))
    # Real columns: products of complex matrices go to several threads, which costs more than it saves here.
    columns = np.stack([stretch.real, stretch.imag, np.ones_like(stretch.real)], axis=1)
    total = weight @ columns
    moved: Points = points + (total[:, 0] + np.complex64(1j) * total[:, 1]) / (
        total[:, 2] + np.float32(STIFFNESS)
    )
    return moved


def _meet(
    placed: Points, heading: Points, other: Prepared, matrix: Plane, reach_px: float
) -> tuple[Indices, Indices]:
    gap = squared(placed[:, None] - other.place[None]) * np.float32(1 / reach_px**2)
    facing = (heading[:, None] * np.conj(other.heading[None])).real
    first, second = np.nonzero((gap < 1) & (facing > HEADING_COSINE))
    near, turned = gap[first, second], 1 - facing[first, second]
    weight = 1 - 0.6 * near + 0.4 * matrix[first, second] - 0.4 * turned
    kept = one_to_one(first, second, weight)
    return first[kept], second[kept]


def settle(one: Prepared, other: Prepared, motion: Motion, matrix: Plane) -> Settled:
    """Improves a motion: minutiae that meet pull the print into place, then stretch it locally."""
    turn, shift = motion.turn, motion.shift
    moved = (one.place * turn + shift).astype(np.complex64)
    placed = moved
    first = second = np.zeros(0, np.intp)
    for reach_px, stretch_px in ROUNDS:
        heading = one.heading * np.complex64(turn / abs(turn))
        first, second = _meet(placed, heading, other, matrix, reach_px)
        if len(first) >= 3:
            step = fit_motion(one.place[first], other.place[second])
            turn, shift = step.turn, step.shift
            moved = (one.place * turn + shift).astype(np.complex64)
        placed = stretched(moved, moved[first], other.place[second] - moved[first], stretch_px)
    anchors = moved[first]
    return Settled(Motion(turn, shift), first, second, placed, anchors, other.place[second] - anchors)


def on_finger(mask: Mask, points: Points, cell_px: int) -> Mask:
    """Which points lie on cells of the mask."""
    column = np.floor(points.real / cell_px).astype(np.intp)
    row = np.floor(points.imag / cell_px).astype(np.intp)
    inside: Mask = (row >= 0) & (column >= 0) & (row < mask.shape[0]) & (column < mask.shape[1])
    inside[inside] = mask[row[inside], column[inside]]
    return inside
