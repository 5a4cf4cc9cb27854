# SPDX-License-Identifier: Apache-2.0
"""A signature record as bytes, as a JSON document, and in the layout of the web project that came before.

``to_bytes`` is what is sealed and stored: a mark, a version and the deflated document. ``to_document`` is the
same document for a JSON column (``raw_data``). Reading is bounded: nothing larger than ``MAX_BYTES`` is
inflated, nothing larger than ``MAX_DOCUMENT_BYTES`` is parsed, and every value is checked.
"""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn, TypeVar

from app.domain.signatures import (
    MAX_POINTS,
    MAX_STROKES,
    MAX_TIME_US,
    PRESSURE_MAX,
    Canvas,
    PenClock,
    PenDevice,
    Point,
    PointerType,
    PositionUnit,
    SignatureRecord,
    Stroke,
    build_record,
    invalid,
    pressure_units,
)

DOCUMENT_VERSION = 1
MAX_BYTES = 8 << 20
MAX_DOCUMENT_BYTES = 16 << 20
_MAX_CONTAINERS = MAX_POINTS + 4 * MAX_STROKES  # the web layout has one for each point
_MAX_VALUES = 12 * MAX_POINTS  # a record has ten columns at most, a point of the web layout four values

_MARK = b"SREC\x01"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OPTIONAL = ("pressure", "tilt_x", "tilt_y", "rotation", "event_us", "native_us")
_REQUIRED = ("t_us", "x", "y", "tip")
_Member = TypeVar("_Member", PointerType, PenClock, PositionUnit)


def to_bytes(record: SignatureRecord) -> bytes:
    """Give the record's stored form; the same record always gives the same bytes."""
    return _MARK + zlib.compress(dump_json(to_document(record)), 9)


def from_bytes(data: bytes) -> SignatureRecord:
    """Read what ``to_bytes`` gave.

    Raises:
        OperatorError: ``signature_file_invalid`` for anything else, in bounded time and memory.
    """
    if len(data) > MAX_BYTES:
        raise invalid("too_large")
    if not data.startswith(_MARK):
        raise invalid("not_a_record")
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(data[len(_MARK) :], MAX_DOCUMENT_BYTES)
    except zlib.error as error:
        raise invalid("damaged") from error
    if inflater.unconsumed_tail:
        raise invalid("too_large")
    if not inflater.eof:
        raise invalid("truncated")
    if inflater.unused_data:
        raise invalid("trailing_bytes")
    return from_document(load_json(text))


def dump_json(document: object) -> bytes:
    """Give the one spelling of a JSON document: no spaces, sorted names, ASCII."""
    return json.dumps(document, separators=(",", ":"), sort_keys=True, allow_nan=False).encode("ascii")


def load_json(text: bytes | str) -> Any:
    """Parse JSON within the bounds of a pen file; NaN and infinities are refused.

    Raises:
        OperatorError: ``signature_file_invalid``.
    """
    if len(text) > MAX_DOCUMENT_BYTES:
        raise invalid("too_large")
    # Counted before anything is made of it: sixteen million bytes could hold five million empty lists.
    counted = text if isinstance(text, bytes) else text.encode("utf-8", "replace")
    if counted.count(b"{") + counted.count(b"[") > _MAX_CONTAINERS or counted.count(b",") > _MAX_VALUES:
        raise invalid("too_many_points")
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise invalid("not_json") from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def to_document(record: SignatureRecord) -> dict[str, Any]:
    """Give the record as a JSON document of plain values (the source's ``raw_data``)."""
    device, canvas = record.device, record.canvas
    columns: dict[str, list[int] | None] = {name: list(getattr(record, name)) for name in _REQUIRED}
    for name in _OPTIONAL:
        column = getattr(record, name)
        columns[name] = None if column is None else list(column)
    return {
        "v": DOCUMENT_VERSION,
        "started_at": record.started_at.isoformat(),
        "device": {
            "name": device.name,
            "id": device.device_id,
            "pointer": device.pointer_type.value,
            "capabilities": sorted(device.capabilities),
            "clock": device.clock.value,
            "rate_hz": device.rate_hz,
        },
        "canvas": {
            "width_px": canvas.width_px,
            "height_px": canvas.height_px,
            "device_pixel_ratio": canvas.device_pixel_ratio,
            "mm_per_px": canvas.mm_per_px,
            "unit": canvas.unit.value,
        },
        "stroke_starts": list(record.stroke_starts),
        "stroke_pointers": [pointer.value for pointer in record.stroke_pointers],
        "columns": columns,
    }


