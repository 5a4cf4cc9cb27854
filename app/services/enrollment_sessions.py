# SPDX-License-Identifier: Apache-2.0
"""Enrollment sessions one by one: create, read, update, delete softly (source document 1)."""

from __future__ import annotations

from uuid import UUID

from app.domain.errors import OperatorError
from app.domain.fingerprints import Finger
from app.domain.operations_sessions import (
    CreateEnrollmentSession,
    DeleteEnrollmentSession,
    UpdateEnrollmentSession,
)
from app.domain.sessions import EnrollmentStatus
from app.security.sealed import SealContext
from app.services.schemas import EnrollmentSessionCreate, EnrollmentSessionResponse, EnrollmentSessionUpdate
from app.services.subject_keys import SubjectKeys
from app.services.writer import Writer
from app.storage import enrollment_sessions as stored

MAX_LISTED = 1000


class EnrollmentSessionService:
    """Tracks state, progress and result of the enrollment of one finger."""

    def __init__(self, writer: Writer, keys: SubjectKeys) -> None:
        self._writer = writer
        self._keys = keys

    def create(self, given: EnrollmentSessionCreate) -> EnrollmentSessionResponse:
        """Open a session; it is pending.

        Raises:
            OperatorError: ``student_not_found``, ``device_not_found``.
            StorageError: ``record_refused`` for a session id that is taken.
        """
        with self._writer.store.reading() as session:
            student_uid = stored.student_uid_of(session, given.student_id)
            device_uid = stored.device_uid_of(session, given.device_id)
        if student_uid is None:
            raise OperatorError("student_not_found")
        if device_uid is None:
            raise OperatorError("device_not_found")
        uid = self._writer.new_id()
        session_id = given.session_id or f"finger_{uid.hex}"
        payload = CreateEnrollmentSession(uid, session_id, student_uid, device_uid, Finger(given.finger_id))
        self._writer.write(uid, payload)
        return self.get(session_id)

    def get(self, session_id: str) -> EnrollmentSessionResponse:
        """The session.

        Raises:
            OperatorError: ``enrollment_not_found``, for a deleted one too.
        """
        return EnrollmentSessionResponse.of(self._stored(session_id))

    def list(
        self,
        *,
        student_uid: UUID | None = None,
        status: EnrollmentStatus | None = None,
        limit: int = 100,
    ) -> tuple[EnrollmentSessionResponse, ...]:
        """Sessions of a student, of a status, or all, the latest first; deleted ones are left out."""
        if not 1 <= limit <= MAX_LISTED:
            raise OperatorError("input_invalid", field="limit")
        with self._writer.store.reading() as session:
            found = stored.list_enrollment_sessions(
                session, student_uid=student_uid, status=status, limit=limit
            )
        return tuple(EnrollmentSessionResponse.of(row) for row in found)

    def update(self, session_id: str, given: EnrollmentSessionUpdate) -> EnrollmentSessionResponse:
        """Change what is given; completing sets ``completed_at`` and makes it the finger's current session.

        Raises:
            OperatorError: ``enrollment_not_found``; ``transition_not_allowed``; ``record_changed`` where
                ``version`` is not the stored one any more.
        """
        row = self._stored(session_id)
        self._writer.write(
            row.uid,
            UpdateEnrollmentSession(
                session_id=session_id,
                status=given.status,
                error_message=given.error_message,
                template_data=None if given.template is None else self._sealed(row, given.template),
                template_format=given.template_format,
                quality_score=given.quality_score,
                completed_at=given.completed_at,
                base_version=given.version,
            ),
        )
        return self.get(session_id)

    def template(self, session_id: str) -> bytes | None:
        """The template in the clear, in memory only; None where the session has none."""
        row = self._stored(session_id)
        if row.template_data is None:
            return None
        return self._keys.of(row.student_uid).open(row.template_data, _context(row))

    def delete(self, session_id: str) -> None:
        """Hide the session and blank its template; the row stays.

        Raises:
            OperatorError: ``enrollment_not_found``.
        """
        self._writer.write(self._stored(session_id).uid, DeleteEnrollmentSession(session_id))

    def _stored(self, session_id: str) -> stored.StoredEnrollmentSession:
        with self._writer.store.reading() as session:
            found = stored.find_enrollment_session(session, session_id)
        if found is None:
            raise OperatorError("enrollment_not_found", session_id=session_id)
        return found

    def _sealed(self, row: stored.StoredEnrollmentSession, template: bytes) -> str:
        return self._keys.of(row.student_uid).seal(template, _context(row))


def _context(row: stored.StoredEnrollmentSession) -> SealContext:
    return SealContext("enrollment_sessions", "template_data", row.uid, row.student_uid)
