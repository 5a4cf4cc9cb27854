# SPDX-License-Identifier: Apache-2.0
"""The record of what a pen did: points, strokes, the device, the canvas, and the columns they are kept in.

A record is integers in columns, one entry a sample, in the order of time. Units, everywhere in the product:

- ``t_us``: microseconds since ``started_at``, never decreasing; ``device.clock`` tells which clock;
- ``x``, ``y``: ``canvas.unit``, either 1/100 mm or 1/64 canvas pixel; origin top left, y grows downward;
- ``pressure``: 0 to 65535, or the whole column ``None``: no pressure is never told as a value of pressure;
- ``tilt_x``, ``tilt_y``: 1/100 degree, -9000 to 9000; ``rotation``: 1/100 degree, 0 to 35999; or ``None``;
- ``tip``: 1 on the surface, 0 in the air.

Nothing with strokes in it has a ``repr`` that shows them: a signature must not reach a log by accident.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple

from app.domain.errors import OperatorError

MAX_POINTS = 100_000  # 330 s at 300 Hz: far above any step; bounds every reader of foreign files
MAX_STROKES = 2_000
MAX_TIME_US = 3_600_000_000  # one hour
MAX_COORDINATE = 1 << 24
PRESSURE_MAX = 65_535
TILT_MAX = 9_000
ROTATION_END = 36_000
UNITS_PER_PX = 64
UNITS_PER_MM = 100

_DEFAULT_PERIOD_US = 5_000  # 200 reports/s, the middle of what tablets state
_DEAD_PRESSURES = frozenset({0, 32_767, 32_768, PRESSURE_MAX})  # 0, 0.5 and 1: what systems put for "none"
_DEAD_AFTER_POINTS = 8  # a hand never holds any other value this long to 1/65535


class PointerType(str, Enum):
    """What touched the surface."""

    PEN = "pen"
    ERASER = "eraser"
    FINGER = "finger"
    MOUSE = "mouse"
    UNKNOWN = "unknown"


class PenClock(str, Enum):
    """Which clock the column ``t_us`` was read from."""

    MONOTONIC = "monotonic"  # this program's clock, when the event arrived
    EVENT = "event"  # the time stamp of the window system's event
    NATIVE = "native"  # the time stamp of the device or the system's pointer record
    IMPORTED = "imported"  # a file's own times


class PositionUnit(str, Enum):
    """What one step of ``x`` and ``y`` is."""

    HUNDREDTH_MM = "0.01mm"
    CANVAS_64TH = "1/64px"


def invalid(reason: str) -> OperatorError:
    """Give the one error for pen data that cannot be used; ``reason`` is a short code."""
    return OperatorError("signature_file_invalid", reason=reason)


@dataclass(frozen=True, slots=True)
class PenDevice:
    """What the strokes were made with. ``rate_hz``: nominal reports a second, ``None`` where unknown."""

    name: str
    device_id: str
    pointer_type: PointerType
    capabilities: frozenset[str] = frozenset()  # lower-case names: "pressure", "tilt", "rotation", "hover"
    clock: PenClock = PenClock.MONOTONIC
    rate_hz: float | None = None

    def __post_init__(self) -> None:
        if len(self.name) > 200 or len(self.device_id) > 200 or len(self.capabilities) > 32:
            raise invalid("device")
        if self.rate_hz is not None and not 1.0 <= self.rate_hz <= 10_000.0:
            raise invalid("device_rate")


@dataclass(frozen=True, slots=True)
class Canvas:
    """Where the strokes were made: logical pixels, their density, and the unit of the record's positions."""

    width_px: int
    height_px: int
    device_pixel_ratio: float = 1.0
    mm_per_px: float | None = None  # millimetres a logical pixel; None where the screen does not tell
    unit: PositionUnit = PositionUnit.CANVAS_64TH

    def __post_init__(self) -> None:
        if not (0 < self.width_px <= 32_768 and 0 < self.height_px <= 32_768):
            raise invalid("canvas_size")
        if not 0.25 <= self.device_pixel_ratio <= 16.0:
            raise invalid("device_pixel_ratio")
        if self.mm_per_px is not None and not 0.001 <= self.mm_per_px <= 100.0:
            raise invalid("mm_per_px")
        if self.unit is PositionUnit.HUNDREDTH_MM and self.mm_per_px is None:
            raise invalid("mm_per_px")

    @property
    def units_per_px(self) -> float:
        """Steps of ``x`` and ``y`` in one logical pixel."""
        if self.unit is PositionUnit.CANVAS_64TH or self.mm_per_px is None:
            return float(UNITS_PER_PX)
        return self.mm_per_px * UNITS_PER_MM

    @property
    def mm_per_unit(self) -> float | None:
        """Millimetres in one step of ``x`` and ``y``; ``None`` where nobody knows."""
        if self.unit is PositionUnit.HUNDREDTH_MM:
            return 1.0 / UNITS_PER_MM
        return None if self.mm_per_px is None else self.mm_per_px / UNITS_PER_PX

    @property
    def width_units(self) -> float:
        return self.width_px * self.units_per_px

    @property
    def height_units(self) -> float:
        return self.height_px * self.units_per_px

    def from_px(self, x_px: float, y_px: float) -> tuple[int, int]:
        """Give the record's integers for a position in logical pixels."""
        return round(x_px * self.units_per_px), round(y_px * self.units_per_px)

    def to_px(self, x: int, y: int) -> tuple[float, float]:
        """Give logical pixels for the record's integers."""
        return x / self.units_per_px, y / self.units_per_px


