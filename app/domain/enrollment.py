# SPDX-License-Identifier: Apache-2.0
"""The capture flow as a pure state machine: (visit, event, policy) -> visit.

Pages draw a visit and report events; the enrollment service makes an event durable before the machine's new
state is shown. Nothing here reads a clock or a database.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import Enum
from uuid import UUID

from app.domain.enrollment_events import (
    Abandoned,
    BestAccepted,
    CheckedIn,
    CheckEvent,
    CheckInSkipped,
    Event,
    FingerReplaced,
    FingerRestarted,
    FingerSelected,
    FingerSkipped,
    FingerUnskipped,
    FingerVerified,
    Finished,
    ImpressionRecorded,
    Paused,
    Resumed,
    SignatureAccepted,
    SignaturesSkipped,
    StepOpened,
    TouchCounted,
    VerifySkipped,
)
from app.domain.errors import OperatorError
from app.domain.finger_checks import after_check, awaits_verification, undecided
from app.domain.fingerprints import FINGER_PREFERENCE, Finger
from app.domain.policy import Policy
from app.domain.sessions import SessionStatus
from app.domain.visits import (
    FingerTask,
    SignatureTask,
    Step,
    StepState,
    StudentCard,
    Visit,
)


class Verdict(str, Enum):
    """What the policy makes of an impression's quality."""

    GOOD = "good"
    FAIR = "fair"  # taken, could be better
    AGAIN = "again"  # kept as a fallback, asked for again
    REFUSED = "refused"  # never kept


def judge(quality: int, policy: Policy) -> Verdict:
    """The verdict on a quality of 0-100."""
    if quality >= policy.good_from:
        return Verdict.GOOD
    if quality >= policy.ask_again_below:
        return Verdict.FAIR
    return Verdict.AGAIN if quality >= policy.refuse_below else Verdict.REFUSED


def begin(
    uid: UUID,
    session_id: str,
    student: StudentCard,
    policy: Policy,
    total_signature_steps: int,
    started_at: datetime,
) -> Visit:
    """A new visit of a student, standing at the fingers page."""
    return Visit(
        uid=uid,
        session_id=session_id,
        student=student,
        status=SessionStatus.ACTIVE,
        step=Step.FINGERS,
        fingers=tuple(FingerTask(finger) for finger in policy.required_fingers),
        signatures=SignatureTask(total_signature_steps),
        finger=policy.required_fingers[0],
        started_at=started_at,
    )


def finger_is_complete(task: FingerTask, policy: Policy) -> bool:
    """Whether the finger has its impressions: enough of them, or the best poor one by decision."""
    return task.is_captured(policy.impressions_per_finger)


def finger_is_settled(task: FingerTask, policy: Policy) -> bool:
    """Whether the finger needs no further touch: complete and proven as policy asks, or left out."""
    return task.skip is not None or (
        finger_is_complete(task, policy) and not awaits_verification(task, policy)
    )


def finger_state(visit: Visit, finger: Finger, policy: Policy) -> StepState | None:
    """How the hands draw a finger; None for one that the visit does not ask for."""
    task = visit.task(finger)
    if task is None:
        return None
    if task.skip is not None:
        return StepState.SKIPPED
    if finger_is_settled(task, policy):
        doubtful = task.low_quality_reason or any(hit.finger is finger for hit in undecided(visit))
        return StepState.ATTENTION if doubtful else StepState.DONE
    if finger is visit.finger:
        return StepState.CURRENT
    return StepState.ATTENTION if task.impressions else StepState.OPEN


def next_finger(visit: Visit, policy: Policy) -> Finger | None:
    """The next finger to capture, in the visit's order; None when all are settled."""
    return next((task.finger for task in visit.fingers if not finger_is_settled(task, policy)), None)


def offer_other_finger(visit: Visit, finger: Finger, policy: Policy) -> Finger | None:
    """The next best finger once ``finger`` had too many poor attempts; None before, or when none is left."""
    task = visit.task(finger)
    if task is None or task.poor_attempts < policy.max_poor_attempts or finger_is_settled(task, policy):
        return None
    taken = {other.finger for other in visit.fingers}
    return next((other for other in FINGER_PREFERENCE if other not in taken), None)


