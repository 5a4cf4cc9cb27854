# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from app.domain.enrollment import (
    advance,
    begin,
    finger_is_settled,
    finger_state,
    may_open,
    open_steps,
    step_state,
)
from app.domain.enrollment_events import (
    DuplicateDecided,
    DuplicatesSearched,
    FingerRestarted,
    FingerSkipped,
    FingerVerified,
    ImpressionRecorded,
    TouchCounted,
    VerifySkipped,
)
from app.domain.errors import OperatorError
from app.domain.finger_checks import (
    OTHER_FINGER_FMR,
    PROVEN_FMR,
    SAME_SPOT_AREA,
    SECOND_NAME_FMR,
    Finding,
    Measured,
    awaits_verification,
    find,
    fingers_settled_unsearched,
    may_count_anyway,
    undecided,
    verification_failed,
)
from app.domain.fingerprints import Finger, Reason, SkipReason
from app.domain.policy import Policy, VerifyTouch
from app.domain.visits import (
    DuplicateDecision,
    DuplicateHit,
    FingerTask,
    Impression,
    Skip,
    Step,
    StepState,
    StudentCard,
    Verification,
    Visit,
)

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
RIGHT, LEFT, THUMB = Finger.RIGHT_INDEX, Finger.LEFT_INDEX, Finger.RIGHT_THUMB
POLICY = Policy()
ALWAYS = Policy(verify_touch=VerifyTouch.ALWAYS)
SURE, POOR_MATCH = 1e-9, 1e-3


def impression(
    number: int, *, accepted: bool = True, rate: float | None = None, reason: Reason | None = None
) -> Impression:
    return Impression(
        uid=UUID(int=100 + number),
        attempt_number=number,
        quality=70,
        accepted=accepted,
        reasons=() if reason is None else (reason,),
        match_rate=rate,
    )


def a_visit(policy: Policy = POLICY) -> Visit:
    return begin(UUID(int=1), "visit_1", StudentCard(UUID(int=2), "A Student"), policy, 11, NOW)


def with_touches(visit: Visit, finger: Finger, policy: Policy, *rates: float | None) -> Visit:
    for number, rate in enumerate(rates, start=1):
        one = impression(10 * int(finger) + number, rate=rate)
        visit = advance(visit, ImpressionRecorded(finger, UUID(int=50 + finger), one), policy)
    return visit


def proof(number: int, *, accepted: bool, skip_reason: str = "") -> Verification:
    return Verification(UUID(int=900 + number), accepted, 3.0, 0.5, NOW, skip_reason)


def task_of(visit: Visit, finger: Finger = RIGHT) -> FingerTask:
    task = visit.task(finger)
    assert task is not None
    return task


def test_a_touch_that_matches_its_own_earlier_ones_counts() -> None:
    assert find(FingerTask(RIGHT), Measured()) == Finding()
    assert find(FingerTask(RIGHT), Measured(own_rate=OTHER_FINGER_FMR)) == Finding(
        match_rate=OTHER_FINGER_FMR
    )


def test_a_touch_unlike_its_own_earlier_ones_is_another_finger() -> None:
    found = find(FingerTask(RIGHT), Measured(own_rate=OTHER_FINGER_FMR * 1.01))
    assert found.reason is Reason.OTHER_FINGER


def test_a_finger_under_a_second_name_is_named() -> None:
    found = find(FingerTask(LEFT), Measured(others={THUMB: 1e-5, RIGHT: 1e-9}))
    assert (found.reason, found.other_finger) == (Reason.ALREADY_TAKEN, RIGHT)


def test_more_fingers_to_compare_with_ask_for_a_better_match() -> None:
    one, two = SECOND_NAME_FMR, SECOND_NAME_FMR / 2
    assert find(FingerTask(LEFT), Measured(others={RIGHT: one})).reason is Reason.ALREADY_TAKEN
    assert find(FingerTask(LEFT), Measured(others={RIGHT: one, THUMB: 1.0})).reason is None
    assert find(FingerTask(LEFT), Measured(others={RIGHT: two, THUMB: 1.0})).reason is not None


