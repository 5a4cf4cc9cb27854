# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import zlib

import numpy as np
import pytest

from app.biometrics.fingerprint.packing import pack, unpack
from app.biometrics.fingerprint.template import Cells, SingularKind, SingularPoint
from app.domain.errors import OperatorError


def cells() -> Cells:
    mask = np.zeros((8, 9), np.bool_)
    mask[2:6, 1:6] = True
    planes = [
        np.where(mask, np.arange(72).reshape(8, 9) % steps, 0).astype(np.uint8) for steps in (64, 16, 16)
    ]
    return Cells(mask, *planes)


def reason_of(data: bytes, minutiae: int = 0) -> object:
    with pytest.raises(OperatorError) as caught:
        unpack(data, 100, 72, 64, minutiae)
    offset = caught.value.facts["offset"]
    assert isinstance(offset, int)
    assert 100 <= offset <= 100 + len(data)
    return caught.value.facts["reason"]


def test_block_reads_back_with_points_and_directions() -> None:
    points = (SingularPoint(SingularKind.CORE, 30, 40), SingularPoint(SingularKind.DELTA, 1, 2))
    directions = np.array([3, 200], np.uint8)
    back, singular, exact = unpack(pack(cells(), points, directions), 0, 72, 64, 2)
    assert back.same_as(cells())
    assert singular == points
    assert exact is not None
    assert exact.tolist() == [3, 200]


def test_lies_are_refused() -> None:
    good = pack(cells(), ())
    assert reason_of(b"") == "block_short"
    assert reason_of(b"\x09" + good[1:]) == "block_format"
    assert reason_of(good[:1] + b"\x80" + good[2:]) == "block_flags"
    assert reason_of(good[:2] + b"\x00\x09" + good[4:]) == "block_size"
    assert reason_of(good[:2] + b"\x00\x00" + good[4:]) == "block_size"
    assert reason_of(good[:6] + b"\xff" + good[7:]) == "block_short"
    assert reason_of(good[:-3]) == "block_compression"
    assert reason_of(good + b"x") == "block_compression"
    assert reason_of(good[:7] + b"not zlib at all") == "block_compression"
    assert reason_of(pack(cells(), (), np.zeros(3, np.uint8)), minutiae=2) in (
        "block_directions",
        "block_long",
    )


def test_a_compressed_bomb_is_not_unpacked() -> None:
    head = pack(cells(), ())[:7]
    assert reason_of(head + zlib.compress(bytes(50_000_000), 9)) == "block_long"


def test_values_out_of_range_are_refused() -> None:
    head = pack(cells(), ())[:7]
    plain = bytearray(zlib.decompress(pack(cells(), ())[7:]))
    plain[9] = 64  # first theta
    assert reason_of(head + zlib.compress(bytes(plain))) == "block_values"
    mask_with_rest = bytearray(zlib.decompress(pack(cells(), ())[7:]))
    assert reason_of(head + zlib.compress(bytes(mask_with_rest[:20]))) == "block_short"
