# SPDX-License-Identifier: Apache-2.0
"""Short vectors of a print's best minutiae, so that matrix products can look through a large gallery.

A minutia's flow descriptor is reduced to the low harmonics of each ring, its neighbor descriptor by a fixed
random projection (Johnson and Lindenstrauss, 1984), both to one length, in steps of 1/80.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.biometrics.fingerprint.planes import Plane
from app.biometrics.fingerprint.prepared import RINGS, Prepared

#: Minutiae kept per print: the ones with the best known surroundings.
VECTORS = 24
#: Harmonics kept per ring: -h to h.
_HARMONICS = (1, 2, 2, 2)
_FLOW_SIZE = sum(2 * (2 * h + 1) for h in _HARMONICS)
_NEAR_SIZE = 40
VECTOR_SIZE = _FLOW_SIZE + _NEAR_SIZE
_STEPS = 80


def _projection(size: int) -> Plane:
    draw = np.random.default_rng(1).standard_normal((size, size))
    basis = np.linalg.qr(draw)[0][:, :_NEAR_SIZE]
    return np.asarray(basis * np.sqrt(size / _NEAR_SIZE), np.float32)


_PROJECTIONS: dict[int, Plane] = {}


def vectors_of(print_: Prepared) -> NDArray[np.int8]:
    """The vectors of one print, (24, 76) int8; rows of zeros where it has fewer minutiae."""
    packed = np.zeros((VECTORS, VECTOR_SIZE), np.int8)
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
    packed[: len(best)] = np.clip(np.rint(vectors * _STEPS), -127, 127)
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