def test_a_clash_that_the_operator_decided_about_is_not_asked_again() -> None:
    decided = Impression(UUID(int=5), 1, 70, True, (Reason.ALREADY_TAKEN,), 0.0, 0.0, None, RIGHT, "twins")
    task = FingerTask(LEFT, impressions=(decided,))
    assert find(task, Measured(own_rate=SURE, others={RIGHT: SURE})).reason is None
    assert find(task, Measured(own_rate=SURE, others={THUMB: SURE})).other_finger is THUMB


def test_the_same_spot_three_times_is_advised_against_once() -> None:
    task = FingerTask(RIGHT, impressions=(impression(1), impression(2, rate=SURE)))
    little = (SAME_SPOT_AREA / 2, SAME_SPOT_AREA / 2)
    assert find(task, Measured(own_rate=SURE, area_added=little)).reason is Reason.SAME_SPOT
    assert find(task, Measured(own_rate=SURE, area_added=(0.2, 0.0))).reason is None
    assert find(task, Measured(own_rate=SURE, area_added=(0.0,))).reason is None
    told = FingerTask(
        RIGHT, impressions=(*task.impressions, impression(3, accepted=False, reason=Reason.SAME_SPOT))
    )
    assert find(told, Measured(own_rate=SURE, area_added=little)).reason is None


def test_another_fingers_touches_are_no_poor_attempts_and_never_the_best_of_them() -> None:
    wrong = [impression(n, accepted=False, reason=Reason.OTHER_FINGER) for n in (1, 2, 3)]
    poor = Impression(UUID(int=7), 4, 30, accepted=False)
    task = FingerTask(RIGHT, impressions=(*wrong, poor))
    assert task.poor_attempts == 1
    assert task.best_poor == poor
    assert may_count_anyway(task, POLICY) is None


def test_the_operator_can_count_a_touch_taken_for_another_finger() -> None:
    visit = with_touches(a_visit(), RIGHT, POLICY, None, SURE)
    wrong = impression(9, accepted=False, reason=Reason.OTHER_FINGER)
    visit = advance(visit, ImpressionRecorded(RIGHT, UUID(int=56), wrong), POLICY)
    assert may_count_anyway(task_of(visit), POLICY) == wrong
    for event in (TouchCounted(RIGHT, wrong.uid, ""), TouchCounted(RIGHT, UUID(int=3), "scar")):
        with pytest.raises(OperatorError):
            advance(visit, event, POLICY)
    after = advance(visit, TouchCounted(RIGHT, wrong.uid, "scar"), POLICY)
    assert task_of(after).impressions[-1].override_reason == "scar"
    assert len(task_of(after).accepted) == 3
    assert after.finger is LEFT


@pytest.mark.parametrize(
    ("verify_touch", "rates", "asked"),
    [
        (VerifyTouch.UNPROVEN, (None, SURE, SURE), False),
        (VerifyTouch.UNPROVEN, (None, POOR_MATCH, SURE), False),
        (VerifyTouch.UNPROVEN, (None, POOR_MATCH, POOR_MATCH), True),
        (VerifyTouch.UNPROVEN, (None, None, None), False),
        (VerifyTouch.UNPROVEN, (None, PROVEN_FMR, None), False),
        (VerifyTouch.ALWAYS, (None, SURE, SURE), True),
        (VerifyTouch.NEVER, (None, POOR_MATCH, POOR_MATCH), False),
    ],
)
def test_when_the_touch_that_proves_the_enrollment_is_asked_for(
    verify_touch: VerifyTouch, rates: tuple[float | None, ...], asked: bool
) -> None:
    policy = Policy(verify_touch=verify_touch)
    visit = with_touches(a_visit(policy), RIGHT, policy, *rates)
    assert awaits_verification(task_of(visit), policy) is asked
    assert visit.finger is (RIGHT if asked else LEFT)
    assert finger_state(visit, RIGHT, policy) is (StepState.CURRENT if asked else StepState.DONE)
    assert finger_is_settled(task_of(visit), policy) is not asked


