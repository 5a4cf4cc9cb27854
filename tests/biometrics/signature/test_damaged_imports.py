# SPDX-License-Identifier: Apache-2.0
"""Every format that is imported, every way in which a file is damaged: one clear error, little memory.

Time is bounded by the test's own limit, memory by what Python allocated at most while the file was read.
"""

from __future__ import annotations

import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from app.biometrics.signature.inkml import from_inkml, to_inkml
from app.biometrics.signature.iso import from_iso, to_iso
from app.domain.errors import OperatorError
from app.domain.signature_codec import MAX_DOCUMENT_BYTES, dump_json, from_web, load_json, to_web
from app.domain.signatures import SignatureRecord
from app.ui.common.error_texts import describe
from tests.biometrics.signature.samples import signed

pytestmark = pytest.mark.timeout(60)
MOST_BYTES = 160 << 20
TEN_MILLION = 10_000_000
RECORD = signed(1, 1)


def read_web(content: bytes) -> SignatureRecord:
    return from_web(load_json(content))


READERS: dict[str, tuple[Callable[[bytes], SignatureRecord], bytes]] = {
    "web": (read_web, dump_json(to_web(RECORD))),
    "inkml": (from_inkml, to_inkml(RECORD)),
    "iso": (from_iso, to_iso(RECORD)),
}


def ink(body: str, channels: str = '<channel name="X"/><channel name="Y"/>') -> bytes:
    head = f'<ink xmlns="http://www.w3.org/2003/InkML"><traceFormat>{channels}</traceFormat>'
    return f"{head}{body}</ink>".encode()


def timed(trace: str) -> bytes:
    channels = '<channel name="X"/><channel name="Y"/><channel name="T" units="ms"/>'
    return ink(f"<trace>{trace}</trace>", channels)


def iso_with(*changes: tuple[bytes, bytes], at: dict[int, bytes] | None = None) -> bytes:
    """Our file with texts of its extended data replaced by others of the same length, or bytes at places."""
    content = bytearray(READERS["iso"][1])
    for old, new in changes:
        assert old in content, old
        assert len(old) == len(new)
        content = bytearray(bytes(content).replace(old, new))
    for place, value in (at or {}).items():
        content[place : place + len(value)] = value
    return bytes(content)


def iso_of(names: int, preambles: bytes, count: int, samples: bytes) -> bytes:
    body = struct.pack(">H", names) + preambles + count.to_bytes(3, "big") + samples + b"\x00\x00"
    return b"SDI\x00020\x00" + struct.pack(">I", 12 + len(body)) + body


def web_with(**change: object) -> bytes:
    point = {"time": 1_753_700_000_000, "x": 10.5, "y": 20.25, "pressure": 0.5}
    return dump_json([{"points": [point, {**point, **change}]}])


