# SPDX-License-Identifier: Apache-2.0
"""Clients that others wrote, as they are published, work against the emulated module: it speaks the real
protocol."""

from __future__ import annotations

import contextlib
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import serial

from app.devices.emulator.emulator import Emulator
from app.devices.emulator.pattern import ridge_pattern
from app.devices.emulator.timing import INSTANT
from app.devices.protocol import expand_pixels

with warnings.catch_warnings():
    # The libraries' own imports are older than the interpreter.
    warnings.simplefilter("ignore")
    import adafruit_fingerprint
    from pyfingerprint.pyfingerprint import PyFingerprint

TIMEOUT_S = 5


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator("r307", timing=INSTANT) as emulator:
        yield emulator


def on_sensor(emulator: Emulator) -> bytes:
    """The pixels the module should send of what lies on it, in its sixteen levels."""
    glass = emulator.module.glass
    assert glass is not None
    return bytes(pixel // 16 * 17 for pixel in glass.pixels)


@contextlib.contextmanager
def adafruit(address: str, baud: int = 57_600) -> Iterator[Any]:
    port = serial.serial_for_url(address, baudrate=baud, timeout=TIMEOUT_S)
    try:
        yield adafruit_fingerprint.Adafruit_Fingerprint(port)
    finally:
        port.close()


@pytest.fixture(params=["socket"] if sys.platform == "win32" else ["socket", "pty"])
def ada(request: pytest.FixtureRequest, emulator: Emulator) -> Iterator[Any]:
    address = emulator.serve_tcp() if request.param == "socket" else emulator.serve_pty()
    with adafruit(address) as client:
        yield client


def ada_enrol(client: Any, emulator: Emulator, number: int, page: int) -> None:
    for slot in (1, 2):
        emulator.place_number(number)
        assert client.get_image() == adafruit_fingerprint.OK
        assert client.image_2_tz(slot) == adafruit_fingerprint.OK
        emulator.lift_finger()
        assert client.get_image() == adafruit_fingerprint.NOFINGER
    assert client.create_model() == adafruit_fingerprint.OK
    assert client.store_model(page) == adafruit_fingerprint.OK


def test_adafruit_reads_the_parameters(ada: Any) -> None:
    assert ada.read_sysparam() == adafruit_fingerprint.OK
    assert (ada.library_size, ada.data_packet_size, ada.baudrate) == (1000, 2, 6)
    assert ada.check_module()
    assert ada.count_templates() == adafruit_fingerprint.OK
    assert ada.template_count == 0


def test_adafruit_takes_and_uploads_an_image(ada: Any, emulator: Emulator) -> None:
    assert ada.get_image() == adafruit_fingerprint.NOFINGER
    emulator.place_finger()
    assert ada.get_image() == adafruit_fingerprint.OK
    packed = bytes(ada.get_fpdata(sensorbuffer="image"))
    assert expand_pixels(packed) == on_sensor(emulator)


def test_adafruit_enrols_searches_and_deletes(ada: Any, emulator: Emulator) -> None:
    ada_enrol(ada, emulator, 0, 3)
    ada_enrol(ada, emulator, 1, 8)
    assert ada.read_templates() == adafruit_fingerprint.OK
    assert ada.templates == [3, 8]
    emulator.place_number(1)
    assert ada.get_image() == adafruit_fingerprint.OK
    assert ada.image_2_tz(1) == adafruit_fingerprint.OK
    assert ada.finger_search() == adafruit_fingerprint.OK
    assert ada.finger_id == 8
    assert ada.confidence > 0
    assert ada.finger_fast_search() == adafruit_fingerprint.OK
    emulator.place_number(2)
    assert ada.get_image() == adafruit_fingerprint.OK
    assert ada.image_2_tz(1) == adafruit_fingerprint.OK
    assert ada.finger_search() == adafruit_fingerprint.NOTFOUND
    assert ada.delete_model(8) == adafruit_fingerprint.OK
    assert ada.read_templates() == adafruit_fingerprint.OK
    assert ada.templates == [3]
    assert ada.empty_library() == adafruit_fingerprint.OK
    assert ada.count_templates() == adafruit_fingerprint.OK
    assert ada.template_count == 0


def test_adafruit_takes_a_template_out_and_puts_it_back(ada: Any, emulator: Emulator) -> None:
    emulator.place_number(0)
    assert ada.get_image() == adafruit_fingerprint.OK
    assert ada.image_2_tz(1) == adafruit_fingerprint.OK
    template = ada.get_fpdata(sensorbuffer="char", slot=1)
    assert len(template) == 512
    assert ada.send_fpdata(template, sensorbuffer="char", slot=2)
    assert ada.compare_templates() == adafruit_fingerprint.OK


def test_adafruit_resets_the_module(ada: Any) -> None:
    ada.soft_reset()
    assert ada.verify_password() == adafruit_fingerprint.OK


def test_adafruit_lights_an_r503() -> None:
    with Emulator("r503", timing=INSTANT) as emulator, adafruit(emulator.serve_tcp()) as client:
        assert client.set_led(color=1, mode=2, speed=0x20, cycles=3) == adafruit_fingerprint.OK
        assert emulator.module.light == bytes((2, 0x20, 1, 3))
        emulator.place_finger()
        assert client.get_image() == adafruit_fingerprint.OK
        assert expand_pixels(bytes(client.get_fpdata("image"))) == on_sensor(emulator)


if sys.platform != "win32":

    @pytest.fixture
    def pyfinger(emulator: Emulator) -> Iterator[Any]:
        client = PyFingerprint(emulator.serve_pty(), 57_600, 0xFFFFFFFF, 0)
        assert client.verifyPassword()
        yield client
        client.__del__()

    def pyfinger_take(client: Any, emulator: Emulator, number: int, buffer: int) -> None:
        emulator.place_number(number)
        assert client.readImage()
        assert client.convertImage(buffer)

    def test_pyfingerprint_reads_the_parameters(pyfinger: Any) -> None:
        status, _, capacity, security, address, packet, baud = pyfinger.getSystemParameters()
        assert (capacity, security, address, packet, baud) == (1000, 3, 0xFFFFFFFF, 2, 6)
        assert status & 0b100
        assert pyfinger.getMaxPacketSize() == 128
        assert pyfinger.getTemplateCount() == 0
        assert pyfinger.generateRandomNumber() != pyfinger.generateRandomNumber()

    def test_pyfingerprint_takes_and_uploads_an_image(
        pyfinger: Any, emulator: Emulator, tmp_path: Path
    ) -> None:
        from PIL import Image

        assert not pyfinger.readImage()
        emulator.place_number(0)
        assert pyfinger.readImage()
        pyfinger.downloadImage(str(tmp_path / "print.bmp"))
        with Image.open(tmp_path / "print.bmp") as image:
            assert image.size == (256, 288)
            assert image.tobytes() == on_sensor(emulator)

    def test_pyfingerprint_enrols_searches_and_deletes(pyfinger: Any, emulator: Emulator) -> None:
        pyfinger_take(pyfinger, emulator, 0, 1)
        assert pyfinger.searchTemplate() == (-1, -1)
        pyfinger_take(pyfinger, emulator, 0, 2)
        assert pyfinger.compareCharacteristics() > 0
        assert pyfinger.createTemplate()
        assert pyfinger.storeTemplate() == 0
        assert pyfinger.storeTemplate(700) == 700
        assert pyfinger.getTemplateIndex(0)[0]
        assert pyfinger.getTemplateIndex(2)[700 - 512]
        assert pyfinger.deleteTemplate(0)
        pyfinger_take(pyfinger, emulator, 0, 1)
        page, score = pyfinger.searchTemplate()
        assert page == 700
        assert score > 0
        pyfinger_take(pyfinger, emulator, 1, 2)
        assert not pyfinger.createTemplate()
        assert pyfinger.clearDatabase()
        assert pyfinger.getTemplateCount() == 0

    def test_pyfingerprint_takes_a_template_out_and_puts_it_back(pyfinger: Any, emulator: Emulator) -> None:
        pyfinger_take(pyfinger, emulator, 0, 1)
        template = pyfinger.downloadCharacteristics(1)
        assert len(template) == 512
        assert pyfinger.uploadCharacteristics(2, template)
        assert pyfinger.compareCharacteristics() > 0

    @pytest.mark.parametrize("size", [32, 64, 128, 256])
    def test_pyfingerprint_with_every_packet_size(pyfinger: Any, emulator: Emulator, size: int) -> None:
        pyfinger.setMaxPacketSize(size)
        pyfinger_take(pyfinger, emulator, 0, 1)
        assert pyfinger.uploadCharacteristics(2, pyfinger.downloadCharacteristics(1))


def test_two_prints_of_the_pattern_are_told_apart() -> None:
    assert ridge_pattern(1) == ridge_pattern(1)
    assert ridge_pattern(1).pixels != ridge_pattern(2).pixels
