# SPDX-License-Identifier: Apache-2.0
"""What ISO/IEC 19794-2:2005 and ANSI INCITS 378-2004 share: finger views, minutiae and extended data.

Both are big-endian: a header, then per finger view 4 bytes (position, view number and impression type,
quality, number of minutiae), 6 bytes a minutia (type in the top two bits of x, 14-bit x, 14-bit y, angle,
quality), and a block of extended data (2 bytes length, then areas: type u16, length u16 with these four
bytes, data).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.biometrics.fingerprint.packing import pack, unpack
from app.biometrics.fingerprint.template import DIRECTION_STEPS, Template
from app.domain.errors import OperatorError

#: 500 ppi in px per cm, as both standards count.
RESOLUTION_PER_CM = 197
#: Type of the extended data area that holds the engine's own block; 0x0100 and up are free for makers.
OWN_AREA = 0x0150
#: The standards' coordinates have 14 bits.
LARGEST_SIDE_PX = 1 << 14
#: How a record of either format begins.
MAGIC, VERSION = b"FMR\x00", b" 20\x00"
_AREA = struct.Struct(">HH")
_VIEW = struct.Struct(">BBBB")
_MINUTIA = struct.Struct(">HHBB")
_HIGHEST_POSITION = 10
_HIGHEST_IMPRESSION_TYPE = 9
_NOT_COMPUTED = (254, 255)


@dataclass(frozen=True, slots=True, eq=False)
class FingerView:
    """One impression in a record.

    Attributes:
        template: its template at 500 ppi.
        position: 0 unknown, 1 right thumb .. 5 right little, 6 left thumb .. 10 left little.
        number: 0 for the first view of that finger, and so on.
        impression_type: 0 live-scan plain, 1 live-scan rolled, 8 swipe.
    """

    template: Template
    position: int = 0
    number: int = 0
    impression_type: int = 0


@dataclass(frozen=True, slots=True)
class Geometry:
    """What a record's header says about all its views."""

    width_px: int
    height_px: int
    per_cm_x: int
    per_cm_y: int


def invalid(offset: int, reason: str) -> OperatorError:
    """The error for a record that lies at byte ``offset``."""
    return OperatorError("template_invalid", offset=offset, reason=reason)


def check_start(data: bytes, magic: bytes, version: bytes, least: int) -> None:
    """Refuses what does not begin as the format does, or ends before ``least`` bytes: the header's."""
    if not data or data[: len(magic)] != magic[: len(data)]:
        raise invalid(0, "format_identifier")
    end = len(magic) + len(version)
    if data[len(magic) : end] != version[: max(0, len(data) - len(magic))]:
        raise invalid(len(magic), "version")
    if len(data) < least:
        raise invalid(len(data), "truncated")


def check_geometry(geometry: Geometry, offset: int) -> None:
    """Refuses sizes and resolutions that cannot be; ``offset`` is that of the width field."""
    sides = (geometry.width_px, geometry.height_px)
    for place, side in enumerate(sides):
        if not 0 < side < LARGEST_SIDE_PX:
            raise invalid(offset + 2 * place, "size")
    for place, density in enumerate((geometry.per_cm_x, geometry.per_cm_y)):
        if not 39 <= density <= 800:
            raise invalid(offset + 4 + 2 * place, "resolution")


def write_view(view: FingerView, angle_steps: int) -> bytes:
    """One view with its extended data. ``angle_steps``: how many angle units make a turn.

    Raises:
        ValueError: position, view number or impression type out of range.
    """
    template = view.template
    if not (0 <= view.position <= _HIGHEST_POSITION and 0 <= view.number <= 15):
        raise ValueError("position or view number out of range")
    if not 0 <= view.impression_type <= _HIGHEST_IMPRESSION_TYPE:
        raise ValueError("impression type out of range")
    parts = [
        _VIEW.pack(
            view.position, view.number << 4 | view.impression_type, template.image_quality, len(template)
        )
    ]
    angles = _converted(template.direction, DIRECTION_STEPS, angle_steps)
    for x, y, angle, kind, quality in zip(
        template.x.tolist(),
        template.y.tolist(),
        angles.tolist(),
        template.kind.tolist(),
        template.quality.tolist(),
        strict=True,
    ):
        parts.append(_MINUTIA.pack(kind << 14 | x, y, angle, quality))
    if template.cells is None:
        parts.append(b"\x00\x00")
    else:
        exact = None if angle_steps == DIRECTION_STEPS else template.direction
        block = pack(template.cells, template.singular, exact)
        area = _AREA.pack(OWN_AREA, _AREA.size + len(block)) + block
        parts.append(struct.pack(">H", len(area)) + area)
    return b"".join(parts)