def from_document(document: object) -> SignatureRecord:
    """Read what ``to_document`` gave.

    Raises:
        OperatorError: ``signature_file_invalid``.
    """
    root = _mapping(document, "document")
    if root.get("v") != DOCUMENT_VERSION or type(root["v"]) is not int:
        raise invalid("version")
    columns = _mapping(root.get("columns"), "columns")
    optional = {
        name: None if columns.get(name) is None else _integers(columns[name], name, MAX_POINTS)
        for name in _OPTIONAL
    }
    return SignatureRecord(
        started_at=_instant(root.get("started_at")),
        device=_device(_mapping(root.get("device"), "device")),
        canvas=_canvas(_mapping(root.get("canvas"), "canvas")),
        t_us=_integers(columns.get("t_us"), "t_us", MAX_POINTS),
        x=_integers(columns.get("x"), "x", MAX_POINTS),
        y=_integers(columns.get("y"), "y", MAX_POINTS),
        tip=_integers(columns.get("tip"), "tip", MAX_POINTS),
        stroke_starts=_integers(root.get("stroke_starts"), "stroke_starts", MAX_STROKES),
        stroke_pointers=tuple(
            _member(PointerType, value)
            for value in _sequence(root.get("stroke_pointers"), "stroke_pointers", MAX_STROKES)
        ),
        **optional,
    )


def _device(document: Mapping[str, Any]) -> PenDevice:
    capabilities = [_text(value, "device") for value in _sequence(document.get("capabilities"), "device", 32)]
    return PenDevice(
        name=_text(document.get("name"), "device"),
        device_id=_text(document.get("id"), "device"),
        pointer_type=_member(PointerType, document.get("pointer")),
        capabilities=frozenset(capabilities),
        clock=_member(PenClock, document.get("clock")),
        rate_hz=_optional_number(document.get("rate_hz"), "device_rate"),
    )


def _canvas(document: Mapping[str, Any]) -> Canvas:
    width_px, height_px = document.get("width_px"), document.get("height_px")
    if type(width_px) is not int or type(height_px) is not int:
        raise invalid("canvas_size")
    return Canvas(
        width_px=width_px,
        height_px=height_px,
        device_pixel_ratio=_number(document.get("device_pixel_ratio"), "device_pixel_ratio"),
        mm_per_px=_optional_number(document.get("mm_per_px"), "mm_per_px"),
        unit=_member(PositionUnit, document.get("unit")),
    )


def to_web(record: SignatureRecord) -> list[dict[str, Any]]:
    """Give the web layout: one group a stroke, points with wall-clock ms, canvas px and pressure 0 to 1.

    Hover samples, tilt and rotation have no place there. Absent pressure is told as that layout tells it: 0.
    """
    groups = []
    started_us = (record.started_at - _EPOCH) // timedelta(microseconds=1)
    for start, end in record.stroke_ranges:
        points = []
        for index in range(start, end):
            x_px, y_px = record.canvas.to_px(record.x[index], record.y[index])
            pressure = 0.0 if record.pressure is None else record.pressure[index] / PRESSURE_MAX
            points.append(
                {
                    "time": (started_us + record.t_us[index]) / 1000,
                    "x": x_px,
                    "y": y_px,
                    "pressure": pressure,
                }
            )
        groups.append({"penColor": "black", "points": points})
    return groups


