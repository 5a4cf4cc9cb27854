# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
import zlib
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import OperatorError
from app.domain.signature_codec import (
    dump_json,
    from_bytes,
    from_document,
    from_web,
    load_json,
    to_bytes,
    to_document,
    to_web,
)
from app.domain.signatures import (
    Canvas,
    PenClock,
    PenDevice,
    Point,
    PointerType,
    PositionUnit,
    SignatureRecord,
    Stroke,
    build_record,
)


def drawn_record(seed: int) -> SignatureRecord:
    """A record of anything that the types allow, from a seed."""
    draw = Random(seed)
    channels = [draw.random() < 0.5 for _ in range(5)]

    def point() -> Point:
        extra = [
            draw.randint(low, high) if present and draw.random() < 0.9 else None
            for present, (low, high) in zip(
                channels,
                ((0, 65_535), (-9_000, 9_000), (-9_000, 9_000), (0, 35_999), (0, 1 << 40)),
                strict=True,
            )
        ]
        place = (draw.randint(-1_000, 100_000), draw.randint(-1_000, 100_000))
        return Point(draw.randint(0, 60_000_000), *place, *extra)

    strokes = [
        Stroke(
            tuple(point() for _ in range(draw.randint(1, 12))),
            draw.choice(list(PointerType)),
            tuple(point() for _ in range(draw.randint(0, 3))),
        )
        for _ in range(draw.randint(1, 5))
    ]
    canvas = Canvas(
        draw.randint(1, 4000),
        draw.randint(1, 4000),
        draw.choice([1.0, 1.25, 2.0]),
        draw.uniform(0.05, 1.0),
        draw.choice(list(PositionUnit)),
    )
    return build_record(
        strokes,
        started_at=datetime.fromtimestamp(draw.randint(0, 2_000_000_000), UTC),
        device=PenDevice("Stift", "ü-1", PointerType.PEN, frozenset({"tilt"}), PenClock.EVENT, 133.5),
        canvas=canvas,
    )


RECORDS = st.integers(0, 1 << 32).map(drawn_record)


@settings(max_examples=40, deadline=None)
@given(RECORDS)
def test_bytes_go_round(record: SignatureRecord) -> None:
    data = to_bytes(record)
    assert from_bytes(data) == record
    assert to_bytes(from_bytes(data)) == data


@settings(max_examples=40, deadline=None)
@given(RECORDS)
def test_documents_go_round_through_json(record: SignatureRecord) -> None:
    assert from_document(load_json(dump_json(to_document(record)))) == record


@settings(max_examples=40, deadline=None)
@given(RECORDS)
def test_the_web_layout_goes_round(record: SignatureRecord) -> None:
    web = load_json(dump_json(to_web(record)))
    again = from_web(web, canvas=record.canvas, device=record.device)
    assert again.x == tuple(x for x, tip in zip(record.x, record.tip, strict=True) if tip)
    assert to_web(from_web(to_web(again), canvas=record.canvas, device=record.device)) == to_web(again)


def make_record() -> SignatureRecord:
    points = tuple(Point(5_000 * at, 64 * at, 64 * at, 100 + at) for at in range(50))
    return build_record(
        [Stroke(points)],
        started_at=datetime(2026, 1, 1, tzinfo=UTC),
        device=PenDevice("", "", PointerType.PEN),
        canvas=Canvas(800, 300),
    )


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damaged_bytes_give_the_one_error(data: st.DataObject) -> None:
    good = bytearray(to_bytes(make_record()))
    kind = data.draw(st.sampled_from(["cut", "flip", "noise"]))
    if kind == "cut":
        bad = bytes(good[: data.draw(st.integers(0, len(good) - 1))])
    elif kind == "flip":
        at = data.draw(st.integers(0, len(good) - 1))
        good[at] ^= data.draw(st.integers(1, 255))
        bad = bytes(good)
    else:
        bad = bytes(good[:5]) + data.draw(st.binary(max_size=200))
    with pytest.raises(OperatorError, match="signature_file_invalid"):
        from_bytes(bad)


def test_a_bomb_is_not_inflated() -> None:
    bomb = b"SREC\x01" + zlib.compress(b"[" + b"0," * (9 << 20), 6)
    assert len(bomb) < 200_000
    with pytest.raises(OperatorError, match="too_large"):
        from_bytes(bomb)