class Point(NamedTuple):
    """One sample of the pen, in the units that the module's docstring gives.

    A named tuple: made for every sample while the pen moves, in a fifth of a frozen dataclass's time.
    """

    t_us: int
    x: int
    y: int
    pressure: int | None = None
    tilt_x: int | None = None
    tilt_y: int | None = None
    rotation: int | None = None
    event_us: int | None = None  # the event's own time, kept beside ``t_us``
    native_us: int | None = None  # the pointer's native time, kept beside ``t_us``

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"  # a hand's movement is never shown by accident


@dataclass(frozen=True, slots=True)
class Stroke:
    """One touch: its points from pen-down to pen-up, and the hover samples that followed it."""

    points: tuple[Point, ...] = field(repr=False)
    pointer_type: PointerType = PointerType.PEN
    air: tuple[Point, ...] = field(default=(), repr=False)


_OPTIONAL = ("tilt_x", "tilt_y", "rotation", "event_us", "native_us")


@dataclass(frozen=True, slots=True)
class SignatureRecord:
    """One signature, shape or drawing: the columns, the device, the canvas and when it began.

    ``stroke_starts`` holds the index of the first sample of each stroke and ``stroke_pointers`` what made it;
    a stroke ends at the next start or at the first sample in the air.

    Raises:
        OperatorError: ``signature_file_invalid`` where a column contradicts another or a bound.
    """

    started_at: datetime
    device: PenDevice
    canvas: Canvas
    t_us: tuple[int, ...] = field(repr=False)
    x: tuple[int, ...] = field(repr=False)
    y: tuple[int, ...] = field(repr=False)
    tip: tuple[int, ...] = field(repr=False)
    stroke_starts: tuple[int, ...] = field(repr=False)
    stroke_pointers: tuple[PointerType, ...] = field(repr=False)
    pressure: tuple[int, ...] | None = field(default=None, repr=False)
    tilt_x: tuple[int, ...] | None = field(default=None, repr=False)
    tilt_y: tuple[int, ...] | None = field(default=None, repr=False)
    rotation: tuple[int, ...] | None = field(default=None, repr=False)
    event_us: tuple[int, ...] | None = field(default=None, repr=False)
    native_us: tuple[int, ...] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.started_at.utcoffset() != timedelta(0):
            raise invalid("started_at")
        count = len(self.t_us)
        if count > MAX_POINTS:
            raise invalid("too_many_points")
        if len(self.stroke_starts) > MAX_STROKES:
            raise invalid("too_many_strokes")
        _check_column(self.t_us, count, 0, MAX_TIME_US, "t_us")
        _check_column(self.x, count, -MAX_COORDINATE, MAX_COORDINATE, "x")
        _check_column(self.y, count, -MAX_COORDINATE, MAX_COORDINATE, "y")
        _check_column(self.tip, count, 0, 1, "tip")
        _check_column(self.pressure, count, 0, PRESSURE_MAX, "pressure")
        _check_column(self.tilt_x, count, -TILT_MAX, TILT_MAX, "tilt_x")
        _check_column(self.tilt_y, count, -TILT_MAX, TILT_MAX, "tilt_y")
        _check_column(self.rotation, count, 0, ROTATION_END - 1, "rotation")
        _check_column(self.event_us, count, -(1 << 62), 1 << 62, "event_us")
        _check_column(self.native_us, count, -(1 << 62), 1 << 62, "native_us")
        if any(later < earlier for earlier, later in zip(self.t_us, self.t_us[1:], strict=False)):
            raise invalid("time_order")
        self._check_strokes(count)

    def _check_strokes(self, count: int) -> None:
        if len(self.stroke_starts) != len(self.stroke_pointers):
            raise invalid("stroke_pointers")
        starts = set(self.stroke_starts)
        if len(starts) != len(self.stroke_starts) or list(self.stroke_starts) != sorted(starts):
            raise invalid("stroke_starts")
        for start in self.stroke_starts:
            if not 0 <= start < count or not self.tip[start]:
                raise invalid("stroke_starts")
        for index in range(count):
            if self.tip[index] and (index == 0 or not self.tip[index - 1]) and index not in starts:
                raise invalid("stroke_starts")

    @property
    def stroke_ranges(self) -> tuple[tuple[int, int], ...]:
        """The samples of each stroke as (first, one past the last), tip down only."""
        ends = (*self.stroke_starts, len(self.t_us))[1:]
        ranges = []
        for start, limit in zip(self.stroke_starts, ends, strict=True):
            end = start
            while end < limit and self.tip[end]:
                end += 1
            ranges.append((start, end))
        return tuple(ranges)

    @property
    def clocks(self) -> tuple[PenClock, ...]:
        """The clocks that times were kept of: first the one of ``t_us``, then those beside it."""
        beside = ((PenClock.EVENT, self.event_us), (PenClock.NATIVE, self.native_us))
        return (self.device.clock, *(clock for clock, column in beside if column is not None))

    @property
    def tip_point_count(self) -> int:
        """How many samples lie on the surface."""
        return sum(self.tip)

    @property
    def duration_us(self) -> int:
        """From the first pen-down to the last pen-up, microseconds."""
        ranges = self.stroke_ranges
        return self.t_us[ranges[-1][1] - 1] - self.t_us[ranges[0][0]] if ranges else 0

    def strokes(self) -> tuple[Stroke, ...]:
        """Give the record stroke by stroke, as ``build_record`` takes it."""
        limits = (*self.stroke_starts, len(self.t_us))[1:]
        return tuple(
            Stroke(
                points=tuple(self._point(index) for index in range(start, end)),
                pointer_type=pointer,
                air=tuple(self._point(index) for index in range(end, limit)),
            )
            for (start, end), limit, pointer in zip(
                self.stroke_ranges, limits, self.stroke_pointers, strict=True
            )
        )

    def without_last_stroke(self) -> SignatureRecord:
        """Give the record as it was before the last stroke (Undo)."""
        return build_record(
            self.strokes()[:-1], started_at=self.started_at, device=self.device, canvas=self.canvas
        )

    def _point(self, index: int) -> Point:
        columns = (self.pressure, self.tilt_x, self.tilt_y, self.rotation, self.event_us, self.native_us)
        rest = (None if column is None else column[index] for column in columns)
        return Point(self.t_us[index], self.x[index], self.y[index], *rest)


