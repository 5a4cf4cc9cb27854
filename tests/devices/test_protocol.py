# SPDX-License-Identifier: Apache-2.0
"""Parameters and pixels as modules send them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.devices.protocol import ProductInfo, SystemParameters, expand_pixels, pack_pixels
from app.devices.row_assembly import RowAssembly

# GROW R503 manual V1.2.2, "ReadSysPara": status 2, system id 2, library size 2, security 2, address 4,
# packet 2, baud 2
PARAMETERS = bytes.fromhex("0004 0009 00C8 0003 FFFFFFFF 0002 0006")


def test_system_parameters() -> None:
    parameters = SystemParameters.parse(PARAMETERS)
    assert parameters == SystemParameters(4, 200, 3, 0xFFFFFFFF, 2, 6)
    assert parameters.encode(system_id=9) == PARAMETERS


@pytest.mark.parametrize("system_id", ["0000", "0009", "ABCD"])
def test_the_system_id_is_not_looked_at(system_id: str) -> None:
    """Real R551 answer 0000 where the manuals say 0009."""
    content = PARAMETERS[:2] + bytes.fromhex(system_id) + PARAMETERS[4:]
    assert SystemParameters.parse(content).library_size == 200


@pytest.mark.parametrize(
    "content", [b"", PARAMETERS[:15], PARAMETERS[:13] + b"\x04\0\x06", PARAMETERS[:14] + b"\0\0"]
)
def test_parameters_that_make_no_sense(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"bytes|range"):
        SystemParameters.parse(content)


def test_product_information_comes_back_as_it_was_sent() -> None:
    """GROW R503 manual V1.2.2, "ReadProdInfo": 46 bytes."""
    product = ProductInfo("R503", "V012", "SN000042", 0x0102, "FPC1021", 192, 192, 1536, 200)
    assert len(product.encode()) == 46
    assert ProductInfo.parse(product.encode()) == product


def test_product_information_with_an_impossible_size() -> None:
    product = ProductInfo("R503", "", "", 0, "", 192, 192, 1536, 200).encode()
    with pytest.raises(ValueError, match="pixels"):
        ProductInfo.parse(product[:38] + b"\0\0" + product[40:])
    with pytest.raises(ValueError, match="46 bytes"):
        ProductInfo.parse(product[:45])


@given(st.binary(max_size=60))
def test_parsers_refuse_with_a_value_error_only(content: bytes) -> None:
    for parse in (SystemParameters.parse, ProductInfo.parse):
        try:
            parse(content)
        except ValueError:
            continue


def test_pixels_high_nibble_first_in_sixteen_levels() -> None:
    assert expand_pixels(b"\x0f\xa3") == bytes((0, 255, 170, 51))


@given(st.binary(max_size=64))
def test_packing_undoes_expanding(packed: bytes) -> None:
    assert pack_pixels(expand_pixels(packed)) == packed


@given(st.lists(st.integers(1, 40), min_size=1, max_size=40))
def test_rows_are_given_out_in_order_and_once(sizes: list[int]) -> None:
    assembly = RowAssembly(16, 8)
    image = bytes(range(64))
    given_out, at = b"", 0
    for size in sizes:
        rows = assembly.add(image[at : at + size])
        at += size
        if rows is not None:
            assert rows.first_row * 16 == len(given_out)
            given_out += rows.pixels
    assert expand_pixels(image).startswith(given_out)
    assert len(given_out) == min(at // 8, 8) * 16


def test_a_repeated_transfer_gives_out_only_what_is_new() -> None:
    assembly = RowAssembly(4, 3)
    first = assembly.add(b"\x11\x22\x33")
    assert first is not None
    assert first.first_row == 0
    assembly.restart()
    assert assembly.add(b"\x11\x22") is None
    second = assembly.add(b"\x33\x44\x55\x66")
    assert second is not None
    assert (second.first_row, second.pixels) == (1, expand_pixels(b"\x33\x44\x55\x66"))


def test_what_is_missing_at_the_end_is_white() -> None:
    assembly = RowAssembly(4, 2)
    assembly.add(b"\0\0\0")
    assert assembly.pixels() == bytes(6) + b"\xff\xff"
