# SPDX-License-Identifier: Apache-2.0
"""Writes and reads a binary file modelled on ISO/IEC 19794-7 (signature time series, full format).

Modelled on, not conforming: the order of the channels, the inclusion map, the preambles with scaling values
of a five-bit exponent and an eleven-bit fraction, the sample types and the three-byte count follow the
standard; the header is short, and what it has no room for (device, canvas, start) stands as JSON in the
extended data.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.domain.signature_codec import dump_json, from_document, load_json, to_document
from app.domain.signatures import (
    MAX_POINTS,
    PRESSURE_MAX,
    Canvas,
    PenClock,
    PenDevice,
    PointerType,
    PositionUnit,
    SignatureRecord,
    build_record,
    invalid,
)

_MARK = b"SDI\x00"
_VERSION = b"020\x00"
_HEADER = struct.Struct(">4s4sI")
_CHANNELS = ("x", "y", "z", "vx", "vy", "ax", "ay", "t", "dt", "f", "s", "tx", "ty", "az", "el", "r")
_CODES = dict.fromkeys(("x", "y", "vx", "vy", "ax", "ay", "tx", "ty"), "h") | {"s": "B"}
_OURS = {"x": "x", "y": "y", "t": "t_us", "f": "pressure", "s": "tip"}
_OURS |= {"tx": "tilt_x", "ty": "tilt_y", "r": "rotation"}
# The bits of a preamble: scaling value, minimum, maximum, mean, spread; constant, linear component removed.
_HAS_SCALE, _SPARE_VALUES = 0x80, (0x40, 0x20, 0x10, 0x08)
_BIAS = 16


@dataclass(frozen=True, slots=True)
class _Scale:
    """A scaling value: ``stored = value * (1 + fraction / 2048) * 2 ** exponent``."""

    exponent: int
    fraction: int = 0

    @property
    def factor(self) -> float:
        return (1 + self.fraction / 2048) * 2.0**self.exponent

    @property
    def packed(self) -> int:
        return (self.exponent + _BIAS) << 11 | self.fraction

    @classmethod
    def unpack(cls, packed: int) -> _Scale:
        return cls((packed >> 11) - _BIAS, packed & 0x7FF)


_PER_DEGREE = _Scale(6, 1152)  # 100


def to_iso(record: SignatureRecord) -> bytes:
    """Give the record as a file; positions are rounded where the canvas needs more than 16 bits.

    The event's and the pointer's own times have no channel and are left out.
    """
    document = to_document(record)
    extent = [max((*column, 0)) - min((*column, 0)) for column in (record.x, record.y)]
    coarser = next(bits for bits in range(32) if (max(extent) + (1 << bits) // 2) >> bits <= 65_535)
    low = [min((*column, 0)) for column in (record.x, record.y)]
    last_us = max(record.t_us, default=0)
    ticks = next(power for power in range(15, -17, -1) if round(last_us * 2.0**power / 1e6) <= 65_535)
    stored: dict[str, list[int]] = {
        "x": [((x - low[0] + ((1 << coarser) >> 1)) >> coarser) - 32_768 for x in record.x],
        "y": [((y - low[1] + ((1 << coarser) >> 1)) >> coarser) - 32_768 for y in record.y],
        "t": [round(t * 2.0**ticks / 1e6) for t in record.t_us],
        "s": list(record.tip),
    }
    scales = {"x": _Scale(-coarser), "y": _Scale(-coarser), "t": _Scale(ticks)}
    for name in ("f", "tx", "ty", "r"):
        column = getattr(record, _OURS[name])
        if column is not None:
            stored[name] = list(column)
            if name != "f":
                scales[name] = _PER_DEGREE
    names = [name for name in _CHANNELS if name in stored]
    body = [struct.pack(">H", sum(0x8000 >> _CHANNELS.index(name) for name in names))]
    for name in names:
        scale = scales.get(name)
        body.append(b"\x00" if scale is None else struct.pack(">BH", _HAS_SCALE, scale.packed))
    body.append(len(record.t_us).to_bytes(3, "big"))
    sample = _sample_format(names)
    body += [sample.pack(*values) for values in zip(*(stored[name] for name in names), strict=True)]
    note = {name: document[name] for name in ("v", "started_at", "device", "canvas", "stroke_starts")}
    pointers = [pointer.value for pointer in record.stroke_pointers]
    note |= {"low": low, "stroke_pointers": pointers if len(set(pointers)) > 1 else pointers[:1]}
    extended = dump_json(note)
    if len(extended) > 65_535:
        raise invalid("too_many_strokes")
    body.append(struct.pack(">H", len(extended)) + extended)
    content = b"".join(body)
    return _HEADER.pack(_MARK, _VERSION, _HEADER.size + len(content)) + content


def _sample_format(names: list[str]) -> struct.Struct:
    return struct.Struct(">" + "".join(_CODES.get(name, "H") for name in names))


def from_iso(content: bytes) -> SignatureRecord:
    """Read what ``to_iso`` wrote, or a file of that shape without extended data (x and y in mm then).

    Raises:
        OperatorError: ``signature_file_invalid``.
    """
    try:
        return _read(content)
    except (struct.error, IndexError) as error:
        raise invalid("truncated") from error


def _read(content: bytes) -> SignatureRecord:
    mark, version, length = _HEADER.unpack_from(content)
    if mark != _MARK or version != _VERSION:
        raise invalid("not_iso")
    if length != len(content):
        raise invalid("truncated")
    at = _HEADER.size
    (included,) = struct.unpack_from(">H", content, at)
    at += 2
    names = [name for index, name in enumerate(_CHANNELS) if included & 0x8000 >> index]
    if not {"x", "y"} <= set(names):
        raise invalid("channels")
    scales = {}
    for name in names:
        preamble = content[at]
        at += 1
        scales[name] = _Scale(0)
        if preamble & _HAS_SCALE:
            scales[name] = _Scale.unpack(struct.unpack_from(">H", content, at)[0])
            at += 2
        if preamble & 0x07:
            raise invalid("channels")  # constant and detrended channels are not written by anybody we know
        at += 2 * sum(bool(preamble & bit) for bit in _SPARE_VALUES)
    count = int.from_bytes(content[at : at + 3], "big")
    at += 3
    if count > MAX_POINTS:
        raise invalid("too_many_points")
    sample = _sample_format(names)
    if at + count * sample.size + 2 > len(content):
        raise invalid("truncated")
    rows = [sample.unpack_from(content, at + index * sample.size) for index in range(count)]
    at += count * sample.size
    (note_length,) = struct.unpack_from(">H", content, at)
    at += 2
    if at + note_length != len(content):
        raise invalid("truncated")
    columns = {name: [row[index] for row in rows] for index, name in enumerate(names)}
    if note_length:
        return _own_record(columns, scales, load_json(content[at:]))
    return _foreign_record(columns, scales)


def _own_record(columns: dict[str, list[int]], scales: dict[str, _Scale], note: Any) -> SignatureRecord:
    if not isinstance(note, dict) or not {"x", "y", "t", "s"} <= set(columns):
        raise invalid("extended_data")
    low = note.get("low")
    if not isinstance(low, list) or len(low) != 2 or not all(type(value) is int for value in low):
        raise invalid("extended_data")
    pointers = note.get("stroke_pointers")
    starts = note.get("stroke_starts")
    if isinstance(pointers, list) and isinstance(starts, list) and len(pointers) == 1:
        note = note | {"stroke_pointers": pointers * len(starts)}
    values = {_OURS[name]: column for name, column in columns.items() if name in _OURS}
    for axis, origin in zip("xy", low, strict=True):
        factor = scales[axis].factor
        values[axis] = [round((value + 32_768) / factor) + origin for value in columns[axis]]
    values["t_us"] = [round(value * 1e6 / scales["t"].factor) for value in columns["t"]]
    return from_document({**note, "columns": values})


def _foreign_record(columns: dict[str, list[int]], scales: dict[str, _Scale]) -> SignatureRecord:
    count = len(columns["x"])
    if not count:
        raise invalid("no_points")
    x = [round(value * 100 / scales["x"].factor) for value in columns["x"]]
    y = [round(value * 100 / scales["y"].factor) for value in columns["y"]]
    seconds = [value / scales["t"].factor for value in columns["t"]] if "t" in columns else None
    t_us = [round(value * 1e6) for value in seconds] if seconds else [10_000 * at for at in range(count)]
    tip = [1 if value else 0 for value in columns["s"]] if "s" in columns else [1] * count
    starts = [index for index in range(count) if tip[index] and (index == 0 or not tip[index - 1])]
    width, height = max(x) - min(x), max(y) - min(y)
    document: dict[str, Any] = {
        "t_us": tuple(value - t_us[0] for value in t_us),
        "x": tuple(value - min(x) for value in x),
        "y": tuple(max(y) - value for value in y),  # the standard's y grows upward
        "tip": tuple(tip),
        "stroke_starts": tuple(starts),
        "stroke_pointers": (PointerType.PEN,) * len(starts),
    }
    if "f" in columns:
        top = max(*columns["f"], 1)
        document["pressure"] = tuple(value * PRESSURE_MAX // top for value in columns["f"])
    device = PenDevice("", "", PointerType.PEN, frozenset(), PenClock.IMPORTED)
    canvas = Canvas(width // 10 + 1, height // 10 + 1, mm_per_px=0.1, unit=PositionUnit.HUNDREDTH_MM)
    started_at = datetime(1970, 1, 1, tzinfo=UTC)
    raw = SignatureRecord(started_at=started_at, device=device, canvas=canvas, **document)
    return build_record(raw.strokes(), started_at=started_at, device=device, canvas=canvas)
