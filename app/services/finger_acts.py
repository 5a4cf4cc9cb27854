# SPDX-License-Identifier: Apache-2.0
"""The acts of the fingers page that compare fingers: touches, proofs, the search for duplicates, decisions.

As everywhere in a visit: the pure machine checks the act, the operation is applied, then the new visit is
given back.
"""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event as StopEvent
from uuid import UUID

from app.domain.capture_events import CapturedImpression
from app.domain.enrollment import Verdict, advance
from app.domain.enrollment_events import (
    DuplicateDecided,
    DuplicatesSearched,
    Event,
    FingerVerified,
    ImpressionRecorded,
    TouchCounted,
    VerifySkipped,
)
from app.domain.errors import OperatorError
from app.domain.finger_checks import (
    PROVEN_FMR,
    FalseAlarms,
    Finding,
    awaits_verification,
    fingers_settled_unsearched,
    may_count_anyway,
)
from app.domain.fingerprints import Finger
from app.domain.operations import Payload
from app.domain.operations_fingerprints import (
    CountTouch,
    DecideDuplicate,
    FoundDuplicate,
    RecordDuplicateSearch,
    RecordVerification,
)
from app.domain.policy import Policy
from app.domain.visits import (
    DuplicateDecision,
    DuplicateHit,
    FingerTask,
    Impression,
    Verification,
    Visit,
)
from app.services.finger_checks import FingerChecks
from app.services.gallery import GalleryService, GalleryState, Searched
from app.services.impressions import ImpressionVault
from app.services.writer import Writer


