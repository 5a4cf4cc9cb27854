# SPDX-License-Identifier: Apache-2.0
"""The attendance list of the day: look at it, record what was missing, correct what is wrong."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from app.domain.errors import OperatorError
from app.domain.listings import ClassSessionListing
from app.domain.operations_attendance import MarkAttendance
from app.domain.register import MAX_REASON, Register, RegisterEntry
from app.domain.sessions import AttendanceStatus
from app.services.attendance import AttendanceService
from app.services.students import StudentService
from app.services.writer import Writer
from app.storage import attendance as sessions
from app.storage import register as stored

_WITH_TIME = (AttendanceStatus.PRESENT, AttendanceStatus.LATE)


class RegisterService:
    """Attendance as a list.

    Args:
        students: of the school whose classes these are.
    """

    def __init__(self, writer: Writer, attendance: AttendanceService, students: StudentService) -> None:
        self._writer = writer
        self._students = students
        self._attendance = attendance

    def sessions(self, day: date | None = None) -> tuple[ClassSessionListing, ...]:
        """The class sessions of a day, of today without one, by their start; in this computer's time."""
        chosen = day or self._writer.clock().astimezone().date()
        start = datetime.combine(chosen, time()).astimezone()
        end = datetime.combine(chosen + timedelta(days=1), time()).astimezone()
        with self._writer.store.reading() as session:
            found = stored.class_sessions_between(session, start, end, self._students.school)
        return tuple(self._attendance.listing(row) for row in found)

    def open_session(self, class_name: str, starts: time, ends: time) -> ClassSessionListing:
        """Add a class session today.

        Args:
            starts, ends: on this computer's clock.

        Raises:
            OperatorError: ``input_invalid`` with the field.
        """
        today = self._writer.clock().astimezone().date()
        return self._attendance.open_session(
            class_name,
            datetime.combine(today, starts).astimezone(),
            datetime.combine(today, ends).astimezone(),
        )

    def register(self, class_session_uid: UUID) -> Register:
        """Everybody who is expected in the class session or came.

        Raises:
            OperatorError: ``class_session_not_found``.
        """
        with self._writer.store.reading() as session:
            row = sessions.find_class_session(session, class_session_uid)
            if row is None:
                raise OperatorError("class_session_not_found", uid=class_session_uid)
            entries = stored.register_entries(session, class_session_uid)
        return Register(self._attendance.listing(row), entries)

    def record(
        self, class_session_uid: UUID, entry: RegisterEntry, status: AttendanceStatus, reason: str
    ) -> None:
        """Correct the entry that was seen, or record what nothing was recorded for.

        Args:
            reason: why; needed, and kept with the operation.

        Raises:
            OperatorError: ``input_invalid`` without a reason; ``record_changed`` where the entry is another
                by now, ``attendance_not_found``, ``class_session_not_found``, ``student_not_found``.
        """
        why = " ".join(reason.split())
        if not why or len(why) > MAX_REASON:
            raise OperatorError("input_invalid", field="reason")
        if entry.attendance_uid is not None:
            self._attendance.correct(entry.attendance_uid, entry.version, status, reason=why)
            return
        now = self._writer.clock()
        payload = MarkAttendance(
            attendance_uid=self._writer.new_id(),
            class_session_uid=class_session_uid,
            student_uid=entry.student_uid,
            status=status,
            checked_in_at=now if status in _WITH_TIME else None,
            reason=why,
        )
        self._writer.write(entry.student_uid, payload)
