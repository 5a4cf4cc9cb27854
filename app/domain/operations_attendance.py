# SPDX-License-Identifier: Apache-2.0
"""What check-in writes: class sessions, attendance rows, corrections."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from app.domain.operations import Payload
from app.domain.sessions import AttendanceStatus


@dataclass(frozen=True, slots=True)
class CheckInStudent(Payload):
    """Write the student's attendance of a class session, once; a second time keeps the earlier row."""

    kind: ClassVar[str] = "attendance.check_in"

    attendance_uid: UUID
    class_session_uid: UUID
    student_uid: UUID
    checked_in_at: datetime
    status: AttendanceStatus
    method: str = "manual"  # fingerprint, signature, manual or import
    visit_uid: UUID | None = None


@dataclass(frozen=True, slots=True)
class CorrectAttendance(Payload):
    """Change an attendance row that the operator saw at ``base_version``; a stale version is refused."""

    kind: ClassVar[str] = "attendance.correct"

    attendance_uid: UUID
    base_version: int
    status: AttendanceStatus
    checked_in_at: datetime | None = None
    reason: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class MarkAttendance(Payload):
    """Record by hand what nothing was recorded for: somebody is excused, absent, or came unseen."""

    kind: ClassVar[str] = "attendance.mark"

    attendance_uid: UUID
    class_session_uid: UUID
    student_uid: UUID
    status: AttendanceStatus
    checked_in_at: datetime | None = None
    reason: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class OpenClassSession(Payload):
    """Add a class session (and its class, where the name is new in the school)."""

    kind: ClassVar[str] = "class_session.open"

    class_session_uid: UUID
    school_uid: UUID
    class_uid: UUID
    class_name: str
    starts_at: datetime
    ends_at: datetime | None = None
