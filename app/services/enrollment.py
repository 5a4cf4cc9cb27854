# SPDX-License-Identifier: Apache-2.0
"""A student's visit from start to receipt: every act is durable before the new state is given back.

The order within each method is the product's promise: the pure machine checks the act, the operation is
applied, and only then the caller gets the visit that it may show. What is shown is read back from rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Event as StopEvent
from uuid import UUID

from app.domain.capture_events import CapturedImpression
from app.domain.drawing_advice import DrawingAdvice
from app.domain.enrollment import advance, finger_is_settled, may_open, may_take_best, next_finger
from app.domain.enrollment_events import (
    BestAccepted,
    CheckedIn,
    CheckInSkipped,
    Event,
    FingerReplaced,
    FingerRestarted,
    FingerSelected,
    FingerSkipped,
    FingerUnskipped,
    Finished,
    SignatureAccepted,
    SignaturesSkipped,
    StepOpened,
)
from app.domain.errors import OperatorError
from app.domain.finger_checks import FalseAlarms
from app.domain.fingerprints import Finger
from app.domain.listings import UnfinishedVisit
from app.domain.operations import Payload
from app.domain.operations_visits import (
    AbandonVisit,
    AcceptBest,
    AddFinger,
    FinishVisit,
    OpenPage,
    RestartFinger,
    SkipFinger,
    SkipStep,
    StartVisit,
    UnskipFinger,
)
from app.domain.policy import Policy
from app.domain.sessions import SessionStatus
from app.domain.signature_flow import Flow, FlowType
from app.domain.signatures import SignatureRecord
from app.domain.visits import CheckIn, DuplicateDecision, Skip, Step, StudentCard, Visit
from app.services.finger_acts import FingerActs
from app.services.finger_checks import FingerChecks
from app.services.gallery import GalleryService, GalleryState
from app.services.impressions import ImpressionVault
from app.services.signing import SigningService
from app.services.signing_values import Subject
from app.services.writer import Writer
from app.storage import visits as stored

#: Writes the attendance row: (student, class session, visit, method) -> what was written or already there.
WriteCheckIn = Callable[[UUID, UUID, UUID, str], CheckIn]


@dataclass(frozen=True, slots=True)
class _Parts:
    writer: Writer
    vault: ImpressionVault
    signing: SigningService
    write_check_in: WriteCheckIn


class EnrollmentService:
    """One object for the whole walk of a student through the station."""

    def __init__(
        self,
        writer: Writer,
        vault: ImpressionVault,
        signing: SigningService,
        write_check_in: WriteCheckIn,
        policy: Policy,
        *,
        station_uid: UUID | None = None,
        checks: FingerChecks | None = None,
        gallery: GalleryService | None = None,
    ) -> None:
        self._fingers = FingerActs(writer, vault, policy, checks, gallery)
        self._parts = _Parts(writer, vault, signing, write_check_in)
        self.policy = policy
        self._station_uid = station_uid

    # -- life -----------------------------------------------------------------------------------------------

    def flow(self, flow_type: FlowType = FlowType.SIGNUP) -> Flow:
        """The steps that the signatures page asks for."""
        return self._parts.signing.flows[flow_type]

    def unfinished(self) -> tuple[UnfinishedVisit, ...]:
        """Visits that can be gone on with, the latest first; those idle for too long are left out."""
        with self._parts.writer.store.reading() as session:
            visits = stored.unfinished_visits(session)
        return tuple(visit for visit in visits if not self._is_overdue(visit))

    def start(self, student_uid: UUID) -> Visit:
        """Open a visit for a student.

        Raises:
            OperatorError: ``visit_in_progress`` with the ``session_id`` to resume; ``student_not_found``.
        """
        with self._parts.writer.store.reading() as session:
            active = stored.active_visit_of(session, student_uid)
        if active is not None and self._is_overdue(active):
            self._write(active.visit_uid, AbandonVisit(active.visit_uid))
        elif active is not None:
            raise OperatorError("visit_in_progress", session_id=active.session_id)
        visit_uid = self._parts.writer.new_id()
        payload = StartVisit(
            visit_uid=visit_uid,
            session_id=f"visit_{visit_uid.hex}",
            student_uid=student_uid,
            fingers=self.policy.required_fingers,
            station_uid=self._station_uid,
        )
        self._write(visit_uid, payload)
        return self.resume(payload.session_id)

    def resume(self, session_id: str) -> Visit:
        """The visit as the database holds it, at the page and finger where it stood.

        Raises:
            OperatorError: ``session_not_found``, ``session_ended`` or ``session_expired``.
        """
        visit = self._load(session_id)
        if visit.status is not SessionStatus.ACTIVE:
            raise OperatorError("session_ended", session_id=session_id)
        with self._parts.writer.store.reading() as session:
            active = stored.active_visit_of(session, visit.student.uid)
        if active is not None and self._is_overdue(active):
            raise OperatorError("session_expired", session_id=session_id)
        return visit

    def start_fresh(self, student_uid: UUID) -> Visit:
        """Abandon the student's visit in progress, if there is one, and open a new one."""
        with self._parts.writer.store.reading() as session:
            active = stored.active_visit_of(session, student_uid)
        if active is not None:
            self._write(active.visit_uid, AbandonVisit(active.visit_uid))
        return self.start(student_uid)

    def pause(self, visit: Visit) -> None:
        """Note where the visit stands; it can be resumed from the search."""
        self._write(visit.uid, OpenPage(visit.uid, visit.step))

    def abandon(self, visit: Visit) -> None:
        """End the visit without completing it."""
        self._write(visit.uid, AbandonVisit(visit.uid))

    def open_step(self, visit: Visit, step: Step) -> Visit:
        """Go to a page; on the way from the fingers those that were not searched for yet are."""
        if step.position > Step.FINGERS.position and may_open(visit, step, self.policy):
            visit = self.search_duplicates(visit)
        return self._apply(visit, StepOpened(step), OpenPage(visit.uid, step))

    # -- fingers --------------------------------------------------------------------------------------------

    def select_finger(self, visit: Visit, finger: Finger) -> Visit:
        """Turn to a finger; one that was not asked for is added to the visit."""
        if visit.task(finger) is not None:
            return advance(visit, FingerSelected(finger), self.policy)
        return self._apply(visit, FingerSelected(finger), AddFinger(visit.uid, finger))

    def record_impression(self, visit: Visit, finger: Finger, taken: CapturedImpression) -> Visit:
        """Write one touch, sealed; it counts when the policy's verdict is good or fair and it is the finger.

        Why it does not count is in the last impression's ``reasons``. Where the finger waits for the touch
        that proves its enrollment, the touch is that, and the outcome is in the finger's ``verifications``.
        """
        return self._fingers.record(visit, finger, taken)

    def count_anyway(self, visit: Visit, finger: Finger, reason: str) -> Visit:
        """Count the last touch although it was taken for another finger, by decision of the operator."""
        return self._fingers.count_anyway(visit, finger, reason)

    def skip_verification(self, visit: Visit, finger: Finger, reason: str) -> Visit:
        """Go on without the touch that proves a finger's enrollment."""
        return self._fingers.skip_verification(visit, finger, reason)

    def search_duplicates(self, visit: Visit) -> Visit:
        """Search the other students' fingers for the settled ones of the visit."""
        return self._fingers.search_duplicates(visit)

    def decide_duplicate(
        self, visit: Visit, hit_uid: UUID, decision: DuplicateDecision, reason: str
    ) -> Visit:
        """Keep what a person makes of a hit, with the reason."""
        return self._fingers.decide_duplicate(visit, hit_uid, decision, reason)

    def false_alarms_expected(self, one_in: int | None = None) -> FalseAlarms:
        """Wrong hits that one finger's search is expected to bring, with as many fingers enrolled as now.

        Args:
            one_in: as ``Policy.duplicate_one_in``; None for the one that holds.
        """
        return self._fingers.false_alarms_expected(one_in)

    def search_duplicates_at(self, one_in: int) -> None:
        """From now on another student's finger is shown from that likeness on."""
        self.policy = replace(self.policy, duplicate_one_in=one_in)
        self._fingers.use_policy(self.policy)

    def fill_gallery(self, stop: StopEvent) -> Iterator[GalleryState]:
        """Load the enrolled fingers for the search: a generator for a thread of its own.

        Without it the first searches load them bit by bit.
        """
        return self._fingers.fill_gallery(stop)

    def forget_fingers(self) -> None:
        """Drop every template that was opened, as when the station is locked."""
        self._fingers.forget()

    def accept_best(self, visit: Visit, finger: Finger, reason: str) -> Visit:
        """Take the best poor impression after too many poor attempts, with the operator's reason."""
        task = visit.task(finger)
        best = task.best_poor if task is not None else None
        if task is None or task.session_uid is None or best is None or not may_take_best(task, self.policy):
            raise OperatorError("transition_not_allowed", event="BestAccepted", status=visit.status.value)
        event = BestAccepted(finger, best.uid, reason)
        return self._apply(visit, event, AcceptBest(task.session_uid, best.uid, reason))

    def restart_finger(self, visit: Visit, finger: Finger) -> Visit:
        """Capture a finger anew; what was captured of it is cancelled, not erased silently."""
        return self._apply(visit, FingerRestarted(finger), RestartFinger(visit.uid, finger))

    def skip_finger(self, visit: Visit, finger: Finger, skip: Skip) -> Visit:
        """Leave a finger out, with a reason."""
        return self._apply(visit, FingerSkipped(finger, skip), SkipFinger(visit.uid, finger, skip))

    def replace_finger(self, visit: Visit, finger: Finger, skip: Skip, by: Finger) -> Visit:
        """Leave a finger out and ask for another one in its place."""
        return self._apply(visit, FingerReplaced(finger, skip, by), SkipFinger(visit.uid, finger, skip, by))

    def unskip_finger(self, visit: Visit, finger: Finger) -> Visit:
        """Ask for a finger after all."""
        return self._apply(visit, FingerUnskipped(finger), UnskipFinger(visit.uid, finger))

    # -- signatures -----------------------------------------------------------------------------------------

    def accept_drawing(self, visit: Visit, step_number: int, record: SignatureRecord) -> Visit:
        """Accept a signature or drawing step; doing it again replaces the step."""
        saved = self._parts.signing.save_drawing(
            self.username(visit.student), step_number, record, subject=self._subject(visit)
        )
        event = SignatureAccepted(
            step_number, saved.session_id, self.username(visit.student), saved.expires_at
        )
        return advance(visit, event, self.policy)

    def save_draft(self, visit: Visit, step_number: int, record: SignatureRecord | None) -> None:
        """Keep the unfinished drawing of a step, so that a crash costs at most the stroke in the air."""
        self._parts.signing.save_draft(
            self.username(visit.student),
            step_number,
            record,
            session_id=visit.signatures.session_id or None,
            subject=self._subject(visit),
        )

    def drawing(self, visit: Visit, step_number: int) -> SignatureRecord | None:
        """The accepted drawing of a step."""
        session_id = visit.signatures.session_id
        return self._parts.signing.drawing(session_id, step_number) if session_id else None

    def draft(self, visit: Visit, step_number: int) -> SignatureRecord | None:
        """The unfinished drawing of a step, left by a pause or a crash."""
        session_id = visit.signatures.session_id
        return self._parts.signing.draft(session_id, step_number) if session_id else None

    def advice(self, visit: Visit, step_number: int, record: SignatureRecord) -> DrawingAdvice:
        """What may be said about a drawing before it is kept; nothing is written."""
        return self._parts.signing.advice(visit.signatures.session_id, step_number, record)

    def picture(self, visit: Visit, step_number: int) -> bytes | None:
        """The picture of an accepted drawing, PNG."""
        session_id = visit.signatures.session_id
        return self._parts.signing.picture(session_id, step_number) if session_id else None

    def skip_signatures(self, visit: Visit, skip: Skip) -> Visit:
        """Leave all signature steps out, with a reason."""
        return self._apply(visit, SignaturesSkipped(skip), SkipStep(visit.uid, Step.SIGNATURES, skip))

    # -- check-in and end -----------------------------------------------------------------------------------

    def check_in(self, visit: Visit, class_session_uid: UUID, method: str = "manual") -> Visit:
        """Write the student's attendance of a class session, once; ``method``: how it was told who it is."""
        if visit.status is not SessionStatus.ACTIVE:
            raise OperatorError("session_ended", session_id=visit.session_id)
        check_in = self._parts.write_check_in(visit.student.uid, class_session_uid, visit.uid, method)
        if visit.check_in_skip is not None:
            self._write(visit.uid, SkipStep(visit.uid, Step.CHECK_IN, None))
        return advance(visit, CheckedIn(check_in), self.policy)

    def skip_check_in(self, visit: Visit, skip: Skip) -> Visit:
        """Write no attendance, with a reason."""
        return self._apply(visit, CheckInSkipped(skip), SkipStep(visit.uid, Step.CHECK_IN, skip))

    def finish(self, visit: Visit) -> Visit:
        """Complete the enrollment sessions, the signatures and the visit in one operation.

        Raises:
            OperatorError: ``enrollment_incomplete`` with the steps that are missing; ``session_expired``
                where the signatures took too long.
        """
        number = receipt_number(visit, self._parts.writer.clock())
        event = Finished(number, self._parts.writer.clock())
        advance(visit, event, self.policy)
        signed = visit.signatures.is_complete and visit.signatures.skip is None
        payload = FinishVisit(
            visit_uid=visit.uid,
            fingers=self._parts.vault.finished(visit, self.policy),
            receipt_number=number,
            temp_session_id=visit.signatures.session_id if signed else None,
            user_uid=self._parts.writer.new_id() if signed else None,
        )
        self._write(visit.uid, payload)
        return self._load(visit.session_id)

    # -- inside ---------------------------------------------------------------------------------------------

    @staticmethod
    def username(student: StudentCard) -> str:
        """The user name that a student's signatures are kept under: e-mail, else number, else the uid."""
        return student.email or student.number or f"student-{student.uid.hex[-12:]}"

    def _subject(self, visit: Visit) -> Subject:
        return Subject(student_uid=visit.student.uid, visit_uid=visit.uid)

    def _apply(self, visit: Visit, event: Event, payload: Payload) -> Visit:
        after = advance(visit, event, self.policy)
        self._write(visit.uid, payload)
        return after

    def _write(self, visit_uid: UUID, payload: Payload) -> None:
        self._parts.writer.write(visit_uid, payload)

    def _load(self, session_id: str) -> Visit:
        with self._parts.writer.store.reading() as session:
            visit = stored.find_visit(session, session_id)
        if visit is None:
            raise OperatorError("session_not_found", session_id=session_id)
        return at_open_finger(visit, self.policy)

    def _is_overdue(self, visit: UnfinishedVisit) -> bool:
        idle = timedelta(days=self.policy.visit_idle_days)
        return self._parts.writer.clock() - visit.last_activity_at > idle


def at_open_finger(visit: Visit, policy: Policy) -> Visit:
    """The visit turned to the finger to go on with: the one that was begun, else the first open one."""
    if visit.status is not SessionStatus.ACTIVE or not visit.fingers:
        return visit
    begun = (
        task.finger for task in visit.fingers if task.impressions and not finger_is_settled(task, policy)
    )
    finger = next(begun, None) or next_finger(visit, policy) or visit.fingers[0].finger
    return advance(visit, FingerSelected(finger), policy)


def receipt_number(visit: Visit, now: datetime) -> str:
    """A number that no other station can give: the day and the tail of the visit's uid."""
    tail = visit.uid.hex[-6:].upper()
    return f"{now:%y%m%d}-{tail}"
