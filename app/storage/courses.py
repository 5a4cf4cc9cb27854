# SPDX-License-Identifier: Apache-2.0
"""Compares the legacy group memberships with the course enrollments: one query, whatever their number."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.storage.rows.courses import CourseEnrollmentRow, CourseRow, GroupMemberRow, GroupRow
from app.storage.rows.people import StudentRow


@dataclass(frozen=True, slots=True)
class StudentCourse:
    """One student in one course, as active memberships in ``groups`` say.

    ``enrolled``: True for an active enrollment, False for an inactive one, None where there is none.
    """

    student_uid: UUID
    course_uid: UUID
    student_name: str = field(repr=False)
    student_email: str | None = field(repr=False)
    course_name: str
    groups: tuple[str, ...]
    enrolled: bool | None


@dataclass(frozen=True, slots=True)
class Memberships:
    """Every active membership, counted, and the pairs of student and course that they make."""

    active_members: int
    pairs: tuple[StudentCourse, ...]


def memberships(session: Session) -> Memberships:
    """Active memberships of students that are there, by student and course in the order of their names."""
    rows = session.execute(
        select(
            StudentRow.uid,
            StudentRow.name,
            StudentRow.email,
            CourseRow.uid,
            CourseRow.name,
            GroupRow.name,
            CourseEnrollmentRow.active,
        )
        .select_from(GroupMemberRow)
        .join(GroupRow, GroupRow.id == GroupMemberRow.group_id)
        .join(CourseRow, CourseRow.id == GroupRow.course_id)
        .join(StudentRow, StudentRow.id == GroupMemberRow.student_id)
        .outerjoin(
            CourseEnrollmentRow,
            and_(
                CourseEnrollmentRow.course_id == CourseRow.id,
                CourseEnrollmentRow.student_id == StudentRow.id,
            ),
        )
        .where(
            GroupMemberRow.active.is_(True), StudentRow.is_deleted.is_(False), StudentRow.erased_at.is_(None)
        )
        .order_by(StudentRow.name, StudentRow.id, CourseRow.name, CourseRow.id, GroupRow.name, GroupRow.id)
    ).all()
    first: dict[tuple[UUID, UUID], StudentCourse] = {}
    groups: dict[tuple[UUID, UUID], list[str]] = {}
    for student_uid, name, email, course_uid, course_name, group_name, enrolled in rows:
        pair = (student_uid, course_uid)
        groups.setdefault(pair, []).append(group_name)
        if pair not in first:
            first[pair] = StudentCourse(student_uid, course_uid, name, email, course_name, (), enrolled)
    pairs = tuple(
        StudentCourse(
            student_uid=found.student_uid,
            course_uid=found.course_uid,
            student_name=found.student_name,
            student_email=found.student_email,
            course_name=found.course_name,
            groups=tuple(groups[pair]),
            enrolled=found.enrolled,
        )
        for pair, found in first.items()
    )
    return Memberships(len(rows), pairs)
