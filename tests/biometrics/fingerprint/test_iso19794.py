# SPDX-License-Identifier: Apache-2.0
"""ISO/IEC 19794-2:2005: the bytes are those of the standard's tables, and nothing that lies is believed."""

from __future__ import annotations

import struct
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.biometrics.fingerprint.iso19794 import read_iso, read_iso_views, write_iso, write_iso_views
from app.biometrics.fingerprint.minutiae_record import FingerView
from app.biometrics.fingerprint.template import MinutiaKind, Template, empty_template
from app.domain.errors import OperatorError
from tests.biometrics.fingerprint.record_strategies import templates as any_template


def one_minutia(direction: int = 64) -> Template:
    return Template(
        width_px=256,
        height_px=288,
        x=np.array([100], np.int16),
        y=np.array([200], np.int16),
        direction=np.array([direction], np.uint8),
        kind=np.array([MinutiaKind.BIFURCATION], np.uint8),
        quality=np.array([77], np.uint8),
        image_quality=55,
    )


def error_of(data: bytes) -> dict[str, object]:
    with pytest.raises(OperatorError) as caught:
        read_iso(data)
    assert caught.value.code == "template_invalid"
    return caught.value.facts


def patched(data: bytes, offset: int, new: bytes) -> bytes:
    return data[:offset] + new + data[offset + len(new) :]


def test_record_has_the_published_layout() -> None:
    data = write_iso(one_minutia(), position=7)
    assert data[0:4] == b"FMR\x00"
    assert data[4:8] == b" 20\x00"
    assert struct.unpack(">I", data[8:12]) == (len(data),)
    assert data[12:14] == b"\x00\x00"  # capture equipment: not reported
    assert struct.unpack(">HHHH", data[14:22]) == (256, 288, 197, 197)
    assert data[22] == 1  # finger views
    assert data[23] == 0  # reserved
    assert data[24:28] == bytes([7, 0, 55, 1])  # position, view and impression type, quality, minutiae
    assert struct.unpack(">H", data[28:30]) == (2 << 14 | 100,)
    assert struct.unpack(">H", data[30:32]) == (200,)
    assert data[32:34] == bytes([64, 77])
    assert data[34:36] == b"\x00\x00"  # no extended data
    assert len(data) == 36


def test_angle_unit_is_a_256th_of_a_turn() -> None:
    data = write_iso(one_minutia(direction=64))
    assert data[32] * 1.40625 == 90.0


@given(any_template(), st.integers(0, 10))
def test_read_back_equal(template: Template, position: int) -> None:
    (view,) = read_iso_views(write_iso(template, position))
    assert view.template.same_as(template)
    assert view.position == position


def test_extracted_template_reads_back_equal(templates: dict[tuple[int, int], Template]) -> None:
    for template in templates.values():
        data = write_iso(template)
        assert template.cells is not None
        assert read_iso(data).same_as(template)
        assert len(data) < 30 + 6 * len(template) + 2048


def test_several_views() -> None:
    views = [FingerView(one_minutia(direction), 2, number) for number, direction in enumerate((1, 2, 3))]
    back = read_iso_views(write_iso_views(views))
    assert [view.number for view in back] == [0, 1, 2]
    assert all(one.template.same_as(other.template) for one, other in zip(views, back, strict=True))


def test_no_minutiae_is_a_valid_view() -> None:
    assert read_iso(write_iso(empty_template(256, 288))).same_as(empty_template(256, 288))


def test_other_resolutions_are_brought_to_500_ppi() -> None:
    data = patched(write_iso(one_minutia()), 18, struct.pack(">HH", 394, 394))
    template = read_iso(data)
    assert (template.width_px, template.height_px) == (128, 144)
    assert (int(template.x[0]), int(template.y[0])) == (50, 100)


def test_areas_of_other_makers_are_passed_over() -> None:
    area = struct.pack(">HH", 0x0001, 9) + b"12345"
    data = write_iso(one_minutia())[:-2] + struct.pack(">H", len(area)) + area
    data = patched(data, 8, struct.pack(">I", len(data)))
    assert read_iso(data).same_as(one_minutia())


@pytest.mark.parametrize(
    ("offset", "new", "named", "reason"),
    [
        (0, b"FMX\x00", 0, "format_identifier"),
        (4, b" 30\x00", 4, "version"),
        (8, struct.pack(">I", 37), 8, "record_length"),
        (14, b"\x00\x00", 14, "size"),
        (16, b"\x40\x00", 16, "size"),
        (18, b"\x00\x00", 18, "resolution"),
        (22, b"\x00", 22, "no_views"),
        (22, b"\x02", 36, "truncated"),
        (23, b"\x01", 23, "reserved"),
        (24, b"\x0b", 24, "finger_position"),
        (25, b"\x0a", 25, "impression_type"),
        (26, b"\x65", 26, "finger_quality"),
        (27, b"\x02", 36, "truncated"),
        (27, b"\x00", 28, "extended_length"),
        (28, struct.pack(">H", 3 << 14), 28, "minutia_type"),
        (28, struct.pack(">H", 1 << 14 | 256), 28, "minutia_x"),
        (30, struct.pack(">H", 288), 30, "minutia_y"),
        (30, struct.pack(">H", 1 << 14), 30, "minutia_y"),
        (33, b"\x65", 33, "minutia_quality"),
        (34, b"\x00\x01", 34, "extended_length"),
    ],
)
def test_lies_are_refused_by_the_byte(offset: int, new: bytes, named: int, reason: str) -> None:
    facts = error_of(patched(write_iso(one_minutia()), offset, new))
    assert (facts["offset"], facts["reason"]) == (named, reason)


def test_bytes_behind_the_record_are_refused() -> None:
    data = write_iso(one_minutia()) + b"\x00"
    assert error_of(data)["reason"] == "record_length"
    assert error_of(patched(data, 8, struct.pack(">I", len(data)))) == {
        "offset": 36,
        "reason": "trailing_bytes",
    }


def test_every_truncation_is_refused(templates: dict[tuple[int, int], Template]) -> None:
    data = write_iso(templates[0, 0])
    for end in range(0, len(data), 7):
        assert 0 <= int(str(error_of(data[:end])["offset"])) <= end or end < 12


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with pytest.raises(OperatorError):
        read_iso(data)


@given(any_template(), st.data())
def test_changed_bytes_are_read_or_refused(template: Template, data: st.DataObject) -> None:
    record = bytearray(write_iso(template))
    for _ in range(data.draw(st.integers(1, 4))):
        record[data.draw(st.integers(0, len(record) - 1))] = data.draw(st.integers(0, 255))
    facts: dict[str, object] = {"offset": 0}
    try:
        count = len(read_iso(bytes(record)))
    except OperatorError as error:
        facts, count = error.facts, 0
    assert count <= 255
    assert 0 <= int(str(facts["offset"])) <= len(record)


def test_more_than_fits_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="position"):
        write_iso(one_minutia(), position=11)
    with pytest.raises(ValueError, match="views"):
        write_iso_views([])
    with pytest.raises(ValueError, match="size"):
        write_iso_views([FingerView(one_minutia()), FingerView(replace(one_minutia(), width_px=300))])