def test_a_recognized_finger_is_finished_and_another_touch_is_refused() -> None:
    visit = with_touches(a_visit(ALWAYS), RIGHT, ALWAYS, None, SURE, SURE)
    with pytest.raises(OperatorError):
        advance(visit, ImpressionRecorded(RIGHT, UUID(int=56), impression(9)), ALWAYS)
    failed = advance(visit, FingerVerified(RIGHT, proof(1, accepted=False)), ALWAYS)
    assert verification_failed(task_of(failed))
    assert failed.finger is RIGHT
    done = advance(failed, FingerVerified(RIGHT, proof(2, accepted=True)), ALWAYS)
    assert not verification_failed(task_of(done))
    assert done.finger is LEFT
    with pytest.raises(OperatorError):
        advance(done, FingerVerified(RIGHT, proof(3, accepted=True)), ALWAYS)


def test_a_finger_that_is_not_recognized_is_left_so_with_a_reason_or_captured_anew() -> None:
    visit = with_touches(a_visit(ALWAYS), RIGHT, ALWAYS, None, SURE, SURE)
    visit = advance(visit, FingerVerified(RIGHT, proof(1, accepted=False)), ALWAYS)
    with pytest.raises(OperatorError):
        advance(visit, VerifySkipped(RIGHT, proof(2, accepted=False)), ALWAYS)
    skipped = advance(visit, VerifySkipped(RIGHT, proof(2, accepted=False, skip_reason="cut")), ALWAYS)
    assert finger_is_settled(task_of(skipped), ALWAYS)
    assert not verification_failed(task_of(skipped))
    anew = advance(visit, FingerRestarted(RIGHT), ALWAYS)
    assert task_of(anew) == FingerTask(RIGHT)


def hit(finger: Finger = RIGHT, number: int = 1) -> DuplicateHit:
    other = StudentCard(UUID(int=70 + number), "Another")
    return DuplicateHit(UUID(int=700 + number), finger, other, LEFT, 20.0, 1e-9, NOW)


def settled() -> Visit:
    visit = with_touches(a_visit(), RIGHT, POLICY, None, SURE, SURE)
    return with_touches(visit, LEFT, POLICY, None, SURE, SURE)


def test_every_settled_finger_is_searched_for_once() -> None:
    visit = settled()
    assert fingers_settled_unsearched(visit, POLICY) == (RIGHT, LEFT)
    visit = advance(visit, DuplicatesSearched(RIGHT, ()), POLICY)
    assert fingers_settled_unsearched(visit, POLICY) == (LEFT,)
    assert undecided(visit) == ()


def test_a_possible_duplicate_stops_nobody_but_waits_for_a_decision_at_the_end() -> None:
    visit = advance(settled(), DuplicatesSearched(RIGHT, (hit(),)), POLICY)
    assert may_open(visit, Step.SIGNATURES, POLICY)
    assert open_steps(visit, POLICY)[0] is Step.FINGERS
    assert finger_state(visit, RIGHT, POLICY) is StepState.ATTENTION
    moved = advance(visit, DuplicatesSearched(LEFT, ()), POLICY)
    assert step_state(moved, Step.FINGERS, POLICY) is StepState.CURRENT
    decided = advance(
        moved, DuplicateDecided(hit().uid, DuplicateDecision.SAME_PERSON, "enrolled twice"), POLICY
    )
    assert Step.FINGERS not in open_steps(decided, POLICY)
    assert decided.duplicates[0].reason == "enrolled twice"


@pytest.mark.parametrize(
    "event",
    [
        DuplicateDecided(hit().uid, DuplicateDecision.SAME_PERSON, ""),
        DuplicateDecided(hit().uid, DuplicateDecision.UNDECIDED, "later"),
        DuplicateDecided(UUID(int=4), DuplicateDecision.SAME_PERSON, "twice"),
        DuplicatesSearched(THUMB, ()),
    ],
)
def test_decisions_without_reason_or_object_are_refused(
    event: DuplicateDecided | DuplicatesSearched,
) -> None:
    visit = advance(settled(), DuplicatesSearched(RIGHT, (hit(),)), POLICY)
    with pytest.raises(OperatorError):
        advance(visit, event, POLICY)


def test_a_finger_left_out_or_captured_anew_takes_its_hits_along() -> None:
    visit = advance(settled(), DuplicatesSearched(RIGHT, (hit(),)), POLICY)
    skipped = advance(visit, FingerSkipped(RIGHT, Skip(SkipReason.INJURED)), POLICY)
    assert undecided(skipped) == ()
    assert advance(visit, FingerRestarted(RIGHT), POLICY).duplicates == ()
