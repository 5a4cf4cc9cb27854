# SPDX-License-Identifier: Apache-2.0
"""Every metric of the web source is there under its own name, with a unit and a version.

The names are those of the source where it gave any, else its words put together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from app.biometrics.signature.metric_units import UNITS
from app.biometrics.signature.metrics import METRICS_VERSION, metrics_of
from app.biometrics.signature.outlines import DRAWING_KEYS
from app.domain.signatures import Point, PointerType, SignatureRecord, Stroke, build_record
from tests.biometrics.signature.samples import CANVAS, DEVICE, STARTED_AT, drawn, signed, without_pressure

#: Set -> the source's names.
SOURCE = {
    "descriptive": (
        "stroke_count total_points total_duration_ms avg_points_per_stroke avg_velocity max_velocity "
        "min_velocity velocity_std width height area aspect_ratio center_x center_y avg_stroke_length "
        "total_length length_variation avg_stroke_duration duration_variation"
    ),
    "pressure": (
        "avg_pressure max_pressure min_pressure std_pressure range_pressure contact_time_ratio buildup_rate "
        "release_rate has_pressure_data"
    ),
    "timing": (
        "pause_detection rhythm_consistency tempo_variation dwell_time_patterns inter_stroke_timing "
        "drawing_duration_total pause_time_ratio avg_stroke_duration"
    ),
    "geometry": (
        "stroke_complexity tremor_index smoothness_index direction_changes curvature_analysis "
        "spatial_efficiency stroke_overlap_ratio"
    ),
    "security": (
        "unnatural_pause_detection speed_anomaly_score pressure_anomaly_score timing_regularity_score "
        "device_consistency_score behavioral_authenticity_score"
    ),
    "circle": "start_position_deg closure_gap curve_consistency radial_deviation",
    "square": "corner_technique straightness corner_pressure edge_ratios",
    "triangle": "corner_angles_deg vertex_pressure side_ratios apex",
    "face": "stroke_order spatial_relations style symmetry feature_placement",
    "star": "stroke_order spatial_relations style star_point_symmetry angle_regularity",
    "arrow": "stroke_order spatial_relations style",
    "house": "stroke_order spatial_relations style structure proportions",
    "dots": "stroke_order spatial_relations style path_efficiency strategy",
}
NAMES = [(kind, name) for kind, names in SOURCE.items() for name in names.split()]


def set_of(kind: str) -> dict[str, Any]:
    """A set as it is made of a drawing."""
    if kind in DRAWING_KEYS:
        found: dict[str, Any] = metrics_of(drawn(kind, 3), kind)["shape"]
    else:
        found = metrics_of(signed(1, 1))[kind]
    return found


def leaves(found: dict[str, Any], before: str = "") -> Iterator[str]:
    for name, value in found.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{before}{name}.")
        else:
            yield before + name


@pytest.mark.parametrize(("kind", "name"), NAMES, ids=[f"{kind}-{name}" for kind, name in NAMES])
def test_the_source_s_metric_is_there_with_a_unit(kind: str, name: str) -> None:
    assert name in set_of(kind)
    assert any(known == name or known.startswith(f"{name}.") for known in UNITS[kind])


def test_there_are_nineteen_descriptive_ones() -> None:
    assert len(SOURCE["descriptive"].split()) == len(set_of("descriptive")) == 19


@pytest.mark.parametrize("kind", UNITS)
def test_every_number_has_a_unit_and_every_unit_a_number(kind: str) -> None:
    assert set(leaves(set_of(kind))) == set(UNITS[kind])


def test_the_document_carries_version_and_length_unit() -> None:
    document = metrics_of(drawn("circle", 3), "circle")
    assert set(document) == {
        *("version", "length_unit", "descriptive", "pressure", "timing", "geometry", "security", "shape")
    }
    assert document["version"] == METRICS_VERSION


# -- the security set, on drawings whose answer is known ----------------------------------------------------


def line(times_us: list[int], xs_px: list[float], pressure: list[int] | None = None) -> Stroke:
    places = [CANVAS.from_px(x, 100) for x in xs_px]
    forces: list[int | None] = list(pressure) if pressure else [None] * len(xs_px)
    return Stroke(
        tuple(Point(t_us, x, y, force) for t_us, (x, y), force in zip(times_us, places, forces, strict=True))
    )


def security(*strokes: Stroke) -> dict[str, Any]:
    record = build_record(strokes, started_at=STARTED_AT, device=DEVICE, canvas=CANVAS)
    found: dict[str, Any] = metrics_of(record)["security"]
    return found


def even(count: int = 101, start_us: int = 0) -> Stroke:
    return line([start_us + 10_000 * n for n in range(count)], [100 + 2.0 * n for n in range(count)])


def test_unnatural_pause_detection_finds_a_stop_of_the_tip_and_no_lift() -> None:
    lifted = security(even(), even(start_us=3_000_000))  # two seconds in the air are no stop
    assert lifted["unnatural_pause_detection"] == {
        "count": 0,
        "total_ms": 0.0,
        "longest_ms": 0.0,
        "time_share": 0.0,
    }
    times = [10_000 * n for n in range(60)] + [1_090_000 + 10_000 * n for n in range(60)]
    stopped = security(line(times, [100 + 2.0 * n for n in range(120)]))["unnatural_pause_detection"]
    assert stopped["count"] == 1
    assert stopped["longest_ms"] == pytest.approx(500, abs=1)
    standing = [100 + 2.0 * min(n, 50) + 2.0 * max(0, n - 90) for n in range(140)]
    reported = security(line([10_000 * n for n in range(140)], standing))["unnatural_pause_detection"]
    assert reported["count"] == 1
    assert reported["total_ms"] == pytest.approx(400, abs=11)
    assert reported["time_share"] == pytest.approx(400 / 1390, abs=0.02)


def test_speed_anomaly_score_is_the_share_of_samples_out_of_line() -> None:
    assert security(even())["speed_anomaly_score"] == 0
    wave = [1.0 + 0.3 * ((7 * n) % 5) / 5 for n in range(200)]
    jump = [step * (30 if 100 <= n < 110 else 1) for n, step in enumerate(wave)]
    places = [sum(jump[:n]) / 4 for n in range(201)]
    found = security(line([10_000 * n for n in range(201)], places))["speed_anomaly_score"]
    assert found == pytest.approx(0.05, abs=0.02)


def test_pressure_anomaly_score_is_absent_without_pressure() -> None:
    assert metrics_of(without_pressure(signed(1, 1)))["security"]["pressure_anomaly_score"] is None
    count = 200
    forces = [30_000 + 100 * ((7 * n) % 11) for n in range(count)]
    times, xs = [10_000 * n for n in range(count)], [100 + 2.0 * n for n in range(count)]
    assert security(line(times, xs, forces))["pressure_anomaly_score"] == 0
    forces[50:60] = [60_000] * 10
    assert security(line(times, xs, forces))["pressure_anomaly_score"] == pytest.approx(0.05)


def test_timing_regularity_score_measures_the_hand_and_not_the_device_s_clock() -> None:
    def swing(periods: list[int]) -> dict[str, Any]:
        speeds = [1.0 + 4.0 * (0.5 - abs(n / period - 0.5)) for period in periods for n in range(period)]
        places = [100 + sum(speeds[:n]) / 3 for n in range(len(speeds) + 1)]
        return security(line([10_000 * n for n in range(len(places))], places))

    machine, hand = swing([20] * 8), swing([10, 40, 15, 33, 12, 45, 18, 28])
    assert machine["timing_regularity_score"] > 0.9 > 0.8 > hand["timing_regularity_score"]
    assert security(even(6))["timing_regularity_score"] is None  # nothing to tell a rhythm from


def test_device_consistency_score_falls_with_a_second_tool_and_a_jumping_rate() -> None:
    assert security(even(), even(start_us=2_000_000))["device_consistency_score"] == 1
    finger = replace(even(start_us=2_000_000), pointer_type=PointerType.FINGER)
    assert security(even(), finger)["device_consistency_score"] == 0.5
    times = [10_000 * n for n in range(50)] + [500_000 + 40_000 * n for n in range(50)]
    assert security(line(times, [100 + 2.0 * n for n in range(100)]))["device_consistency_score"] < 0.7


def test_behavioral_authenticity_score_is_the_mean_of_what_is_known_and_decides_nothing() -> None:
    found = metrics_of(signed(1, 1))["security"]
    parts = [
        1 - found["unnatural_pause_detection"]["time_share"],
        1 - found["speed_anomaly_score"],
        1 - found["pressure_anomaly_score"],
        1 - found["timing_regularity_score"],
        found["device_consistency_score"],
    ]
    assert found["behavioral_authenticity_score"] == pytest.approx(sum(parts) / 5, rel=1e-4)


def test_corner_technique_tells_turned_corners_from_round_ones() -> None:
    def square(rounded: bool) -> SignatureRecord:
        corners = [(300, 80), (440, 80), (440, 220), (300, 220), (300, 80)]
        places: list[tuple[float, float]] = []
        for (x0, y0), (x1, y1) in pairwise(corners):
            places += [(x0 + (x1 - x0) * n / 40, y0 + (y1 - y0) * n / 40) for n in range(40)]
        if rounded:
            wide = 31
            ring = places * 3
            places = [
                (
                    sum(x for x, _ in ring[160 + n - wide // 2 : 160 + n + wide // 2 + 1]) / wide,
                    sum(y for _, y in ring[160 + n - wide // 2 : 160 + n + wide // 2 + 1]) / wide,
                )
                for n in range(160)
            ]
        points = [Point(10_000 * n, *CANVAS.from_px(*at)) for n, at in enumerate(places)]
        return build_record([Stroke(tuple(points))], started_at=STARTED_AT, device=DEVICE, canvas=CANVAS)

    sharp, round_ = (metrics_of(square(rounded), "square")["shape"] for rounded in (False, True))
    assert sharp["corner_technique"]["sharp_share"] > 0.95
    assert round_["corner_technique"]["sharp_share"] < sharp["corner_technique"]["sharp_share"] - 0.2
