# SPDX-License-Identifier: Apache-2.0
"""The engine's own block inside a minutiae record: ridge flow, singular points, exact directions.

Layout (big-endian): format u8, flags u8 (bit 0: directions follow), cell rows u16, cell columns u16, number
of singular points u8, then per point kind u8, x u16, y u16, then a zlib stream of: mask bits row by row, then
for the cells on the finger theta and period as differences to the cell before (one byte each), then phases,
two to a byte, then, if flagged, one direction byte a minutia. About 1.1 kB for a 256 x 288 image.
"""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from app.biometrics.fingerprint.template import (
    PERIOD_STEPS,
    TEMPLATE_FORMAT,
    THETA_STEPS,
    Cells,
    SingularKind,
    SingularPoint,
)
from app.domain.errors import OperatorError

_HEAD = struct.Struct(">BBHHB")
_POINT = struct.Struct(">BHH")
_HAS_DIRECTIONS = 1


def pack(
    cells: Cells, singular: tuple[SingularPoint, ...], directions: NDArray[np.uint8] | None = None
) -> bytes:
    """The block's bytes; ``directions`` where the record itself holds them less exactly."""
    rows, columns = cells.mask.shape
    flags = 0 if directions is None else _HAS_DIRECTIONS
    parts = [_HEAD.pack(TEMPLATE_FORMAT, flags, rows, columns, len(singular))]
    parts += [_POINT.pack(point.kind, point.x, point.y) for point in singular]
    phase = cells.phase[cells.mask]
    phase = np.append(phase, np.zeros(len(phase) % 2, np.uint8)).reshape(-1, 2)
    planes = [
        np.packbits(cells.mask),
        _differences(cells.theta[cells.mask], THETA_STEPS),
        _differences(cells.period[cells.mask], PERIOD_STEPS),
        phase[:, 0] << 4 | phase[:, 1],
    ]
    if directions is not None:
        planes.append(directions)
    parts.append(zlib.compress(np.concatenate(planes).astype(np.uint8).tobytes(), 9))
    return b"".join(parts)


def unpack(
    data: bytes, offset: int, width_px: int, height_px: int, minutiae: int
) -> tuple[Cells, tuple[SingularPoint, ...], NDArray[np.uint8] | None]:
    """Reads a block.

    Args:
        data: the block's bytes. offset: where it begins in the file, for messages.
        width_px, height_px, minutiae: what the record says, to check against.

    Raises:
        OperatorError: ``template_invalid`` with ``offset`` and ``reason``.
    """
    if len(data) < _HEAD.size:
        raise _invalid(offset, "block_short")
    form, flags, rows, columns, points = _HEAD.unpack_from(data)
    if form != TEMPLATE_FORMAT:
        raise _invalid(offset, "block_format")
    if flags & ~_HAS_DIRECTIONS:
        raise _invalid(offset + 1, "block_flags")
    if rows * 8 > height_px or columns * 8 > width_px or not rows or not columns:
        raise _invalid(offset + 2, "block_size")
    start = _HEAD.size + points * _POINT.size
    if len(data) < start:
        raise _invalid(offset + len(data), "block_short")
    singular = tuple(
        _point(data, at, offset, width_px, height_px) for at in range(_HEAD.size, start, _POINT.size)
    )
    plain = _inflate(data[start:], offset + start, (rows * columns + 7) // 8 + 3 * rows * columns + minutiae)
    cells, rest = _read_cells(plain, rows, columns, offset + start)
    if not flags & _HAS_DIRECTIONS:
        if len(rest):
            raise _invalid(offset + start, "block_long")
        return cells, singular, None
    if len(rest) != minutiae:
        raise _invalid(offset + start, "block_directions")
    return cells, singular, rest


def _point(data: bytes, at: int, offset: int, width_px: int, height_px: int) -> SingularPoint:
    kind, x, y = _POINT.unpack_from(data, at)
    if kind not in (SingularKind.CORE, SingularKind.DELTA) or x > width_px or y > height_px:
        raise _invalid(offset + at, "singular_point")
    return SingularPoint(SingularKind(kind), x, y)


def _inflate(data: bytes, offset: int, most: int) -> NDArray[np.uint8]:
    stream = zlib.decompressobj()
    try:
        plain = stream.decompress(data, most + 1)
    except zlib.error as error:
        raise _invalid(offset, "block_compression") from error
    if len(plain) > most:
        raise _invalid(offset, "block_long")
    if not stream.eof or stream.unused_data:
        raise _invalid(offset, "block_compression")
    return np.frombuffer(plain, np.uint8)


def _read_cells(
    plain: NDArray[np.uint8], rows: int, columns: int, offset: int
) -> tuple[Cells, NDArray[np.uint8]]:
    mask_bytes = (rows * columns + 7) // 8
    if len(plain) < mask_bytes:
        raise _invalid(offset, "block_short")
    bits = np.unpackbits(plain[:mask_bytes])
    if bits[rows * columns :].any():
        raise _invalid(offset, "block_mask")
    mask = bits[: rows * columns].reshape(rows, columns).astype(np.bool_)
    count = int(np.count_nonzero(mask))
    end = mask_bytes + 2 * count + (count + 1) // 2
    if len(plain) < end:
        raise _invalid(offset, "block_short")
    theta, period = plain[mask_bytes : mask_bytes + count], plain[mask_bytes + count : mask_bytes + 2 * count]
    if (theta >= THETA_STEPS).any() or (period >= PERIOD_STEPS).any():
        raise _invalid(offset, "block_values")
    pairs = plain[mask_bytes + 2 * count : end]
    phase = np.stack([pairs >> 4, pairs & 15], axis=1).reshape(-1)
    if phase[count:].any():
        raise _invalid(offset, "block_values")
    planes = []
    for values in (_summed(theta, THETA_STEPS), phase[:count], _summed(period, PERIOD_STEPS)):
        plane = np.zeros((rows, columns), np.uint8)
        plane[mask] = values
        planes.append(plane)
    return Cells(mask, *planes), plain[end:]


def _differences(values: NDArray[np.uint8], steps: int) -> NDArray[np.uint8]:
    wide = values.astype(np.int64)
    return (np.diff(wide, prepend=0) % steps).astype(np.uint8)


def _summed(values: NDArray[np.uint8], steps: int) -> NDArray[np.uint8]:
    return (np.cumsum(values.astype(np.int64)) % steps).astype(np.uint8)


def _invalid(offset: int, reason: str) -> OperatorError:
    return OperatorError("template_invalid", offset=offset, reason=reason)
