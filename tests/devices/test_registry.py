# SPDX-License-Identifier: Apache-2.0
"""From a reader id to a reader, drivers of others included; and the serial ports of a machine."""

from __future__ import annotations

import errno
from importlib.metadata import EntryPoint
from types import SimpleNamespace

import pytest
import serial

from app.devices import registry, serial_link
from app.devices.base import ReaderOptions
from app.devices.emulator.emulator import Emulator
from app.devices.emulator.timing import INSTANT
from app.devices.registry import driver_names, list_readers, make_reader, open_reader, probe_reader
from app.devices.serial_link import SerialLink, list_serial_ports
from app.domain.errors import DeviceError
from tests.devices.watching import QUICK


class OutsideReader:
    """A driver that somebody else wrote."""

    def __init__(self, address: str, options: ReaderOptions, clock: object) -> None:
        self.address = address


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> None:
    points = [
        EntryPoint("outside", f"{__name__}:OutsideReader", registry.ENTRY_POINT_GROUP),
        EntryPoint("broken", "no.such.module:Reader", registry.ENTRY_POINT_GROUP),
    ]

    def entry_points(group: str, name: str | None = None) -> list[EntryPoint]:
        assert group == registry.ENTRY_POINT_GROUP
        return [point for point in points if name in (None, point.name)]

    monkeypatch.setattr(registry, "entry_points", entry_points)
    monkeypatch.setattr(EntryPoint, "load", lambda point: {"outside": OutsideReader}[point.name])


def ports(monkeypatch: pytest.MonkeyPatch, *found: SimpleNamespace) -> None:
    monkeypatch.setattr(serial_link.list_ports, "comports", lambda: list(found))


def port(device: str, vid: int | None, pid: int | None, description: str | None = "n/a") -> SimpleNamespace:
    return SimpleNamespace(device=device, vid=vid, pid=pid, description=description, serial_number=None)


def test_known_adapters_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    ports(
        monkeypatch,
        port("COM1", None, None),
        port("COM9", 0x10C4, 0xEA60, "Silicon Labs"),
        port("COM5", 0x1A86, 0x7523, "USB-SERIAL"),
    )
    found = list_readers()
    assert [place.reader_id for place in found] == ["r30x:COM5", "r30x:COM9", "r30x:COM1"]
    assert [place.likely for place in found] == [True, True, False]
    assert found[0].label == "USB-SERIAL (CH340)"
    assert [place.chip for place in list_serial_ports()] == ["CH340", "CP210x", ""]


@pytest.mark.parametrize("reader_id", ["", "r30x", "r30x:", "nobody:COM5", ":COM5"])
def test_an_id_that_names_no_driver(reader_id: str) -> None:
    with pytest.raises(DeviceError) as caught:
        make_reader(reader_id)
    assert (caught.value.code, caught.value.retryable) == ("reader_unsupported", False)


@pytest.mark.usefixtures("outside")
def test_a_driver_from_outside_joins_by_name() -> None:
    assert driver_names() == ("r30x", "folder", "outside", "broken")
    reader = make_reader("outside:here:and:there")
    assert isinstance(reader, OutsideReader)
    assert reader.address == "here:and:there"


@pytest.mark.usefixtures("outside")
def test_a_driver_from_outside_that_cannot_be_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(point: EntryPoint) -> object:
        raise ModuleNotFoundError(point.value)

    monkeypatch.setattr(EntryPoint, "load", load)
    with pytest.raises(DeviceError) as caught:
        make_reader("broken:x")
    assert caught.value.code == "reader_unsupported"


def test_opening_and_probing() -> None:
    with Emulator("r503", timing=INSTANT) as emulator:
        reader_id = f"r30x:{emulator.serve_tcp()}"
        reader = open_reader(reader_id, QUICK)
        assert reader.info.reader_id == reader_id
        reader.close()
        info = probe_reader(reader_id, QUICK)
        assert (info.vendor, info.model, info.serial) == ("GROW", "R503", "EMU00001")
        assert probe_reader(reader_id, QUICK) == info


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (serial.SerialException(errno.ENOENT, "could not open port"), "reader_absent"),
        (serial.SerialException(errno.EACCES, "could not open port"), "reader_forbidden"),
        (serial.SerialException(errno.EAGAIN, "Could not exclusively lock port"), "reader_busy"),
        # What pyserial says on Windows
        (serial.SerialException("could not open port 'COM5': FileNotFoundError(2, ...)"), "reader_absent"),
        (serial.SerialException("could not open port 'COM5': PermissionError(13, ...)"), "reader_busy"),
        (ValueError("unknown protocol"), "reader_absent"),
        (OSError(errno.EIO, "gone"), "reader_absent"),
    ],
)
def test_why_a_port_does_not_open(error: Exception, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(serial, "serial_for_url", refuse)
    with pytest.raises(DeviceError) as caught:
        SerialLink("COM5").open(57_600)
    assert (caught.value.code, caught.value.retryable) == (code, True)


@pytest.mark.parametrize("address", ["socket://127.0.0.1", "socket://127.0.0.1:99999", "nonsense://x", "\0"])
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(DeviceError) as caught:
        SerialLink(address).open(57_600)
    assert caught.value.code == "reader_absent"


def test_a_link_that_is_not_open() -> None:
    link = SerialLink("COM5")
    link.close()
    for use in (lambda: link.read(1), lambda: link.write(b"x"), link.discard_input):
        with pytest.raises(DeviceError) as caught:
            use()
        assert caught.value.code == "reader_disconnected"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (serial.SerialTimeoutException("Write timeout"), "reader_silent"),
        (serial.SerialException("device disconnected"), "reader_disconnected"),
        (OSError(errno.EIO, "gone"), "reader_disconnected"),
    ],
)
def test_what_goes_wrong_while_writing(error: Exception, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Port:
        def write(self, content: bytes) -> None:
            raise error

        def close(self) -> None:
            raise error

    monkeypatch.setattr(serial, "serial_for_url", lambda *_, **__: Port())
    link = SerialLink("COM5")
    link.open(57_600)
    with pytest.raises(DeviceError) as caught:
        link.write(b"x")
    assert (caught.value.code, caught.value.retryable) == (code, True)
    link.close()
