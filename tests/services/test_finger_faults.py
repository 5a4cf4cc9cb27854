# SPDX-License-Identifier: Apache-2.0
"""A seeded list of mistakes at the desk, with synthetic fingers and the station's own engine."""

from __future__ import annotations

import pytest

from app.domain.fingerprints import Finger, Reason
from app.domain.policy import Policy
from app.domain.visits import Impression, Visit
from app.storage.store import Store
from tests.services.finger_desk import FingerDesk, open_finger_desk, student, synthetic_touch

RIGHT, LEFT, THUMB = Finger.RIGHT_INDEX, Finger.LEFT_INDEX, Finger.RIGHT_THUMB
TWO_TOUCHES = Policy(impressions_per_finger=2)

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def seed_of(person: int, finger: Finger) -> int:
    return 7_000 + 10 * person + int(finger)


def laid(
    desk: FingerDesk, visit: Visit, asked: Finger, given: Finger, person: int, touch: int
) -> tuple[Visit, Impression]:
    """Ask for a finger and be given one."""
    taken = synthetic_touch(desk.policy, seed_of(person, given), touch)
    visit = desk.enrollment.record_impression(visit, asked, taken)
    task = visit.task(asked)
    assert task is not None
    return visit, task.impressions[-1]


def test_ten_students_who_do_it_right_are_never_told_otherwise(store: Store) -> None:
    desk = open_finger_desk(store, TWO_TOUCHES)
    for person in range(10):
        visit = desk.enrollment.start(student(desk, f"Student {person}"))
        for finger in (RIGHT, LEFT) if person < 3 else (RIGHT,):
            for touch in (1, 2):
                visit, last = laid(desk, visit, finger, finger, person, touch)
                assert last.accepted, (person, finger, touch, last.reasons)
                assert touch == 1 or (last.match_rate is not None and last.match_rate < 1e-4)
        assert visit.finger is LEFT  # no further touch of the right one was asked for


@pytest.mark.parametrize(
    ("given", "reason", "already"),
    [
        ((RIGHT, RIGHT, RIGHT, LEFT), None, None),
        ((RIGHT, LEFT), Reason.OTHER_FINGER, None),  # another finger in the middle
        ((RIGHT, THUMB), Reason.OTHER_FINGER, None),
        ((RIGHT, RIGHT, RIGHT, RIGHT), Reason.ALREADY_TAKEN, RIGHT),  # a second name
        ((LEFT, LEFT, LEFT, LEFT), Reason.ALREADY_TAKEN, RIGHT),  # swapped hands, then put right
    ],
)
def test_each_mistake_is_caught_at_the_touch_that_makes_it(
    store: Store, given: tuple[Finger, ...], reason: Reason | None, already: Finger | None
) -> None:
    desk = open_finger_desk(store)
    visit = desk.enrollment.start(student(desk, "Noor Example"))
    last = None
    for number, finger in enumerate(given, start=1):
        asked = RIGHT if number <= 3 else LEFT
        visit, last = laid(desk, visit, asked, finger, 1, number)
        assert last.accepted or number == len(given)
    assert last is not None
    assert (last.reasons, last.other_finger) == (() if reason is None else (reason,), already)


def test_another_persons_finger_in_between_is_caught(store: Store) -> None:
    desk = open_finger_desk(store)
    visit = desk.enrollment.start(student(desk, "Noor Example"))
    visit, _ = laid(desk, visit, RIGHT, RIGHT, 1, 1)
    visit, last = laid(desk, visit, RIGHT, RIGHT, 2, 1)
    assert last.reasons == (Reason.OTHER_FINGER,)
