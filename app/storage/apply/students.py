# SPDX-License-Identifier: Apache-2.0
"""Applies the roster: schools, students, and the one rule of course enrollment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.domain.errors import OperatorError
from app.domain.names import folded, student_search_text
from app.domain.operations import Operation
from app.domain.operations_students import (
    AddSchool,
    AddStudent,
    SetCourseEnrollment,
    UpdateStudent,
)
from app.storage.apply.applier import Applier
from app.storage.lookup import need_row
from app.storage.rows.courses import CourseEnrollmentRow, CourseRow
from app.storage.rows.people import SchoolRow, StudentRow

SOURCE = "roster"


def apply_add_school(session: Session, op: Operation) -> Mapping[str, object]:
    """Add the school, or find it by its name."""
    payload = cast(AddSchool, op.payload)
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    # Two stations may be set up at once: the second one's row gives way to the first one's.
    values = {"uid": payload.school_uid, "name": payload.name, "created_at": op.made_at}
    session.execute(insert(SchoolRow).values(values).on_conflict_do_nothing(index_elements=["name"]))
    return {"school_uid": session.scalar(select(SchoolRow.uid).where(SchoolRow.name == payload.name))}


def apply_add_student(session: Session, op: Operation) -> Mapping[str, object]:
    """Add a student and, where a course is named, the enrollment in it."""
    payload = cast(AddStudent, op.payload)
    school = need_row(session, SchoolRow, payload.school_uid, "school_not_found")
    email_norm = _free_email(session, school.id, payload.email, None)
    _free_number(session, school.id, payload.number, None)
    row = StudentRow(
        uid=payload.student_uid,
        school_id=school.id,
        name=payload.name,
        email=payload.email,
        email_norm=email_norm,
        source=SOURCE if payload.number else None,
        external_id=payload.number,
        class_name=payload.class_name,
        status=payload.status,
        search_text=student_search_text(payload.name, payload.email, payload.number, payload.class_name),
        created_at=op.made_at,
        updated_at=op.made_at,
    )
    session.add(row)
    session.flush()
    if payload.course_uid is not None and payload.course_enrollment_uid is not None:
        set_course_enrollment(
            session, op, row, payload.course_name, payload.course_uid, payload.course_enrollment_uid
        )
    return {"student_uid": row.uid, "id": row.id, "version": row.version}


def apply_update_student(session: Session, op: Operation) -> Mapping[str, object]:
    """Change what is given; a stale edit is refused."""
    payload = cast(UpdateStudent, op.payload)
    row = need_row(session, StudentRow, payload.student_uid, "student_not_found")
    if payload.base_version is not None and row.version != payload.base_version:
        raise OperatorError(
            "record_changed", uid=row.uid, seen_version=payload.base_version, version=row.version
        )
    if payload.email is not None:
        row.email_norm = _free_email(session, row.school_id, payload.email, row.id)
        row.email = payload.email or None
    if payload.number is not None:
        _free_number(session, row.school_id, payload.number, row.id)
        row.external_id = payload.number or None
        row.source = SOURCE if payload.number else None
    if payload.name is not None:
        row.name = payload.name
    if payload.class_name is not None:
        row.class_name = payload.class_name or None
    if payload.status is not None:
        row.status = payload.status
    row.search_text = student_search_text(row.name, row.email, row.external_id, row.class_name)
    row.updated_at = op.made_at
    session.flush()
    if payload.course_uid is not None and payload.course_enrollment_uid is not None:
        set_course_enrollment(
            session, op, row, payload.course_name, payload.course_uid, payload.course_enrollment_uid
        )
    return {"student_uid": row.uid, "id": row.id, "version": row.version}


def _free_email(session: Session, school_id: int, email: str | None, own_id: int | None) -> str | None:
    """The comparable e-mail, or None for an empty one.

    Raises:
        OperatorError: ``student_exists`` where another student of the school has it.
    """
    if not email:
        return None
    norm = folded(email)
    taken = select(StudentRow.uid).where(StudentRow.school_id == school_id, StudentRow.email_norm == norm)
    if own_id is not None:
        taken = taken.where(StudentRow.id != own_id)
    uid = session.scalar(taken)
    if uid is not None:
        raise OperatorError("student_exists", uid=uid, field="email")
    return norm


def _free_number(session: Session, school_id: int, number: str | None, own_id: int | None) -> None:
    if not number:
        return
    taken = select(StudentRow.uid).where(
        StudentRow.school_id == school_id, StudentRow.source == SOURCE, StudentRow.external_id == number
    )
    if own_id is not None:
        taken = taken.where(StudentRow.id != own_id)
    uid = session.scalar(taken)
    if uid is not None:
        raise OperatorError("student_exists", uid=uid, field="number")


def apply_set_course_enrollment(session: Session, op: Operation) -> Mapping[str, object]:
    """``_set_user_course_enrollment`` of the source."""
    payload = cast(SetCourseEnrollment, op.payload)
    student = need_row(session, StudentRow, payload.student_uid, "student_not_found")
    course = set_course_enrollment(
        session, op, student, payload.course_name, payload.course_uid, payload.course_enrollment_uid
    )
    return {"course_uid": course.uid if course else None, "course_id": course.id if course else None}


def set_course_enrollment(
    session: Session,
    op: Operation,
    student: StudentRow,
    course_name: str | None,
    course_uid: UUID,
    enrollment_uid: UUID,
) -> CourseRow | None:
    """Without a name do nothing; else find or add the course, and add or reactivate the enrollment."""
    name = " ".join((course_name or "").split())
    if not name:
        return None
    course = session.scalar(
        select(CourseRow).where(CourseRow.school_id == student.school_id, CourseRow.name_norm == folded(name))
    )
    if course is None:
        # One course of a name: whoever adds one on PostgreSQL holds the school meanwhile, and looks again.
        session.scalar(
            select(SchoolRow.id).where(SchoolRow.id == student.school_id).with_for_update(key_share=True)
        )
        course = session.scalar(
            select(CourseRow).where(
                CourseRow.school_id == student.school_id, CourseRow.name_norm == folded(name)
            )
        )
    if course is None:
        course = CourseRow(
            uid=course_uid,
            school_id=student.school_id,
            name=name,
            name_norm=folded(name),
            created_at=op.made_at,
        )
        session.add(course)
        session.flush()
    enrollment = session.scalar(
        select(CourseEnrollmentRow).where(
            CourseEnrollmentRow.course_id == course.id, CourseEnrollmentRow.student_id == student.id
        )
    )
    if enrollment is None:
        session.add(
            CourseEnrollmentRow(
                uid=enrollment_uid,
                course_id=course.id,
                student_id=student.id,
                active=True,
                created_at=op.made_at,
            )
        )
    elif not enrollment.active:
        enrollment.active = True
        enrollment.updated_at = op.made_at
    session.flush()
    return course


APPLIERS: dict[str, Applier] = {
    AddSchool.kind: apply_add_school,
    AddStudent.kind: apply_add_student,
    UpdateStudent.kind: apply_update_student,
    SetCourseEnrollment.kind: apply_set_course_enrollment,
}