def _changed(**change: Any) -> dict[str, Any]:
    document = to_document(make_record())
    for path, value in change.items():
        *parents, name = path.split("__")
        place = document
        for parent in parents:
            place = place[parent]
        place[name] = value
    return document


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        _changed(v=2),
        _changed(v=True),
        _changed(started_at="yesterday"),
        _changed(started_at=5),
        _changed(device=None),
        _changed(device__pointer="foot"),
        _changed(device__capabilities=[1]),
        _changed(device__rate_hz="fast"),
        _changed(canvas__width_px=1.5),
        _changed(canvas__width_px=True),
        _changed(canvas__device_pixel_ratio=None),
        _changed(canvas__unit="furlong"),
        _changed(columns=[]),
        _changed(columns__t_us="0"),
        _changed(columns__t_us=[float(at) for at in range(50)]),
        _changed(columns__t_us=[-5] * 50),
        _changed(columns__x=[True] * 50),
        _changed(columns__x=[[]] * 50),
        _changed(columns__x=[10**300] * 50),
        _changed(columns__pressure=[0] * 49),
        _changed(columns__y=[0] * 10_000_000),
        _changed(stroke_starts=[0] * 2),
        _changed(stroke_pointers=["pen"] * 3000),
    ],
)
def test_documents_of_wrong_types_are_refused(document: Any) -> None:
    with pytest.raises(OperatorError, match="signature_file_invalid"):
        from_document(document)


@pytest.mark.parametrize(
    "text",
    ["", "{", '{"x": NaN}', "[Infinity]", "[" * 100_000, "9" * 5_000, b"\xff\xfe\x00"],
)
def test_bad_json_is_refused(text: str | bytes) -> None:
    with pytest.raises(OperatorError, match="not_json"):
        load_json(text)


def test_json_beyond_the_bound_is_refused() -> None:
    with pytest.raises(OperatorError, match="too_large"):
        load_json(" " * ((16 << 20) + 1))


WEB_POINT = {"time": 1_753_700_000_000, "x": 10.5, "y": 20.25, "pressure": 0.5}


def test_the_web_layout_of_old_data_is_read() -> None:
    groups = [
        {"dotSize": 0, "minWidth": 2, "maxWidth": 4, "penColor": "black", "points": [
            {"time": 1_753_700_000_000 + 16 * at, "x": 10.5 + at, "y": 20.25, "pressure": 0.5}
            for at in range(5)
        ]},
        {"points": []},
        [{"time": 1_753_700_001_000, "x": 40, "y": 20}],
    ]  # fmt: skip
    record = from_web(groups)
    assert record.started_at == datetime(2025, 7, 28, 10, 53, 20, tzinfo=UTC)
    assert record.stroke_ranges == ((0, 5), (5, 6))
    assert record.pressure is None
    assert record.x[:2] == (672, 736)
    assert record.t_us == (0, 16_000, 32_000, 48_000, 64_000, 1_000_000)
    assert record.device.clock is PenClock.IMPORTED


def test_ink_beyond_the_usual_canvas_gets_a_larger_one() -> None:
    assert from_web([[WEB_POINT | {"x": 1200.5, "y": 900}]]).canvas == Canvas(1202, 901)


@pytest.mark.parametrize(
    "document",
    [
        {},
        [],
        [[]],
        [None],
        [{"points": {}}],
        [[5]],
        [[WEB_POINT | {"time": -1}]],
        [[WEB_POINT | {"time": None}]],
        [[WEB_POINT | {"time": float("nan")}]],
        [[WEB_POINT | {"x": "10"}]],
        [[WEB_POINT | {"x": 10**400}]],
        [[WEB_POINT | {"y": 1e9}]],
        [[WEB_POINT | {"pressure": []}]],
        [[WEB_POINT, WEB_POINT | {"time": 1_753_800_000_000}]],
        [[WEB_POINT] * 100_001],
        [[WEB_POINT] * 60_000] * 2,
        [[]] * 2_001,
    ],
)
def test_damaged_web_layouts_are_refused(document: Any) -> None:
    with pytest.raises(OperatorError, match="signature_file_invalid"):
        from_web(document)


def test_the_stored_form_is_small() -> None:
    assert len(to_bytes(make_record())) < len(json.dumps(to_web(make_record()))) / 4
