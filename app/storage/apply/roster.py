# SPDX-License-Identifier: Apache-2.0
"""Applies a whole roster file in one transaction: many rows at a time, and only those that differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.domain.errors import OperatorError
from app.domain.names import folded, student_search_text
from app.domain.operations import Operation
from app.domain.operations_students import ImportedStudent, ImportStudents
from app.storage.apply.applier import Applier
from app.storage.apply.bulk import insert_rows
from app.storage.apply.chunks import chunks
from app.storage.apply.students import SOURCE
from app.storage.roster import ChangedStudent, RosterPlan, planned
from app.storage.rows.courses import CourseEnrollmentRow, CourseRow
from app.storage.rows.people import SchoolRow, StudentRow


def apply_import(session: Session, op: Operation) -> Mapping[str, object]:
    """New students are added, changed ones changed, the others left alone.

    Answers with the counts of the plan and the places of the students whose number is another's.
    """
    payload = cast(ImportStudents, op.payload)
    # The lock lets one import of a school run at a time on PostgreSQL; SQLite has one writer anyway.
    school = session.scalar(
        select(SchoolRow).where(SchoolRow.uid == payload.school_uid).with_for_update(key_share=True)
    )
    if school is None:
        raise OperatorError("school_not_found", uid=payload.school_uid)
    plan = planned(session, payload.school_uid, payload.students)
    _change_students(session, op, plan.changed)
    last_id = session.scalar(select(func.max(StudentRow.id))) or 0
    _add_students(session, op, school.id, [payload.students[place] for place in plan.added])
    _add_courses(session, op, school.id, plan)
    _enroll(session, op, last_id, payload.students, plan)
    return {**plan.counts(), "conflicts": plan.conflicts}


def _add_students(session: Session, op: Operation, school_id: int, added: Sequence[ImportedStudent]) -> None:
    insert_rows(
        session,
        StudentRow,
        {"school_id": school_id, "created_at": op.made_at, "updated_at": op.made_at},
        (
            "uid",
            "name",
            "email",
            "email_norm",
            "source",
            "external_id",
            "class_name",
            "status",
            "search_text",
        ),
        (
            (
                given.student_uid,
                given.name,
                given.email,
                folded(given.email),
                SOURCE if given.number else None,
                given.number,
                given.class_name,
                given.status or "active",
                student_search_text(given.name, given.email, given.number, given.class_name),
            )
            for given in added
        ),
    )


def _change_students(session: Session, op: Operation, changed: Sequence[ChangedStudent]) -> None:
    for part in chunks(changed):
        rows = {
            row.id: row
            for row in session.scalars(select(StudentRow).where(StudentRow.id.in_([one.id for one in part])))
        }
        for change in part:
            row = rows[change.id]
            row.name, row.email, row.email_norm = change.name, change.email, folded(change.email)
            row.class_name, row.status, row.external_id = change.class_name, change.status, change.number
            row.source = SOURCE if change.number else None
            row.search_text = student_search_text(row.name, row.email, row.external_id, row.class_name)
            row.is_deleted = False
            row.updated_at = op.made_at
        session.flush()


def _add_courses(session: Session, op: Operation, school_id: int, plan: RosterPlan) -> None:
    for norm, course in plan.courses_added.items():
        row = CourseRow(
            uid=course.course_uid,
            school_id=school_id,
            name=course.name,
            name_norm=norm,
            created_at=op.made_at,
        )
        session.add(row)
        session.flush()
        plan.course_ids[norm] = row.id


def _enroll(
    session: Session, op: Operation, last_id: int, students: Sequence[ImportedStudent], plan: RosterPlan
) -> None:
    """Enroll; students with an id behind ``last_id`` are those that were just added."""
    for part in chunks(plan.enrollments_inactive):
        session.execute(
            update(CourseEnrollmentRow)
            .where(CourseEnrollmentRow.id.in_(part))
            .values(active=True, updated_at=op.made_at)
        )
    if not plan.enrollments_added:
        return
    ids = dict(session.execute(select(StudentRow.uid, StudentRow.id).where(StudentRow.id > last_id)).all())
    insert_rows(
        session,
        CourseEnrollmentRow,
        {"active": True, "created_at": op.made_at, "updated_at": op.made_at},
        ("uid", "course_id", "student_id"),
        (
            (uid, plan.course_ids[norm], plan.known.get(place) or ids[students[place].student_uid])
            for place, norm, uid in plan.enrollments_added
        ),
    )


APPLIERS: dict[str, Applier] = {ImportStudents.kind: apply_import}