def may_take_best(task: FingerTask, policy: Policy) -> bool:
    """Whether the best poor impression may be taken: attempts used up, and one of them not refused."""
    best = task.best_poor
    return (
        best is not None
        and not finger_is_complete(task, policy)
        and task.poor_attempts >= policy.max_poor_attempts
        and judge(best.quality, policy) is not Verdict.REFUSED
    )


def step_state(visit: Visit, step: Step, policy: Policy) -> StepState:
    """How the rail draws a step."""
    if step is visit.step:
        return StepState.CURRENT
    if step is Step.STUDENT:
        return StepState.DONE
    if step is Step.FINGERS:
        return _fingers_state(visit, policy)
    if step is Step.SIGNATURES:
        if visit.signatures.skip is not None:
            return StepState.SKIPPED
        if visit.signatures.is_complete:
            return StepState.DONE
        return StepState.ATTENTION if visit.step.position > step.position else StepState.OPEN
    if step is Step.CHECK_IN:
        if visit.check_in_skip is not None:
            return StepState.SKIPPED
        if visit.check_in is not None:
            return StepState.DONE
        return StepState.ATTENTION if visit.step.position > step.position else StepState.OPEN
    done = visit.status is SessionStatus.COMPLETED
    return StepState.DONE if done else StepState.OPEN


def _fingers_state(visit: Visit, policy: Policy) -> StepState:
    if not all(finger_is_settled(task, policy) for task in visit.fingers):
        return StepState.ATTENTION if visit.step.position > Step.FINGERS.position else StepState.OPEN
    if any(task.low_quality_reason for task in visit.fingers) or undecided(visit):
        return StepState.ATTENTION
    return StepState.SKIPPED if all(task.skip for task in visit.fingers) else StepState.DONE


def open_steps(visit: Visit, policy: Policy) -> tuple[Step, ...]:
    """The steps that still need something before the visit can be finished, in order."""
    missing = list(_unsettled_steps(visit, policy))
    if Step.FINGERS not in missing and undecided(visit):
        missing.insert(0, Step.FINGERS)
    return tuple(missing)


def _unsettled_steps(visit: Visit, policy: Policy) -> tuple[Step, ...]:
    """The same, but a possible duplicate that nobody has decided about yet holds nobody up."""
    missing: list[Step] = []
    if not all(finger_is_settled(task, policy) for task in visit.fingers):
        missing.append(Step.FINGERS)
    if visit.signatures.skip is None and not visit.signatures.is_complete:
        missing.append(Step.SIGNATURES)
    if visit.check_in is None and visit.check_in_skip is None:
        missing.append(Step.CHECK_IN)
    return tuple(missing)


def may_open(visit: Visit, step: Step, policy: Policy) -> bool:
    """Whether the rail lets the operator go to a step now: back always, onward past settled steps only."""
    if visit.status is not SessionStatus.ACTIVE or visit.paused:
        return step is visit.step
    if step is Step.STUDENT or step is Step.RECEIPT:
        return False
    return all(other.position >= step.position for other in _unsettled_steps(visit, policy))


def advance(visit: Visit, event: Event, policy: Policy) -> Visit:
    """The visit after an event.

    Raises:
        OperatorError: ``transition_not_allowed`` where the event has no place in the visit's state,
            ``enrollment_incomplete`` when finishing with steps open, ``step_not_in_flow`` for a wrong number.
    """
    if visit.status is not SessionStatus.ACTIVE:
        raise _refused(visit, event)
    if isinstance(event, Resumed):
        return replace(visit, paused=False)
    if isinstance(event, Abandoned):
        return replace(visit, status=SessionStatus.ABANDONED, paused=False)
    if visit.paused:
        raise _refused(visit, event)
    match event:
        case Paused():
            return replace(visit, paused=True)
        case StepOpened(step):
            if not may_open(visit, step, policy):
                raise _refused(visit, event)
            return replace(visit, step=step)
        case SignatureAccepted():
            return _with_signature(visit, event)
        case SignaturesSkipped(skip):
            return replace(visit, signatures=replace(visit.signatures, skip=skip))
        case CheckedIn(check_in):
            return replace(visit, check_in=check_in, check_in_skip=None)
        case CheckInSkipped(skip):
            return replace(visit, check_in_skip=skip)
        case Finished(receipt_number, completed_at):
            missing = open_steps(visit, policy)
            if missing:
                raise OperatorError("enrollment_incomplete", missing=",".join(step.value for step in missing))
            return replace(
                visit,
                status=SessionStatus.COMPLETED,
                step=Step.RECEIPT,
                receipt_number=receipt_number,
                completed_at=completed_at,
            )
        case _:
            return _with_finger_event(visit, event, policy)


