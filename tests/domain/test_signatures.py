# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import OperatorError
from app.domain.signatures import (
    MAX_POINTS,
    Canvas,
    PenDevice,
    Point,
    PointerType,
    PositionUnit,
    SignatureRecord,
    Stroke,
    build_record,
    pressure_units,
    spread_bursts,
)

CANVAS = Canvas(800, 300)
DEVICE = PenDevice("Tablet", "tablet-1", PointerType.PEN, frozenset({"pressure"}), rate_hz=200.0)
STARTED_AT = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)


def make_stroke(count: int = 10, *, start_us: int = 0, pressure: list[int | None] | None = None) -> Stroke:
    forces = pressure if pressure is not None else [1000 + 10 * index for index in range(count)]
    return Stroke(
        tuple(Point(start_us + 5000 * at, 64 * at, 32 * at, force) for at, force in enumerate(forces))
    )


def make_record(*strokes: Stroke) -> SignatureRecord:
    return build_record(strokes, started_at=STARTED_AT, device=DEVICE, canvas=CANVAS)


def test_strokes_come_back_as_they_went_in() -> None:
    air = (Point(60_000, 5, 5, 0), Point(65_000, 6, 6, 0))
    first = Stroke(make_stroke().points, PointerType.PEN, air)
    second = make_stroke(start_us=100_000)
    record = make_record(first, second)
    assert record.strokes() == (first, second)
    assert record.stroke_ranges == ((0, 10), (12, 22))
    assert record.tip == (1,) * 10 + (0,) * 2 + (1,) * 10
    assert record.duration_us == 145_000


def test_two_strokes_without_a_sample_between_stay_two() -> None:
    record = make_record(make_stroke(), make_stroke(start_us=50_000))
    assert record.stroke_ranges == ((0, 10), (10, 20))


def test_undo_takes_the_last_stroke_off() -> None:
    record = make_record(make_stroke(), make_stroke(start_us=100_000))
    assert record.without_last_stroke() == make_record(make_stroke())
    assert make_record(make_stroke()).without_last_stroke().stroke_starts == ()


def test_strokes_do_not_show_in_a_repr() -> None:
    record = make_record(make_stroke())
    for shown in (repr(record), repr(record.strokes()[0])):
        assert "1010" not in shown
        assert "5000" not in shown
    assert "x=" not in repr(make_stroke().points[0])


@pytest.mark.parametrize("pressure", [0.0, 0.5, 1.0])
def test_constant_pressure_is_absent(pressure: float) -> None:
    assert make_record(make_stroke(pressure=[pressure_units(pressure)] * 3)).pressure is None


def test_any_pressure_that_never_changes_is_absent() -> None:
    assert make_record(make_stroke(pressure=[777] * 8)).pressure is None
    assert make_record(make_stroke(pressure=[777] * 7)).pressure == (777,) * 7


def test_constant_pressure_with_a_zero_at_the_lift_is_absent() -> None:
    assert make_record(make_stroke(pressure=[32_768] * 9 + [0])).pressure is None


def test_pressure_that_changes_is_kept() -> None:
    assert make_record(make_stroke(3)).pressure == (1000, 1010, 1020)


def test_a_stroke_without_pressure_among_others_gets_zero() -> None:
    record = make_record(make_stroke(3), make_stroke(start_us=50_000, pressure=[None, None]))
    assert record.pressure == (1000, 1010, 1020, 0, 0)


def test_a_burst_is_spread_before_its_arrival() -> None:
    assert spread_bursts([0, 20_000, 20_000, 20_000, 20_000], 5_000) == [0, 5_000, 10_000, 15_000, 20_000]


def test_a_burst_is_spread_no_wider_than_the_device_reports() -> None:
    assert spread_bursts([0, 100_000, 100_000], 5_000) == [0, 95_000, 100_000]


def test_a_first_burst_is_spread_forward() -> None:
    assert spread_bursts([0, 0, 0, 10_000, 10_000, 10_000], 5_000) == [0, 2_000, 4_000, 6_000, 8_000, 10_000]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 10_000_000), max_size=60), st.integers(1, 20_000), st.integers(0, 1_000_000))
