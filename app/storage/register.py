# SPDX-License-Identifier: Apache-2.0
"""The attendance list: the class sessions of a day, and everybody who belongs to one of them or came."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from app.domain.register import RegisterEntry
from app.domain.sessions import AttendanceStatus, ClassSessionStatus
from app.storage.attendance import StoredClassSession
from app.storage.rows.attendance import AttendanceRow, ClassRow, ClassSessionRow, StudentEnrollmentRow
from app.storage.rows.people import SchoolRow, StudentRow


def class_sessions_between(
    session: Session, start: datetime, end: datetime, school: str
) -> tuple[StoredClassSession, ...]:
    """Class sessions that run between the two instants, by their start; cancelled ones are left out.

    Args:
        school: its name; all schools' where it is empty.
    """
    query = (
        select(ClassSessionRow, ClassRow)
        .join(ClassRow, ClassRow.id == ClassSessionRow.class_id)
        .where(
            ClassSessionRow.status != ClassSessionStatus.CANCELLED.value,
            ClassSessionRow.start_time < end,
            or_(
                ClassSessionRow.start_time >= start,
                and_(
                    ClassSessionRow.end_time > start,
                    ClassSessionRow.status != ClassSessionStatus.COMPLETED.value,
                ),
            ),
        )
        .order_by(ClassSessionRow.start_time, ClassSessionRow.id)
    )
    if school:
        query = query.join(SchoolRow, SchoolRow.id == ClassRow.school_id).where(SchoolRow.name == school)
    rows = session.execute(query)
    return tuple(
        StoredClassSession(
            uid=row.uid,
            class_name=class_row.name,
            status=ClassSessionStatus(row.status),
            starts_at=row.start_time,
            ends_at=row.end_time,
        )
        for row, class_row in rows
    )


def register_entries(session: Session, class_session_uid: UUID) -> tuple[RegisterEntry, ...]:
    """Everybody who is expected in the class session or is recorded for it, by name.

    Expected are the active students who are enrolled in the class or whose class bears its name. A class that
    nobody belongs to, such as "Morning registration", is one for the whole school.
    """
    class_row = session.execute(
        select(ClassRow.id, ClassRow.school_id, ClassRow.name, ClassSessionRow.id)
        .join(ClassSessionRow, ClassSessionRow.class_id == ClassRow.id)
        .where(ClassSessionRow.uid == class_session_uid)
    ).first()
    if class_row is None:
        return ()
    class_id, school_id, name, session_id = class_row
    active = and_(
        StudentRow.school_id == school_id,
        StudentRow.status == "active",
        StudentRow.is_deleted.is_(False),
        StudentRow.erased_at.is_(None),
    )
    belongs = _belongs(class_id, name)
    if not session.scalar(select(exists().where(active, belongs))):
        belongs = StudentRow.id.is_not(None)
    rows = session.execute(
        select(StudentRow, AttendanceRow)
        .outerjoin(
            AttendanceRow,
            and_(AttendanceRow.student_id == StudentRow.id, AttendanceRow.class_session_id == session_id),
        )
        .where(or_(AttendanceRow.id.is_not(None), and_(active, belongs)))
        .order_by(StudentRow.name, StudentRow.id)
    )
    return tuple(_entry(student, attendance) for student, attendance in rows)


def _belongs(class_id: int, name: str) -> ColumnElement[bool]:
    enrolled = select(StudentEnrollmentRow.student_id).where(
        StudentEnrollmentRow.class_id == class_id, StudentEnrollmentRow.active.is_(True)
    )
    return or_(StudentRow.id.in_(enrolled), func.lower(StudentRow.class_name) == func.lower(name))


def _entry(student: StudentRow, attendance: AttendanceRow | None) -> RegisterEntry:
    entry = RegisterEntry(student.uid, student.name, student.external_id or "", student.class_name or "")
    if attendance is None:
        return entry
    return RegisterEntry(
        entry.student_uid,
        entry.name,
        entry.number,
        entry.class_name,
        attendance.uid,
        AttendanceStatus(attendance.status),
        attendance.check_in_time,
        attendance.method,
        attendance.version,
    )
