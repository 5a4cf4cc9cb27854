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


def test_a_first_one_that_differs_is_found_when_the_others_agree() -> None:
    for writer in range(1, 5):
        hand = [signed(writer, sample) for sample in range(3)]
        for place in range(2):
            earlier = [hand[0], hand[1]]
            earlier[place] = signed(writer + 10, 0)
            found = compare_repetition(earlier, hand[2])
            assert found.odd_one == place
            assert not found.quite_different  # it is not the new one that is to be given again
            assert found.earlier_spread is None


def test_where_all_agree_or_none_does_no_earlier_one_is_odd() -> None:
    hand = [signed(2, sample) for sample in range(3)]
    assert compare_repetition(hand[:2], hand[2]).odd_one is None
    strangers = [signed(writer, 0) for writer in (3, 14, 25)]
    found = compare_repetition(strangers[:2], strangers[2])
    assert found.odd_one is None
    assert found.quite_different


def test_of_two_nobody_can_say_which_one_is_odd() -> None:
    assert compare_repetition([signed(1, 0)], signed(11, 0)).odd_one is None
