# SPDX-License-Identifier: Apache-2.0
"""Short vectors of a print's best minutiae, so that matrix products can look through a large gallery.

A minutia's flow descriptor is reduced to the low harmonics of each ring, its neighbor descriptor by a fixed
random projection (Johnson and Lindenstrauss, 1984), both to one length, in steps of 1/80. Beside each vector
stand the minutia's place and heading, so that the likeliest prints can be ranked again by whether their pairs
fit together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.biometrics.fingerprint.align import NEAREST_PX, TURN_COSINE, squared
from app.biometrics.fingerprint.planes import Plane, Points
from app.biometrics.fingerprint.prepared import RINGS, Prepared

#: Minutiae kept per print: the ones with the best known surroundings.
VECTORS = 24
#: Harmonics kept per ring: -h to h.
_HARMONICS = (1, 2, 2, 2)
_FLOW_SIZE = sum(2 * (2 * h + 1) for h in _HARMONICS)
_NEAR_SIZE = 40
VECTOR_SIZE = _FLOW_SIZE + _NEAR_SIZE
_STEPS = 80
#: Partners of each of the probe's minutiae; how far a pair may be off: px, and a share of the way squared.
PARTNERS = 2
VOTE_PX = 14.0
VOTE_SHARE = 0.03
_SUPPORT_CHUNK = 64


def _projection(size: int) -> Plane:
    draw = np.random.default_rng(1).standard_normal((size, size))
    basis = np.linalg.qr(draw)[0][:, :_NEAR_SIZE]
    return np.asarray(basis * np.sqrt(size / _NEAR_SIZE), np.float32)


_PROJECTIONS: dict[int, Plane] = {}


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """What a gallery keeps of prints beside their records: (24, ...) of one, (prints, 24, ...) of many.

    Attributes:
        vectors: (..., 24, 76) int8; zeros where a print has fewer minutiae.
        place: (..., 24, 2) int16, x and y in px. heading: (..., 24) uint8, 256ths of a turn in image axes.
    """

    vectors: NDArray[np.int8]
    place: NDArray[np.int16]
    heading: NDArray[np.uint8]

    @property
    def nbytes(self) -> int:
        """Memory of the arrays."""
        return self.vectors.nbytes + self.place.nbytes + self.heading.nbytes

    def at(self, which: NDArray[np.intp] | slice) -> Packed:
        """Some of many prints."""
        return Packed(self.vectors[which], self.place[which], self.heading[which])


def room_for(prints: int) -> Packed:
    """Empty room for so many prints."""
    return Packed(
        np.zeros((prints, VECTORS, VECTOR_SIZE), np.int8),
        np.zeros((prints, VECTORS, 2), np.int16),
        np.zeros((prints, VECTORS), np.uint8),
    )


def pack_print(print_: Prepared) -> Packed:
    """The vectors of one print's best known minutiae."""
    room = room_for(1)
    packed = Packed(room.vectors[0], room.place[0], room.heading[0])
    if not len(print_):
        return packed
    best = np.argsort(-(print_.near_known.sum(axis=1) + print_.flow_known.sum(axis=1)), kind="stable")
    best = best[:VECTORS]
    flow = _harmonics(print_.flow[best])
    near = print_.near[best]
    size = near.shape[1]
    if size not in _PROJECTIONS:
        _PROJECTIONS[size] = _projection(size)
    vectors = np.concatenate(
        [
            flow / (np.linalg.norm(flow, axis=1, keepdims=True) + 0.1),
            near @ _PROJECTIONS[size] / (np.linalg.norm(near, axis=1, keepdims=True) + 0.5),
        ],
        axis=1,
    )
    used = slice(len(best))
    packed.vectors[used] = np.clip(np.rint(vectors * _STEPS), -127, 127)
    packed.place[used] = np.stack([print_.place[best].real, print_.place[best].imag], axis=1)
    turns = np.angle(print_.heading[best]) * (128 / np.pi)
    packed.heading[used] = np.rint(turns).astype(np.int64) % 256
    return packed


