# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from app.biometrics.signature.consistency import best_set, compare_repetition
from tests.biometrics.signature.samples import signed


def test_the_first_signature_has_nothing_to_differ_from() -> None:
    found = compare_repetition([], signed(1, 0))
    assert found.distance is None
    assert not found.quite_different


def test_repetitions_of_one_hand_pass() -> None:
    for writer in range(1, 5):
        first, second, third = (signed(writer, sample) for sample in range(3))
        assert not compare_repetition([first], second).quite_different
        assert not compare_repetition([first, second], third).quite_different


def test_another_name_is_asked_about() -> None:
    for writer in range(1, 5):
        earlier = [signed(writer, 0), signed(writer, 1)]
        assert compare_repetition(earlier, signed(writer + 10, 0)).quite_different


def test_the_best_set_leaves_the_odd_one_out() -> None:
    hand = [signed(1, sample) for sample in range(3)]
    assert best_set([hand[0], signed(7, 0), hand[1], hand[2]], 3) == (0, 2, 3)
    assert best_set(hand, 3) == (0, 1, 2)
    assert best_set(hand[:2], 3) == (0, 1)
