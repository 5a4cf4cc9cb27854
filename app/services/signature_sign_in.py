# SPDX-License-Identifier: Apache-2.0
"""Signing in by signature at the desk: find who it is, take the signature, compare, note what was decided.

Nothing is decided here about a person: the comparison answers consistent, doubtful or different, and somebody
at the desk may let a student in all the same, with a reason that is kept beside the answer.
"""

from __future__ import annotations

from app.domain.errors import OperatorError
from app.domain.operations_signatures import DecideSignIn
from app.domain.signature_flow import Flow, FlowType
from app.domain.signature_sign_in import ByHandReason, Signer, SignInAnswer, SignInVerdict
from app.domain.signatures import SignatureRecord
from app.services.signature_references import MAX_REFERENCES
from app.services.signing import SigningService
from app.services.signing_values import Subject
from app.services.students import StudentService
from app.services.writer import Writer
from app.storage.signature_references import signer_named, signers
from app.storage.temp_enrollments import open_enrollment_of

_STEP = 1  # the sign-in flow has one


class SignatureSignInService:
    """What the sign-in page asks for.

    Attributes:
        limit: signatures that somebody is known by at most.
    """

    def __init__(self, writer: Writer, signing: SigningService, students: StudentService) -> None:
        self._writer = writer
        self._signing = signing
        self._students = students
        self.limit = MAX_REFERENCES

    @property
    def flow(self) -> Flow:
        """The steps of a sign-in."""
        return self._signing.flows[FlowType.SIGNIN]

    def find(self, text: str, limit: int = 8) -> tuple[Signer, ...]:
        """Whom a user name, name, number or e-mail may mean; a user name given whole comes first."""
        text = text.replace("\x00", " ").strip()  # PostgreSQL takes no NUL
        if not text:
            return ()
        cards = [listing.card for listing in self._students.search(text, limit)]
        with self._writer.store.reading() as session:
            named = signer_named(session, text, self.limit)
            found = signers(session, cards, self.limit)
        if named is None:
            return found
        others = (signer for signer in found if signer.username != named.username)
        return (named, *others)[:limit]

    def pending(self, signer: Signer) -> SignatureRecord | None:
        """What was drawn before an interruption: the strokes until then, or a signature not compared yet."""
        session_id = self._session_id(signer)
        if session_id is None:
            return None
        return self._signing.draft(session_id, _STEP) or self._signing.drawing(session_id, _STEP)

    def save_draft(self, signer: Signer, record: SignatureRecord | None) -> None:
        """Keep the unfinished signature, so that an interruption costs at most the stroke in the air."""
        session_id = self._session_id(signer)
        if record is None and session_id is None:
            return
        self._signing.save_draft(
            signer.username,
            _STEP,
            record,
            session_id=session_id,
            flow_type=FlowType.SIGNIN,
            subject=_subject(signer),
        )

    def sign_in(self, signer: Signer, record: SignatureRecord) -> SignInAnswer:
        """Store the signature, compare it, store the answer with the algorithm's version.

        Raises:
            OperatorError: ``username_unknown`` where there is nothing to compare with.
        """
        saved = self._signing.save_drawing(
            signer.username,
            _STEP,
            record,
            session_id=self._session_id(signer),
            flow_type=FlowType.SIGNIN,
            subject=_subject(signer),
        )
        answer = self._signing.login(signer.username, saved.session_id)
        return SignInAnswer(
            signer=signer,
            session_id=saved.session_id,
            verdict=SignInVerdict(answer.decision),
            references=len(answer.reference_uids),
            device_match=bool(answer.device_match),
            flags=answer.flags,
            algorithm=answer.algorithm,
            score=answer.score,
            threshold=answer.threshold,
        )

    def keep_as_reference(self, answer: SignInAnswer) -> bool:
        """Know the person by this signature as well; with the student's consent. False: kept already.

        Raises:
            OperatorError: ``sign_in_not_accepted`` where the answer was not "consistent".
        """
        return self._signing.keep_as_reference(answer.signer.username, answer.session_id)

    def decide_by_hand(self, answer: SignInAnswer, reason: ByHandReason) -> None:
        """Note that a person let somebody in whose signature was doubtful or different.

        Raises:
            OperatorError: ``transition_not_allowed`` where the answer was "consistent".
        """
        if answer.verdict is SignInVerdict.CONSISTENT:
            raise OperatorError("transition_not_allowed", event="DecideSignIn", status=answer.verdict.value)
        self._writer.write(
            self._writer.new_id(), DecideSignIn(answer.signer.username, answer.session_id, reason)
        )

    def _session_id(self, signer: Signer) -> str | None:
        """The sign-in that is under way at this station."""
        with self._writer.store.reading() as session:
            found = open_enrollment_of(session, signer.username, FlowType.SIGNIN, self._writer.clock())
        here = found is not None and found.station_uid == self._signing.station_uid
        return found.session_id if found is not None and here else None


def _subject(signer: Signer) -> Subject:
    return Subject(student_uid=None if signer.student is None else signer.student.uid)
