# SPDX-License-Identifier: Apache-2.0
"""Check-in to the class session that is open now, and corrections that refuse a stale version."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from app.domain.errors import OperatorError
from app.domain.listings import ClassSessionListing
from app.domain.operations_attendance import CheckInStudent, CorrectAttendance, OpenClassSession
from app.domain.policy import Policy
from app.domain.sessions import AttendanceStatus
from app.domain.visits import CheckIn
from app.services.students import StudentService
from app.services.writer import Writer
from app.storage import attendance as stored


class AttendanceService:
    """Writes and corrects attendance.

    Args:
        students: of the school whose classes these are.
    """

    def __init__(self, writer: Writer, policy: Policy, students: StudentService) -> None:
        self._writer = writer
        self._students = students
        self._grace = timedelta(seconds=policy.late_after_s)

    def open_sessions(self) -> tuple[ClassSessionListing, ...]:
        """Class sessions that take a check-in now: those under way first, then those still to come."""
        now = self._writer.clock()
        with self._writer.store.reading() as session:
            rows = stored.open_class_sessions(session, now, self._students.school)
        listings = [self.listing(row) for row in rows]
        return tuple(
            sorted(
                listings, key=lambda row: (row.starts_at > now, abs((now - row.starts_at).total_seconds()))
            )
        )

    def open_session(
        self, class_name: str, starts_at: datetime, ends_at: datetime | None = None
    ) -> ClassSessionListing:
        """Add a class session for a class of that name."""
        name = class_name.strip()
        if not name or (ends_at is not None and ends_at <= starts_at):
            raise OperatorError("input_invalid", field="class_name" if not name else "ends_at")
        uid = self._writer.new_id()
        school_uid = self._students.school_uid()
        class_uid = self._writer.new_id()
        self._writer.write(uid, OpenClassSession(uid, school_uid, class_uid, name, starts_at, ends_at))
        return ClassSessionListing(uid, name, starts_at, ends_at, starts_at + self._grace)

    def check_in(
        self,
        student_uid: UUID,
        class_session_uid: UUID,
        visit_uid: UUID | None = None,
        method: str = "manual",
    ) -> CheckIn:
        """Check a student in; a second time gives back the row that is there.

        Args:
            method: how the student was identified: ``manual`` (by name), ``fingerprint`` or ``signature``.

        Raises:
            OperatorError: ``class_session_not_found``, ``class_session_closed``, ``student_not_found``.
        """
        with self._writer.store.reading() as session:
            row = stored.find_class_session(session, class_session_uid)
        if row is None:
            raise OperatorError("class_session_not_found", uid=class_session_uid)
        now = self._writer.clock()
        late = now > row.starts_at + self._grace
        answer = self._writer.write(
            student_uid,
            CheckInStudent(
                attendance_uid=self._writer.new_id(),
                class_session_uid=class_session_uid,
                student_uid=student_uid,
                checked_in_at=now,
                status=AttendanceStatus.LATE if late else AttendanceStatus.PRESENT,
                method=method,
                visit_uid=visit_uid,
            ),
        )
        return CheckIn(
            attendance_uid=UUID(answer["attendance_uid"]),
            class_session_uid=class_session_uid,
            title=row.class_name,
            status=AttendanceStatus(answer["status"]),
            checked_in_at=datetime.fromisoformat(answer["checked_in_at"]),
            version=int(answer["version"]),
            was_there=not answer["created"],
        )

    def write_check_in(
        self, student_uid: UUID, class_session_uid: UUID, visit_uid: UUID, method: str
    ) -> CheckIn:
        """The check-in of a visit."""
        return self.check_in(student_uid, class_session_uid, visit_uid, method)

    def correct(
        self,
        attendance_uid: UUID,
        seen_version: int,
        status: AttendanceStatus,
        *,
        checked_in_at: datetime | None = None,
        reason: str = "",
    ) -> int:
        """Change an attendance row and return its new version.

        Raises:
            OperatorError: ``record_changed`` when somebody changed the row since it was seen;
                ``attendance_not_found``.
        """
        payload = CorrectAttendance(attendance_uid, seen_version, status, checked_in_at, reason)
        return int(self._writer.write(attendance_uid, payload)["version"])

    def of_student(self, student_uid: UUID) -> tuple[stored.StoredAttendance, ...]:
        """A student's attendance, the latest first."""
        with self._writer.store.reading() as session:
            return stored.attendance_of_student(session, student_uid)

    def of_session(self, class_session_uid: UUID) -> tuple[stored.StoredAttendance, ...]:
        """Everybody's attendance of a class session, the latest first.

        Raises:
            OperatorError: ``class_session_not_found``.
        """
        with self._writer.store.reading() as session:
            if stored.find_class_session(session, class_session_uid) is None:
                raise OperatorError("class_session_not_found", uid=class_session_uid)
            return stored.attendance_of_session(session, class_session_uid)

    def listing(self, row: stored.StoredClassSession) -> ClassSessionListing:
        """The class session with the instant from which on a check-in is late."""
        return ClassSessionListing(
            uid=row.uid,
            title=row.class_name,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            late_after_at=row.starts_at + self._grace,
        )
