# SPDX-License-Identifier: Apache-2.0
"""Services without a database for the tests of the window: the visit moves by the rules of the domain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from queue import Empty, Queue
from threading import Event
from uuid import UUID

from app.domain.capture_events import CapturedImpression, CaptureEvent
from app.domain.drawing_advice import DrawingAdvice
from app.domain.enrollment import Verdict, advance, begin, judge
from app.domain.enrollment_events import (
    BestAccepted,
    CheckedIn,
    CheckInSkipped,
    DuplicateDecided,
    DuplicatesSearched,
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
from app.domain.errors import AppError, OperatorError
from app.domain.finger_checks import FalseAlarms, awaits_verification, fingers_settled_unsearched
from app.domain.finger_sign_in import FingerSignIn
from app.domain.fingerprints import Finger, Reason
from app.domain.listings import (
    ClassSessionListing,
    Health,
    HealthItem,
    HealthState,
    Receipt,
    StudentListing,
    StudentState,
    UnfinishedVisit,
)
from app.domain.operations_fingerprints import SignInDecision, SignInMode
from app.domain.sessions import AttendanceStatus
from app.domain.signatures import SignatureRecord
from app.domain.visits import (
    CheckIn,
    DuplicateDecision,
    DuplicateHit,
    Impression,
    Skip,
    Step,
    StudentCard,
    Verification,
    Visit,
)
from app.ui.shell.services import WindowServices
from tests.ui import samples


class FakeEnrollment:
    """Keeps visits in a dict by session id; ``fail_next`` is raised by the next change."""

    def __init__(self) -> None:
        self.policy = samples.POLICY
        self.visits: dict[str, Visit] = {}
        self.drawings: dict[tuple[str, int], SignatureRecord] = {}
        self.drafts: dict[tuple[str, int], SignatureRecord | None] = {}
        self.fail_next: AppError | None = None
        self.advices: dict[int, DrawingAdvice] = {}
        self.next_is_wrong: Reason | None = None
        self.rates: float | None = None
        self.duplicates: tuple[DuplicateHit, ...] = ()
        self.fingers = 1240

    def false_alarms_expected(self, one_in: int | None = None) -> FalseAlarms:
        chosen = self.policy.duplicate_one_in if one_in is None else one_in
        return FalseAlarms(chosen, self.fingers, self.fingers / chosen)

    def search_duplicates_at(self, one_in: int) -> None:
        self.policy = replace(self.policy, duplicate_one_in=one_in)

    def _kept(self, visit: Visit) -> Visit:
        if self.fail_next is not None:
            error, self.fail_next = self.fail_next, None
            raise error
        self.visits[visit.session_id] = visit
        return visit

    def unfinished(self) -> tuple[UnfinishedVisit, ...]:
        return tuple(
            UnfinishedVisit(visit.uid, visit.session_id, visit.student, visit.step, samples.NOW)
            for visit in self.visits.values()
            if visit.paused
        )

    def start(self, student_uid: UUID) -> Visit:
        rows = {row.card.uid: row.card for row in samples.listings()}
        card = rows.get(student_uid, replace(samples.STUDENT, uid=student_uid))
        number = len(self.visits) + 1
        return self._kept(begin(samples.uid(500 + number), f"s-{number}", card, self.policy, 11, samples.NOW))

    def resume(self, session_id: str) -> Visit:
        visit = self.visits.get(session_id)
        if visit is None:
            raise OperatorError("session_not_found", session_id=session_id)
        return self._kept(advance(visit, Resumed(), self.policy))

    def start_fresh(self, student_uid: UUID) -> Visit:
        return self.start(student_uid)

    def pause(self, visit: Visit) -> None:
        self._kept(advance(visit, Paused(), self.policy))

    def open_step(self, visit: Visit, step: Step) -> Visit:
        return self._kept(advance(visit, StepOpened(step), self.policy))

    def select_finger(self, visit: Visit, finger: Finger) -> Visit:
        return self._kept(advance(visit, FingerSelected(finger), self.policy))

    def record_impression(self, visit: Visit, finger: Finger, taken: CapturedImpression) -> Visit:
        task = visit.task(finger)
        if task is not None and awaits_verification(task, self.policy):
            proof = Verification(samples.uid(4000 + len(task.verifications)), taken.reading.quality >= 50)
            return self._kept(advance(visit, FingerVerified(finger, proof), self.policy))
        number = len(task.impressions) + 1 if task is not None else 1
        wrong, self.next_is_wrong = self.next_is_wrong, None
        reasons = (wrong,) if wrong is not None else taken.reading.reasons
        kept = wrong is None and judge(taken.reading.quality, self.policy) in (Verdict.GOOD, Verdict.FAIR)
        impression = Impression(
            samples.uid(2000 + 100 * int(finger) + number),
            number,
            taken.reading.quality,
            kept,
            reasons,
            match_rate=self.rates,
        )
        event = ImpressionRecorded(finger, samples.uid(3000 + int(finger)), impression)
        return self._kept(advance(visit, event, self.policy))

    def count_anyway(self, visit: Visit, finger: Finger, reason: str) -> Visit:
        task = visit.task(finger)
        assert task is not None
        event = TouchCounted(finger, task.impressions[-1].uid, reason)
        return self._kept(advance(visit, event, self.policy))

    def skip_verification(self, visit: Visit, finger: Finger, reason: str) -> Visit:
        proof = Verification(samples.uid(4000), False, skip_reason=reason)
        return self._kept(advance(visit, VerifySkipped(finger, proof), self.policy))

    def search_duplicates(self, visit: Visit) -> Visit:
        for finger in fingers_settled_unsearched(visit, self.policy):
            hits = tuple(hit for hit in self.duplicates if hit.finger is finger)
            visit = advance(visit, DuplicatesSearched(finger, hits), self.policy)
        return self._kept(visit)

    def decide_duplicate(
        self, visit: Visit, hit_uid: UUID, decision: DuplicateDecision, reason: str
    ) -> Visit:
        return self._kept(advance(visit, DuplicateDecided(hit_uid, decision, reason), self.policy))

    def accept_best(self, visit: Visit, finger: Finger, reason: str) -> Visit:
        task = visit.task(finger)
        assert task is not None
        assert task.best_poor is not None
        return self._kept(advance(visit, BestAccepted(finger, task.best_poor.uid, reason), self.policy))

    def restart_finger(self, visit: Visit, finger: Finger) -> Visit:
        return self._kept(advance(visit, FingerRestarted(finger), self.policy))

    def skip_finger(self, visit: Visit, finger: Finger, skip: Skip) -> Visit:
        return self._kept(advance(visit, FingerSkipped(finger, skip), self.policy))

    def replace_finger(self, visit: Visit, finger: Finger, skip: Skip, by: Finger) -> Visit:
        return self._kept(advance(visit, FingerReplaced(finger, skip, by), self.policy))

    def unskip_finger(self, visit: Visit, finger: Finger) -> Visit:
        return self._kept(advance(visit, FingerUnskipped(finger), self.policy))

    def accept_drawing(self, visit: Visit, step_number: int, record: SignatureRecord) -> Visit:
        self.drawings[visit.session_id, step_number] = record
        event = SignatureAccepted(step_number, visit.session_id, "amina", samples.NOW)
        return self._kept(advance(visit, event, self.policy))

    def save_draft(self, visit: Visit, step_number: int, record: SignatureRecord | None) -> None:
        self.drafts[visit.session_id, step_number] = record

    def drawing(self, visit: Visit, step_number: int) -> SignatureRecord | None:
        return self.drawings.get((visit.session_id, step_number))

    def draft(self, visit: Visit, step_number: int) -> SignatureRecord | None:
        return self.drafts.get((visit.session_id, step_number))

    def advice(self, visit: Visit, step_number: int, record: SignatureRecord) -> DrawingAdvice:
        return self.advices.pop(step_number, DrawingAdvice())

    def picture(self, visit: Visit, step_number: int) -> bytes | None:
        return None

    def skip_signatures(self, visit: Visit, skip: Skip) -> Visit:
        return self._kept(advance(visit, SignaturesSkipped(skip), self.policy))

    def check_in(self, visit: Visit, class_session_uid: UUID, method: str = "manual") -> Visit:
        check_in = CheckIn(
            samples.uid(70), class_session_uid, "Registration 7B", AttendanceStatus.PRESENT, samples.NOW
        )
        return self._kept(advance(visit, CheckedIn(check_in), self.policy))

    def skip_check_in(self, visit: Visit, skip: Skip) -> Visit:
        return self._kept(advance(visit, CheckInSkipped(skip), self.policy))

    def finish(self, visit: Visit) -> Visit:
        return self._kept(advance(visit, Finished("2026-000123", samples.NOW), self.policy))


class FakeCapture:
    """Plays the events that a test puts in."""

    def __init__(self) -> None:
        self.events: Queue[CaptureEvent] = Queue()
        self.shown: list[Verdict] = []
        self.stopped = False

    def watch(self, stop: Event) -> Iterator[CaptureEvent]:
        try:
            while not stop.is_set():
                try:
                    yield self.events.get(timeout=0.02)
                except Empty:
                    continue
        finally:
            self.stopped = True

    def show(self, verdict: Verdict) -> None:
        self.shown.append(verdict)


class FakeStudents:
    """Six students; those with an open visit of ``enrollment`` are in progress."""

    def __init__(self, enrollment: FakeEnrollment) -> None:
        self._enrollment = enrollment
        self.asked: list[str] = []

    def search(self, text: str, limit: int = 50) -> tuple[StudentListing, ...]:
        self.asked.append(text)
        open_visits = {visit.student.uid: visit for visit in self._enrollment.visits.values()}
        rows = []
        for row in samples.listings():
            words = f"{row.card.name} {row.card.number}".casefold()
            if text.casefold() in words:
                visit = open_visits.get(row.card.uid)
                state = StudentState.NOT_ENROLLED if visit is None else StudentState.IN_PROGRESS
                rows.append(
                    StudentListing(
                        row.card, state, samples.NOW if visit else None, visit.session_id if visit else ""
                    )
                )
        return tuple(rows)

    def add(
        self,
        name: str,
        email: str | None = None,
        class_name: str | None = None,
        number: str | None = None,
        course_name: str | None = None,
    ) -> StudentCard:
        return StudentCard(samples.uid(99), name, number or "", class_name or "", email or "")


class FakeAttendance:
    """Two open class sessions; ``rows`` are the check-ins of the desk."""

    def __init__(self) -> None:
        self.sessions = samples.sessions()
        self.rows: list[tuple[UUID, UUID, str]] = []
        self.fail_next: AppError | None = None

    def check_in(self, student_uid: UUID, class_session_uid: UUID, method: str = "manual") -> CheckIn:
        if self.fail_next is not None:
            error, self.fail_next = self.fail_next, None
            raise error
        there = any(row[:2] == (student_uid, class_session_uid) for row in self.rows)
        if not there:
            self.rows.append((student_uid, class_session_uid, method))
        title = next(row.title for row in self.sessions if row.uid == class_session_uid)
        status = AttendanceStatus.PRESENT
        return CheckIn(samples.uid(70), class_session_uid, title, status, samples.NOW, was_there=there)

    def open_sessions(self) -> tuple[ClassSessionListing, ...]:
        return self.sessions


class FakeSignIn:
    """Finds ``answer``; None is nobody. ``compared``: the students it was asked about."""

    def __init__(self) -> None:
        self.answer: StudentCard | None = samples.STUDENT
        self.decision = SignInDecision.ACCEPTED
        self.among = 240
        self.complete = True
        self.compared: list[UUID | None] = []
        self.fail_next: AppError | None = None

    def _outcome(self, mode: SignInMode, among: int, rate: float, allowed: float) -> FingerSignIn:
        if self.fail_next is not None:
            error, self.fail_next = self.fail_next, None
            raise error
        nobody = self.answer is None
        decision = SignInDecision.REJECTED if nobody else self.decision
        finger = None if decision is SignInDecision.REJECTED else Finger.RIGHT_INDEX
        score = None if nobody else 13.0
        return FingerSignIn(
            samples.uid(90),
            mode,
            decision,
            self.answer,
            finger,
            score,
            None if nobody else rate,
            allowed,
            among,
            0.084,
            self.complete,
        )

    def identify(self, taken: CapturedImpression) -> FingerSignIn:
        self.compared.append(None)
        rate = 3.2e-8 if self.decision is SignInDecision.ACCEPTED else 8e-6
        return self._outcome(SignInMode.IDENTIFY, self.among, rate, 4.2e-6)

    def verify(
        self, student_uid: UUID, taken: CapturedImpression, visit: Visit | None = None
    ) -> FingerSignIn:
        self.compared.append(student_uid)
        return self._outcome(SignInMode.VERIFY, min(self.among, 2), 3.2e-8, 5e-5)


class FakeReceipts:
    """The sample receipt with the visit's student."""

    def receipt(self, visit: Visit) -> Receipt:
        return replace(samples.receipt(), student=visit.student)


class FakeHealth:
    """All is well."""

    def check(self) -> Health:
        return Health(HealthItem(HealthState.OK), HealthItem(HealthState.OK))


def window_services() -> WindowServices:
    """Fresh fakes in the value that the window takes."""
    enrollment = FakeEnrollment()
    return WindowServices(
        enrollment=enrollment,  # type: ignore[arg-type]
        capture=FakeCapture(),  # type: ignore[arg-type]
        students=FakeStudents(enrollment),  # type: ignore[arg-type]
        attendance=FakeAttendance(),  # type: ignore[arg-type]
        receipts=FakeReceipts(),  # type: ignore[arg-type]
        health=FakeHealth(),  # type: ignore[arg-type]
        finger_sign_in=FakeSignIn(),  # type: ignore[arg-type]
        policy=samples.POLICY,
        flow=samples.flow(),
        training=True,
    )
