# SPDX-License-Identifier: Apache-2.0
"""Applies check-in: once for a student and class session; corrections only on the version that was seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast
from uuid import uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import OperatorError
from app.domain.operations import Operation
from app.domain.operations_attendance import (
    CheckInStudent,
    CorrectAttendance,
    MarkAttendance,
    OpenClassSession,
)
from app.domain.sessions import ClassSessionStatus
from app.storage.apply.applier import Applier
from app.storage.apply.visits import active_visit
from app.storage.lookup import need_row
from app.storage.rows.attendance import AttendanceRow, ClassRow, ClassSessionRow
from app.storage.rows.people import SchoolRow, StudentRow
from app.storage.rows.visit_plan import VisitCheckInRow


def apply_check_in(session: Session, op: Operation) -> Mapping[str, object]:
    """Write the row, or keep the one that is there with the earlier of both times."""
    payload = cast(CheckInStudent, op.payload)
    class_session = need_row(session, ClassSessionRow, payload.class_session_uid, "class_session_not_found")
    student = need_row(session, StudentRow, payload.student_uid, "student_not_found")
    if class_session.status in (ClassSessionStatus.CANCELLED.value, ClassSessionStatus.COMPLETED.value):
        raise OperatorError("class_session_closed", uid=payload.class_session_uid)
    # On PostgreSQL two stations may check one student in at once: the second waits here and finds the row.
    session.execute(select(StudentRow.id).where(StudentRow.id == student.id).with_for_update(key_share=True))
    row = session.scalar(
        select(AttendanceRow).where(
            AttendanceRow.class_session_id == class_session.id, AttendanceRow.student_id == student.id
        )
    )
    created = row is None
    if row is None:
        row = AttendanceRow(
            uid=payload.attendance_uid,
            class_session_id=class_session.id,
            student_id=student.id,
            check_in_time=payload.checked_in_at,
            status=payload.status.value,
            method=payload.method,
            created_at=op.made_at,
            updated_at=op.made_at,
        )
        session.add(row)
    elif row.check_in_time is None or row.check_in_time > payload.checked_in_at:
        row.check_in_time = payload.checked_in_at
        row.status = payload.status.value
    session.flush()
    if payload.visit_uid is not None:
        visit = active_visit(session, op, payload.visit_uid)
        link = session.scalar(select(VisitCheckInRow).where(VisitCheckInRow.response_id == visit.id))
        if link is None:
            uid = uuid5(visit.uid, "check-in")
            session.add(VisitCheckInRow(uid=uid, response_id=visit.id, attendance_id=row.id))
        else:
            link.attendance_id = row.id
    return {
        "attendance_uid": row.uid,
        "created": created,
        "status": row.status,
        "checked_in_at": row.check_in_time,
        "version": row.version,
    }


def apply_correct(session: Session, op: Operation) -> Mapping[str, object]:
    """Change a row that nobody changed since the operator saw it."""
    payload = cast(CorrectAttendance, op.payload)
    row = session.scalar(
        select(AttendanceRow).where(AttendanceRow.uid == payload.attendance_uid).with_for_update()
    )
    if row is None:
        raise OperatorError("attendance_not_found", uid=payload.attendance_uid)
    if row.version != payload.base_version:
        raise OperatorError(
            "record_changed", uid=row.uid, seen_version=payload.base_version, version=row.version
        )
    before = row.status
    row.status = payload.status.value
    if payload.checked_in_at is not None:
        row.check_in_time = payload.checked_in_at
    row.updated_at = op.made_at
    session.flush()
    # The answer stays in the ledger of operations: what it said before, and why it was changed.
    return {
        "attendance_uid": row.uid,
        "version": row.version,
        "before": before,
        "status": row.status,
        "reason": payload.reason,
    }


def apply_mark(session: Session, op: Operation) -> Mapping[str, object]:
    """Add a row where there is none; a student who was recorded in the meantime is to be looked at again."""
    payload = cast(MarkAttendance, op.payload)
    class_session = need_row(session, ClassSessionRow, payload.class_session_uid, "class_session_not_found")
    student = need_row(session, StudentRow, payload.student_uid, "student_not_found")
    session.execute(select(StudentRow.id).where(StudentRow.id == student.id).with_for_update(key_share=True))
    there = session.scalar(
        select(AttendanceRow.uid).where(
            AttendanceRow.class_session_id == class_session.id, AttendanceRow.student_id == student.id
        )
    )
    if there is not None:
        raise OperatorError("record_changed", uid=there)
    row = AttendanceRow(
        uid=payload.attendance_uid,
        class_session_id=class_session.id,
        student_id=student.id,
        check_in_time=payload.checked_in_at,
        status=payload.status.value,
        method="manual",
        created_at=op.made_at,
        updated_at=op.made_at,
    )
    session.add(row)
    session.flush()
    return {
        "attendance_uid": row.uid,
        "version": row.version,
        "status": row.status,
        "reason": payload.reason,
    }


def apply_open_class_session(session: Session, op: Operation) -> Mapping[str, object]:
    """Add a class session; its class is found by its name in the school, or added."""
    payload = cast(OpenClassSession, op.payload)
    # One class of a name: whoever adds one on PostgreSQL holds the school meanwhile.
    school = session.scalar(
        select(SchoolRow).where(SchoolRow.uid == payload.school_uid).with_for_update(key_share=True)
    )
    if school is None:
        raise OperatorError("school_not_found", uid=payload.school_uid)
    class_row = session.scalar(
        select(ClassRow).where(ClassRow.school_id == school.id, ClassRow.name == payload.class_name)
    )
    if class_row is None:
        class_row = ClassRow(uid=payload.class_uid, school_id=school.id, name=payload.class_name)
        session.add(class_row)
        session.flush()
    row = ClassSessionRow(
        uid=payload.class_session_uid,
        class_id=class_row.id,
        status=ClassSessionStatus.ACTIVE.value,
        start_time=payload.starts_at,
        end_time=payload.ends_at,
        created_at=op.made_at,
    )
    session.add(row)
    session.flush()
    return {"class_session_uid": row.uid}


APPLIERS: dict[str, Applier] = {
    CheckInStudent.kind: apply_check_in,
    CorrectAttendance.kind: apply_correct,
    MarkAttendance.kind: apply_mark,
    OpenClassSession.kind: apply_open_class_session,
}
