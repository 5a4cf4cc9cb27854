# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from app.domain.enrollment import (
    Verdict,
    advance,
    begin,
    finger_state,
    judge,
    may_open,
    may_take_best,
    next_finger,
    offer_other_finger,
    open_steps,
    step_state,
)
from app.domain.enrollment_events import (
    Abandoned,
    BestAccepted,
    CheckedIn,
    CheckInSkipped,
    FingerReplaced,
    FingerRestarted,
    FingerSelected,
    FingerSkipped,
    FingerUnskipped,
    Finished,
    ImpressionRecorded,
    Paused,
    Resumed,
    SignatureAccepted,
    SignaturesSkipped,
    StepOpened,
)
from app.domain.errors import OperatorError
from app.domain.fingerprints import FINGER_PREFERENCE, Finger, SkipReason
from app.domain.policy import Policy
from app.domain.sessions import AttendanceStatus, SessionStatus
from app.domain.visits import CheckIn, Impression, Skip, Step, StepState, StudentCard, Visit

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
POLICY = Policy()
SKIP = Skip(SkipReason.BANDAGED)
RIGHT, LEFT = Finger.RIGHT_INDEX, Finger.LEFT_INDEX


def a_visit(policy: Policy = POLICY) -> Visit:
    return begin(UUID(int=1), "visit_1", StudentCard(UUID(int=2), "A Student"), policy, 11, NOW)


def touched(visit: Visit, finger: Finger, quality: int, policy: Policy = POLICY) -> Visit:
    task = visit.task(finger)
    number = len(task.impressions) + 1 if task else 1
    impression = Impression(
        uid=UUID(int=1000 * (int(finger) + 1) + number),
        attempt_number=number,
        quality=quality,
        accepted=judge(quality, policy) in (Verdict.GOOD, Verdict.FAIR),
    )
    return advance(visit, ImpressionRecorded(finger, UUID(int=50 + finger), impression), policy)


def with_fingers(visit: Visit) -> Visit:
    for finger in (RIGHT, LEFT):
        for _ in range(3):
            visit = touched(visit, finger, 70)
    return visit


def with_signatures(visit: Visit) -> Visit:
    for number in range(1, 12):
        visit = advance(visit, SignatureAccepted(number, "sess_1", "a", NOW), POLICY)
    return visit


def with_check_in(visit: Visit) -> Visit:
    check_in = CheckIn(UUID(int=9), UUID(int=8), "7A", AttendanceStatus.PRESENT, NOW)
    return advance(visit, CheckedIn(check_in), POLICY)


@pytest.mark.parametrize(
    ("quality", "verdict"),
    [
        (0, Verdict.REFUSED),
        (19, Verdict.REFUSED),
        (20, Verdict.AGAIN),
        (34, Verdict.AGAIN),
        (35, Verdict.FAIR),
        (49, Verdict.FAIR),
        (50, Verdict.GOOD),
        (100, Verdict.GOOD),
    ],
)
def test_verdict_follows_the_policys_bands(quality: int, verdict: Verdict) -> None:
    assert judge(quality, POLICY) is verdict


def test_a_new_visit_stands_at_the_first_required_finger() -> None:
    visit = a_visit()
    assert visit.step is Step.FINGERS
    assert visit.finger is RIGHT
    assert finger_state(visit, RIGHT, POLICY) is StepState.CURRENT
    assert finger_state(visit, LEFT, POLICY) is StepState.OPEN
    assert finger_state(visit, Finger.LEFT_THUMB, POLICY) is None


def test_three_good_impressions_complete_a_finger_and_turn_to_the_next() -> None:
    visit = touched(touched(a_visit(), RIGHT, 70), RIGHT, 70)
    assert visit.finger is RIGHT
    visit = touched(visit, RIGHT, 40)
    assert visit.finger is LEFT
    assert finger_state(visit, RIGHT, POLICY) is StepState.DONE