def _harmonics(flow: Plane) -> Plane:
    half = flow.shape[1] // 2
    doubled = flow[:, :half] + 1j * flow[:, half:]
    parts: list[Plane] = []
    start = 0
    for (_, count), highest in zip(RINGS, _HARMONICS, strict=True):
        waves = np.fft.fft(doubled[:, start : start + count], axis=1) / np.sqrt(12 * count)
        start += count
        low = waves[:, [order % count for order in range(-highest, highest + 1)]]
        parts += [low.real, low.imag]
    return np.concatenate(parts, axis=1).astype(np.float32)


def likeness(probe: NDArray[np.int8], gallery: NDArray[np.int8]) -> Plane:
    """How alike a probe (24, 76) is to each print of a gallery (n, 24, 76): higher is likelier, (n,) float32.

    Each of the probe's minutiae looks for its best partner in a print; the eight best pairs count, squared.
    """
    scores = np.empty(len(gallery), np.float32)
    query = np.ascontiguousarray(probe.astype(np.float32).T) / np.float32(_STEPS * _STEPS)
    chunk = 512
    for start in range(0, len(gallery), chunk):
        part = gallery[start : start + chunk].astype(np.float32)
        product = part.reshape(-1, VECTOR_SIZE) @ query
        best = np.maximum(product.reshape(len(part), VECTORS, -1).max(axis=1), 0)
        top = np.partition(best, best.shape[1] - 8, axis=1)[:, -8:]
        scores[start : start + chunk] = (top * top).sum(axis=1)
    return scores


def support(probe: Packed, prints: Packed) -> Plane:
    """How well the alike minutiae of a probe and of each print fit together as one motion, (prints,) float32.

    Each of the probe's minutiae brings its two best partners; every pair is tried as the motion, and the best
    supported one counts. The same idea as in ``align``, on what a gallery keeps.
    """
    count = max(1, int(np.count_nonzero(probe.vectors.any(axis=1))))
    place, heading = (np.tile(part[:count], PARTNERS) for part in _complex(probe))
    query = probe.vectors[:count].astype(np.float32).T / np.float32(_STEPS * _STEPS)
    scores = np.empty(len(prints.vectors), np.float32)
    for start in range(0, len(scores), _SUPPORT_CHUNK):
        part = prints.at(slice(start, start + _SUPPORT_CHUNK))
        alike = (part.vectors.reshape(-1, VECTOR_SIZE).astype(np.float32) @ query).reshape(-1, VECTORS, count)
        best = np.argpartition(alike, VECTORS - PARTNERS, axis=1)[:, VECTORS - PARTNERS :]
        weight = np.maximum(np.take_along_axis(alike, best, 1), 0).reshape(len(alike), -1) ** 2
        which = np.arange(len(alike))[:, None], best.reshape(len(alike), -1)
        other_place, other_heading = (values[which] for values in _complex(part))
        scores[start : start + len(alike)] = _best_seed(place, heading, other_place, other_heading, weight)
    return scores


def _complex(packed: Packed) -> tuple[Points, Points]:
    place = packed.place[..., 0] + np.complex64(1j) * packed.place[..., 1].astype(np.float32)
    turn = packed.heading.astype(np.float32) * np.float32(np.pi / 128)
    return place.astype(np.complex64), (np.cos(turn) + np.complex64(1j) * np.sin(turn)).astype(np.complex64)


def _best_seed(place: Points, heading: Points, others: Points, headings: Points, weight: Plane) -> Plane:
    turn = headings * np.conj(heading)
    way = (place - place[:, None]) * turn[:, :, None]
    gap = squared(way - (others[:, None] - others[:, :, None]))
    reach = squared(way)
    alike = (turn[:, None] * np.conj(turn[:, :, None])).real > TURN_COSINE
    vote = np.maximum(1 - gap / (np.float32(VOTE_PX**2) + np.float32(VOTE_SHARE) * reach), 0)
    vote *= alike & (reach > NEAREST_PX**2)
    best: Plane = ((vote @ weight[..., None])[..., 0] * weight).max(axis=1)
    return best
