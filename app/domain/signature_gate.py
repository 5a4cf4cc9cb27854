# SPDX-License-Identifier: Apache-2.0
"""Whether what was drawn in a step can be kept at all: ink, border, pointer, pressure and time.

A refusal means that there is nothing to keep; advice means that the person is asked and may go on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from statistics import median

from app.domain.signatures import SignatureRecord


class GateCode(str, Enum):
    """What the gate of a step found."""

    TOO_FEW_POINTS = "too_few_points"
    TOO_LITTLE_INK = "too_little_ink"
    MIXED_POINTERS = "mixed_pointers"
    CLIPPED = "clipped"  # ink at the border of the canvas
    PRESSURE_DEAD = "pressure_dead"  # the device says it has pressure, and none came
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    RATE_UNKNOWN = "rate_unknown"
    RATE_LOW = "rate_low"


REFUSALS = frozenset({GateCode.TOO_FEW_POINTS, GateCode.TOO_LITTLE_INK, GateCode.MIXED_POINTERS})


@dataclass(frozen=True, slots=True)
class GateReport:
    """What the gate found, in the order of ``GateCode``."""

    codes: tuple[GateCode, ...]

    @property
    def refusals(self) -> tuple[GateCode, ...]:
        return tuple(code for code in self.codes if code in REFUSALS)

    @property
    def advice(self) -> tuple[GateCode, ...]:
        return tuple(code for code in self.codes if code not in REFUSALS)

    @property
    def accepted(self) -> bool:
        """True where the step may be kept (perhaps after a question)."""
        return not self.refusals


@dataclass(frozen=True, slots=True)
class StepGate:
    """The limits of one step."""

    min_points: int = 15
    min_ink_of_width: float = 0.10
    border_px: float = 1.0
    min_duration_s: float = 0.3
    max_duration_s: float = 60.0
    max_interval_ms: float = 20.0

    def check(self, record: SignatureRecord) -> GateReport:
        """Look at one drawing; takes time in proportion to its points."""
        found: list[GateCode] = []
        if record.tip_point_count < self.min_points:
            found.append(GateCode.TOO_FEW_POINTS)
        if ink_length(record) < self.min_ink_of_width * record.canvas.width_units:
            found.append(GateCode.TOO_LITTLE_INK)
        if len(set(record.stroke_pointers)) > 1:
            found.append(GateCode.MIXED_POINTERS)
        if self._clipped(record):
            found.append(GateCode.CLIPPED)
        if record.pressure is None and "pressure" in record.device.capabilities:
            found.append(GateCode.PRESSURE_DEAD)
        if record.duration_us < self.min_duration_s * 1e6:
            found.append(GateCode.TOO_SHORT)
        if record.duration_us > self.max_duration_s * 1e6:
            found.append(GateCode.TOO_LONG)
        interval_us = median_interval_us(record)
        if interval_us is None:
            found.append(GateCode.RATE_UNKNOWN)
        elif interval_us >= self.max_interval_ms * 1e3:
            found.append(GateCode.RATE_LOW)
        return GateReport(tuple(found))

    def _clipped(self, record: SignatureRecord) -> bool:
        border = self.border_px * record.canvas.units_per_px
        right, bottom = record.canvas.width_units - border, record.canvas.height_units - border
        return any(
            tip and not (border <= x <= right and border <= y <= bottom)
            for x, y, tip in zip(record.x, record.y, record.tip, strict=True)
        )


def ink_length(record: SignatureRecord) -> float:
    """Length of all strokes, in the record's units."""
    return sum(
        math.hypot(record.x[index] - record.x[index - 1], record.y[index] - record.y[index - 1])
        for start, end in record.stroke_ranges
        for index in range(start + 1, end)
    )


def median_interval_us(record: SignatureRecord) -> float | None:
    """Median time between samples of one stroke, microseconds; None where no stroke has two samples."""
    intervals = [
        record.t_us[index] - record.t_us[index - 1]
        for start, end in record.stroke_ranges
        for index in range(start + 1, end)
    ]
    return float(median(intervals)) if intervals else None