def test_poor_touches_do_not_count_and_are_remembered() -> None:
    visit = touched(touched(a_visit(), RIGHT, 30), RIGHT, 10)
    task = visit.task(RIGHT)
    assert task is not None
    assert (task.accepted, task.poor_attempts) == ((), 2)
    assert task.best_poor is not None
    assert task.best_poor.quality == 30


def test_after_three_poor_attempts_the_next_best_finger_is_offered() -> None:
    visit = a_visit()
    for _ in range(2):
        visit = touched(visit, RIGHT, 25)
    assert offer_other_finger(visit, RIGHT, POLICY) is None
    visit = touched(visit, RIGHT, 25)
    offered = offer_other_finger(visit, RIGHT, POLICY)
    assert offered is next(finger for finger in FINGER_PREFERENCE if finger not in (RIGHT, LEFT))


def test_an_accepted_touch_ends_the_row_of_poor_ones() -> None:
    visit = a_visit()
    for quality in (25, 25, 60, 25):
        visit = touched(visit, RIGHT, quality)
    assert offer_other_finger(visit, RIGHT, POLICY) is None


def test_the_best_poor_impression_is_taken_only_with_a_reason_and_used_up_attempts() -> None:
    visit = a_visit()
    for quality in (25, 31, 22):
        visit = touched(visit, RIGHT, quality)
    task = visit.task(RIGHT)
    assert task is not None
    assert task.best_poor is not None
    assert may_take_best(task, POLICY)
    with pytest.raises(OperatorError):
        advance(visit, BestAccepted(RIGHT, task.best_poor.uid, ""), POLICY)
    with pytest.raises(OperatorError):
        advance(visit, BestAccepted(RIGHT, task.impressions[0].uid, "worn skin"), POLICY)
    visit = advance(visit, BestAccepted(RIGHT, task.best_poor.uid, "worn skin"), POLICY)
    assert finger_state(visit, RIGHT, POLICY) is StepState.ATTENTION
    assert visit.finger is LEFT


def test_refused_impressions_are_never_taken() -> None:
    visit = a_visit()
    for _ in range(3):
        visit = touched(visit, RIGHT, 12)
    task = visit.task(RIGHT)
    assert task is not None
    assert not may_take_best(task, POLICY)


def test_a_skipped_finger_is_settled_and_can_come_back() -> None:
    visit = advance(a_visit(), FingerSkipped(RIGHT, SKIP), POLICY)
    assert finger_state(visit, RIGHT, POLICY) is StepState.SKIPPED
    assert visit.finger is LEFT
    with pytest.raises(OperatorError):
        touched(visit, RIGHT, 70)
    visit = advance(visit, FingerUnskipped(RIGHT), POLICY)
    assert touched(visit, RIGHT, 70).task(RIGHT) is not None


def test_a_replaced_finger_asks_for_another_one_in_its_place() -> None:
    visit = advance(a_visit(), FingerReplaced(RIGHT, SKIP, Finger.RIGHT_THUMB), POLICY)
    assert visit.finger is Finger.RIGHT_THUMB
    assert next_finger(visit, POLICY) is LEFT
    with pytest.raises(OperatorError):
        advance(visit, FingerReplaced(LEFT, SKIP, Finger.RIGHT_THUMB), POLICY)


def test_a_complete_finger_takes_no_further_touch_until_it_is_restarted() -> None:
    visit = with_fingers(a_visit())
    with pytest.raises(OperatorError):
        touched(visit, RIGHT, 90)
    visit = advance(visit, FingerRestarted(RIGHT), POLICY)
    assert visit.finger is RIGHT
    assert Step.FINGERS in open_steps(visit, POLICY)


def test_a_finger_that_nobody_asked_for_is_added_when_chosen() -> None:
    visit = advance(a_visit(), FingerSelected(Finger.LEFT_THUMB), POLICY)
    assert visit.finger is Finger.LEFT_THUMB
    assert [task.finger for task in visit.fingers] == [RIGHT, LEFT, Finger.LEFT_THUMB]