def test_spread_times_always_increase(times: list[int], period_us: int, not_before_us: int) -> None:
    spread = spread_bursts(times, period_us, not_before_us=not_before_us)
    assert len(spread) == len(times)
    assert all(later > earlier for earlier, later in pairwise(spread))
    assert all(time >= not_before_us for time in spread)


def test_bursts_of_a_record_are_spread() -> None:
    points = tuple(Point(10_000 * (at // 4), at, at, 100 + at) for at in range(16))
    times = make_record(Stroke(points)).t_us
    assert len(set(times)) == 16
    assert list(times) == sorted(times)


def test_positions_go_to_units_and_back() -> None:
    assert CANVAS.from_px(10.25, 1.5) == (656, 96)
    assert CANVAS.to_px(656, 96) == (10.25, 1.5)
    paper = Canvas(800, 300, mm_per_px=0.25, unit=PositionUnit.HUNDREDTH_MM)
    assert paper.from_px(10, 2) == (250, 50)
    assert paper.mm_per_unit == 0.01
    assert CANVAS.mm_per_unit is None
    assert Canvas(800, 300, mm_per_px=0.32).mm_per_unit == pytest.approx(0.005)


VALID: dict[str, Any] = {
    "started_at": STARTED_AT,
    "device": DEVICE,
    "canvas": CANVAS,
    "t_us": (0, 10),
    "x": (0, 1),
    "y": (0, 1),
    "tip": (1, 1),
    "stroke_starts": (0,),
    "stroke_pointers": (PointerType.PEN,),
}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"started_at": datetime(2026, 1, 1)}, "started_at"),  # noqa: DTZ001
        ({"started_at": datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=1)))}, "started_at"),
        ({"x": (0,)}, "x_length"),
        ({"t_us": (-1, 0)}, "t_us_range"),
        ({"t_us": (5, 0)}, "time_order"),
        ({"x": (0, 1.5)}, "x_range"),
        ({"y": (0, 1 << 30)}, "y_range"),
        ({"tip": (1, 2)}, "tip_range"),
        ({"pressure": (0, 65_536)}, "pressure_range"),
        ({"tilt_x": (0, 9_001)}, "tilt_x_range"),
        ({"rotation": (0, 36_000)}, "rotation_range"),
        ({"stroke_starts": ()}, "stroke_pointers"),
        ({"stroke_starts": (1,)}, "stroke_starts"),
        ({"stroke_starts": (2,)}, "stroke_starts"),
        ({"tip": (0, 1)}, "stroke_starts"),
        ({"stroke_starts": (1, 0), "stroke_pointers": (PointerType.PEN,) * 2}, "stroke_starts"),
    ],
)
def test_a_record_that_contradicts_itself_is_refused(change: dict[str, Any], reason: str) -> None:
    SignatureRecord(**VALID)
    with pytest.raises(OperatorError) as caught:
        SignatureRecord(**(VALID | change))
    assert caught.value.code == "signature_file_invalid"
    assert caught.value.facts["reason"] == reason


def test_too_many_points_are_refused() -> None:
    stroke = Stroke((Point(0, 0, 0),) * (MAX_POINTS + 1))
    with pytest.raises(OperatorError, match="too_many_points"):
        make_record(stroke)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Canvas(0, 300),
        lambda: Canvas(800, 300, device_pixel_ratio=0.0),
        lambda: Canvas(800, 300, mm_per_px=float("nan")),
        lambda: Canvas(800, 300, unit=PositionUnit.HUNDREDTH_MM),
        lambda: PenDevice("x" * 201, "", PointerType.PEN),
        lambda: PenDevice("", "", PointerType.PEN, rate_hz=0.0),
    ],
)
def test_impossible_devices_and_canvases_are_refused(make: Any) -> None:
    with pytest.raises(OperatorError, match="signature_file_invalid"):
        make()
