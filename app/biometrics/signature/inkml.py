# SPDX-License-Identifier: Apache-2.0
"""Writes and reads InkML (W3C Recommendation, 20 September 2011): one trace a stroke, channels named.

What InkML has no element for (canvas, clock, start) stands in annotations, so that a file of ours comes back
as the record it was. Of foreign files the channels X, Y, T, F, OTx, OTy and OR are read, with the value
prefixes of section 3.2.1 (explicit, first and second difference).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

from app.domain.errors import OperatorError
from app.domain.signature_codec import MAX_DOCUMENT_BYTES, from_document, load_json, to_document
from app.domain.signatures import (
    MAX_COORDINATE,
    MAX_POINTS,
    MAX_STROKES,
    MAX_TIME_US,
    PRESSURE_MAX,
    UNITS_PER_MM,
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
)

_NAMESPACE = "http://www.w3.org/2003/InkML"
_CHANNELS = (
    ("X", "x"),
    ("Y", "y"),
    ("T", "t_us"),
    ("F", "pressure"),
    ("OTx", "tilt_x"),
    ("OTy", "tilt_y"),
    ("OR", "rotation"),
    ("TE", "event_us"),
    ("TN", "native_us"),
)
_VALUE = re.compile(r"""\s*([!'"]?)\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[TF*?])""")
_MM = {"mm": 1.0, "cm": 10.0, "m": 1000.0, "in": 25.4}
_SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6}
_MAX_TAGS = 8 * MAX_STROKES  # two a trace, down and up
_MAX_ATTRIBUTES = 16 * MAX_STROKES
_STARTED = datetime(1970, 1, 1, tzinfo=UTC)


def to_inkml(record: SignatureRecord) -> bytes:
    """Give the record as an InkML file; the same record always gives the same bytes."""
    document = to_document(record)
    root = ET.Element("ink", {"xmlns": _NAMESPACE})
    note = {name: document[name] for name in ("v", "started_at", "device", "canvas", "stroke_pointers")}
    ET.SubElement(root, "annotation", {"type": "pen-record"}).text = json.dumps(note, sort_keys=True)
    definitions = ET.SubElement(root, "definitions")
    source = ET.SubElement(definitions, "inkSource", {"xml:id": "pen"})
    if record.device.rate_hz is not None:
        ET.SubElement(source, "sampleRate", {"value": str(record.device.rate_hz)})
    present = [
        (channel, name) for channel, name in _CHANNELS if name in ("x", "y", "t_us") or getattr(record, name)
    ]
    layout = ET.SubElement(source, "traceFormat", {"xml:id": "samples"})
    for channel, _ in present:
        ET.SubElement(layout, "channel", _channel_attributes(channel))
    if record.canvas.unit is PositionUnit.HUNDREDTH_MM:
        properties = ET.SubElement(source, "channelProperties")
        for channel in ("X", "Y"):
            described = {"channel": channel, "name": "resolution", "value": "100", "units": "1/mm"}
            ET.SubElement(properties, "channelProperty", described)
    context = ET.SubElement(definitions, "context", {"xml:id": "context"})
    context.set("inkSourceRef", "#pen")
    context.set("traceFormatRef", "#samples")
    columns = [document["columns"][name] for _, name in present]
    limits = (*record.stroke_starts, len(record.t_us))[1:]
    for (start, end), limit in zip(record.stroke_ranges, limits, strict=True):
        for first, last, kind in ((start, end, "penDown"), (end, limit, "penUp")):
            if first < last:
                trace = ET.SubElement(root, "trace", {"type": kind, "contextRef": "#context"})
                samples = (" ".join(str(column[index]) for column in columns) for index in range(first, last))
                trace.text = ", ".join(samples)
    ET.indent(root, " ")
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return content + b"\n"


def _channel_attributes(channel: str) -> dict[str, str]:
    attributes = {"name": channel, "type": "integer"}
    if channel in ("T", "TE", "TN"):
        attributes["units"] = "us"
    elif channel == "F":
        attributes |= {"min": "0", "max": str(PRESSURE_MAX)}
    elif channel.startswith("O"):
        attributes["units"] = "0.01deg"
    else:
        attributes["units"] = "dev"
    return attributes


def from_inkml(content: bytes) -> SignatureRecord:
    """Read an InkML file, ours or another program's.

    Raises:
        OperatorError: ``signature_file_invalid``, in bounded time and memory.
    """
    root = _parse(content)
    channels = [dict(channel.attrib) for channel in root.iter(_tag("channel"))]
    names = [channel.get("name", "") for channel in channels] or ["X", "Y"]
    if not {"X", "Y"} <= set(names) or len(set(names)) != len(names) or len(names) > 32:
        raise invalid("channels")
    traces, count = [], 0
    for trace in root.iter(_tag("trace")):
        samples = _samples(trace.text or "", len(names))
        count += len(samples)
        if count > MAX_POINTS:
            raise invalid("too_many_points")
        if samples:
            traces.append((samples, trace.get("type") == "penUp"))
    if not traces:
        raise invalid("no_points")
    note = root.find(_tag("annotation") + "[@type='pen-record']")
    if note is not None:
        return _own_record(names, traces, load_json(note.text or ""))
    return _foreign_record(names, traces, {channel.get("name", ""): channel for channel in channels})


def _parse(content: bytes) -> ET.Element:
    if len(content) > MAX_DOCUMENT_BYTES:
        raise invalid("too_large")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise invalid("not_xml") from error
    # InkML needs neither; without them nothing can expand or be fetched.
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise invalid("not_xml")
    # Counted before anything is made of it: elements and attributes are worth a hundred of their bytes.
    if text.count("<") > _MAX_TAGS or text.count("=") > _MAX_ATTRIBUTES:
        raise invalid("too_many_strokes")
    try:
        root = ET.fromstring(text.encode("utf-8"))  # noqa: S314 - no entities, see above
    except (ET.ParseError, ValueError, LookupError) as error:
        raise invalid("not_xml") from error
    if root.tag != _tag("ink"):
        raise invalid("not_inkml")
    return root


def _tag(name: str) -> str:
    return f"{{{_NAMESPACE}}}{name}"


def _samples(text: str, width: int) -> list[list[float]]:
    """Read the text of a trace: samples between commas, differences added up."""
    rows: list[list[float]] = []
    modes = ["!"] * width
    steps = [0.0] * width
    if text.count(",") > MAX_POINTS:
        raise invalid("too_many_points")
    for part in text.split(","):
        if not part.strip():
            continue
        if len(rows) >= MAX_POINTS:
            raise invalid("too_many_points")
        row: list[float] = []
        at = 0
        for column in range(width):
            match = _VALUE.match(part, at)
            if match is None:
                raise invalid("trace")
            at = match.end()
            modes[column] = match[1] or modes[column]
            row.append(_value(match[2], modes[column], column, rows, steps))
        if part[at:].strip():
            raise invalid("trace")
        rows.append(row)
    return rows


def _value(text: str, mode: str, column: int, rows: Sequence[Sequence[float]], steps: list[float]) -> float:
    last = rows[-1][column] if rows else 0.0
    if text in "TF?":
        return float(text == "T")
    if text == "*":
        return last
    number = float(text)
    if not math.isfinite(number) or abs(number) > 1e15:
        raise invalid("trace")
    if mode == "!":
        return number
    steps[column] = number if mode == "'" else steps[column] + number
    return last + steps[column]


_Traces = Sequence[tuple[list[list[float]], bool]]


def _own_record(names: Sequence[str], traces: _Traces, note: Any) -> SignatureRecord:
    """Put the document of a record together again and let the record's own reader check it."""
    known = dict(_CHANNELS)
    if not isinstance(note, Mapping):
        raise invalid("annotation")
    rows = [row for samples, _ in traces for row in samples]
    columns: dict[str, list[int]] = {
        known[name]: [int(row[index]) for row in rows] for index, name in enumerate(names) if name in known
    }
    columns["tip"] = [0 if in_air else 1 for samples, in_air in traces for _ in samples]
    starts, at = [], 0
    for samples, in_air in traces:
        if not in_air:
            starts.append(at)
        at += len(samples)
    return from_document({**note, "columns": columns, "stroke_starts": starts})


def _foreign_record(
    names: Sequence[str], traces: _Traces, channels: Mapping[str, Mapping[str, str]]
) -> SignatureRecord:
    at = {name: index for index, name in enumerate(names)}
    unit = channels.get("X", {}).get("units", "dev")
    per_value = _MM[unit] * UNITS_PER_MM if unit in _MM else 1.0
    pressure_top = _number(channels.get("F", {}).get("max")) or max(
        (row[at["F"]] for samples, _ in traces for row in samples if "F" in at), default=1.0
    )
    to_us = _SECONDS.get(channels.get("T", {}).get("units", "ms"), 1e-3) * 1e6
    first_time = min((row[at["T"]] for samples, _ in traces for row in samples if "T" in at), default=0.0)
    if first_time < 0:
        raise invalid("time")
    low = [min(row[at[axis]] for samples, _ in traces for row in samples) for axis in ("X", "Y")]
    strokes: list[Stroke] = []
    clock_us = 0
    for samples, in_air in traces:
        points = []
        for row in samples:
            # A file without times gets 100 samples a second, and a tenth between strokes.
            clock_us += 10_000
            time_us = round((row[at["T"]] - first_time) * to_us) if "T" in at else clock_us
            x, y = (
                round((row[at[axis]] - origin) * per_value) for axis, origin in zip("XY", low, strict=True)
            )
            if time_us > MAX_TIME_US or max(abs(x), abs(y)) > MAX_COORDINATE:
                raise invalid("trace")
            force = None
            if "F" in at and pressure_top > 0:
                force = round(min(max(row[at["F"]] / pressure_top, 0.0), 1.0) * PRESSURE_MAX)
            points.append(Point(time_us, x, y, force))
        clock_us += 100_000
        if not in_air:
            strokes.append(Stroke(tuple(points)))
    if not strokes:
        raise invalid("no_points")
    return build_record(
        strokes,
        started_at=_STARTED,
        device=PenDevice("", "", PointerType.PEN, frozenset(), PenClock.IMPORTED),
        canvas=_canvas(strokes, in_mm=unit in _MM),
    )


def _canvas(strokes: Sequence[Stroke], *, in_mm: bool) -> Canvas:
    """Give a canvas that holds the ink, which begins at its corner."""
    per_px = 10.0 if in_mm else 64.0
    right, bottom = (
        max(getattr(point, axis) for stroke in strokes for point in stroke.points) for axis in ("x", "y")
    )
    width, height = math.ceil(right / per_px) + 1, math.ceil(bottom / per_px) + 1
    if in_mm:
        return Canvas(width, height, mm_per_px=0.1, unit=PositionUnit.HUNDREDTH_MM)
    return Canvas(width, height)


def _number(text: str | None) -> float | None:
    try:
        value = None if text is None else float(text)
    except ValueError as error:
        raise OperatorError("signature_file_invalid", reason="channels") from error
    return value if value is None or math.isfinite(value) else None
