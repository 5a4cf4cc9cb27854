# SPDX-License-Identifier: Apache-2.0
"""Words of the 0xEF01 protocol that the driver and the emulator share: codes, parameters, pixels.

Sources: GROW R503 manual V1.1 and V1.2.2, manuals of R301, R305 and R307. No I/O.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

#: Module start-up and soft reset end with this bare byte (GROW R503 manual V1.2.2, "Power on").
STARTUP_BYTE: Final = 0x55
#: Line rates are a multiple N = 1..12 of this (GROW R503 manual V1.2.2, SetSysPara).
BAUD_STEP: Final = 9600
#: Content of a data packet by the module's packet size code 0..3.
DATA_BYTES: Final = (32, 64, 128, 256)
#: Images that are known by their size alone, bytes -> (width_px, height_px); two pixels a byte.
KNOWN_IMAGES: Final = {36_864: (256, 288), 18_432: (192, 192)}


class Command(IntEnum):
    """First byte of a command packet (GROW R503 manual V1.2.2, "Instruction table"; R307 manual)."""

    TAKE_IMAGE = 0x01  # GenImg
    CONVERT = 0x02  # Img2Tz
    MATCH = 0x03
    SEARCH = 0x04
    MERGE = 0x05  # RegModel
    STORE = 0x06
    LOAD = 0x07
    UPLOAD_TEMPLATE = 0x08  # UpChar: module to host
    DOWNLOAD_TEMPLATE = 0x09  # DownChar: host to module
    UPLOAD_IMAGE = 0x0A  # UpImage
    DOWNLOAD_IMAGE = 0x0B  # DownImage
    DELETE = 0x0C
    EMPTY = 0x0D
    SET_PARAMETER = 0x0E  # SetSysPara
    READ_PARAMETERS = 0x0F  # ReadSysPara
    SET_PASSWORD = 0x12
    VERIFY_PASSWORD = 0x13
    RANDOM = 0x14
    SET_ADDRESS = 0x15
    READ_INFO_PAGE = 0x16
    WRITE_NOTEPAD = 0x18
    READ_NOTEPAD = 0x19
    FAST_SEARCH = 0x1B
    TEMPLATE_COUNT = 0x1D
    READ_INDEX = 0x1F
    TAKE_CHECKED_IMAGE = 0x28  # GetImageEx
    CANCEL = 0x30
    SLEEP = 0x33
    LIGHT = 0x35  # AuraLedConfig
    CHECK_SENSOR = 0x36
    ALGORITHM_VERSION = 0x39
    FIRMWARE_VERSION = 0x3A
    PRODUCT_INFO = 0x3C  # ReadProdInfo
    SOFT_RESET = 0x3D
    HANDSHAKE = 0x40
    LED_ON = 0x50  # ZFM-60
    LED_OFF = 0x51
    TAKE_IMAGE_UNLIT = 0x52
    ECHO = 0x53


class Answer(IntEnum):
    """Confirmation code of an acknowledge packet (GROW R503 manual V1.2.2, "Confirmation code")."""

    OK = 0x00
    PACKET_ERROR = 0x01
    NO_FINGER = 0x02
    TAKE_FAILED = 0x03
    MESSY = 0x06
    TOO_FEW_POINTS = 0x07
    NO_MATCH = 0x08
    NOT_FOUND = 0x09
    NOT_SAME_FINGER = 0x0A
    OUT_OF_RANGE = 0x0B
    TEMPLATE_UNREADABLE = 0x0C
    TEMPLATE_NOT_SENT = 0x0D
    DATA_NOT_TAKEN = 0x0E
    IMAGE_NOT_SENT = 0x0F
    NOT_DELETED = 0x10
    NOT_EMPTIED = 0x11
    WRONG_PASSWORD = 0x13
    NO_IMAGE = 0x15
    FLASH_ERROR = 0x18
    BAD_REGISTER = 0x1A
    BAD_VALUE = 0x1B
    BAD_NOTEPAD_PAGE = 0x1C
    WRONG_ADDRESS = 0x20
    MUST_VERIFY = 0x21
    EMPTY_TEMPLATE = 0x22
    SENSOR_BAD = 0x29
    UNSUPPORTED = 0xFC
    HARDWARE_FAULT = 0xFD
    ALIVE = 0x55  # what ECHO answers instead of OK


class Parameter(IntEnum):
    """Registers of SetSysPara."""

    BAUD = 4  # N, in steps of 9600
    SECURITY = 5  # 1..5
    PACKET_SIZE = 6  # code 0..3


@dataclass(frozen=True, slots=True)
class SystemParameters:
    """Answer of ReadSysPara: 16 bytes after the confirmation code.

    The system id is not kept: manuals say 0009, real modules answer 0000 as well.
    """

    status: int
    library_size: int
    security: int
    address: int
    packet_code: int
    baud_steps: int

    @classmethod
    def parse(cls, content: bytes) -> SystemParameters:
        """Reads the 16 bytes; ValueError when they are too few or make no sense."""
        if len(content) < 16:
            raise ValueError(f"system parameters have 16 bytes, not {len(content)}")
        words = [int.from_bytes(content[at : at + 2], "big") for at in range(0, 16, 2)]
        if words[6] >= len(DATA_BYTES) or words[7] == 0:
            raise ValueError(f"packet size code {words[6]} or baud factor {words[7]} out of range")
        return cls(words[0], words[2], words[3], int.from_bytes(content[8:12], "big"), words[6], words[7])

    def encode(self, system_id: int = 0) -> bytes:
        """The 16 bytes as a module sends them."""
        return b"".join(
            value.to_bytes(size, "big")
            for value, size in (
                (self.status, 2),
                (system_id, 2),
                (self.library_size, 2),
                (self.security, 2),
                (self.address, 4),
                (self.packet_code, 2),
                (self.baud_steps, 2),
            )
        )


@dataclass(frozen=True, slots=True)
class ProductInfo:
    """Answer of ReadProdInfo: 46 bytes after the confirmation code (GROW R503 manual V1.2.2)."""

    model: str
    batch: str
    serial: str
    hardware: int
    sensor: str
    width_px: int
    height_px: int
    template_bytes: int
    capacity: int

    @classmethod
    def parse(cls, content: bytes) -> ProductInfo:
        """Reads the 46 bytes; ValueError when they are too few or the image size makes no sense."""
        if len(content) < 46:
            raise ValueError(f"product information has 46 bytes, not {len(content)}")
        width, height, template, capacity = (
            int.from_bytes(content[at : at + 2], "big") for at in range(38, 46, 2)
        )
        if not (16 <= width <= 1024 and 16 <= height <= 1024) or width % 2:
            raise ValueError(f"image of {width} x {height} pixels")
        return cls(
            model=_text(content[0:16]),
            batch=_text(content[16:20]),
            serial=_text(content[20:28]),
            hardware=int.from_bytes(content[28:30], "big"),
            sensor=_text(content[30:38]),
            width_px=width,
            height_px=height,
            template_bytes=template,
            capacity=capacity,
        )

    def encode(self) -> bytes:
        """The 46 bytes as a module sends them."""
        texts = ((self.model, 16), (self.batch, 4), (self.serial, 8))
        numbers = (self.width_px, self.height_px, self.template_bytes, self.capacity)
        return (
            b"".join(text.encode("ascii")[:size].ljust(size, b"\0") for text, size in texts)
            + self.hardware.to_bytes(2, "big")
            + self.sensor.encode("ascii")[:8].ljust(8, b"\0")
            + b"".join(number.to_bytes(2, "big") for number in numbers)
        )


def _text(field: bytes) -> str:
    printable = field.split(b"\0", 1)[0].decode("ascii", errors="replace")
    return "".join(sign for sign in printable if sign.isprintable() and sign != "�").strip()


_EXPANDED: Final = tuple(bytes(((pair >> 4) * 17, (pair & 0x0F) * 17)) for pair in range(256))


def expand_pixels(packed: bytes) -> bytes:
    """Two pixels a byte, high nibble first, to one byte a pixel: 16 levels spread over 0..255 (x 17)."""
    return b"".join([_EXPANDED[pair] for pair in packed])


def pack_pixels(pixels: bytes) -> bytes:
    """One byte a pixel to two pixels a byte, the upper four bits of each; an even number of pixels."""
    return bytes((left & 0xF0) | (right >> 4) for left, right in zip(pixels[::2], pixels[1::2], strict=True))
