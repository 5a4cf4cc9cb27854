# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.biometrics.signature.inkml import from_inkml, to_inkml
from app.domain.errors import OperatorError
from app.domain.signatures import Canvas, Point, PointerType, PositionUnit, Stroke, build_record
from tests.biometrics.signature.samples import CANVAS, DEVICE, STARTED_AT, signed, without_pressure

HEAD = '<ink xmlns="http://www.w3.org/2003/InkML">'


def test_a_record_comes_back_as_it_was() -> None:
    for record in (signed(1, 1), without_pressure(signed(2, 1))):
        content = to_inkml(record)
        assert from_inkml(content) == record
        assert to_inkml(from_inkml(content)) == content


def test_every_channel_comes_back() -> None:
    points = tuple(
        Point(5_000 * at, 10 * at, -at, 100 + at, -at, at, 35_999 - at, 1_000_000_000_000 + at, at)
        for at in range(20)
    )
    air = (Point(110_000, 7, 7, 0, 1, 2, 3, 4, 5),)
    canvas = Canvas(900, 400, 1.5, 0.2, PositionUnit.HUNDREDTH_MM)
    strokes = [Stroke(points, PointerType.PEN, air), Stroke(points, PointerType.ERASER)]
    record = build_record(
        strokes, started_at=STARTED_AT, device=replace(DEVICE, rate_hz=200.0), canvas=canvas
    )
    assert from_inkml(to_inkml(record)) == record


def test_a_foreign_file_is_read() -> None:
    text = f"""{HEAD}<traceFormat><channel name="X" units="mm"/><channel name="Y" units="mm"/>
    <channel name="F" max="100"/><channel name="T" units="s"/></traceFormat>
    <trace>10 20 50 1.00, 10.5 20 60 1.01, 11 21 70 1.02</trace>
    <trace type="penUp">11 22 0 1.03</trace><trace>12 20 50 1.5</trace></ink>"""
    record = from_inkml(text.encode())
    assert record.x == (0, 50, 100, 200)
    assert record.t_us == (0, 10_000, 20_000, 500_000)
    assert record.pressure is not None
    assert record.pressure[0] == 32_768
    assert len(record.stroke_starts) == 2
    assert record.canvas.mm_per_unit == 0.01


def test_differences_are_added_up() -> None:
    """The example of section 3.2.1 of the recommendation."""
    text = f"{HEAD}<trace>1125 18432,'23'43,\"7\"-8,3-5,7 -3,6 2,6 8,3 6 T,2 4*T,3 6,3-6 F F</trace></ink>"
    plain = text.replace(" T", "").replace("*T", "").replace(" F F", "")
    record = from_inkml(plain.encode())
    x = [0, 23, 53, 86, 126, 172, 224, 279, 336, 396, 459]
    assert list(record.x) == x


def test_a_file_without_times_gets_a_hundred_samples_a_second() -> None:
    record = from_inkml(f"{HEAD}<trace>0 0, 5 5, 9 9</trace><trace>1 1, 2 2</trace></ink>".encode())
    assert record.t_us == (10_000, 20_000, 30_000, 140_000, 150_000)
    assert record.pressure is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"<ink/>",
        b"<!DOCTYPE ink [<!ENTITY a 'aaaa'>]>" + HEAD.encode() + b"<trace>1 1</trace></ink>",
        HEAD.encode(),
        *(
            f"{HEAD}{body}</ink>".encode()
            for body in (
                "",
                "<trace/>",
                "<trace>1</trace>",
                "<trace>1 2 3</trace>",
                "<trace>a b</trace>",
                "<trace>NaN 1</trace>",
                "<trace>1e300 1</trace>",
                "<trace>1e12 1, 0 0</trace>",
                "<trace type='penUp'>1 1</trace>",
                "<traceFormat><channel name='X'/></traceFormat><trace>1</trace>",
                "<traceFormat><channel name='X'/><channel name='F' max='x'/></traceFormat><trace>1 1</trace>",
                "<annotation type='pen-record'>{}</annotation><trace>1 1</trace>",
                "<annotation type='pen-record'>[</annotation><trace>1 1</trace>",
                "<annotation type='pen-record'>5</annotation><trace>1 1</trace>",
            )
        ),
        f"{HEAD}<trace>{'1 1,' * 100_001}</trace></ink>".encode(),
        to_inkml(signed(1, 1))[:-200],
    ],
)
def test_damaged_files_are_refused(content: bytes) -> None:
    with pytest.raises(OperatorError, match="signature_file_invalid"):
        from_inkml(content)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="0123456789 ,.-'\"!*TF?eEN", max_size=60))
def test_any_trace_is_read_or_refused(text: str) -> None:
    content = f"{HEAD}<trace>{text}</trace></ink>".encode()
    with suppress(OperatorError):  # and nothing else
        assert from_inkml(content).tip_point_count > 0


def test_the_canvas_of_our_file_is_kept() -> None:
    assert from_inkml(to_inkml(signed(1, 1))).canvas == CANVAS
