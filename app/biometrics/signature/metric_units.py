# SPDX-License-Identifier: Apache-2.0
"""The unit of every metric, by set and name. "length" is millimeters, or canvas widths without those.

A test holds this table and what ``metrics_of`` gives equal, name by name.
"""

from __future__ import annotations

from collections.abc import Mapping

_COUNT, _RATIO, _SHARE, _FLAG = "count", "ratio", "0 to 1", "true or false"
_LENGTH, _SPEED, _MS, _DEG = "length", "length/s", "ms", "degrees"
_PLACE = "share of the box, 0 left or top to 1 right or bottom"
_VARIATION = "spread/mean"
_FORCE = "share of the device's range"

_POLYGON = {
    "corner_count": _COUNT,
    "corner_angles_deg": _DEG,
    "angle_deviation_deg": _DEG,
    "straightness": _SHARE,
    "closure_gap": "share of the path's length",
}
_DRAWING = {
    "stroke_order.centers": _PLACE,
    "stroke_order.top_to_bottom": _FLAG,
    "spatial_relations.overlap_share": _SHARE,
    "spatial_relations.inside_count": _COUNT,
    "style.stroke_count": _COUNT,
    "style.stroke_sizes": "share of the drawing's size",
    "style.detail": "path/size",
}

#: Set -> name (nested ones with a dot) -> unit.
UNITS: Mapping[str, Mapping[str, str]] = {
    "descriptive": {
        "stroke_count": _COUNT,
        "total_points": _COUNT,
        "total_duration_ms": _MS,
        "avg_points_per_stroke": _COUNT,
        "avg_velocity": _SPEED,
        "max_velocity": _SPEED,
        "min_velocity": _SPEED,
        "velocity_std": _SPEED,
        "width": _LENGTH,
        "height": _LENGTH,
        "area": "length^2",
        "aspect_ratio": "width/height",
        "center_x": _PLACE,
        "center_y": _PLACE,
        "avg_stroke_length": _LENGTH,
        "total_length": _LENGTH,
        "length_variation": _VARIATION,
        "avg_stroke_duration": _MS,
        "duration_variation": _VARIATION,
    },
    "pressure": {
        "has_pressure_data": _FLAG,
        "contact_time_ratio": _SHARE,
        "avg_pressure": _FORCE,
        "max_pressure": _FORCE,
        "min_pressure": _FORCE,
        "std_pressure": _FORCE,
        "range_pressure": _FORCE,
        "buildup_rate": "1/s",
        "release_rate": "1/s",
    },
    "timing": {
        "pause_detection.count": _COUNT,
        "pause_detection.total_ms": _MS,
        "pause_detection.longest_ms": _MS,
        "rhythm_consistency": _SHARE,
        "tempo_variation": _VARIATION,
        "dwell_time_patterns.count": _COUNT,
        "dwell_time_patterns.mean_ms": _MS,
        "inter_stroke_timing.mean_ms": _MS,
        "inter_stroke_timing.std_ms": _MS,
        "drawing_duration_total": _MS,
        "pause_time_ratio": _SHARE,
        "avg_stroke_duration": _MS,
    },
    "geometry": {
        "stroke_complexity": "path/chord",
        "tremor_index": "share of the drawing's size",
        "smoothness_index": _SHARE,
        "direction_changes": _COUNT,
        "curvature_analysis.mean": "radians/length",
        "curvature_analysis.median": "radians/length",
        "curvature_analysis.max": "radians/length",
        "spatial_efficiency": "size/path",
        "stroke_overlap_ratio": _SHARE,
    },
    "security": {
        "unnatural_pause_detection.count": _COUNT,
        "unnatural_pause_detection.total_ms": _MS,
        "unnatural_pause_detection.longest_ms": _MS,
        "unnatural_pause_detection.time_share": _SHARE,
        "speed_anomaly_score": _SHARE,
        "pressure_anomaly_score": _SHARE,
        "timing_regularity_score": _SHARE,
        "device_consistency_score": _SHARE,
        "behavioral_authenticity_score": _SHARE,
    },
    "circle": {
        "start_position_deg": _DEG,
        "clockwise": _FLAG,
        "closure_gap": "share of the path's length",
        "curve_consistency": _SHARE,
        "radial_deviation": _VARIATION,
        "aspect": "short side/long side",
    },
    "square": {
        **_POLYGON,
        "corner_technique.sharp_share": _SHARE,
        "corner_pressure": "share of the mean pressure",
        "edge_ratios": "share of the longest",
    },
    "triangle": {
        **_POLYGON,
        "vertex_pressure": "share of the mean pressure",
        "side_ratios": "share of the longest",
        "apex": _PLACE,
    },
    "face": {
        **_DRAWING,
        "feature_count": _COUNT,
        "feature_placement": "share of the outline's box",
        "symmetry": _SHARE,
    },
    "star": {
        **_DRAWING,
        "point_count": _COUNT,
        "star_point_symmetry": _SHARE,
        "angle_regularity": _SHARE,
    },
    "arrow": {**_DRAWING, "direction_deg": _DEG},
    "house": {
        **_DRAWING,
        "structure.roof_share": "share of the height",
        "structure.top_width": "share of the width",
        "proportions": "width/height",
    },
    "dots": {
        **_DRAWING,
        "dots_reached": _COUNT,
        "strategy": "numbers of the dots, in the order they were reached",
        "path_efficiency": _RATIO,
    },
}
