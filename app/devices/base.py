# SPDX-License-Identifier: Apache-2.0
"""The contract of a fingerprint reader's driver. Blocking, one thread from ``open`` to ``close``, no Qt.

A driver is one file in ``readers`` and one line in ``registry``; ``tests/contract/test_reader.py`` holds for
each.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from app.domain.capture import ReaderEvent, ReaderInfo

#: Monotonic seconds.
Clock = Callable[[], float]


class LightSignal(str, Enum):
    """What a reader's LED, where it has one, tells the person whose finger it is."""

    WAITING = "waiting"
    CAPTURING = "capturing"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited for what, in seconds. The defaults suit real modules.

    Attributes:
        probe_s: for the first answer at one line rate.
        reply_s: for an acknowledgement.
        take_s: for taking an image and for converting it; manuals state under 0.5 s each.
        silence_s: within a transfer, after which it counts as ended.
        poll_s: between two questions for a finger; a module answers 3 to 6 a second.
        backoff_s: before each attempt to reconnect; the last value repeats.
    """

    probe_s: float = 0.35
    reply_s: float = 1.0
    take_s: float = 2.0
    silence_s: float = 0.3
    poll_s: float = 0.15
    backoff_s: tuple[float, ...] = (0.25, 0.5, 1.0, 2.0)


@dataclass(frozen=True, slots=True)
class ReaderOptions:
    """How a reader is used. Drivers ignore what does not concern them.

    Attributes:
        password: the module's 32-bit password.
        address: the module's 32-bit address.
        baud: the line rate to use; None tries the usual ones.
        fastest_baud: raise the rate to this when that pays; 0 leaves the module's rate alone. Above 115200
            is an expert's choice: some USB adapters corrupt images there.
        check_on_sensor: let the module judge the touch before the slow transfer.
        keep_template: put the module's own character file into the frame.
        led: show ``LightSignal`` where the reader has an LED.
    """

    password: int = field(default=0, repr=False)
    address: int = 0xFFFFFFFF
    baud: int | None = None
    fastest_baud: int = 115_200
    check_on_sensor: bool = True
    keep_template: bool = False
    led: bool = True
    patience: Patience = field(default_factory=Patience)


@dataclass(frozen=True, slots=True)
class ReaderPort:
    """A place where a reader may be; nothing was opened to find it. ``likely``: the adapter is a known
    one."""

    reader_id: str
    driver: str
    label: str
    likely: bool


class Reader(Protocol):
    """One fingerprint reader. Nothing but ``DeviceError`` comes out of it."""

    @property
    def info(self) -> ReaderInfo:
        """Identity and geometry. Raises DeviceError("reader_absent") before the first ``open``."""

    def open(self) -> ReaderInfo:
        """Finds the module and makes it ready. Opening an open reader changes nothing.

        Raises:
            DeviceError: the reader is absent, busy, silent, locked or none this driver knows.
        """

    def close(self) -> None:
        """Releases the port. Closing twice changes nothing; never raises."""

    def watch(self, stop: threading.Event) -> Iterator[ReaderEvent]:
        """Waits for fingers and tells what happens, until ``stop`` is set; returns within 1 s of that.

        ``ReaderReady`` comes first, then for each touch ``FingerDown``, ``Hint`` (any number), ``Rows``,
        ``Frame``, ``FingerUp``. A retryable ``ReaderFault`` ends the touch; the reader is reconnected where
        that is needed, and another ``ReaderReady`` follows. A fault that is not retryable ends the watch.

        Raises:
            DeviceError: only when the reader was not open and cannot be opened.
        """

    def abandon_image(self) -> None:
        """Gives up the transfer that runs, if any; may be called from any thread.

        The rest is drained, no ``Frame`` comes, and the touch is tried again.
        """

    def show(self, signal: LightSignal) -> None:
        """Wishes for a light, shown as soon as the reader is free; may be called from any thread."""
