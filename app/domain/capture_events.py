# SPDX-License-Identifier: Apache-2.0
"""What the capture service tells the fingers page while a reader is watched."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from app.domain.capture import ReaderInfo
from app.domain.enrollment import Verdict
from app.domain.fingerprints import QualityReading, Reason


class ReaderCondition(str, Enum):
    """State of the reader as the health row shows it."""

    OPENING = "opening"
    ABSENT = "absent"
    BUSY = "busy"  # another program holds it
    READY = "ready"
    LOST = "lost"  # it was there and is gone; it is waited for
    LOCKED = "locked"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class CapturedImpression:
    """One whole touch: the picture in memory, its quality, and what the policy makes of it.

    ``pixels``: 8-bit grey, row by row, dark ridges. ``template`` is in the clear and lives in memory only;
    it is sealed before it reaches a database. ``minutiae``: x and y in the picture's pixels from its top left
    corner, and the direction in radians, counter-clockwise from the x axis. ``engine_seconds``: spent on
    quality and template, within ``seconds``.
    """

    width_px: int
    height_px: int
    pixels: bytes = field(repr=False)
    reading: QualityReading
    verdict: Verdict
    seconds: float
    wire_seconds: float
    device: ReaderInfo
    template: bytes | None = field(default=None, repr=False)
    template_format: str | None = None
    minutiae: tuple[tuple[float, float, float], ...] = field(default=(), repr=False)
    engine_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class ReaderState:
    """The reader's condition changed. ``code``: of the error, where there is one."""

    state: ReaderCondition
    info: ReaderInfo | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class TouchBegan:
    """A finger came onto the glass."""


@dataclass(frozen=True, slots=True)
class RowsSeen:
    """Rows arrived; ``reading`` is the quality of all rows so far, or None while there are too few."""

    first_row: int
    width_px: int
    height_px: int
    pixels: bytes = field(repr=False)
    reading: QualityReading | None = None


@dataclass(frozen=True, slots=True)
class TouchRefused:
    """The touch cannot become good: refused by the module, or hopeless after its first rows."""

    reasons: tuple[Reason, ...]
    quality: int | None = None


@dataclass(frozen=True, slots=True)
class ImpressionTaken:
    """A whole impression with its verdict; nothing is stored yet."""

    impression: CapturedImpression


@dataclass(frozen=True, slots=True)
class TouchEnded:
    """The finger left the glass."""


CaptureEvent = ReaderState | TouchBegan | RowsSeen | TouchRefused | ImpressionTaken | TouchEnded