def _check_column(column: tuple[int, ...] | None, count: int, low: int, high: int, name: str) -> None:
    if column is None:
        return
    if len(column) != count:
        raise invalid(f"{name}_length")
    if not all(type(value) is int and low <= value <= high for value in column):
        raise invalid(f"{name}_range")


def pressure_units(pressure: float) -> int:
    """Give 0 to 65535 for a pressure of 0 to 1, as Qt and the web tell it; outside values are clamped."""
    if not 0.0 <= pressure <= 1.0:
        pressure = min(max(pressure, 0.0), 1.0)
    return round(pressure * PRESSURE_MAX)


def build_record(
    strokes: Iterable[Stroke], *, started_at: datetime, device: PenDevice, canvas: Canvas
) -> SignatureRecord:
    """Make a record of strokes as they were captured.

    Times that step back are held, samples that share a time are spread over the device's period, pressure
    that never changes becomes absent, strokes without a point are left out. A stroke that has no pressure
    among strokes that have gets 0.

    Raises:
        OperatorError: ``signature_file_invalid``.
    """
    kept = [stroke for stroke in strokes if stroke.points]
    if sum(len(stroke.points) + len(stroke.air) for stroke in kept) > MAX_POINTS:
        raise invalid("too_many_points")
    period_us = round(1e6 / device.rate_hz) if device.rate_hz else _DEFAULT_PERIOD_US
    points: list[Point] = []
    tip: list[int] = []
    starts: list[int] = []
    earliest_us = 0
    for stroke in kept:
        starts.append(len(points))
        for samples, down in ((stroke.points, 1), (stroke.air, 0)):
            if not samples:
                continue
            times = spread_bursts([point.t_us for point in samples], period_us, not_before_us=earliest_us)
            points += [point._replace(t_us=t) for point, t in zip(samples, times, strict=True)]
            tip += [down] * len(samples)
            earliest_us = times[-1] + 1
    return SignatureRecord(
        started_at=started_at,
        device=device,
        canvas=canvas,
        t_us=tuple(point.t_us for point in points),
        x=tuple(point.x for point in points),
        y=tuple(point.y for point in points),
        tip=tuple(tip),
        stroke_starts=tuple(starts),
        stroke_pointers=tuple(stroke.pointer_type for stroke in kept),
        pressure=_live_pressure(kept, points),
        **{name: _optional_column(points, name) for name in _OPTIONAL},
    )


