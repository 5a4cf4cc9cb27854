# SPDX-License-Identifier: Apache-2.0
"""The step-by-step signature flow of the source: names, steps, drafts, sign-up, sign-in, clean-up.

Every method tests the expiry with one clock. Drawings are sealed here, under the key of the student or, where
no student is known, of the enrollment itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from app.domain.drawing_advice import DrawingAdvice
from app.domain.errors import OperatorError
from app.domain.operations_signatures import (
    ArchiveCompleted,
    CleanUpExpired,
    CompleteEnrollment,
    LogInUser,
    RegisterUser,
    SaveDraft,
    SaveDrawing,
    TempEnrollmentStart,
)
from app.domain.policy import Policy
from app.domain.sessions import TempEnrollmentStatus
from app.domain.signature_codec import dump_json, from_bytes, to_bytes
from app.domain.signature_flow import Flow, FlowType, StepType
from app.domain.signatures import SignatureRecord
from app.security.sealed import SealContext
from app.services.signature_references import SignatureReferences
from app.services.signing_values import (
    NOBODY,
    Advise,
    EnrollmentsStatus,
    Measure,
    Render,
    SavedDrawing,
    Subject,
    UsernameCheck,
    Verification,
    Verify,
)
from app.services.subject_keys import SubjectKeys
from app.services.writer import Writer
from app.storage import temp_enrollments as stored


class SigningService:
    """One object for everything that the signature flow offers."""

    def __init__(
        self,
        writer: Writer,
        keys: SubjectKeys,
        flows: Mapping[FlowType, Flow],
        policy: Policy,
        *,
        render: Render,
        measure: Measure,
        verify: Verify,
        advise: Advise,
        station_uid: UUID | None = None,
    ) -> None:
        self._writer = writer
        self._keys = keys
        self._references = SignatureReferences(writer, keys)
        self.flows = flows
        self._policy = policy
        self._render = render
        self._measure = measure
        self._verify = verify
        self._advise = advise
        self.station_uid = station_uid

    # -- names ----------------------------------------------------------------------------------------------

    def check_username(self, username: str) -> UsernameCheck:
        """Whether a sign-up may use the name (``/api/check-username``)."""
        name = _checked_name(username)
        with self._writer.store.reading() as session:
            if stored.username_is_taken(session, name):
                return UsernameCheck(False, "username_taken")
            held = stored.open_enrollment_of(session, name, FlowType.SIGNUP, self._writer.clock())
        if held is None:
            return UsernameCheck(True)
        started_at = held.expires_at - timedelta(seconds=self._policy.temp_enrollment_ttl_s)
        return UsernameCheck(False, "username_in_use", started_at, held.station_uid)

    def check_user_exists(self, username: str) -> bool:
        """Whether a sign-in may use the name (``/api/check-user-exists``)."""
        with self._writer.store.reading() as session:
            return stored.username_is_taken(session, _checked_name(username))

    # -- steps ----------------------------------------------------------------------------------------------

    def save_drawing(
        self,
        username: str,
        step: int,
        record: SignatureRecord,
        *,
        session_id: str | None = None,
        flow_type: FlowType = FlowType.SIGNUP,
        subject: Subject = NOBODY,
    ) -> SavedDrawing:
        """Accept one step (``/api/save-drawing``); the first call opens the session and returns its id.

        Raises:
            OperatorError: ``step_not_in_flow``, ``session_expired``, ``session_ended``,
                ``session_not_found``, ``username_taken`` or ``username_in_use``.
        """
        start = self._start(username, session_id, flow_type, subject)
        flow_step = self.flows[flow_type].step(step)
        step_uid = self._writer.new_id()
        seal = self._sealer(start.subject_uid, "signature_samples", step_uid)
        answer = self._writer.write(
            start.enrollment_uid,
            SaveDrawing(
                start=start,
                step_uid=step_uid,
                step_number=step,
                step_type=flow_step.step_type,
                instruction=flow_step.instruction,
                signature_data=seal("signature_data", self._render(record)),
                raw_data=seal("raw_data", to_bytes(record)),
                metrics=seal("metrics", dump_json(dict(self._measure(record, flow_step.key)))),
                pointer_type=record.device.pointer_type.value,
            ),
        )
        return SavedDrawing(
            session_id=answer["session_id"],
            progress=stored.EnrollmentProgress(**answer["progress"]),
            expires_at=datetime.fromisoformat(answer["expires_at"]),
        )

    def save_draft(
        self,
        username: str,
        step: int,
        record: SignatureRecord | None,
        *,
        session_id: str | None = None,
        flow_type: FlowType = FlowType.SIGNUP,
        subject: Subject = NOBODY,
    ) -> str:
        """Keep the unfinished drawing of a step, or forget it (None); returns the session's id."""
        self.flows[flow_type].step(step)
        if record is None and session_id is None:
            session_id = self._open_session_of(subject)
            if session_id is None:
                return ""
        start = self._start(username, session_id, flow_type, subject)
        draft_uid = self._writer.new_id()
        token = None
        if record is not None:
            token = self._sealer(start.subject_uid, "temp_step_drafts", draft_uid)(
                "raw_data", to_bytes(record)
            )
        answer = self._writer.write(start.enrollment_uid, SaveDraft(start, draft_uid, step, token))
        return str(answer["session_id"])

    def drawing(self, session_id: str, step: int) -> SignatureRecord | None:
        """The accepted drawing of a step."""
        enrollment = self._enrollment(session_id)
        found = next((item for item in enrollment.steps if item.step_number == step), None)
        if found is None or found.raw_data is None:
            return None
        return from_bytes(
            self._open(enrollment, "signature_samples", "raw_data", found.step_uid, found.raw_data)
        )

    def draft(self, session_id: str, step: int) -> SignatureRecord | None:
        """The unfinished drawing of a step."""
        enrollment = self._enrollment(session_id)
        found = next((item for item in enrollment.drafts if item.step_number == step), None)
        if found is None:
            return None
        return from_bytes(
            self._open(enrollment, "temp_step_drafts", "raw_data", found.draft_uid, found.raw_data)
        )

    def advice(
        self, session_id: str, step: int, record: SignatureRecord, flow_type: FlowType = FlowType.SIGNUP
    ) -> DrawingAdvice:
        """What may be said about a drawing before it is kept; a signature is compared with earlier ones."""
        flow_step = self.flows[flow_type].step(step)
        earlier: dict[int, SignatureRecord] = {}
        if session_id and flow_step.step_type is StepType.SIGNATURE:
            steps = self._enrollment(session_id).steps
            kept = [item.step_number for item in steps if item.step_type == StepType.SIGNATURE.value]
            drawings = {number: self.drawing(session_id, number) for number in kept if number != step}
            earlier = {number: drawing for number, drawing in drawings.items() if drawing is not None}
        return self._advise(flow_step, record, earlier)

    def picture(self, session_id: str, step: int) -> bytes | None:
        """The picture of an accepted drawing, PNG."""
        enrollment = self._enrollment(session_id)
        found = next((item for item in enrollment.steps if item.step_number == step), None)
        if found is None:
            return None
        return self._open(
            enrollment, "signature_samples", "signature_data", found.step_uid, found.signature_data
        )

    def progress(self, session_id: str) -> stored.EnrollmentProgress:
        """``get_enrollment_progress`` of the source.

        Raises:
            OperatorError: ``session_not_found``.
        """
        with self._writer.store.reading() as session:
            progress = stored.get_enrollment_progress(session, session_id)
        if progress is None:
            raise OperatorError("session_not_found", session_id=session_id)
        return progress

    # -- ends -----------------------------------------------------------------------------------------------

    def complete_enrollment(self, session_id: str) -> stored.Completion:
        """``complete_enrollment`` of the source, with its messages; a refusal changes nothing."""
        answer = self._writer.write(self._writer.new_id(), CompleteEnrollment(session_id))
        return stored.Completion(bool(answer["success"]), answer["user_id"], str(answer["message"]))

    def register(self, username: str, session_id: str) -> UUID:
        """Make the user of a complete sign-up (``/register``); returns the user's uid."""
        user_uid = self._writer.new_id()
        answer = self._writer.write(user_uid, RegisterUser(user_uid, _checked_name(username), session_id))
        return UUID(answer["user_uid"])

    def login(self, username: str, session_id: str) -> Verification:
        """Compare a sign-in with the signatures given at sign-up (``/login``), and record the answer.

        Raises:
            OperatorError: ``username_unknown``, ``enrollment_incomplete``, ``session_expired`` or
                ``session_not_found``.
        """
        name = _checked_name(username)
        probe = self.drawing(session_id, 1)
        if probe is None:
            raise OperatorError("enrollment_incomplete", missing="signatures")
        verification = self._verify(probe, self._references.of(name))
        self._writer.write(
            self._enrollment(session_id).enrollment_uid,
            LogInUser(
                username=name,
                session_id=session_id,
                decision=verification.decision,
                score=verification.score,
                threshold=verification.threshold,
                algorithm=verification.algorithm,
                device_match=verification.device_match,
                flags=verification.flags,
                reference_uids=verification.reference_uids,
            ),
        )
        return verification

    def keep_as_reference(self, username: str, session_id: str) -> bool:
        """Know the user by an accepted sign-in as well; to be called when the operator agreed to it.

        At most six signatures are used, the oldest leave first. False where it is kept already.

        Raises:
            OperatorError: ``username_unknown``, ``session_not_found``, ``enrollment_incomplete``,
                ``enrollment_not_found``, or ``sign_in_not_accepted`` where the answer was not "consistent".
        """
        record = self.drawing(session_id, 1)
        if record is None:
            raise OperatorError("enrollment_incomplete", missing="signatures")
        return self._references.keep(_checked_name(username), session_id, record)

    def cleanup_expired(self) -> int:
        """``cleanup_expired_enrollments`` of the source: how many enrollments were expired or deleted."""
        return int(self._writer.write(self._writer.new_id(), CleanUpExpired())["cleaned"])

    def archive_completed(self, older_than: timedelta) -> int:
        """Put enrollments completed longer ago than that into the archive, without their drawings."""
        before = self._writer.clock() - older_than
        return int(self._writer.write(self._writer.new_id(), ArchiveCompleted(before))["archived"])

    def status(self) -> EnrollmentsStatus:
        """The source's monitoring queries."""
        with self._writer.store.reading() as session:
            return EnrollmentsStatus(
                active=stored.active_enrollments(session),
                pending_cleanup=stored.count_pending_cleanup(session, self._writer.clock()),
                average_steps=stored.average_steps(session),
            )

    # -- inside ---------------------------------------------------------------------------------------------

    def _start(
        self, username: str, session_id: str | None, flow_type: FlowType, subject: Subject
    ) -> TempEnrollmentStart:
        name = _checked_name(username)
        now = self._writer.clock()
        with self._writer.store.reading() as session:
            if session_id is not None:
                known = stored.find_enrollment(session, session_id)
            elif subject.visit_uid is not None:
                known = stored.open_enrollment_of_visit(session, subject.visit_uid, now)
            else:
                known = None
            taken = known is None and stored.username_is_taken(session, name)
        if session_id is not None and known is None:
            raise OperatorError("session_not_found", session_id=session_id)
        if known is not None:
            _check_same(known, name, flow_type, now)
            return TempEnrollmentStart(
                enrollment_uid=known.enrollment_uid,
                session_id=known.session_id,
                subject_uid=known.subject_uid,
                username=known.username,
                flow_type=known.flow_type,
                expires_at=known.expires_at,
                student_uid=subject.student_uid,
                visit_uid=subject.visit_uid,
                station_uid=known.station_uid,
            )
        # A student who enrolls again keeps the user name; only a stranger's sign-up must find it free.
        if flow_type is FlowType.SIGNUP and taken and subject.student_uid is None:
            raise OperatorError("username_taken")
        if flow_type is FlowType.SIGNIN and not taken:
            raise OperatorError("username_unknown")
        enrollment_uid = self._writer.new_id()
        return TempEnrollmentStart(
            enrollment_uid=enrollment_uid,
            session_id=f"sess_{enrollment_uid.hex}",
            subject_uid=subject.student_uid or enrollment_uid,
            username=name,
            flow_type=flow_type,
            expires_at=now + timedelta(seconds=self._policy.temp_enrollment_ttl_s),
            student_uid=subject.student_uid,
            visit_uid=subject.visit_uid,
            station_uid=self.station_uid,
        )

    def _open_session_of(self, subject: Subject) -> str | None:
        """The session that the visit's first draft opened, which the visit itself may not know yet."""
        if subject.visit_uid is None:
            return None
        with self._writer.store.reading() as session:
            known = stored.open_enrollment_of_visit(session, subject.visit_uid, self._writer.clock())
        return None if known is None else known.session_id

    def _sealer(self, subject_uid: UUID, table: str, row_uid: UUID) -> Callable[[str, bytes], str]:
        key = self._keys.of(subject_uid)
        return lambda column, data: key.seal(data, SealContext(table, column, row_uid, subject_uid))

    def _open(
        self, enrollment: stored.StoredEnrollment, table: str, column: str, row_uid: UUID, token: str
    ) -> bytes:
        subject_uid = enrollment.subject_uid
        return self._keys.of(subject_uid).open(token, SealContext(table, column, row_uid, subject_uid))

    def _enrollment(self, session_id: str) -> stored.StoredEnrollment:
        with self._writer.store.reading() as session:
            found = stored.find_enrollment(session, session_id)
        if found is None:
            raise OperatorError("session_not_found", session_id=session_id)
        return found


def _checked_name(username: str) -> str:
    name = username.strip()
    if not name or len(name) > 255 or any(ord(character) < 32 for character in name):
        raise OperatorError("input_invalid", field="username")
    return name


def _check_same(known: stored.StoredEnrollment, name: str, flow_type: FlowType, now: datetime) -> None:
    same_name = stored.normalize_username(known.username) == stored.normalize_username(name)
    if known.flow_type is not flow_type or not same_name:
        raise OperatorError("session_not_found", session_id=known.session_id)
    if known.status is TempEnrollmentStatus.COMPLETED:
        raise OperatorError("session_ended", session_id=known.session_id)
    if known.status is TempEnrollmentStatus.EXPIRED or known.expires_at <= now:
        raise OperatorError("session_expired", session_id=known.session_id)
