# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from app.biometrics.signature.features import CHANNELS, PAIR_SCALED, features_from, features_of, native_rate
from app.biometrics.signature.resample import segments_of
from app.biometrics.signature.synthetic import PenSettings, signature
from app.biometrics.signature.verify import (
    ALGORITHM_VERSION,
    Reference,
    Verdict,
    VerificationFlag,
    prepare,
    verdict_of,
    verify,
    with_accepted,
)
from app.domain.errors import OperatorError
from app.domain.signatures import Canvas, Point, Stroke, build_record
from tests.biometrics.signature.samples import (
    AT_100_HZ,
    CANVAS,
    DEVICE,
    STARTED_AT,
    record,
    references,
    signed,
    without_pressure,
)


def test_the_writer_is_consistent_and_others_are_different() -> None:
    for writer in (1, 2, 3):
        known = prepare(references(writer))
        own = verify(known, signed(writer, 9))
        assert own.verdict is Verdict.CONSISTENT
        for other in (4, 5, 6):
            found = verify(known, signed(other, 1))
            assert found.verdict is Verdict.DIFFERENT
            assert found.score < own.score


def test_a_slow_copy_scores_below_the_writer() -> None:
    known = prepare(references(1))
    genuine = signed(1, 9)
    slow = replace(genuine, t_us=tuple(time * 2 for time in genuine.t_us))
    found = verify(known, slow)
    assert found.score < verify(known, genuine).score
    assert VerificationFlag.LESS_FLUENT in found.flags


def test_the_answer_says_what_it_rests_on() -> None:
    known = prepare(references(1))
    answer = verify(known, signed(1, 9))
    assert answer.reference_ids == ("1-0", "1-1", "1-2")
    assert answer.algorithm_version == ALGORITHM_VERSION
    assert answer.device_match
    assert answer.flags == ()
    assert answer.threshold > answer.different_below


@pytest.mark.parametrize("rate_hz", [50.0, 200.0])
def test_another_rate_moves_the_score_by_less_than_five_per_cent(rate_hz: float) -> None:
    known = prepare(references(1))
    same = np.array([verify(known, signed(1, sample)).score for sample in range(9, 14)])
    settings = PenSettings(rate_hz=rate_hz, jitter=AT_100_HZ.jitter)
    other = np.array([verify(known, signed(1, sample, settings)).score for sample in range(9, 14)])
    assert np.abs(np.exp(other.mean() - same.mean()) - 1) < 0.05


def test_a_slower_device_is_told() -> None:
    answer = verify(prepare(references(1)), signed(1, 9, PenSettings(rate_hz=50.0)))
    assert VerificationFlag.OTHER_RATE in answer.flags
    assert (
        VerificationFlag.OTHER_RATE
        not in verify(prepare(references(1)), signed(1, 9, PenSettings(rate_hz=200.0))).flags
    )


def test_without_pressure_on_one_side_neither_uses_it() -> None:
    probe = without_pressure(signed(1, 9))
    mixed = verify(prepare(references(1)), probe)
    bare = [replace(reference, record=without_pressure(reference.record)) for reference in references(1)]
    both = verify(prepare(bare), probe)
    assert mixed.score == pytest.approx(both.score, rel=1e-12)
    assert mixed.flags == both.flags == (VerificationFlag.WITHOUT_PRESSURE,)
    assert mixed.verdict is Verdict.CONSISTENT


def test_pressure_on_the_probe_alone_is_not_used() -> None:
    bare = [replace(reference, record=without_pressure(reference.record)) for reference in references(1)]
    found = verify(prepare(bare), signed(1, 9))
    assert found.score == pytest.approx(
        verify(prepare(bare), without_pressure(signed(1, 9))).score, rel=1e-12
    )


def test_references_of_mixed_kinds_are_brought_to_what_they_share() -> None:
    mixed = references(1)
    mixed[1] = replace(mixed[1], record=without_pressure(mixed[1].record))
    mixed[2] = replace(mixed[2], record=signed(1, 2, PenSettings(rate_hz=50.0)))
    answer = verify(prepare(mixed), signed(1, 9))
    assert set(answer.flags) == {VerificationFlag.WITHOUT_PRESSURE, VerificationFlag.OTHER_RATE}
    assert answer.verdict is Verdict.CONSISTENT


def test_another_canvas_and_unit_change_little() -> None:
    known = prepare(references(1))
    ink = signature(1, 9, AT_100_HZ)
    here = verify(known, record(ink))
    finer = Canvas(1600, 600, 2.0, 0.125)
    assert verify(known, record(ink, finer)).score == pytest.approx(here.score, abs=0.01)
    sizeless = verify(known, record(ink, Canvas(1600, 600)))
    assert VerificationFlag.WITHOUT_SIZE in sizeless.flags
    assert sizeless.verdict is Verdict.CONSISTENT


