# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from app.biometrics.signature.metrics import METRICS_VERSION, metrics_of
from app.biometrics.signature.outlines import DRAWING_KEYS
from app.domain.errors import OperatorError
from app.domain.signatures import Canvas, Point, SignatureRecord, Stroke, build_record
from tests.biometrics.signature.samples import CANVAS, DEVICE, STARTED_AT, drawn, signed, without_pressure

NINETEEN = {
    *("stroke_count", "total_points", "total_duration_ms", "avg_points_per_stroke", "avg_velocity"),
    *("max_velocity", "min_velocity", "velocity_std", "width", "height", "area", "aspect_ratio"),
    *("center_x", "center_y", "avg_stroke_length", "total_length", "length_variation"),
    *("avg_stroke_duration", "duration_variation"),
}


def two_lines(canvas: Canvas = CANVAS) -> SignatureRecord:
    """Two strokes of 40 mm to the right at 40 mm/s, the second 10 mm lower, half a second between."""
    strokes = []
    for number in range(2):
        points = []
        for at in range(101):
            x, y = canvas.from_px(100 + 1.6 * at, 100 + 40 * number)
            points.append(Point(number * 1_500_000 + 10_000 * at, x, y, 20_000 + 100 * at))
        strokes.append(Stroke(tuple(points)))
    return build_record(strokes, started_at=STARTED_AT, device=DEVICE, canvas=canvas)


def test_the_nineteen_have_the_values_of_a_known_drawing() -> None:
    document = metrics_of(two_lines())
    found = document["descriptive"]
    assert set(found) == NINETEEN
    assert document["version"] == METRICS_VERSION
    assert document["length_unit"] == "mm"
    expected = {
        "stroke_count": 2,
        "total_points": 202,
        "total_duration_ms": 2500,
        "avg_points_per_stroke": 101,
        "avg_velocity": 40,
        "width": 40,
        "height": 10,
        "area": 400,
        "aspect_ratio": 4,
        "center_x": 0.5,
        "center_y": 0.5,
        "avg_stroke_length": 40,
        "total_length": 80,
        "length_variation": 0,
        "avg_stroke_duration": 1000,
        "duration_variation": 0,
    }
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, rel=0.01, abs=1e-6), name


def test_pressure_and_timing_have_the_values_of_a_known_drawing() -> None:
    document = metrics_of(two_lines())
    pressure, timing = document["pressure"], document["timing"]
    assert pressure["has_pressure_data"] is True
    assert pressure["min_pressure"] == pytest.approx(20_000 / 65_535, rel=1e-4)
    assert pressure["max_pressure"] == pytest.approx(30_000 / 65_535, rel=1e-4)
    assert pressure["buildup_rate"] == pytest.approx(10_000 / 65_535, rel=1e-3)
    assert pressure["release_rate"] is None
    assert pressure["contact_time_ratio"] == pytest.approx(0.8)
    assert timing["pause_detection"] == {"count": 1, "total_ms": 500.0, "longest_ms": 500.0}
    assert timing["pause_time_ratio"] == pytest.approx(0.2)
    assert timing["drawing_duration_total"] == pytest.approx(2000)


def test_a_straight_line_has_no_tremor_and_turns_nowhere() -> None:
    geometry = metrics_of(two_lines())["geometry"]
    assert geometry["direction_changes"] == 0
    assert geometry["stroke_complexity"] == pytest.approx(1.0, rel=1e-3)
    assert geometry["tremor_index"] < 1e-3
    assert geometry["stroke_overlap_ratio"] == 0


def test_absent_pressure_is_told_as_absent() -> None:
    pressure = metrics_of(without_pressure(two_lines()))["pressure"]
    assert pressure["has_pressure_data"] is False
    assert pressure["avg_pressure"] is None
    assert pressure["buildup_rate"] is None


def test_without_millimeters_lengths_are_shares_of_the_width() -> None:
    document = metrics_of(two_lines(Canvas(800, 300)))
    assert document["length_unit"] == "canvas_width"
    assert document["descriptive"]["width"] == pytest.approx(0.2, rel=1e-3)


def test_the_place_on_the_canvas_is_no_metric() -> None:
    record = two_lines()
    moved = replace(
        record, x=tuple(value + 640 for value in record.x), y=tuple(value + 64 for value in record.y)
    )
    assert metrics_of(moved) == metrics_of(record)


@pytest.mark.parametrize("key", DRAWING_KEYS)
def test_every_shape_has_its_set_and_all_is_json(key: str) -> None:
    document = metrics_of(drawn(key, 3), key)
    assert document["shape"]
    assert json.loads(json.dumps(document, allow_nan=False)) == document


def test_signatures_have_no_shape_set() -> None:
    assert "shape" not in metrics_of(signed(1, 1), "signature_1")


def shape(key: str, drawn_key: str | None = None, seed: int = 3) -> dict[str, Any]:
    found: dict[str, Any] = metrics_of(drawn(drawn_key or key, seed), key)["shape"]
    return found


def test_a_square_is_not_round() -> None:
    """The source took the aspect ratio for roundness, so that every square scored 100."""
    for seed in range(5):
        assert shape("circle", seed=seed)["radial_deviation"] < 0.09
        assert shape("circle", "square", seed)["radial_deviation"] > 0.09


def test_corners_are_counted_whatever_the_strokes() -> None:
    for seed in range(8):
        assert shape("square", seed=seed)["corner_count"] == 4
        assert shape("triangle", seed=seed)["corner_count"] == 3


def test_the_parts_of_drawings_are_found() -> None:
    assert shape("star")["point_count"] == 5
    assert shape("star")["star_point_symmetry"] > 0.8
    assert shape("dots")["dots_reached"] == 4
    assert sorted(shape("dots")["strategy"]) == [1, 2, 3, 4]
    assert shape("face")["feature_count"] >= 3
    assert shape("house")["structure"]["top_width"] < 0.5


@pytest.mark.parametrize("key", ["", *DRAWING_KEYS])
@pytest.mark.parametrize("count", [1, 2, 5])
def test_degenerate_ink_has_finite_metrics(key: str, count: int) -> None:
    points = tuple(Point(10_000 * at, 100, 100 + 5 * at, 9 + at) for at in range(count))
    record = build_record([Stroke(points)], started_at=STARTED_AT, device=DEVICE, canvas=CANVAS)
    json.dumps(metrics_of(record, key), allow_nan=False)


def test_no_ink_is_refused() -> None:
    empty = build_record([], started_at=STARTED_AT, device=DEVICE, canvas=CANVAS)
    with pytest.raises(OperatorError, match="no_ink"):
        metrics_of(empty)