def from_web(
    document: object, *, canvas: Canvas | None = None, device: PenDevice | None = None
) -> SignatureRecord:
    """Read the web layout: groups with ``points``, or bare lists of points as its older versions wrote.

    Args:
        canvas: the canvas it was drawn on; without one, 800 x 300 px or as much as the ink needs.
        device: what it was drawn with; without one, an unknown device.

    Raises:
        OperatorError: ``signature_file_invalid``.
    """
    groups = [_web_group(group) for group in _sequence(document, "groups", MAX_STROKES)]
    groups = [group for group in groups if group]
    if not groups:
        raise invalid("no_points")
    if sum(map(len, groups)) > MAX_POINTS:
        raise invalid("too_many_points")
    # The earliest point is the zero; groups are kept in their order, which is the order of drawing.
    started_us = min(point[0] for group in groups for point in group)
    if max(point[0] for group in groups for point in group) - started_us > MAX_TIME_US:
        raise invalid("t_us_range")
    if canvas is None:
        canvas = _canvas_around(groups)
    strokes = []
    for group in groups:
        points = []
        for time_us, x_px, y_px, pressure in sorted(group, key=lambda point: point[0]):
            x, y = canvas.from_px(x_px, y_px)
            units = None if pressure is None else pressure_units(pressure)
            points.append(Point(time_us - started_us, x, y, units))
        strokes.append(Stroke(tuple(points), PointerType.UNKNOWN if device is None else device.pointer_type))
    if device is None:
        device = PenDevice("", "", PointerType.UNKNOWN, frozenset(), PenClock.IMPORTED)
    return build_record(
        strokes, started_at=_EPOCH + timedelta(microseconds=started_us), device=device, canvas=canvas
    )


_WebPoint = tuple[int, float, float, float | None]


def _web_group(group: object) -> list[_WebPoint]:
    if isinstance(group, Mapping):
        group = group.get("points")
    points: list[_WebPoint] = []
    for value in _sequence(group, "points", MAX_POINTS):
        point = _mapping(value, "point")
        time_ms = _number(point.get("time"), "time")
        if not 0 <= time_ms <= 1e14:  # the year 5138; a negative time is damage
            raise invalid("time")
        x_px, y_px = _number(point.get("x"), "x"), _number(point.get("y"), "y")
        if abs(x_px) > 100_000 or abs(y_px) > 100_000:
            raise invalid("x_range")
        pressure = _optional_number(point.get("pressure"), "pressure")
        points.append((round(time_ms * 1000), x_px, y_px, pressure))
    return points


def _canvas_around(groups: Sequence[Sequence[_WebPoint]]) -> Canvas:
    width = max(math.ceil(point[1]) + 1 for group in groups for point in group)
    height = max(math.ceil(point[2]) + 1 for group in groups for point in group)
    return Canvas(max(800, min(width, 32_768)), max(300, min(height, 32_768)))


def _mapping(value: object, name: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise invalid(name)
    return value


def _sequence(value: object, name: str, limit: int) -> Sequence[Any]:
    if not isinstance(value, list):
        raise invalid(name)
    if len(value) > limit:
        raise invalid("too_many_points" if limit == MAX_POINTS else f"{name}_count")
    return value


def _integers(value: object, name: str, limit: int) -> tuple[int, ...]:
    values = _sequence(value, name, limit)
    if not all(type(item) is int for item in values):
        raise invalid(f"{name}_type")
    return tuple(values)


def _number(value: object, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise invalid(name)
    if abs(value) > 1e15 or not math.isfinite(value):
        raise invalid(name)
    return value


def _optional_number(value: object, name: str) -> float | None:
    return None if value is None else _number(value, name)


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise invalid(name)
    return value


def _member(kind: type[_Member], value: object) -> _Member:
    try:
        return kind(value)
    except ValueError as error:
        raise invalid(kind.__name__.lower()) from error


def _instant(value: object) -> datetime:
    try:
        instant = datetime.fromisoformat(_text(value, "started_at"))
    except ValueError as error:
        raise invalid("started_at") from error
    if instant.utcoffset() != timedelta(0):
        raise invalid("started_at")
    return instant.astimezone(UTC)
