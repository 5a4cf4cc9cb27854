# SPDX-License-Identifier: Apache-2.0
"""Applies a whole roster file in one transaction: many rows at a time, and only those that differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.domain.errors import OperatorError
from app.domain.names import folded, student_search_text
from app.domain.operations import Operation
from app.domain.operations_students import ImportedStudent, ImportStudents
from app.storage.apply.applier import Applier
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
    _add_students(session, op, school.id, [payload.students[place] for place in plan.added])
    _add_courses(session, op, school.id, plan)
    _enroll(session, op, school.id, payload.students, plan)
    return {**plan.counts(), "conflicts": plan.conflicts}


def _add_students(session: Session, op: Operation, school_id: int, added: Sequence[ImportedStudent]) -> None:
    if not added:
        return
    session.execute(
        insert(StudentRow),
        [
            {
                "uid": given.student_uid,
                "school_id": school_id,
                "name": given.name,
                "email": given.email,
                "email_norm": folded(given.email),
                "source": SOURCE if given.number else None,
                "external_id": given.number,
                "class_name": given.class_name,
                "status": given.status or "active",
                "search_text": student_search_text(given.name, given.email, given.number, given.class_name),
                "created_at": op.made_at,
                "updated_at": op.made_at,
            }
            for given in added
        ],
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
    session: Session, op: Operation, school_id: int, students: Sequence[ImportedStudent], plan: RosterPlan
) -> None:
    for part in chunks(plan.enrollments_inactive):
        session.execute(
            update(CourseEnrollmentRow)
            .where(CourseEnrollmentRow.id.in_(part))
            .values(active=True, updated_at=op.made_at)
        )
    if not plan.enrollments_added:
        return
    uids = select(StudentRow.uid, StudentRow.id).where(StudentRow.school_id == school_id)
    ids = dict(session.execute(uids).all())
    session.execute(
        insert(CourseEnrollmentRow),
        [
            {
                "uid": uid,
                "course_id": plan.course_ids[norm],
                "student_id": plan.known.get(place) or ids[students[place].student_uid],
                "active": True,
                "created_at": op.made_at,
                "updated_at": op.made_at,
            }
            for place, norm, uid in plan.enrollments_added
        ],
    )


APPLIERS: dict[str, Applier] = {ImportStudents.kind: apply_import}
