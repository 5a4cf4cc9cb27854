# SPDX-License-Identifier: Apache-2.0
"""What a fingerprint reader tells: its description and the events of a capture.

Pixels travel as bytes, one byte a pixel, row by row from the top, 0 = black ridge side of the scale as the
reader gives it (see ``Polarity``). They have no ``repr``: nothing of a finger may reach a log by accident.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class Ability(str, Enum):
    """What a reader can do beyond giving a whole image."""

    PARTIAL_ROWS = "partial_rows"  # rows arrive while the transfer runs
    FINGER_PRESENT = "finger_present"  # can be asked whether a finger is on the glass
    ONBOARD_TEMPLATE = "onboard_template"  # makes its own template and checks the image
    LED = "led"
    FRAMES = "frames"  # gives images continuously


class Polarity(str, Enum):
    """Which grey the ridges have."""

    DARK_RIDGES = "dark_ridges"
    LIGHT_RIDGES = "light_ridges"


@dataclass(frozen=True, slots=True)
class ReaderInfo:
    """Identity and geometry of one reader. ``serial`` is empty where the reader has none."""

    reader_id: str  # what opens it again: driver name and address, e.g. "r30x:/dev/ttyUSB0"
    driver: str
    vendor: str
    model: str
    serial: str
    width_px: int
    height_px: int
    dpi: int
    bits: int
    abilities: frozenset[Ability]
    polarity: Polarity = Polarity.DARK_RIDGES


@dataclass(frozen=True, slots=True)
class ReaderReady:
    """The reader is open and waits for a finger (sent first, and again after a reconnection)."""

    info: ReaderInfo


@dataclass(frozen=True, slots=True)
class FingerDown:
    """A finger came onto the glass. ``at_s``: monotonic seconds, like every ``*_s`` instant here."""

    at_s: float


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of the image that is being transferred, in order, each once."""

    first_row: int
    width_px: int
    height_px: int  # of the whole image
    pixels: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Frame:
    """One whole image. ``template`` is the module's own character file where the policy asks for it."""

    width_px: int
    height_px: int
    dpi: int
    bits: int
    polarity: Polarity
    pixels: bytes = field(repr=False)
    started_at_s: float
    finished_at_s: float
    wire_s: float  # pure transfer time of the image, without waiting for the finger
    template: bytes | None = field(default=None, repr=False)
    template_format: str | None = None


@dataclass(frozen=True, slots=True)
class FingerUp:
    """The finger left the glass."""

    at_s: float


class HintCode(str, Enum):
    """What the module's own check says before the transfer; the capture service maps it onto Reason."""

    MESSY = "messy"
    TOO_FEW_POINTS = "too_few_points"
    POOR_IMAGE = "poor_image"
    NO_IMAGE = "no_image"


@dataclass(frozen=True, slots=True)
class Hint:
    """The reader refused the touch itself; the finger may be lifted and placed again."""

    code: HintCode


@dataclass(frozen=True, slots=True)
class ReaderFault:
    """Something failed. ``code``: one of ``DeviceError.codes``; ``retryable``: the watch goes on."""

    code: str
    retryable: bool


ReaderEvent = ReaderReady | FingerDown | Rows | Frame | FingerUp | Hint | ReaderFault