def test_onward_only_past_settled_steps_and_back_always() -> None:
    visit = a_visit()
    assert not may_open(visit, Step.SIGNATURES, POLICY)
    with pytest.raises(OperatorError):
        advance(visit, StepOpened(Step.REVIEW), POLICY)
    visit = advance(with_fingers(visit), StepOpened(Step.SIGNATURES), POLICY)
    assert advance(visit, StepOpened(Step.FINGERS), POLICY).step is Step.FINGERS
    assert not may_open(visit, Step.RECEIPT, POLICY)
    assert not may_open(visit, Step.STUDENT, POLICY)


def test_back_never_loses_anything() -> None:
    visit = advance(with_signatures(with_fingers(a_visit())), StepOpened(Step.CHECK_IN), POLICY)
    back = advance(advance(visit, StepOpened(Step.FINGERS), POLICY), StepOpened(Step.CHECK_IN), POLICY)
    assert back == visit


def test_eleven_steps_of_any_numbers_are_not_the_flows_set() -> None:
    visit = a_visit()
    with pytest.raises(OperatorError) as refused:
        advance(visit, SignatureAccepted(12, "sess_1", "a", NOW), POLICY)
    assert refused.value.code == "step_not_in_flow"
    for _ in range(11):
        visit = advance(visit, SignatureAccepted(1, "sess_1", "a", NOW), POLICY)
    assert not visit.signatures.is_complete
    assert visit.signatures.next_step == 2


def test_steps_of_an_expired_session_do_not_count_for_the_next_one() -> None:
    visit = with_signatures(a_visit())
    visit = advance(visit, SignatureAccepted(1, "sess_2", "a", NOW), POLICY)
    assert visit.signatures.accepted == frozenset({1})


def test_finishing_needs_every_step_settled() -> None:
    visit = with_signatures(with_fingers(a_visit()))
    with pytest.raises(OperatorError) as refused:
        advance(visit, Finished("R1", NOW), POLICY)
    assert refused.value.facts["missing"] == "check_in"
    finished = advance(with_check_in(visit), Finished("R1", NOW), POLICY)
    assert (finished.status, finished.step) == (SessionStatus.COMPLETED, Step.RECEIPT)


def test_a_visit_with_everything_left_out_can_be_finished() -> None:
    visit = a_visit()
    for event in (
        FingerSkipped(RIGHT, SKIP),
        FingerSkipped(LEFT, SKIP),
        SignaturesSkipped(SKIP),
        CheckInSkipped(SKIP),
    ):
        visit = advance(visit, event, POLICY)
    assert advance(visit, Finished("R1", NOW), POLICY).status is SessionStatus.COMPLETED
    assert step_state(visit, Step.SIGNATURES, POLICY) is StepState.SKIPPED


def test_a_paused_visit_takes_only_resume_or_abandon() -> None:
    paused = advance(a_visit(), Paused(), POLICY)
    with pytest.raises(OperatorError):
        advance(paused, FingerSkipped(RIGHT, SKIP), POLICY)
    assert advance(paused, Resumed(), POLICY) == a_visit()
    assert advance(paused, Abandoned(), POLICY).status is SessionStatus.ABANDONED


def test_an_ended_visit_takes_nothing() -> None:
    ended = advance(a_visit(), Abandoned(), POLICY)
    for event in (Resumed(), StepOpened(Step.FINGERS), FingerSkipped(RIGHT, SKIP)):
        with pytest.raises(OperatorError):
            advance(ended, event, POLICY)


def test_the_rail_marks_what_was_left_open_behind_the_operator() -> None:
    visit = with_check_in(with_signatures(with_fingers(a_visit())))
    visit = advance(visit, StepOpened(Step.REVIEW), POLICY)
    assert [step_state(visit, step, POLICY) for step in Step] == [
        StepState.DONE,
        StepState.DONE,
        StepState.DONE,
        StepState.DONE,
        StepState.CURRENT,
        StepState.OPEN,
    ]
    visit = advance(visit, FingerRestarted(RIGHT), POLICY)
    assert step_state(visit, Step.FINGERS, POLICY) is StepState.ATTENTION


def test_names_stay_out_of_reprs() -> None:
    assert "A Student" not in repr(a_visit())
