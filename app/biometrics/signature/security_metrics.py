# SPDX-License-Identifier: Apache-2.0
"""The web source's "security" set: how unusual a drawing's movement is in itself. It decides nothing.

Corrected against the source. Its pauses were the lifts between strokes; here they are stops of the tip on the
surface. Its timing regularity measured the device's clock; here it is the rhythm of the hand. Its device
consistency compared descriptions of a browser; here it is whether one tool drew at one rate. Its anomalies
were distances from fixed numbers of pixels; here they are shares of the drawing's own samples that lie far
from its own middle. The sum of them says how much a drawing looks like one free movement: who drew it is
the business of ``verify``, and nobody's authenticity follows from these.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import numpy.typing as npt

from app.biometrics.signature.resample import Segments, resample
from app.domain.signatures import SignatureRecord

Floats = npt.NDArray[np.float64]
_STOP_S = 0.15  # the tip rests on the surface for longer than a turn takes
_STOP_SHARE = 0.05  # of the drawing's mean speed: slower is standing
_FAR = 3.5  # robust spreads from the middle (Iglewicz and Hoaglin, 1993)
_SLOW_SHARE = 0.9  # of the mean speed: a slow point of the movement, not a trembling of the numbers
_STILL = 1e-9


def security_metrics(record: SignatureRecord, segments: Segments) -> dict[str, Any]:
    """Give the set; ``segments`` are those of the record. Shares and scores run from 0 to 1.

    ``behavioral_authenticity_score`` is the mean of what is known of: no stops, no unusual speed, no unusual
    pressure, an irregular rhythm, one device.
    """
    stops_s = _stops_s(record)
    down_s = float(sum(_span_s(record, first, end) for first, end in record.stroke_ranges))
    stop_share = min(float(sum(stops_s)) / down_s, 1.0) if down_s > 0 else 0.0
    speeds = _speeds(resample(segments))
    speed = _far_share(np.log(np.maximum(np.concatenate(speeds), _STILL))) if speeds else 0.0
    pressure = None if segments.pressure is None else _far_share(segments.pressure)
    regularity = _regularity(speeds)
    device = _device_consistency(record, segments)
    parts = [1.0 - stop_share, 1.0 - speed, device]
    parts += [1.0 - known for known in (pressure, regularity) if known is not None]
    return {
        "unnatural_pause_detection": {
            "count": len(stops_s),
            "total_ms": sum(stops_s) * 1e3,
            "longest_ms": max(stops_s, default=0.0) * 1e3,
            "time_share": stop_share,
        },
        "speed_anomaly_score": speed,
        "pressure_anomaly_score": pressure,
        "timing_regularity_score": regularity,
        "device_consistency_score": device,
        "behavioral_authenticity_score": float(np.mean(parts)),
    }


def _span_s(record: SignatureRecord, first: int, end: int) -> float:
    return (record.t_us[end - 1] - record.t_us[first]) / 1e6 if end > first else 0.0


def _stops_s(record: SignatureRecord) -> list[float]:
    """Seconds of each stop. A pen that rests may report nothing: a silence inside a stroke is a stop, too."""
    steps: list[tuple[Floats, Floats]] = []
    for first, end in record.stroke_ranges:
        places = np.array([record.x[first:end], record.y[first:end]], dtype=np.float64)
        times_s = np.diff(np.array(record.t_us[first:end], dtype=np.float64)) / 1e6
        steps.append((times_s, np.hypot(*np.diff(places, axis=1))))
    total_s = sum(float(times_s.sum()) for times_s, _ in steps)
    if total_s <= 0:
        return []
    slow = _STOP_SHARE * sum(float(lengths.sum()) for _, lengths in steps) / total_s
    stops: list[float] = []
    for times_s, lengths in steps:
        standing = 0.0
        for time_s, length in zip(times_s.tolist(), lengths.tolist(), strict=True):
            if length <= slow * time_s:
                standing += time_s
                continue
            stops.append(standing)
            standing = 0.0
        stops.append(standing)
    return [stop for stop in stops if stop >= _STOP_S]


def _speeds(canonical: Segments) -> list[Floats]:
    """Speed along each stroke that moves, units a second."""
    found = []
    for start, end in canonical.bounds:
        if end - start > 1:
            steps = np.hypot(np.diff(canonical.x[start:end]), np.diff(canonical.y[start:end]))
            found.append(steps / np.diff(canonical.t_s[start:end]))
    return found


def _far_share(values: Floats) -> float:
    """Share of the values that lie further from their median than a normal spread explains."""
    away = np.abs(values - np.median(values))
    spread = 1.4826 * float(np.median(away))
    return float(np.mean(away > _FAR * spread)) if spread > _STILL else 0.0


def _regularity(speeds: list[Floats]) -> float | None:
    """How even the times between slow points of the movement are, 1 a machine's; None for fewer than 3."""
    if not speeds:
        return None
    slow = _SLOW_SHARE * float(np.concatenate(speeds).mean())
    between: list[float] = []
    for speed in speeds:
        if len(speed) < 5:
            continue
        smooth = np.convolve(speed, np.full(5, 0.2), "same")
        low = (smooth[1:-1] < smooth[:-2]) & (smooth[1:-1] <= smooth[2:]) & (smooth[1:-1] < slow)
        lows = np.flatnonzero(low) + 1
        between += np.diff(lows).tolist()
    if len(between) < 3:
        return None
    return float(1.0 / (1.0 + np.std(between) / np.mean(between)))


def _device_consistency(record: SignatureRecord, segments: Segments) -> float:
    """Share of strokes that one kind of pointer drew, times the share of samples at the usual interval."""
    most = Counter(record.stroke_pointers).most_common(1)[0][1] / len(record.stroke_pointers)
    gaps = [np.diff(segments.t_s[start:end]) for start, end in segments.bounds]
    gap_s = np.concatenate(gaps)
    if not len(gap_s):
        return most
    usual = float(np.median(gap_s))
    return most * float(np.mean((gap_s >= usual / 2) & (gap_s <= usual * 2)))
