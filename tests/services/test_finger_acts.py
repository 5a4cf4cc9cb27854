# SPDX-License-Identifier: Apache-2.0
"""Touches told apart within a visit, on every database, with an engine that goes by names."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select

from app.domain.errors import OperatorError
from app.domain.fingerprints import Finger, Reason, SkipReason
from app.domain.policy import Policy, VerifyTouch
from app.domain.sessions import SessionStatus
from app.domain.visits import FingerTask, Skip, Step, Visit
from app.storage.rows.enrollment import ImpressionRow
from app.storage.rows.finger_checks import FingerVerificationRow
from app.storage.store import Store
from tests.services.finger_desk import SURE, UNSURE, FingerDesk, NamedEngine, open_finger_desk, student

RIGHT, LEFT = Finger.RIGHT_INDEX, Finger.LEFT_INDEX
ALWAYS = Policy(verify_touch=VerifyTouch.ALWAYS)


@pytest.fixture
def engine() -> NamedEngine:
    return NamedEngine()


@pytest.fixture
def desk(store: Store, engine: NamedEngine) -> FingerDesk:
    return open_finger_desk(store, engine=engine)


@pytest.fixture
def visit(desk: FingerDesk) -> Visit:
    return desk.enrollment.start(student(desk, "Noor Example"))


def same_as_stored(desk: FingerDesk, visit: Visit) -> None:
    loaded = desk.enrollment.resume(visit.session_id)
    assert replace(loaded, finger=visit.finger) == visit


def task_of(visit: Visit, finger: Finger) -> FingerTask:
    task = visit.task(finger)
    assert task is not None
    return task


def given(desk: FingerDesk, visit: Visit, finger: Finger, *templates: str) -> Visit:
    for template in templates:
        visit = desk.give(visit, finger, template)
        same_as_stored(desk, visit)
    return visit


def test_a_touch_of_another_finger_does_not_count(desk: FingerDesk, visit: Visit) -> None:
    visit = given(desk, visit, RIGHT, "a/1", "b/1")
    last = task_of(visit, RIGHT).impressions[-1]
    assert (last.accepted, last.reasons, last.match_rate) == (False, (Reason.OTHER_FINGER,), 1.0)
    visit = given(desk, visit, RIGHT, "a/2")
    assert task_of(visit, RIGHT).impressions[-1].accepted
    assert task_of(visit, RIGHT).impressions[-1].match_rate == SURE


def test_the_operator_counts_it_with_a_reason_that_is_stored(desk: FingerDesk, visit: Visit) -> None:
    visit = given(desk, visit, RIGHT, "a/1", "b/1")
    visit = desk.enrollment.count_anyway(visit, RIGHT, "bandage taken off")
    same_as_stored(desk, visit)
    assert len(task_of(visit, RIGHT).accepted) == 2
    visit = given(desk, visit, RIGHT, "b/2")
    assert task_of(visit, RIGHT).impressions[-1].accepted
    with pytest.raises(OperatorError):
        desk.enrollment.count_anyway(visit, RIGHT, "once more")
    with desk.desk.writer.store.reading() as session:
        reasons = session.scalars(select(ImpressionRow.override_reason).order_by(ImpressionRow.id)).all()
    assert reasons == [None, "bandage taken off", None]


def test_a_finger_given_under_a_second_name_is_named(desk: FingerDesk, visit: Visit) -> None:
    visit = given(desk, visit, RIGHT, "a/1", "a/2", "a/3")
    assert visit.finger is LEFT
    visit = given(desk, visit, LEFT, "a/4")
    last = task_of(visit, LEFT).impressions[-1]
    assert (last.accepted, last.reasons, last.other_finger) == (False, (Reason.ALREADY_TAKEN,), RIGHT)
    visit = desk.enrollment.count_anyway(visit, LEFT, "the reader is wrong")
    visit = given(desk, visit, LEFT, "a/5")
    assert len(task_of(visit, LEFT).accepted) == 2


def test_after_a_resume_the_touches_before_it_are_still_compared_with(
    desk: FingerDesk, visit: Visit, store: Store
) -> None:
    visit = given(desk, visit, RIGHT, "a/1")
    engine = NamedEngine()
    again = open_finger_desk(store, engine=engine)
    resumed = again.enrollment.resume(visit.session_id)
    resumed = again.give(resumed, RIGHT, "b/1")
    assert task_of(resumed, RIGHT).impressions[-1].reasons == (Reason.OTHER_FINGER,)


def test_touches_are_made_ready_once(desk: FingerDesk, visit: Visit, engine: NamedEngine) -> None:
    for number in range(3):
        visit = desk.give(visit, RIGHT, f"a/{number}")
    before = engine.made_ready
    desk.give(visit, LEFT, "b/1")
    assert engine.made_ready - before <= 2


def test_swapped_hands_show_against_what_was_enrolled_before(desk: FingerDesk, visit: Visit) -> None:
    visit = given(desk, visit, RIGHT, "a/1", "a/2", "a/3")
    visit = given(desk, visit, LEFT, "b/1", "b/2", "b/3")
    visit = desk.enrollment.skip_signatures(visit, Skip(SkipReason.REFUSED))
    visit = desk.enrollment.skip_check_in(visit, Skip(SkipReason.REFUSED))
    assert desk.enrollment.finish(visit).status is SessionStatus.COMPLETED
    second = desk.enrollment.start(visit.student.uid)
    second = given(desk, second, RIGHT, "b/4")
    last = task_of(second, RIGHT).impressions[-1]
    assert (last.reasons, last.other_finger) == ((Reason.ALREADY_TAKEN,), LEFT)


def test_the_same_spot_is_asked_for_again_once(desk: FingerDesk, visit: Visit) -> None:
    visit = given(desk, visit, RIGHT, "a/1", "a/1", "a/1")
    assert [one.accepted for one in task_of(visit, RIGHT).impressions] == [True, True, False]
    assert task_of(visit, RIGHT).impressions[-1].reasons == (Reason.SAME_SPOT,)
    visit = given(desk, visit, RIGHT, "a/1")
    assert len(task_of(visit, RIGHT).accepted) == 3


def test_poor_touches_and_templates_of_another_maker_are_not_compared(desk: FingerDesk, visit: Visit) -> None:
    visit = given(desk, visit, RIGHT, "a/1")
    visit = desk.give(visit, RIGHT, "b/1", quality=25)
    assert Reason.OTHER_FINGER not in task_of(visit, RIGHT).impressions[-1].reasons
    visit = desk.give(visit, RIGHT, "module template")
    assert task_of(visit, RIGHT).impressions[-1].accepted
    assert task_of(visit, RIGHT).impressions[-1].match_rate is None


def test_an_unproven_finger_is_touched_once_more(desk: FingerDesk, visit: Visit) -> None:
    visit = given(desk, visit, RIGHT, "a/1", "a/?2", "a/?3")
    assert visit.finger is RIGHT
    assert [one.match_rate for one in task_of(visit, RIGHT).impressions] == [None, UNSURE, UNSURE]
    visit = given(desk, visit, RIGHT, "b/1", "a/4")
    assert [done.accepted for done in task_of(visit, RIGHT).verifications] == [False, True]
    assert len(task_of(visit, RIGHT).impressions) == 3
    assert visit.finger is LEFT


def test_a_visit_resumed_before_its_proof_stands_at_that_finger(desk: FingerDesk, visit: Visit) -> None:
    visit = given(desk, visit, RIGHT, "a/1", "a/?2", "a/?3")
    assert desk.enrollment.resume(visit.session_id).finger is RIGHT


def test_the_proof_can_be_left_out_with_a_reason(store: Store) -> None:
    desk = open_finger_desk(store, ALWAYS, NamedEngine())
    visit = desk.enrollment.start(student(desk, "Noor Example"))
    visit = given(desk, visit, RIGHT, "a/1", "a/2", "a/3", "module template")
    assert task_of(visit, RIGHT).verifications[-1].score is None
    with pytest.raises(OperatorError):
        desk.enrollment.skip_verification(visit, RIGHT, "")
    visit = desk.enrollment.skip_verification(visit, RIGHT, "plaster on the tip")
    same_as_stored(desk, visit)
    assert visit.finger is LEFT
    with desk.desk.writer.store.reading() as session:
        rows = session.scalars(select(FingerVerificationRow).order_by(FingerVerificationRow.id)).all()
        assert [(row.accepted, row.skip_reason) for row in rows] == [
            (False, None),
            (False, "plaster on the tip"),
        ]


def test_captured_anew_a_finger_starts_without_proofs_and_comparisons(store: Store) -> None:
    desk = open_finger_desk(store, ALWAYS, NamedEngine())
    visit = desk.enrollment.start(student(desk, "Noor Example"))
    visit = given(desk, visit, RIGHT, "a/1", "a/2", "a/3", "b/1")
    visit = desk.enrollment.restart_finger(visit, RIGHT)
    same_as_stored(desk, visit)
    visit = given(desk, visit, RIGHT, "b/1")
    assert task_of(visit, RIGHT).impressions[-1].accepted


def test_nothing_is_remembered_of_another_student(desk: FingerDesk, visit: Visit) -> None:
    given(desk, visit, RIGHT, "a/1")
    other = desk.enrollment.start(student(desk, "Emil Example"))
    other = given(desk, other, LEFT, "a/1")
    assert task_of(other, LEFT).impressions[-1].accepted
    assert other.step is Step.FINGERS
    desk.checks.forget()
    assert given(desk, other, LEFT, "a/2").duplicates == ()


def test_a_closed_enrollment_takes_no_decision(desk: FingerDesk, visit: Visit) -> None:
    visit = given(desk, visit, RIGHT, "a/1", "b/1")
    desk.enrollment.abandon(visit)
    with pytest.raises(OperatorError) as refused:
        desk.enrollment.count_anyway(visit, RIGHT, "too late")
    assert refused.value.code == "session_ended"
    assert isinstance(visit.uid, UUID)
