# SPDX-License-Identifier: Apache-2.0
"""Sign-in by finger: against one student, or against everybody. Every attempt leaves a row.

Whether a name is taken without asking depends on how many fingers would match as well by chance: with ten
thousand fingers enrolled a rate of 1e-5 a finger is one wrong name in ten searches. Below that certainty the
name is only proposed (``UNSURE``), and a person says whether it is right.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from app.domain.capture_events import CapturedImpression
from app.domain.enrollment import Verdict
from app.domain.errors import OperatorError
from app.domain.fingerprints import Finger
from app.domain.operations_fingerprints import RecordSignIn, SignInDecision, SignInMode
from app.domain.visits import StudentCard
from app.services.finger_engine import Compared, FingerEngine
from app.services.gallery import GalleryService
from app.services.impressions import ImpressionVault
from app.services.writer import Writer
from app.storage.templates import student_cards

#: A student who says who they are is taken at this rate, for all of the student's fingers together.
VERIFY_FMR = 1e-4
#: In a search a finger is proposed from this rate on ...
PROPOSE_FMR = 1e-5
#: ... and taken where so few fingers of the whole gallery would match as well by chance.
IDENTIFY_FALSE_ALARMS = 1e-3


@dataclass(frozen=True, slots=True)
class FingerSignIn:
    """Outcome of one finger laid down.

    Attributes:
        student: who it was taken for, also where that is only a proposal; None where nobody fits.
        finger: as which it is enrolled.
        threshold: the false match rate that had to be reached.
        seconds: that comparing took.
        searched_among: enrolled fingers that it was compared with.
    """

    uid: UUID
    mode: SignInMode
    decision: SignInDecision
    student: StudentCard | None
    finger: Finger | None
    score: float | None
    false_match_rate: float | None
    threshold: float
    searched_among: int
    seconds: float


class FingerSignInService:
    """Takes a touch and says who it is.

    Args:
        clock_s: a monotonic clock.
    """

    def __init__(
        self,
        writer: Writer,
        vault: ImpressionVault,
        engine: FingerEngine,
        gallery: GalleryService,
        clock_s: Callable[[], float],
        *,
        station_uid: UUID | None = None,
    ) -> None:
        self._writer = writer
        self._vault = vault
        self._engine = engine
        self._gallery = gallery
        self._clock_s = clock_s
        self._station_uid = station_uid

    def verify(self, student_uid: UUID, taken: CapturedImpression) -> FingerSignIn:
        """Compare a touch with the enrolled fingers of the student who it is said to be.

        Raises:
            OperatorError: ``student_not_found``.
        """
        began_s = self._clock_s()
        with self._writer.store.reading() as session:
            cards = student_cards(session, [student_uid])
        if student_uid not in cards:
            raise OperatorError("student_not_found", uid=student_uid)
        probe = self._probe(taken)
        enrolled = {
            finger: ready
            for finger, templates in self._vault.enrolled(student_uid).items()
            if (ready := [one for template in templates if (one := self._engine.ready(template))])
        }
        best: tuple[Finger, Compared] | None = None
        if probe is not None:
            compared = {finger: self._engine.compare(probe, ready) for finger, ready in enrolled.items()}
            best = max(compared.items(), key=lambda pair: pair[1].score, default=None)
        limit = VERIFY_FMR / max(1, len(enrolled))
        accepted = best is not None and best[1].false_match_rate <= limit
        return self._noted(
            SignInMode.VERIFY,
            SignInDecision.ACCEPTED if accepted else SignInDecision.REJECTED,
            cards[student_uid],
            best if accepted else (None, best[1]) if best is not None else None,
            limit,
            len(enrolled),
            began_s,
        )

    def identify(self, taken: CapturedImpression) -> FingerSignIn:
        """Search everybody's enrolled fingers for a touch."""
        began_s = self._clock_s()
        usable = taken.template is not None and taken.verdict is not Verdict.REFUSED
        templates = (taken.template,) if usable and taken.template is not None else ()
        searched = self._gallery.search(templates, PROPOSE_FMR, most=2)
        limit = min(PROPOSE_FMR, IDENTIFY_FALSE_ALARMS / max(1, searched.among))
        if not searched.hits:
            return self._noted(
                SignInMode.IDENTIFY, SignInDecision.REJECTED, None, None, limit, searched.among, began_s
            )
        first = searched.hits[0]
        rivals = [
            hit
            for hit in searched.hits[1:]
            if hit.student.uid != first.student.uid and hit.false_match_rate <= limit
        ]
        sure = first.false_match_rate <= limit and not rivals and searched.complete
        return self._noted(
            SignInMode.IDENTIFY,
            SignInDecision.ACCEPTED if sure else SignInDecision.UNSURE,
            first.student,
            (first.finger, Compared(first.score, first.false_match_rate)),
            limit,
            searched.among,
            began_s,
        )

    def _probe(self, taken: CapturedImpression) -> object | None:
        if taken.template is None or taken.verdict is Verdict.REFUSED:
            return None
        return self._engine.ready(taken.template)

    def _noted(
        self,
        mode: SignInMode,
        decision: SignInDecision,
        student: StudentCard | None,
        best: tuple[Finger | None, Compared] | None,
        threshold: float,
        searched_among: int,
        began_s: float,
    ) -> FingerSignIn:
        finger, compared = best if best is not None else (None, None)
        outcome = FingerSignIn(
            uid=self._writer.new_id(),
            mode=mode,
            decision=decision,
            student=student,
            finger=finger,
            score=None if compared is None else compared.score,
            false_match_rate=None if compared is None else compared.false_match_rate,
            threshold=threshold,
            searched_among=searched_among,
            seconds=round(max(0.0, self._clock_s() - began_s), 4),
        )
        self._writer.write(
            outcome.uid,
            RecordSignIn(
                sign_in_uid=outcome.uid,
                mode=mode,
                decision=decision,
                student_uid=None if student is None else student.uid,
                finger=finger,
                score=outcome.score,
                false_match_rate=outcome.false_match_rate,
                threshold=threshold,
                searched_among=searched_among,
                seconds=outcome.seconds,
                station_uid=self._station_uid,
            ),
        )
        return outcome
