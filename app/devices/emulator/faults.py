# SPDX-License-Identifier: Apache-2.0
"""Named faults of an emulated module: the same names in tests, in the demonstration and on the command line.

"NAME" strikes once, "NAME:3" three times, "NAME:always" every time.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from app.domain.errors import SetupError


class Fault(str, Enum):
    """What can go wrong; the text after each member says when one strike of it happens."""

    STRAY_55 = "stray-55"  # before an acknowledgement: a byte that belongs to no packet
    DROPPED_BYTE = "dropped-byte"  # in a transfer: one byte is lost
    CORRUPT_BYTE = "corrupt-byte"  # in a transfer: one byte arrives changed
    NO_FINAL_PACKET = "no-final-packet"  # in a transfer: the last packet says it is not the last
    SHORT_LAST_PACKET = "short-last-packet"  # in a transfer: the last packet has half its content
    LATE_BAUD_SWITCH = "late-baud-switch"  # a new line rate is used only after the next power-on
    MUTE = "mute"  # no answer to a command
    GARBAGE = "garbage"  # noise instead of an answer
    UNPLUG_MID_IMAGE = "unplug-mid-image"  # in a transfer: the cable is pulled half-way
    BUSY_PORT = "busy-port"  # another program holds the port
    WRONG_PASSWORD = "wrong-password"  # noqa: S105 - the module's password is not the usual one
    R308 = "r308"  # neither ReadSysPara nor SetSysPara
    R551 = "r551"  # no final packet, pages counted from 1, no fast search


FAULT_NAMES: Final = tuple(fault.value for fault in Fault)
#: These are the module's nature rather than events: they hold as long as they are set.
_LASTING: Final = frozenset(
    {Fault.LATE_BAUD_SWITCH, Fault.BUSY_PORT, Fault.WRONG_PASSWORD, Fault.R308, Fault.R551}
)
ALWAYS: Final = -1


@dataclass(slots=True)
class FaultScript:
    """One fault and how many strikes of it are left; ``ALWAYS`` never ends."""

    fault: Fault
    left: int

    @classmethod
    def parse(cls, text: str) -> FaultScript:
        """Reads "name", "name:count" or "name:always".

        Raises:
            SetupError: ``setting_invalid`` for anything else.
        """
        name, _, count = text.partition(":")
        if name not in FAULT_NAMES:
            raise SetupError("setting_invalid", key="fault", value=text)
        fault = Fault(name)
        if count == "always" or (not count and fault in _LASTING):
            return cls(fault, ALWAYS)
        if count and not (count.isdecimal() and int(count) > 0):
            raise SetupError("setting_invalid", key="fault", value=text)
        return cls(fault, int(count or 1))

    def strikes(self, fault: Fault) -> bool:
        """Whether this fault happens now; a strike that is limited is used up by asking."""
        if fault is not self.fault or self.left == 0:
            return False
        if self.left != ALWAYS:
            self.left -= 1
        return True

    def holds(self, fault: Fault) -> bool:
        """Whether a lasting fault is set."""
        return fault is self.fault and self.left != 0
