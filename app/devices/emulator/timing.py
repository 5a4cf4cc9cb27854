# SPDX-License-Identifier: Apache-2.0
"""How long things take on an emulated module: as on a real one, or no time at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from app.devices.protocol import Command

#: Start bit, eight data bits, stop bit.
_BITS_PER_BYTE: Final = 10
#: Stated by the manuals as upper bounds: imaging under 0.2 to 0.5 s, conversion under 0.5 s.
_BUSY_S: Final = {
    Command.TAKE_IMAGE: 0.15,
    Command.TAKE_CHECKED_IMAGE: 0.15,
    Command.TAKE_IMAGE_UNLIT: 0.15,
    Command.CONVERT: 0.3,
    Command.SEARCH: 0.2,
    Command.FAST_SEARCH: 0.1,
    Command.STORE: 0.05,
}


@dataclass(frozen=True, slots=True)
class Timing:
    """Durations in seconds.

    Attributes:
        wire_s: (number of bytes, line rate) -> time these bytes take on the line.
        busy_s: command code -> time before the acknowledgement.
        boot_s: from power-on to the byte 55.
    """

    wire_s: Callable[[int, int], float]
    busy_s: Callable[[int], float]
    boot_s: float


def _line_time_s(count: int, baud: int) -> float:
    return count * _BITS_PER_BYTE / baud


def _module_time_s(command: int) -> float:
    return next((seconds for code, seconds in _BUSY_S.items() if code == command), 0.002)


def _no_wire_time_s(count: int, baud: int) -> float:
    return 0.0


def _no_module_time_s(command: int) -> float:
    return 0.0


REAL_TIME: Final = Timing(_line_time_s, _module_time_s, boot_s=0.2)
INSTANT: Final = Timing(_no_wire_time_s, _no_module_time_s, boot_s=0.0)
