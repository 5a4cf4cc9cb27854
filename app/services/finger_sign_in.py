# SPDX-License-Identifier: Apache-2.0
"""Sign-in by finger: against one student, or against everybody. Every attempt leaves a row.

Whether a name is taken without asking depends on how many fingers would match as well by chance: with ten
thousand fingers enrolled a rate of 1e-5 a finger is one wrong name in ten searches. Below that certainty the
name is only proposed (``UNSURE``), and a person says whether it is right.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from uuid import UUID

from app.domain.capture_events import CapturedImpression
from app.domain.enrollment import Verdict
from app.domain.errors import OperatorError
from app.domain.finger_sign_in import FingerSignIn
from app.domain.fingerprints import Finger
from app.domain.operations_fingerprints import RecordSignIn, SignInDecision, SignInMode
from app.domain.visits import StudentCard, Visit
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

    def verify(
        self, student_uid: UUID, taken: CapturedImpression, visit: Visit | None = None
    ) -> FingerSignIn:
        """Compare a touch with the fingers of the student who it is said to be.

        Args:
            visit: the student's own that is under way; the fingers captured in it are compared as well.

        Raises:
            OperatorError: ``student_not_found``.
        """
        return self.verify_template(student_uid, _template(taken), visit)

    def verify_template(
        self, student_uid: UUID, template: bytes | None, visit: Visit | None = None
    ) -> FingerSignIn:
        """As ``verify``, with the template of a touch; None for a touch that gave none."""
        began_s = self._clock_s()
        with self._writer.store.reading() as session:
            cards = student_cards(session, [student_uid])
        if student_uid not in cards:
            raise OperatorError("student_not_found", uid=student_uid)
        probe = None if template is None else self._engine.ready(template)
        enrolled = self._enrolled(student_uid, visit)
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
            (len(enrolled), True),
            began_s,
        )

    def identify(self, taken: CapturedImpression) -> FingerSignIn:
        """Search everybody's enrolled fingers for a touch."""
        return self.identify_template(_template(taken))

    def identify_template(self, template: bytes | None) -> FingerSignIn:
        """As ``identify``, with the template of a touch; None for a touch that gave none."""
        began_s = self._clock_s()
        searched = self._gallery.search(() if template is None else (template,), PROPOSE_FMR, most=2)
        limit = min(PROPOSE_FMR, IDENTIFY_FALSE_ALARMS / max(1, searched.among))
        among = (searched.among, searched.complete)
        if not searched.hits:
            return self._noted(
                SignInMode.IDENTIFY, SignInDecision.REJECTED, None, None, limit, among, began_s
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
            among,
            began_s,
        )

    def load_all(self) -> None:
        """Load every enrolled finger before the first search, for a command that searches once."""
        for _state in self._gallery.fill(Event()):
            pass

    def _enrolled(self, student_uid: UUID, visit: Visit | None) -> dict[Finger, list[object]]:
        templates = {finger: list(found) for finger, found in self._vault.enrolled(student_uid).items()}
        if visit is not None and visit.student.uid == student_uid:
            for row, template in self._vault.templates(visit):
                if row.accepted:
                    templates.setdefault(row.finger, []).append(template)
        return {
            finger: ready
            for finger, found in templates.items()
            if (ready := [one for template in found if (one := self._engine.ready(template))])
        }

    def _noted(
        self,
        mode: SignInMode,
        decision: SignInDecision,
        student: StudentCard | None,
        best: tuple[Finger | None, Compared] | None,
        threshold: float,
        among: tuple[int, bool],
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
            searched_among=among[0],
            complete=among[1],
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
                searched_among=among[0],
                seconds=outcome.seconds,
                station_uid=self._station_uid,
            ),
        )
        return outcome


def _template(taken: CapturedImpression) -> bytes | None:
    """The touch's template; none of a touch too poor to be kept."""
    return None if taken.verdict is Verdict.REFUSED else taken.template