DAMAGED: dict[str, Callable[[], bytes]] = {
    "web-wrong types: text": lambda: web_with(x="10"),
    "web-wrong types: list": lambda: web_with(pressure=[1]),
    "web-wrong types: true": lambda: web_with(y=True),
    "web-wrong types: no list": lambda: b'{"points": 5}',
    "web-wrong types: not JSON": lambda: b"\x89PNG\r\n",
    "web-10^7 points: empty": lambda: b"[[" + b"{}," * TEN_MILLION + b"{}]]",
    "web-10^7 points: as many as fit": lambda: b'[["x":1,' + b'{"time":1,"x":1,"y":1},' * 700_000 + b"]]",
    "web-10^7 points: empty lists": lambda: b"[" + b"[]," * 5_000_000 + b"[]]",
    "web-10^7 points: numbers": lambda: b"[" + b"0," * 8_000_000 + b"0]",
    "web-NaN": lambda: b'[[{"time": 1, "x": NaN, "y": 1}]]',
    "web-NaN: infinite": lambda: b'[[{"time": 1, "x": 1e999, "y": 1}]]',
    "web-negative times": lambda: web_with(time=-5),
    "web-deep": lambda: b"[" * 50_000 + b"]" * 50_000,
    "inkml-wrong types: text": lambda: ink("<trace>a b, c d</trace>"),
    "inkml-wrong types: too few": lambda: ink("<trace>1, 2</trace>"),
    "inkml-wrong types: not XML": lambda: b"SDI\x00020",
    "inkml-wrong types: other XML": lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "inkml-10^7 points": lambda: ink("<trace>" + "1 1," * TEN_MILLION + "</trace>"),
    "inkml-10^7 points: as many as fit": lambda: ink("<trace>" + "1 1," * 4_000_000 + "</trace>"),
    "inkml-10^7 points: in many traces": lambda: ink("<trace>1 1</trace>" * 900_000),
    "inkml-10^7 points: nothing but commas": lambda: ink("<trace>" + "," * 16_000_000 + "</trace>"),
    "inkml-10^7 points: elements": lambda: ink("<a/>" * 4_000_000),
    "inkml-10^7 points: attributes": lambda: ink(
        "<trace " + " ".join(f'a{n}=""' for n in range(900_000)) + ">1 1</trace>"
    ),
    "inkml-deep": lambda: ink("<a>" * 2_000_000),
    "inkml-NaN": lambda: ink("<trace>NaN 1, 2 2</trace>"),
    "inkml-NaN: infinite": lambda: ink("<trace>1e999 1, 2 2</trace>"),
    "inkml-negative times": lambda: timed("1 1 -20, 2 2 -10, 3 3 0"),
    "inkml-negative times: differences": lambda: timed("1 1 0, 2 2 '-10, 3 3 -10"),
    "inkml-negative times: our own": lambda: READERS["inkml"][1].replace(b" 0 ", b" -9 ", 1),
    "inkml-entities": lambda: b"<!DOCTYPE ink [<!ENTITY a 'aaaaaaaa'>]>" + ink("<trace>&a;</trace>"),
    "iso-wrong types: other mark": lambda: b"FMR\x00" + READERS["iso"][1][4:],
    "iso-wrong types: no x": lambda: iso_of(0x0140, b"\x00\x00", 1, b"\x00" * 4),
    "iso-wrong types: constant channel": lambda: iso_of(0xC000, b"\x04\x00", 1, b"\x00" * 4),
    "iso-wrong types: extended data": lambda: iso_with((b'"low":[', b'"low":{')),
    "iso-wrong types: extended names": lambda: iso_with((b'"stroke_starts"', b'"strokeXstarts"')),
    "iso-10^7 points: claimed": lambda: iso_of(0xC000, b"\x00\x00", TEN_MILLION, b"\x00" * 400),
    "iso-10^7 points: there": lambda: iso_of(0xC000, b"\x00\x00", TEN_MILLION, bytes(4 * TEN_MILLION)),
    "iso-10^7 points: nothing": lambda: iso_of(0xC000, b"\x00\x00", 0, b""),
    "iso-NaN": lambda: iso_with((b'"device_pixel_ratio":1.0', b'"device_pixel_ratio":NaN')),
    "iso-negative times: falling": lambda: iso_of(
        0xC100,
        b"\x00\x00\x80" + struct.pack(">H", 26 << 11),
        2,
        struct.pack(">hhHhhH", 0, 0, 60_000, 5, 5, 0),
    ),
}


def refused(format_name: str, content: bytes) -> OperatorError:
    """Read a damaged file; the error, and no more memory than the bound while it was found."""
    reader, _ = READERS[format_name]
    tracemalloc.start()
    try:
        with pytest.raises(OperatorError) as error:
            reader(content)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < MOST_BYTES
    assert error.value.code == "signature_file_invalid"
    assert error.value.facts["reason"]
    text = describe(error.value)
    assert text.what
    assert text.what_to_do
    return error.value


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_file_gets_a_clear_error_in_little_memory(damage: str) -> None:
    refused(damage.split("-", 1)[0], DAMAGED[damage]())


@pytest.mark.parametrize("format_name", READERS)
@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.5, 0.9, 0.999])
def test_a_truncated_file_gets_a_clear_error(format_name: str, share: float) -> None:
    content = READERS[format_name][1]
    refused(format_name, content[: int(len(content.rstrip()) * share)])


@pytest.mark.parametrize("format_name", READERS)
def test_every_format_has_every_damage(format_name: str) -> None:
    kinds = {name.split("-", 1)[1].split(":")[0] for name in DAMAGED if name.startswith(f"{format_name}-")}
    assert {"wrong types", "10^7 points", "NaN", "negative times"} <= kinds


@pytest.mark.parametrize("format_name", READERS)
def test_the_undamaged_file_is_read(format_name: str) -> None:
    reader, content = READERS[format_name]
    assert reader(content).tip_point_count == RECORD.tip_point_count


def test_a_file_of_a_gigabyte_is_not_even_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from app.__main__ import main

    huge = tmp_path / "huge.json"
    with huge.open("wb") as stream:
        stream.truncate(1 << 30)
    assert main(["signature", "import", str(huge), str(tmp_path / "out.rec"), "--format", "web"]) == 2
    assert capsys.readouterr().err
    assert not (tmp_path / "out.rec").exists()


def test_the_bound_holds_for_a_text_as_for_bytes() -> None:
    with pytest.raises(OperatorError, match="too_large"):
        load_json(" " * (MAX_DOCUMENT_BYTES + 1))
    with pytest.raises(OperatorError, match="too_many_points"):
        load_json("[" + "[]," * 200_000 + "[]]")