def test_another_place_on_the_canvas_changes_nothing() -> None:
    known = prepare(references(1))
    probe = signed(1, 9)
    moved = replace(
        probe, x=tuple(value + 500 for value in probe.x), y=tuple(value - 300 for value in probe.y)
    )
    assert verify(known, moved).score == pytest.approx(verify(known, probe).score, rel=1e-9)


def test_another_device_is_told() -> None:
    probe = signed(1, 9)
    answer = verify(prepare(references(1)), replace(probe, device=replace(probe.device, device_id="other")))
    assert not answer.device_match
    assert VerificationFlag.OTHER_DEVICE in answer.flags


def test_one_reference_works_and_is_told() -> None:
    answer = verify(prepare(references(1, 1)), signed(1, 9))
    assert answer.verdict is Verdict.CONSISTENT
    assert VerificationFlag.FEW_REFERENCES in answer.flags


def test_references_that_differ_are_told() -> None:
    odd = [*references(1, 1), *references(2, 1), *references(3, 1)]
    assert VerificationFlag.UNLIKE_REFERENCES in verify(prepare(odd), signed(1, 9)).flags


def test_no_references_and_no_ink_are_refused() -> None:
    empty = build_record([], started_at=STARTED_AT, device=DEVICE, canvas=CANVAS)
    with pytest.raises(OperatorError, match="no_references"):
        prepare([])
    with pytest.raises(OperatorError, match="no_ink"):
        prepare([Reference("1", STARTED_AT, empty)])
    with pytest.raises(OperatorError, match="no_ink"):
        verify(prepare(references(1)), empty)


@pytest.mark.parametrize("duration_us", [700_000_000, 3_600_000_000])
def test_endless_ink_is_refused(duration_us: int) -> None:
    points = tuple(Point(duration_us * at // 99, at, at) for at in range(100))
    endless = build_record([Stroke(points)], started_at=STARTED_AT, device=DEVICE, canvas=CANVAS)
    with pytest.raises(OperatorError, match="too_long"):
        features_of(endless)


@pytest.mark.parametrize(
    "points",
    [
        (Point(0, 5, 5, 7),),
        (Point(0, 5, 5, 7), Point(10_000, 5, 5, 9)),
        tuple(Point(10_000 * at, 50 * at, 7, 9 + at) for at in range(30)),
        tuple(Point(0, 0, 0, at) for at in range(30)),
    ],
)
def test_degenerate_ink_still_gets_an_answer(points: tuple[Point, ...]) -> None:
    odd = build_record([Stroke(points)], started_at=STARTED_AT, device=DEVICE, canvas=CANVAS)
    known = prepare(references(1))
    assert verify(known, odd).verdict is Verdict.DIFFERENT
    assert np.isfinite(verify(prepare([Reference("1", STARTED_AT, odd)]), signed(1, 1)).score)


def test_verdicts_follow_the_limits() -> None:
    for pressure in (True, False):
        _, threshold, below = verdict_of(0.0, pressure=pressure)
        assert verdict_of(threshold, pressure=pressure)[0] is Verdict.CONSISTENT
        assert verdict_of(threshold - 1e-6, pressure=pressure)[0] is Verdict.DOUBTFUL
        assert verdict_of(below, pressure=pressure)[0] is Verdict.DOUBTFUL
        assert verdict_of(below - 1e-6, pressure=pressure)[0] is Verdict.DIFFERENT


def test_accepted_sign_ins_push_the_oldest_out() -> None:
    known = references(1, 3)
    accepted = Reference("new", STARTED_AT + timedelta(days=30), signed(1, 9))
    assert [found.reference_id for found in with_accepted(known, accepted, limit=5)] == [
        "1-0",
        "1-1",
        "1-2",
        "new",
    ]
    assert [found.reference_id for found in with_accepted(known, accepted, limit=3)] == ["1-1", "1-2", "new"]


def test_features_are_centered_and_named() -> None:
    features = features_of(signed(1, 1))
    assert features.values.shape[1] == len(CHANNELS) == len(PAIR_SCALED)
    assert np.allclose(features.values.mean(axis=0), 0.0)
    assert features_of(without_pressure(signed(1, 1))).values.shape[1] == len(CHANNELS) - 1
    assert native_rate(segments_of(signed(1, 1))) == pytest.approx(100.0, rel=1e-3)


def test_derivatives_do_not_see_the_gap_between_strokes() -> None:
    def two_strokes(apart_us: int, jump: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        first = tuple(Point(10_000 * at, 100 * at, 10 * at * at, 100 + at) for at in range(20))
        second = tuple(
            Point(200_000 + apart_us + 10_000 * at, jump + 100 * at, at * at, 200 + at) for at in range(20)
        )
        found = build_record(
            [Stroke(first), Stroke(second)], started_at=STARTED_AT, device=DEVICE, canvas=CANVAS
        )
        speed = features_from(segments_of(found)).values[:, CHANNELS.index("speed")]
        return speed - speed[0]

    assert np.allclose(two_strokes(100_000, 0), two_strokes(900_000, 90_000))
