# SPDX-License-Identifier: Apache-2.0
"""A visit on every database: what is given back is what the rows say, and what was accepted is there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from app.domain.errors import OperatorError
from app.domain.fingerprints import Finger, SkipReason
from app.domain.policy import Policy
from app.domain.sessions import SessionStatus
from app.domain.visits import Skip, Step, Visit
from app.storage.store import Store
from tests.services.desk import Desk, ink, open_desk, touch

SKIP = Skip(SkipReason.BANDAGED, "after the match")
RIGHT, LEFT = Finger.RIGHT_INDEX, Finger.LEFT_INDEX


@pytest.fixture
def desk(store: Store) -> Desk:
    return open_desk(store)


@pytest.fixture
def student(desk: Desk) -> UUID:
    return desk.students.add("Noor Example", "noor@school.example", "7A", "20417").uid


def same_as_stored(desk: Desk, visit: Visit) -> None:
    """The value that the page shows is the one that a restart would show."""
    loaded = desk.enrollment.resume(visit.session_id)
    assert replace(loaded, finger=visit.finger) == visit


def with_all_fingers(desk: Desk, visit: Visit) -> Visit:
    for finger in (RIGHT, LEFT):
        for _ in range(desk.policy.impressions_per_finger):
            visit = desk.enrollment.record_impression(visit, finger, touch(70, desk.policy))
            same_as_stored(desk, visit)
    return visit


def with_all_steps(desk: Desk, visit: Visit) -> Visit:
    for number in range(1, 12):
        visit = desk.enrollment.accept_drawing(visit, number, ink(number))
    same_as_stored(desk, visit)
    return visit


def checked_in(desk: Desk, visit: Visit) -> Visit:
    session = desk.attendance.open_session("7A", desk.clock.now - timedelta(minutes=2))
    return desk.enrollment.check_in(visit, session.uid)


def test_a_whole_visit_is_complete_in_the_tables(desk: Desk, student: UUID) -> None:
    visit = desk.enrollment.start(student)
    same_as_stored(desk, visit)
    visit = with_all_fingers(desk, visit)
    visit = desk.enrollment.open_step(visit, Step.SIGNATURES)
    visit = with_all_steps(desk, visit)
    visit = desk.enrollment.open_step(visit, Step.CHECK_IN)
    visit = checked_in(desk, visit)
    visit = desk.enrollment.open_step(visit, Step.REVIEW)
    same_as_stored(desk, visit)
    done = desk.enrollment.finish(visit)
    assert (done.status, done.step) == (SessionStatus.COMPLETED, Step.RECEIPT)
    facts = desk.readback.visit(visit.session_id)
    assert facts["status"] == "completed"
    assert [finger["status"] for finger in facts["fingers"]] == ["completed", "completed"]
    assert all(finger["template_opens"] for finger in facts["fingers"])
    assert [len(finger["impressions"]) for finger in facts["fingers"]] == [3, 3]
    assert facts["signature_steps"] == list(range(1, 12))
    assert facts["signatures_open"]
    assert facts["attendance_rows"] == 1


def test_poor_touches_are_kept_as_attempts_and_refused_ones_without_a_template(
    desk: Desk, student: UUID
) -> None:
    visit = desk.enrollment.start(student)
    visit = desk.enrollment.record_impression(visit, RIGHT, touch(30, desk.policy))
    visit = desk.enrollment.record_impression(visit, RIGHT, touch(10, desk.policy))
    same_as_stored(desk, visit)
    impressions = desk.readback.visit(visit.session_id)["fingers"][0]["impressions"]
    assert [(row["quality"], row["accepted"], row["template_opens"]) for row in impressions] == [
        (30, False, True),
        (10, False, False),
    ]


def test_the_best_poor_impression_can_be_taken_with_a_reason(desk: Desk, student: UUID) -> None:
    visit = desk.enrollment.start(student)
    for quality in (25, 33, 28):
        visit = desk.enrollment.record_impression(visit, RIGHT, touch(quality, desk.policy))
    visit = desk.enrollment.accept_best(visit, RIGHT, "worn skin")
    same_as_stored(desk, visit)
    task = visit.task(RIGHT)
    assert task is not None
    assert [impression.quality for impression in task.accepted] == [33]


def test_skips_replacements_and_restarts_survive_a_restart(desk: Desk, student: UUID) -> None:
    visit = desk.enrollment.start(student)
    visit = desk.enrollment.record_impression(visit, RIGHT, touch(80, desk.policy))
    visit = desk.enrollment.replace_finger(visit, RIGHT, SKIP, Finger.RIGHT_THUMB)
    same_as_stored(desk, visit)
    visit = desk.enrollment.unskip_finger(visit, RIGHT)
    same_as_stored(desk, visit)
    visit = desk.enrollment.restart_finger(visit, RIGHT)
    same_as_stored(desk, visit)
    visit = desk.enrollment.skip_finger(visit, LEFT, SKIP)
    visit = desk.enrollment.select_finger(visit, Finger.LEFT_RING)
    same_as_stored(desk, visit)
    assert visit.finger is Finger.LEFT_RING


def test_a_visit_with_everything_left_out_can_be_finished(desk: Desk, student: UUID) -> None:
    visit = desk.enrollment.start(student)
    for finger in (RIGHT, LEFT):
        visit = desk.enrollment.skip_finger(visit, finger, SKIP)
    visit = desk.enrollment.skip_signatures(visit, SKIP)
    visit = desk.enrollment.skip_check_in(visit, SKIP)
    same_as_stored(desk, visit)
    assert desk.enrollment.finish(visit).status is SessionStatus.COMPLETED


def test_a_check_in_after_a_skip_takes_the_skip_back(desk: Desk, student: UUID) -> None:
    visit = desk.enrollment.skip_check_in(desk.enrollment.start(student), SKIP)
    visit = checked_in(desk, visit)
    same_as_stored(desk, visit)
    assert visit.check_in is not None


def test_finishing_an_incomplete_visit_says_what_is_missing(desk: Desk, student: UUID) -> None:
    visit = desk.enrollment.start(student)
    with pytest.raises(OperatorError) as refused:
        desk.enrollment.finish(visit)
    assert refused.value.facts["missing"] == "fingers,signatures,check_in"


def test_a_student_has_one_visit_in_progress_and_start_fresh_ends_it(desk: Desk, student: UUID) -> None:
    first = desk.enrollment.record_impression(desk.enrollment.start(student), RIGHT, touch(70, desk.policy))
    with pytest.raises(OperatorError) as refused:
        desk.enrollment.start(student)
    assert refused.value.facts["session_id"] == first.session_id
    second = desk.enrollment.start_fresh(student)
    assert second.session_id != first.session_id
    facts = desk.readback.visit(first.session_id)
    assert facts["status"] == "user_abandoned_not_completed"
    assert facts["fingers"][0]["status"] == "cancelled"
    with pytest.raises(OperatorError):
        desk.enrollment.resume(first.session_id)


def test_a_visit_idle_for_more_than_thirty_days_is_not_resumed(desk: Desk, student: UUID) -> None:
    visit = desk.enrollment.start(student)
    desk.clock.turn(days=30)
    assert desk.enrollment.resume(visit.session_id).session_id == visit.session_id
    desk.clock.turn(seconds=1)
    assert desk.enrollment.unfinished() == ()
    with pytest.raises(OperatorError) as refused:
        desk.enrollment.resume(visit.session_id)
    assert refused.value.code == "session_expired"
    assert desk.enrollment.start(student).session_id != visit.session_id


def test_unfinished_visits_are_offered_with_their_step(desk: Desk, student: UUID) -> None:
    visit = with_all_fingers(desk, desk.enrollment.start(student))
    visit = desk.enrollment.open_step(visit, Step.SIGNATURES)
    (offered,) = desk.enrollment.unfinished()
    assert (offered.session_id, offered.step) == (visit.session_id, Step.SIGNATURES)


def test_the_unfinished_drawing_is_there_after_a_restart(desk: Desk, student: UUID) -> None:
    visit = desk.enrollment.start(student)
    desk.enrollment.save_draft(visit, 1, ink(9))
    resumed = desk.enrollment.resume(visit.session_id)
    assert desk.enrollment.draft(resumed, 1) == ink(9)
    resumed = desk.enrollment.accept_drawing(resumed, 1, ink(9))
    assert desk.enrollment.draft(resumed, 1) is None
    assert desk.enrollment.drawing(resumed, 1) == ink(9)


def test_signatures_that_took_more_than_two_hours_start_again(desk: Desk, student: UUID) -> None:
    visit = desk.enrollment.accept_drawing(desk.enrollment.start(student), 1, ink())
    desk.clock.turn(hours=2)
    visit = desk.enrollment.resume(visit.session_id)
    visit = desk.enrollment.accept_drawing(visit, 2, ink())
    assert visit.signatures.accepted == frozenset({2})
    same_as_stored(desk, visit)


def test_a_second_enrollment_replaces_the_first_as_the_current_one(desk: Desk, student: UUID) -> None:
    for _ in range(2):
        visit = with_all_steps(desk, with_all_fingers(desk, desk.enrollment.start(student)))
        visit = desk.enrollment.skip_check_in(visit, SKIP)
        done = desk.enrollment.finish(visit)
    facts = desk.readback.visit(done.session_id)
    assert [finger["status"] for finger in facts["fingers"]] == ["completed", "completed"]


def test_without_the_students_key_nothing_of_the_visit_opens(desk: Desk, student: UUID) -> None:
    visit = desk.enrollment.record_impression(desk.enrollment.start(student), RIGHT, touch(70, desk.policy))
    stranger = open_desk(desk.writer.store, site_uid=UUID(int=78))
    assert not stranger.keys.of(student).is_complete
    assert not stranger.readback.visit(visit.session_id)["fingers"][0]["impressions"][0]["template_opens"]
    assert desk.readback.visit(visit.session_id)["fingers"][0]["impressions"][0]["template_opens"]


def test_fewer_impressions_by_policy(store: Store) -> None:
    desk = open_desk(store, Policy(required_fingers=(LEFT,), impressions_per_finger=1))
    student = desk.students.add("Solo Example").uid
    visit = desk.enrollment.record_impression(desk.enrollment.start(student), LEFT, touch(70, desk.policy))
    assert desk.enrollment.open_step(visit, Step.SIGNATURES).step is Step.SIGNATURES
