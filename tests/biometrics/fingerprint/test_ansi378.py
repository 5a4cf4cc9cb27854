# SPDX-License-Identifier: Apache-2.0
"""ANSI INCITS 378-2004: header of 26 bytes, angles of 2 degrees, otherwise like ISO."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.biometrics.fingerprint.ansi378 import is_ansi, read_ansi, read_ansi_views, write_ansi
from app.biometrics.fingerprint.iso19794 import write_iso
from app.biometrics.fingerprint.template import MinutiaKind, Template
from app.domain.errors import OperatorError
from tests.biometrics.fingerprint.record_strategies import templates as any_template


def one_minutia(direction: int = 64) -> Template:
    return Template(
        width_px=256,
        height_px=288,
        x=np.array([100], np.int16),
        y=np.array([200], np.int16),
        direction=np.array([direction], np.uint8),
        kind=np.array([MinutiaKind.ENDING], np.uint8),
        quality=np.array([77], np.uint8),
        image_quality=55,
    )


def test_record_has_the_published_layout() -> None:
    data = write_ansi(one_minutia(), position=2)
    assert data[0:8] == b"FMR\x00 20\x00"
    assert struct.unpack(">H", data[8:10]) == (len(data),)
    assert data[10:14] == b"\x00" * 4  # product owner and type
    assert data[14:16] == b"\x00\x00"  # capture equipment
    assert struct.unpack(">HHHH", data[16:24]) == (256, 288, 197, 197)
    assert data[24:26] == b"\x01\x00"  # views, reserved
    assert data[26:30] == bytes([2, 0, 55, 1])
    assert struct.unpack(">HH", data[30:34]) == (1 << 14 | 100, 200)
    assert data[34:36] == bytes([45, 77])  # 90 degrees in units of 2
    assert data[36:38] == b"\x00\x00"
    assert len(data) == 38


def test_long_records_have_a_six_byte_length() -> None:
    short = write_ansi(one_minutia())
    rest = short[10:]
    long = short[:8] + struct.pack(">HI", 0, 14 + len(rest)) + rest
    assert is_ansi(long)
    assert read_ansi(long).same_as(read_ansi(short))


@given(any_template())
def test_read_back_equal(template: Template) -> None:
    back = read_ansi(write_ansi(template))
    if template.cells is not None:
        assert back.same_as(template)
    else:
        turned = (back.direction.astype(int) - template.direction + 128) % 256 - 128
        assert np.abs(turned).max(initial=0) <= 1  # 2 degrees are coarser than a 256th of a turn
        assert np.array_equal(back.x, template.x)


@given(any_template())
def test_records_without_flow_settle_after_one_rounding(template: Template) -> None:
    once = read_ansi(write_ansi(template))
    assert read_ansi(write_ansi(once)).same_as(once)


@given(any_template())
def test_the_two_formats_are_told_apart(template: Template) -> None:
    assert is_ansi(write_ansi(template))
    assert not is_ansi(write_iso(template))


@pytest.mark.parametrize(
    ("offset", "new", "named", "reason"),
    [
        (0, b"XMR", 0, "format_identifier"),
        (4, b" 10", 4, "version"),
        (8, b"\x00\x27", 8, "record_length"),
        (16, b"\x00\x00", 16, "size"),
        (20, b"\x00\x01", 20, "resolution"),
        (24, b"\x00", 24, "no_views"),
        (25, b"\x01", 25, "reserved"),
        (26, b"\x0b", 26, "finger_position"),
        (34, b"\xb4", 34, "minutia_angle"),
    ],
)
def test_lies_are_refused_by_the_byte(offset: int, new: bytes, named: int, reason: str) -> None:
    data = write_ansi(one_minutia())
    with pytest.raises(OperatorError) as caught:
        read_ansi(data[:offset] + new + data[offset + len(new) :])
    assert caught.value.facts == {"offset": named, "reason": reason}


@given(st.binary(max_size=200))
def test_any_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(OperatorError):
        read_ansi_views(b"FMR\x00 20\x00" + data)
