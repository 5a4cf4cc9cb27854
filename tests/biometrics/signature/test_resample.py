# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from app.biometrics.signature.resample import Segments, resample, segments_of
from app.biometrics.signature.synthetic import PenSettings, signature
from app.domain.signatures import Point, Stroke, build_record
from tests.biometrics.signature.samples import CANVAS, DEVICE, STARTED_AT, signed


def same(first: Segments, second: Segments) -> bool:
    return all(
        np.array_equal(getattr(first, name), getattr(second, name))
        for name in ("t_s", "x", "y", "pressure", "starts")
    )


@pytest.mark.parametrize("rate_hz", [50.0, 77.0, 133.0, 200.0, 266.0])
def test_resampling_twice_changes_nothing(rate_hz: float) -> None:
    once = resample(segments_of(signed(1, 1, PenSettings(rate_hz=rate_hz))))
    again = resample(once)
    assert np.allclose(once.x, again.x, rtol=0, atol=1e-6)
    assert np.allclose(once.t_s, again.t_s, rtol=0, atol=1e-12)
    assert np.array_equal(once.starts, again.starts)


def test_a_record_on_the_grid_comes_back_unchanged() -> None:
    segments = segments_of(signed(1, 1))
    assert np.allclose(resample(segments).x, segments.x, rtol=0, atol=1e-6)
    assert len(resample(segments)) == len(segments)


@pytest.mark.parametrize("rate_hz", [60.0, 200.0])
def test_no_sample_lies_in_a_gap(rate_hz: float) -> None:
    record = signed(2, 1, PenSettings(rate_hz=rate_hz))
    source, result = segments_of(record), resample(segments_of(record))
    assert len(result.bounds) == len(source.bounds) > 1
    for (start, end), (first, last) in zip(source.bounds, result.bounds, strict=True):
        assert result.t_s[first] == source.t_s[start]
        assert result.t_s[last - 1] <= source.t_s[end - 1] + 1e-9
        assert source.t_s[end - 1] - result.t_s[last - 1] < 0.01 + 1e-9


def test_a_silence_inside_a_stroke_is_a_gap() -> None:
    times_us = [0, 10_000, 20_000, 90_000, 100_000]
    points = tuple(Point(time_us, at, at, 100 + at) for at, time_us in enumerate(times_us))
    record = build_record([Stroke(points)], started_at=STARTED_AT, device=DEVICE, canvas=CANVAS)
    assert segments_of(record).starts.tolist() == [0, 3]
    assert resample(segments_of(record)).t_s.tolist() == pytest.approx([0, 0.01, 0.02, 0.09, 0.1])


def test_samples_that_all_but_coincide_are_thinned() -> None:
    points = tuple(Point(time_us, 10 * time_us, 0) for time_us in (0, 1, 2, 10_000))
    record = build_record([Stroke(points)], started_at=STARTED_AT, device=DEVICE, canvas=CANVAS)
    assert segments_of(record).t_s.tolist() == [0.0, 0.01]


def test_half_the_rate_gives_nearly_the_same_path() -> None:
    slow, fast = (
        resample(segments_of(signed(1, 1, PenSettings(rate_hz=rate_hz, jitter=0.0)))) for rate_hz in (50, 200)
    )
    start, end = slow.bounds[0]
    away = np.hypot(slow.x[start:end] - fast.x[start:end], slow.y[start:end] - fast.y[start:end])
    assert away.max() < 0.02 * np.ptp(fast.x)


def test_synthetic_ink_is_the_same_for_the_same_seeds() -> None:
    assert signature(3, 4) == signature(3, 4)
    assert signature(3, 4) != signature(3, 5)
    assert same(segments_of(signed(3, 4)), segments_of(signed(3, 4)))
