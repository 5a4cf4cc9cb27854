# SPDX-License-Identifier: Apache-2.0
"""Synthetic fingers: the ridge skin of a finger from one seed, to be put on a reader again and again."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from app.biometrics.synthetic.patterns import (
    Pattern,
    draw_pattern,
    draw_singularities,
    orientation_field,
    period_field,
)
from app.biometrics.synthetic.ridges import LONGEST_PX, SHORTEST_PX, grow_ridges

#: The skin is grown at 250 ppi and used at 500.
GROWN_HEIGHT_PX, GROWN_WIDTH_PX = 280, 210
_MM_PER_PX = 25.4 / 250
_HEADER = struct.Struct(">4sqBHH")
_MAGIC = b"SYF1"


@dataclass(frozen=True, slots=True)
class SyntheticFinger:
    """One finger.

    Attributes:
        grown: ridge heights as grown at 250 ppi, (280, 210) uint8, 255 = ridge.
        skin: the same at 500 ppi, (560, 420) int8, -127 (valley) to 127 (ridge).
        marks: pores and creases at 500 ppi, (560, 420) uint8, how much ridge they take away.
    """

    seed: int
    pattern: Pattern
    grown: NDArray[np.uint8] = field(repr=False)
    skin: NDArray[np.int8] = field(repr=False)
    marks: NDArray[np.uint8] = field(repr=False)

    def to_bytes(self) -> bytes:
        """Everything needed to have the finger again without growing it; about 20 kB."""
        kind = list(Pattern).index(self.pattern)
        return _HEADER.pack(_MAGIC, self.seed, kind, *self.grown.shape) + zlib.compress(
            self.grown.tobytes(), 6
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> SyntheticFinger:
        """The finger that ``to_bytes`` wrote.

        Raises:
            ValueError: the bytes are something else.
        """
        try:
            magic, seed, kind, height, width = _HEADER.unpack_from(data)
            pixels = zlib.decompress(data[_HEADER.size :])
            pattern = list(Pattern)[kind]
        except (struct.error, zlib.error, IndexError) as error:
            raise ValueError("not a synthetic finger") from error
        if magic != _MAGIC or len(pixels) != height * width:
            raise ValueError("not a synthetic finger")
        return _finish(seed, pattern, np.frombuffer(pixels, np.uint8).reshape(height, width))


def _finish(seed: int, pattern: Pattern, grown: NDArray[np.uint8]) -> SyntheticFinger:
    size = (grown.shape[1] * 2, grown.shape[0] * 2)
    large = cv2.resize(grown.astype(np.float32) - 127.5, size, interpolation=cv2.INTER_CUBIC)
    skin = np.clip(large, -127, 127).astype(np.int8)
    return SyntheticFinger(seed, pattern, grown, skin, _draw_marks(skin, np.random.default_rng([seed, 1])))


def _draw_marks(skin: NDArray[np.int8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Sweat pores along the ridges (one every 0.5 mm or so) and, on some fingers, creases across them."""
    height, width = skin.shape
    marks = np.zeros((height, width), np.uint8)
    step = 10
    ys, xs = np.mgrid[step // 2 : height : step, step // 2 : width : step]
    ys = np.clip(ys + rng.integers(-4, 5, ys.shape), 0, height - 1).ravel()
    xs = np.clip(xs + rng.integers(-4, 5, xs.shape), 0, width - 1).ravel()
    kept = (skin[ys, xs] > 70) & (rng.random(ys.shape) < 0.7)
    for y, x, strength in zip(ys[kept], xs[kept], rng.integers(70, 200, int(kept.sum())), strict=True):
        cv2.circle(marks, (int(x) * 16, int(y) * 16), 14, int(strength), -1, cv2.LINE_AA, 4)
    for _ in range(int(rng.poisson(1.6))):
        _draw_crease(marks, rng)
    return np.asarray(cv2.GaussianBlur(marks, (3, 3), 0.6))


def _draw_crease(marks: NDArray[np.uint8], rng: np.random.Generator) -> None:
    height, width = marks.shape
    start = np.array([rng.uniform(0.1, 0.9) * width, rng.uniform(0.15, 0.85) * height])
    heading = rng.uniform(-0.9, 0.9) + (np.pi / 2 if rng.random() < 0.25 else 0.0)
    points = [start]
    for _ in range(int(rng.integers(4, 14))):
        heading += rng.normal(0, 0.12)
        points.append(points[-1] + 12 * np.array([np.cos(heading), np.sin(heading)]))
    line = np.rint(np.array(points) * 16).astype(np.int32)
    cv2.polylines(marks, [line], False, int(rng.integers(120, 255)), int(rng.integers(1, 3)), cv2.LINE_AA, 4)


def make_finger(seed: int, *, pattern: Pattern | None = None) -> SyntheticFinger:
    """The finger of that seed: always the same one.

    Args:
        seed: 0 to 2**63 - 1.
        pattern: its class; drawn with natural frequencies when not given.
    """
    rng = np.random.default_rng([seed, 0])
    drawn = draw_pattern(rng)
    kind = pattern or drawn
    rows, columns = np.mgrid[0:GROWN_HEIGHT_PX, 0:GROWN_WIDTH_PX].astype(np.float64)
    x = (columns - GROWN_WIDTH_PX / 2) * _MM_PER_PX
    y = (GROWN_HEIGHT_PX / 2 - rows) * _MM_PER_PX
    direction = orientation_field(kind, draw_singularities(kind, rng), x, y, rng)
    period = np.clip(period_field(x, y, rng) / _MM_PER_PX, SHORTEST_PX, LONGEST_PX)
    ridges = grow_ridges(direction, period, rng)
    return _finish(seed, kind, np.rint(ridges * 127.0 + 127.5).astype(np.uint8))


def make_fingers(count: int, seed: int = 0) -> tuple[SyntheticFinger, ...]:
    """``count`` different fingers; a larger count begins with the fingers of a smaller one."""
    return tuple(make_finger(seed * 100_003 + number) for number in range(count))
