# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from app.biometrics.signature.benchmark import at_rate, run_benchmark
from app.biometrics.signature.disjoint import Parts, disjoint_report, fit
from app.biometrics.signature.error_rates import equal_error, rejected_at
from app.biometrics.signature.resample import segments_of
from app.biometrics.signature.svc import read_svc
from app.biometrics.signature.verify import FLUENCY_SIGN
from app.domain.errors import OperatorError
from app.domain.signatures import SignatureRecord
from tests.biometrics.signature.samples import signed
from tests.biometrics.signature.svc_text import svc_text


def make_records(users: int) -> dict[tuple[int, int], SignatureRecord]:
    """Users 1 ...; forgeries are the user's plan in a careless hand."""
    return {
        (user, number): read_svc(svc_text(user, number, 1.0 if number <= 20 else 6.0, strokes=1))
        for user in range(1, users + 1)
        for number in range(1, 41)
    }


def test_the_benchmark_measures_what_the_product_answers() -> None:
    report, rows = run_benchmark(make_records(2), references=3, draws=1, disjoint=True)
    assert len(rows) == 2 * (10 + 20 + 1)
    assert {row.kind for row in rows} == {"genuine", "skilled", "random"}
    assert report["users"] == 2
    for name in ("protocol", "draws"):
        assert 0.0 <= report[name]["eer_skilled"] <= 25.0
        assert report[name]["eer_random"] <= report[name]["eer_skilled"] + 10.0
    assert set(report) >= {"plain_dtw", "without_pressure", "probe_at_50_hz", "probe_at_200_hz"}
    assert report["probe_at_200_hz"]["protocol"]["frr_same_rate"] <= 50.0
    first, second = report["disjoint_users"]["ways"]
    assert (first["fitted_on"], first["judged_on"]) == (second["judged_on"], second["fitted_on"])
    assert report["disjoint_users"]["mean"]["fitted"]["eer_skilled"] <= 25.0
    genuine = np.array([row.score for row in rows if row.kind == "genuine"])
    random = np.array([row.score for row in rows if row.kind == "random"])
    assert np.median(genuine) > random.max()


def test_missing_signatures_are_named() -> None:
    records = {(1, number): signed(1, 1) for number in range(1, 40)}
    with pytest.raises(OperatorError, match="missing_U1S40"):
        run_benchmark(records)


def test_equal_error_of_known_scores() -> None:
    genuine, forged = np.array([4.0, 5.0, 6.0, 7.0]), np.array([1.0, 2.0, 3.0, 5.5])
    rate, threshold = equal_error(genuine, forged)
    assert rate == 25.0
    assert threshold == 5.0
    assert equal_error(genuine + 10, forged)[0] == 0.0
    assert equal_error(forged, genuine + 10)[0] == 100.0


def test_rejections_at_a_share_of_accepted_forgeries() -> None:
    forged = np.arange(10.0)
    assert rejected_at(np.array([8.5, 9.5, 20.0, 30.0]), forged, 0.10) == 0.0
    assert rejected_at(np.array([7.5, 8.0, 20.0, 30.0]), forged, 0.10) == 50.0


def test_other_rates_stay_inside_strokes() -> None:
    segments = segments_of(signed(1, 1))
    half, twice = at_rate(segments, 50), at_rate(segments, 200)
    assert len(half.bounds) == len(twice.bounds) == len(segments.bounds)
    assert np.median(np.diff(half.t_s)) == pytest.approx(0.02, rel=1e-3)
    assert np.median(np.diff(twice.t_s)) == pytest.approx(0.005, rel=1e-3)
    for (start, end), (first, last) in zip(segments.bounds, twice.bounds, strict=True):
        assert (twice.t_s[first], twice.t_s[last - 1]) == (segments.t_s[start], segments.t_s[end - 1])


def test_numbers_fitted_on_one_half_judge_the_other() -> None:
    rng = np.random.default_rng(5)

    def parts(level: float, slow: float) -> Parts:
        return Parts(rng.normal(level, 0.05, 20), rng.normal(slow, 0.1, (20, 5)) * FLUENCY_SIGN)

    draw = {user: {"genuine": parts(1.0, 0.0), "skilled": parts(0.9, 1.0)} for user in range(1, 5)}
    fitted = fit((1, 2), [draw])
    assert fitted.weight > 0  # the forgers of these writers are as alike, but slow
    assert np.all(np.abs(fitted.spread - 0.1) < 0.05)
    report = disjoint_report((1, 2, 3, 4), [draw])
    assert report["mean"]["fitted"]["eer_skilled"] < report["mean"]["without_fluency"]["eer_skilled"]
    assert [way["fitted_on"] for way in report["ways"]] == ["1-2", "3-4"]
