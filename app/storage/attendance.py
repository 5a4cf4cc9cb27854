# SPDX-License-Identifier: Apache-2.0
"""Attendance and class sessions: look-ups."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.domain.sessions import AttendanceStatus, ClassSessionStatus
from app.storage.rows.attendance import AttendanceRow, ClassRow, ClassSessionRow
from app.storage.rows.people import SchoolRow, StudentRow


@dataclass(frozen=True, slots=True)
class StoredClassSession:
    """One class session."""

    uid: UUID
    class_name: str
    status: ClassSessionStatus
    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class StoredAttendance:
    """One attendance row with the version that a correction must name."""

    uid: UUID
    class_session_uid: UUID
    class_name: str
    student_uid: UUID
    student_name: str = field(repr=False)
    status: AttendanceStatus
    checked_in_at: datetime | None
    method: str
    version: int


def open_class_sessions(session: Session, now: datetime, school: str) -> tuple[StoredClassSession, ...]:
    """Class sessions of the school that run now or are still to come, the latest start first.

    Args:
        school: its name; all schools' where it is empty.
    """
    live = (ClassSessionStatus.ACTIVE.value, ClassSessionStatus.SCHEDULED.value)
    query = (
        select(ClassSessionRow, ClassRow)
        .join(ClassRow, ClassRow.id == ClassSessionRow.class_id)
        .where(
            ClassSessionRow.status.in_(live),
            or_(ClassSessionRow.end_time.is_(None), ClassSessionRow.end_time > now),
        )
        .order_by(ClassSessionRow.start_time.desc(), ClassSessionRow.id.desc())
    )
    if school:
        query = query.join(SchoolRow, SchoolRow.id == ClassRow.school_id).where(SchoolRow.name == school)
    rows = session.execute(query)
    return tuple(_class_session(row, class_row) for row, class_row in rows)


def find_class_session(session: Session, uid: UUID) -> StoredClassSession | None:
    """The class session with that uid."""
    found = session.execute(
        select(ClassSessionRow, ClassRow)
        .join(ClassRow, ClassRow.id == ClassSessionRow.class_id)
        .where(ClassSessionRow.uid == uid)
    ).first()
    return None if found is None else _class_session(found[0], found[1])


def _class_session(row: ClassSessionRow, class_row: ClassRow) -> StoredClassSession:
    return StoredClassSession(
        uid=row.uid,
        class_name=class_row.name,
        status=ClassSessionStatus(row.status),
        starts_at=row.start_time,
        ends_at=row.end_time,
    )


def find_attendance(session: Session, attendance_uid: UUID) -> StoredAttendance | None:
    """The attendance row with that uid."""
    rows = _attendance(session, AttendanceRow.uid == attendance_uid)
    return rows[0] if rows else None


def attendance_of_student(session: Session, student_uid: UUID) -> tuple[StoredAttendance, ...]:
    """A student's attendance, the latest first."""
    return _attendance(session, StudentRow.uid == student_uid)


def attendance_of_session(session: Session, class_session_uid: UUID) -> tuple[StoredAttendance, ...]:
    """Everybody's attendance of a class session, the latest first."""
    return _attendance(session, ClassSessionRow.uid == class_session_uid)


def _attendance(session: Session, condition: ColumnElement[bool]) -> tuple[StoredAttendance, ...]:
    rows = session.execute(
        select(AttendanceRow, ClassSessionRow.uid, ClassRow.name, StudentRow.uid, StudentRow.name)
        .join(ClassSessionRow, ClassSessionRow.id == AttendanceRow.class_session_id)
        .join(ClassRow, ClassRow.id == ClassSessionRow.class_id)
        .join(StudentRow, StudentRow.id == AttendanceRow.student_id)
        .where(condition)
        .order_by(AttendanceRow.created_at.desc(), AttendanceRow.id.desc())
    )
    return tuple(
        StoredAttendance(
            uid=row.uid,
            class_session_uid=session_uid,
            class_name=class_name,
            student_uid=student_uid,
            student_name=student_name,
            status=AttendanceStatus(row.status),
            checked_in_at=row.check_in_time,
            method=row.method,
            version=row.version,
        )
        for row, session_uid, class_name, student_uid, student_name in rows
    )