def read_views(data: bytes, start: int, geometry: Geometry, angle_steps: int) -> tuple[FingerView, ...]:
    """All views of a record. The header ends at ``start`` with their number and a reserved byte.

    Raises:
        OperatorError: ``template_invalid`` with ``offset`` (byte) and ``reason``.
    """
    count, reserved = data[start - 2 : start]
    if count == 0:
        raise invalid(start - 2, "no_views")
    if reserved:
        raise invalid(start - 1, "reserved")
    views: list[FingerView] = []
    offset = start
    for _ in range(count):
        view, offset = read_view(data, offset, geometry, angle_steps)
        views.append(view)
    if offset != len(data):
        raise invalid(offset, "trailing_bytes")
    return tuple(views)


def read_view(data: bytes, offset: int, geometry: Geometry, angle_steps: int) -> tuple[FingerView, int]:
    """Reads the view at ``offset``; returns it and the offset behind it.

    Raises:
        OperatorError: ``template_invalid`` with ``offset`` and ``reason``.
    """
    if offset + _VIEW.size > len(data):
        raise invalid(len(data), "truncated")
    position, number_and_type, image_quality, count = _VIEW.unpack_from(data, offset)
    if position > _HIGHEST_POSITION:
        raise invalid(offset, "finger_position")
    if number_and_type & 15 > _HIGHEST_IMPRESSION_TYPE:
        raise invalid(offset + 1, "impression_type")
    if image_quality in _NOT_COMPUTED:
        image_quality = 0
    if image_quality > 100:
        raise invalid(offset + 2, "finger_quality")
    start = offset + _VIEW.size
    end = start + count * _MINUTIA.size
    if end + 2 > len(data):
        raise invalid(len(data), "truncated")
    template = _read_minutiae(data[start:end], start, geometry, angle_steps)
    (block,) = struct.unpack_from(">H", data, end)
    if end + 2 + block > len(data):
        raise invalid(end, "extended_length")
    template = _read_extended(data, end + 2, end + 2 + block, geometry, template)
    view = FingerView(
        replace(template, image_quality=image_quality), position, number_and_type >> 4, number_and_type & 15
    )
    return view, end + 2 + block


def _read_minutiae(data: bytes, offset: int, geometry: Geometry, angle_steps: int) -> Template:
    raw = np.frombuffer(data, np.dtype([("x", ">u2"), ("y", ">u2"), ("angle", "u1"), ("quality", "u1")]))
    x, y = raw["x"] & 0x3FFF, raw["y"] & 0x3FFF
    kind = (raw["x"] >> 14).astype(np.uint8)
    for field, wrong, reason in (
        (0, kind > 2, "minutia_type"),
        (0, x >= geometry.width_px, "minutia_x"),
        (2, (y >= geometry.height_px) | (raw["y"] >> 14 > 0), "minutia_y"),
        (4, raw["angle"] >= angle_steps, "minutia_angle"),
        (5, raw["quality"] > 100, "minutia_quality"),
    ):
        if wrong.any():
            raise invalid(offset + int(np.argmax(wrong)) * _MINUTIA.size + field, reason)
    scale_x, scale_y = RESOLUTION_PER_CM / geometry.per_cm_x, RESOLUTION_PER_CM / geometry.per_cm_y
    return Template(
        width_px=max(1, round(geometry.width_px * scale_x)),
        height_px=max(1, round(geometry.height_px * scale_y)),
        x=np.rint(x * scale_x).astype(np.int16),
        y=np.rint(y * scale_y).astype(np.int16),
        direction=_converted(raw["angle"], angle_steps, DIRECTION_STEPS),
        kind=kind,
        quality=raw["quality"].astype(np.uint8),
    )


def _read_extended(data: bytes, start: int, end: int, geometry: Geometry, template: Template) -> Template:
    at = start
    while at < end:
        if at + _AREA.size > end:
            raise invalid(at, "extended_area")
        kind, length = _AREA.unpack_from(data, at)
        if length < _AREA.size or at + length > end:
            raise invalid(at + 2, "extended_area_length")
        if kind == OWN_AREA:
            if (geometry.per_cm_x, geometry.per_cm_y) != (RESOLUTION_PER_CM, RESOLUTION_PER_CM):
                raise invalid(at, "block_resolution")
            if template.cells is not None:
                raise invalid(at, "block_twice")
            cells, singular, exact = unpack(
                data[at + _AREA.size : at + length],
                at + _AREA.size,
                geometry.width_px,
                geometry.height_px,
                len(template),
            )
            direction = template.direction if exact is None else exact
            template = replace(template, cells=cells, singular=singular, direction=direction)
        at += length
    return template


def _converted(angles: NDArray[np.uint8], from_steps: int, to_steps: int) -> NDArray[np.uint8]:
    if from_steps == to_steps:
        return angles.astype(np.uint8)
    turned: NDArray[np.int64] = np.rint(angles * (to_steps / from_steps)).astype(np.int64) % to_steps
    return turned.astype(np.uint8)