def _with_signature(visit: Visit, event: SignatureAccepted) -> Visit:
    task = visit.signatures
    if not 1 <= event.step_number <= task.total_steps:
        raise OperatorError("step_not_in_flow", step_number=event.step_number, total_steps=task.total_steps)
    same = task.session_id == event.session_id
    accepted = (task.accepted if same else frozenset()) | {event.step_number}
    return replace(
        visit,
        signatures=replace(
            task,
            session_id=event.session_id,
            username=event.username,
            expires_at=event.expires_at,
            accepted=accepted,
            skip=None,
        ),
    )


def _with_finger_event(visit: Visit, event: Event, policy: Policy) -> Visit:
    match event:
        case FingerSelected(finger):
            if visit.task(finger) is None:
                visit = replace(visit, fingers=(*visit.fingers, FingerTask(finger)))
            return replace(visit, finger=finger)
        case ImpressionRecorded(finger, session_uid, impression):
            task = visit.task(finger) or FingerTask(finger)
            if task.skip is not None or finger_is_complete(task, policy):
                raise _refused(visit, event)
            task = replace(task, session_uid=session_uid, impressions=(*task.impressions, impression))
            visit = _with_task(visit, task)
            return _moved_on(visit, finger, policy)
        case BestAccepted(finger, impression_uid, reason):
            return _with_best(visit, event, finger, impression_uid, reason, policy)
        case FingerRestarted(finger):
            if visit.task(finger) is None:
                raise _refused(visit, event)
            kept = tuple(hit for hit in visit.duplicates if hit.finger is not finger)
            return replace(_with_task(visit, FingerTask(finger)), finger=finger, duplicates=kept)
        case FingerSkipped(finger, skip):
            visit = _with_task(visit, replace(visit.task(finger) or FingerTask(finger), skip=skip))
            return replace(visit, finger=next_finger(visit, policy) or finger)
        case FingerReplaced(finger, skip, by):
            if by is finger or visit.task(by) is not None:
                raise _refused(visit, event)
            visit = _with_task(visit, replace(visit.task(finger) or FingerTask(finger), skip=skip))
            return replace(_with_task(visit, FingerTask(by)), finger=by)
        case FingerUnskipped(finger):
            skipped = visit.task(finger)
            if skipped is None:
                raise _refused(visit, event)
            return replace(_with_task(visit, replace(skipped, skip=None)), finger=finger)
        case _:
            return _with_check(visit, event, policy)


def _with_check(visit: Visit, event: Event, policy: Policy) -> Visit:
    checked = after_check(visit, event, policy) if isinstance(event, CheckEvent) else None
    if checked is None:
        raise _refused(visit, event)
    if isinstance(event, TouchCounted | FingerVerified | VerifySkipped):
        return _moved_on(checked, event.finger, policy)
    return checked


def _with_best(
    visit: Visit, event: Event, finger: Finger, impression_uid: UUID, reason: str, policy: Policy
) -> Visit:
    task = visit.task(finger)
    if task is None or not reason or not may_take_best(task, policy):
        raise _refused(visit, event)
    chosen = task.best_poor
    if chosen is None or chosen.uid != impression_uid:
        raise _refused(visit, event)
    impressions = tuple(
        replace(impression, accepted=True) if impression.uid == impression_uid else impression
        for impression in task.impressions
    )
    visit = _with_task(visit, replace(task, impressions=impressions, low_quality_reason=reason))
    return _moved_on(visit, finger, policy)


def _moved_on(visit: Visit, finger: Finger, policy: Policy) -> Visit:
    """Stay with a finger until it is settled, then turn to the next open one."""
    task = visit.task(finger)
    if task is not None and not finger_is_settled(task, policy):
        return replace(visit, finger=finger)
    return replace(visit, finger=next_finger(visit, policy) or finger)


def _with_task(visit: Visit, task: FingerTask) -> Visit:
    if visit.task(task.finger) is None:
        return replace(visit, fingers=(*visit.fingers, task))
    fingers = tuple(task if other.finger is task.finger else other for other in visit.fingers)
    return replace(visit, fingers=fingers)


def _refused(visit: Visit, event: Event) -> OperatorError:
    return OperatorError("transition_not_allowed", event=type(event).__name__, status=visit.status.value)