class FingerActs:
    """What the enrollment service hands on.

    Args:
        checks: compares touches; None takes every touch for the finger that was asked for.
        gallery: of the enrolled fingers; None finds no duplicates.
    """

    def __init__(
        self,
        writer: Writer,
        vault: ImpressionVault,
        policy: Policy,
        checks: FingerChecks | None,
        gallery: GalleryService | None,
    ) -> None:
        self._writer = writer
        self._vault = vault
        self._policy = policy
        self._checks = checks
        self._gallery = gallery

    def record(self, visit: Visit, finger: Finger, taken: CapturedImpression) -> Visit:
        """Write one touch, sealed; where the finger waits for its proof, the touch is that."""
        task = visit.task(finger)
        if task is not None and awaits_verification(task, self._policy):
            return self._verify(visit, task, taken)
        finding = Finding()
        if self._checks is not None and taken.verdict in (Verdict.GOOD, Verdict.FAIR):
            finding = self._checks.find(visit, finger, taken.template)
        payload = self._vault.sealed(visit, finger, taken, self._policy, finding)
        impression = Impression(
            uid=payload.impression_uid,
            attempt_number=payload.attempt_number,
            quality=payload.quality,
            accepted=payload.accepted,
            reasons=payload.reasons,
            seconds=payload.seconds,
            wire_seconds=payload.wire_seconds,
            match_rate=payload.match_rate,
            other_finger=payload.other_finger,
        )
        event = ImpressionRecorded(finger, payload.enrollment_uid, impression)
        after = self._apply(visit, event, payload)
        if self._checks is not None:
            self._checks.remember(after, payload.impression_uid, taken.template)
        return after

    def count_anyway(self, visit: Visit, finger: Finger, reason: str) -> Visit:
        """Count the last touch although it was taken for another finger."""
        task = visit.task(finger)
        last = may_count_anyway(task, self._policy) if task is not None else None
        if task is None or task.session_uid is None or last is None:
            raise _refused(visit, "TouchCounted")
        event = TouchCounted(finger, last.uid, reason)
        return self._apply(visit, event, CountTouch(task.session_uid, last.uid, reason))

    def skip_verification(self, visit: Visit, finger: Finger, reason: str) -> Visit:
        """Go on without the touch that proves the enrollment."""
        task = visit.task(finger)
        if task is None or task.session_uid is None:
            raise _refused(visit, "VerifySkipped")
        skipped = Verification(
            self._writer.new_id(), accepted=False, made_at=self._writer.clock(), skip_reason=reason
        )
        payload = RecordVerification(task.session_uid, skipped)
        return self._apply(visit, VerifySkipped(finger, skipped), payload)

    def _verify(self, visit: Visit, task: FingerTask, taken: CapturedImpression) -> Visit:
        compared = None
        if self._checks is not None and taken.verdict is not Verdict.REFUSED:
            compared = self._checks.verify(visit, task.finger, taken.template)
        done = Verification(
            uid=self._writer.new_id(),
            accepted=compared is not None and compared.false_match_rate <= PROVEN_FMR,
            score=None if compared is None else compared.score,
            false_match_rate=None if compared is None else compared.false_match_rate,
            made_at=self._writer.clock(),
        )
        if task.session_uid is None:
            raise _refused(visit, "FingerVerified")
        payload = RecordVerification(task.session_uid, done)
        return self._apply(visit, FingerVerified(task.finger, done), payload)

    # -- duplicates -----------------------------------------------------------------------------------------

    def search_duplicates(self, visit: Visit) -> Visit:
        """Search the other students' fingers for every settled finger that was not searched for yet.

        A finger is searched for again at the next occasion where the gallery was still being filled.
        """
        if self._gallery is None:
            return visit
        waiting = fingers_settled_unsearched(visit, self._policy)
        if not waiting:
            return visit
        templates: dict[Finger, list[bytes]] = {}
        for stored, template in self._vault.templates(visit):
            if stored.accepted:
                templates.setdefault(stored.finger, []).append(template)
        for finger in waiting:
            searched = self._gallery.search(
                templates.get(finger, ()),
                self._policy.duplicate_false_match_rate,
                leaving_out=visit.student.uid,
            )
            if searched.complete:
                visit = self._note_search(visit, finger, searched)
        return visit

    def _note_search(self, visit: Visit, finger: Finger, searched: Searched) -> Visit:
        task = visit.task(finger)
        if task is None or task.session_uid is None:
            return visit
        hits = tuple(
            DuplicateHit(
                uid=self._writer.new_id(),
                finger=finger,
                student=hit.student,
                candidate_finger=hit.finger,
                score=hit.score,
                false_match_rate=hit.false_match_rate,
                enrolled_at=hit.enrolled_at,
            )
            for hit in searched.hits
        )
        payload = RecordDuplicateSearch(
            enrollment_uid=task.session_uid,
            among=searched.among,
            found=tuple(
                FoundDuplicate(
                    uid=hit.uid,
                    student_uid=hit.student.uid,
                    candidate_finger=hit.candidate_finger,
                    score=hit.score,
                    false_match_rate=hit.false_match_rate,
                    enrolled_at=hit.enrolled_at,
                )
                for hit in hits
            ),
        )
        return self._apply(visit, DuplicatesSearched(finger, hits), payload)

    def decide_duplicate(
        self, visit: Visit, hit_uid: UUID, decision: DuplicateDecision, reason: str
    ) -> Visit:
        """Keep what a person makes of a hit, with the reason."""
        event = DuplicateDecided(hit_uid, decision, reason)
        return self._apply(visit, event, DecideDuplicate(hit_uid, decision, reason))

    def false_alarms_expected(self, one_in: int | None = None) -> FalseAlarms:
        """Wrong hits that one finger's search is expected to bring, with as many fingers as are enrolled now.

        Args:
            one_in: as ``Policy.duplicate_one_in``; None for the one that holds.
        """
        chosen = self._policy.duplicate_one_in if one_in is None else one_in
        if self._gallery is None:
            return FalseAlarms(chosen, 0, 0.0)
        self._gallery.refresh()
        return FalseAlarms(
            chosen, self._gallery.state.total, self._gallery.expected_false_alarms(1.0 / chosen)
        )

    def use_policy(self, policy: Policy) -> None:
        """The school's rules are others now."""
        self._policy = policy

    def fill_gallery(self, stop: StopEvent) -> Iterator[GalleryState]:
        """Load the enrolled fingers; ends when all are there or ``stop`` is set."""
        return iter(()) if self._gallery is None else self._gallery.fill(stop)

    def forget(self) -> None:
        """Drop everything that was opened, as when the station is locked."""
        if self._checks is not None:
            self._checks.forget()
        if self._gallery is not None:
            self._gallery.clear()

    def _apply(self, visit: Visit, event: Event, payload: Payload) -> Visit:
        after = advance(visit, event, self._policy)
        self._writer.write(visit.uid, payload)
        return after


def _refused(visit: Visit, event: str) -> OperatorError:
    return OperatorError("transition_not_allowed", event=event, status=visit.status.value)
