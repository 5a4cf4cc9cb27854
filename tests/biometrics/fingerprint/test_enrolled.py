# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np

from app.biometrics.fingerprint.enrolled import area_added, find_same_finger, same_finger, verify
from app.biometrics.fingerprint.extract import extract
from app.biometrics.fingerprint.prepared import Prepared, prepare
from app.biometrics.fingerprint.template import empty_template
from app.biometrics.synthetic.fingers import make_finger
from app.biometrics.synthetic.impressions import make_impression

Prints = dict[tuple[int, int], Prepared]


def test_verify_takes_the_best_impression(prints: Prints) -> None:
    verdict = verify(prints[0, 2], [prints[1, 0], prints[0, 0], prints[2, 0]], 1e-4)
    assert verdict.accepted
    assert verdict.best == 1
    assert verdict.false_match_rate <= 1e-4


def test_more_impressions_more_chances(prints: Prints) -> None:
    alone = verify(prints[0, 2], [prints[1, 0]], 1e-4)
    twice = verify(prints[0, 2], [prints[1, 0], prints[1, 0]], 1e-4)
    assert twice.score == alone.score
    assert twice.false_match_rate >= alone.false_match_rate
    assert not alone.accepted


def test_a_finger_without_impressions_accepts_nobody(prints: Prints) -> None:
    verdict = verify(prints[0, 0], [], 1.0)
    assert not verdict.accepted
    assert verdict.best == -1


def test_another_finger_is_noticed(prints: Prints) -> None:
    assert same_finger(prints[0, 2], [prints[0, 0], prints[0, 1]])
    assert not same_finger(prints[3, 2], [prints[0, 0], prints[0, 1]])


def test_a_finger_under_a_second_name_is_found(prints: Prints) -> None:
    session = {name: [prints[name, 0], prints[name, 1]] for name in range(3)}
    assert find_same_finger(prints[1, 2], session) == 1
    assert find_same_finger(prints[3, 2], session) is None
    assert find_same_finger(prints[3, 2], {}) is None


def test_the_same_spot_adds_little_and_another_spot_more() -> None:
    whole = make_impression(make_finger(21), 1, 360, 560, bits=8)
    middle = prepare(extract(np.ascontiguousarray(whole[80:368, 50:306])))
    near = prepare(extract(np.ascontiguousarray(whole[84:372, 54:310])))
    lower = prepare(extract(np.ascontiguousarray(whole[190:478, 50:306])))
    assert area_added(middle, []) == 1.0
    assert area_added(near, [middle]) < 0.08
    assert area_added(lower, [middle]) > 0.12
    assert area_added(lower, [middle, lower]) < 0.05


def test_nothing_adds_nothing(prints: Prints) -> None:
    assert area_added(prepare(empty_template(256, 288)), [prints[0, 0]]) == 0.0


def test_another_finger_covers_nothing(prints: Prints) -> None:
    assert area_added(prints[0, 0], [prints[1, 0]]) == 1.0