def _optional_column(points: Sequence[Point], name: str) -> tuple[int, ...] | None:
    values = [getattr(point, name) for point in points]
    if all(value is None for value in values):
        return None
    return tuple(0 if value is None else value for value in values)


def _live_pressure(strokes: Sequence[Stroke], points: Sequence[Point]) -> tuple[int, ...] | None:
    """Give the pressure column, or None where the device only filled the field in."""
    seen: set[int] = set()
    count = 0
    for stroke in strokes:
        values = [point.pressure for point in stroke.points if point.pressure is not None]
        if len(values) > 1 and values[-1] == 0:
            values.pop()  # the release event of several systems tells 0 whatever the pen can do
        seen.update(values)
        count += len(values)
    constant = len(seen) == 1 and (seen <= _DEAD_PRESSURES or count >= _DEAD_AFTER_POINTS)
    return None if not seen or constant else _optional_column(points, "pressure")


def spread_bursts(times_us: Sequence[int], period_us: int, *, not_before_us: int = 0) -> list[int]:
    """Give strictly increasing times for the samples of one stroke.

    Samples that arrived in one burst carry the time of the arrival: the last of them keeps it, the others
    are put before it, one device period apart or closer where the sample before the burst leaves less room.
    The first burst of a stroke has nothing before it and is spread forward. A time that steps back is held.
    """
    held: list[int] = []
    for time_us in times_us:
        held.append(max(time_us, held[-1] if held else not_before_us))
    spread: list[int] = []
    index = 0
    while index < len(held):
        end = index
        while end < len(held) and held[end] == held[index]:
            end += 1
        size, arrival = end - index, held[index]
        if not spread:
            room = period_us
            if end < len(held):  # shared with the samples of the next arrival
                room = (held[end] - arrival) // (size - 1 + held.count(held[end]))
            step = max(1, min(period_us, room))
            spread += [arrival + step * offset for offset in range(size)]
        else:
            step = max(1, min(period_us, (arrival - spread[-1]) // size))
            first = max(arrival - step * (size - 1), spread[-1] + 1)
            spread += [first + step * offset for offset in range(size)]
        index = end
    return spread
