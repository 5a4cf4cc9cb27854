# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import struct
from contextlib import suppress
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.biometrics.signature.iso import from_iso, to_iso
from app.domain.errors import OperatorError
from app.domain.signatures import Canvas, Point, PointerType, SignatureRecord, Stroke, build_record
from tests.biometrics.signature.samples import CANVAS, DEVICE, STARTED_AT, signed, without_pressure


def test_a_record_comes_back_within_the_times_resolution() -> None:
    record = signed(1, 1)
    again = from_iso(to_iso(record))
    assert (again.x, again.y, again.pressure, again.tip) == (record.x, record.y, record.pressure, record.tip)
    assert (again.device, again.canvas, again.started_at) == (record.device, record.canvas, record.started_at)
    assert again.stroke_starts == record.stroke_starts
    assert max(abs(a - b) for a, b in zip(again.t_us, record.t_us, strict=True)) < 100


def test_a_record_without_pressure_stays_without() -> None:
    assert from_iso(to_iso(without_pressure(signed(1, 1)))).pressure is None


def drawn_record(seed: int) -> SignatureRecord:
    draw = Random(seed)
    far = draw.choice([1_000, 65_535, 131_071, 1_000_000])
    tilted, pressed = draw.random() < 0.5, draw.random() < 0.5
    strokes = []
    for _ in range(draw.randint(1, 4)):
        points = [
            Point(
                draw.randint(0, 3_000_000_000),
                draw.randint(-far, far),
                draw.randint(-far, far),
                draw.randint(0, 65_535) if pressed else None,
                draw.randint(-9_000, 9_000) if tilted else None,
                draw.randint(-9_000, 9_000) if tilted else None,
                draw.randint(0, 35_999) if tilted else None,
            )
            for _ in range(draw.randint(1, 9))
        ]
        strokes.append(Stroke(tuple(points), draw.choice([PointerType.PEN, PointerType.ERASER])))
    return build_record(strokes, started_at=STARTED_AT, device=DEVICE, canvas=Canvas(1000, 1000))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1 << 32).map(drawn_record))
def test_the_file_of_a_file_is_the_same(record: SignatureRecord) -> None:
    content = to_iso(record)
    again = from_iso(content)
    assert to_iso(again) == content
    assert again.tip == record.tip
    assert again.tilt_x == record.tilt_x
    assert all(abs(a - b) <= 32 for a, b in zip(again.x, record.x, strict=True))


def test_the_file_is_laid_out_as_the_standard_orders_it() -> None:
    record = build_record(
        [Stroke((Point(0, 0, 0, 10), Point(1_000_000, 64, 128, 20)))],
        started_at=STARTED_AT,
        device=DEVICE,
        canvas=CANVAS,
    )
    content = to_iso(record)
    assert content[:8] == b"SDI\x00020\x00"
    assert struct.unpack(">I", content[8:12]) == (len(content),)
    assert struct.unpack(">H", content[12:14]) == (0x8000 | 0x4000 | 0x0100 | 0x0040 | 0x0020,)  # x y t f s
    preambles = content[14:25]
    assert preambles[0] == preambles[3] == preambles[6] == 0x80
    assert struct.unpack(">H", preambles[1:3]) == (16 << 11,)  # a factor of one
    assert struct.unpack(">H", preambles[7:9]) == (31 << 11,)  # 2 ** 15 ticks a second
    assert content[25:28] == b"\x00\x00\x02"
    assert struct.unpack(">hhHHB", content[28:37]) == (-32_768, -32_768, 0, 10, 1)
    assert struct.unpack(">hhHHB", content[37:46]) == (-32_704, -32_640, 32_768, 20, 1)


def test_a_file_without_extended_data_is_read_in_millimeters() -> None:
    samples = [(0, 0, 0, 5, 1), (100, 200, 10, 9, 1), (110, 200, 20, 0, 0), (150, 100, 100, 3, 1)]
    body = struct.pack(">H", 0x8000 | 0x4000 | 0x0100 | 0x0040 | 0x0020)
    body += struct.pack(
        ">BHBHBHBB", 0x80, 22 << 11 | 1152, 0x80, 22 << 11 | 1152, 0x80, 25 << 11 | 1952, 0, 0
    )
    body += len(samples).to_bytes(3, "big") + b"".join(struct.pack(">hhHHB", *sample) for sample in samples)
    body += b"\x00\x00"
    record = from_iso(b"SDI\x00020\x00" + struct.pack(">I", 12 + len(body)) + body)
    assert record.x == (0, 100, 110, 150)
    assert record.y == (200, 0, 0, 100)  # upward in the file, downward here
    assert record.t_us == (0, 10_000, 20_000, 100_000)
    assert record.stroke_ranges == ((0, 2), (3, 4))
    assert record.canvas.mm_per_unit == 0.01


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damaged_files_are_read_or_refused(data: st.DataObject) -> None:
    good = bytearray(GOOD)
    if data.draw(st.booleans()):
        bad = bytes(good[: data.draw(st.integers(0, len(good) - 1))])
        with pytest.raises(OperatorError, match="signature_file_invalid"):
            from_iso(bad)
        return
    for _ in range(data.draw(st.integers(1, 4))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    with suppress(OperatorError):  # and nothing else
        assert from_iso(bytes(good)).stroke_starts is not None


GOOD = to_iso(
    build_record(
        [Stroke(tuple(Point(5_000 * at, 64 * at, 9 * at, 100 + at) for at in range(8)))],
        started_at=STARTED_AT,
        device=DEVICE,
        canvas=CANVAS,
    )
)


def test_a_file_that_claims_ten_million_points_is_refused() -> None:
    claimed = bytearray(GOOD)
    claimed[25:28] = (10_000_000).to_bytes(3, "big")
    with pytest.raises(OperatorError, match="too_many_points"):
        from_iso(bytes(claimed))


@pytest.mark.parametrize(
    "content", [b"", b"FMR\x00" + GOOD[4:], GOOD[:4] + b"999\x00" + GOOD[8:], GOOD + b"\x00"]
)
def test_other_files_are_refused(content: bytes) -> None:
    with pytest.raises(OperatorError, match="signature_file_invalid"):
        from_iso(content)
