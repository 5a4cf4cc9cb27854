# SPDX-License-Identifier: Apache-2.0
"""Applies the backfill of course enrollments: all pairs in one transaction, many rows at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.domain.errors import OperatorError
from app.domain.operations import Operation
from app.domain.operations_students import BackfillCourseEnrollments
from app.storage.apply.applier import Applier
from app.storage.apply.chunks import chunks
from app.storage.rows.courses import CourseEnrollmentRow, CourseRow
from app.storage.rows.people import StudentRow


def apply_backfill(session: Session, op: Operation) -> Mapping[str, object]:
    """Create what is missing and reactivate what is inactive; what is active already stays untouched."""
    payload = cast(BackfillCourseEnrollments, op.payload)
    students = _ids(session, StudentRow, [pair.student_uid for pair in payload.pairs])
    courses = _ids(session, CourseRow, [pair.course_uid for pair in payload.pairs])
    wanted: dict[tuple[int, int], UUID] = {}
    for pair in payload.pairs:
        if pair.student_uid not in students:
            raise OperatorError("student_not_found", uid=pair.student_uid)
        if pair.course_uid not in courses:
            raise OperatorError("course_not_found", uid=pair.course_uid)
        key = (students[pair.student_uid], courses[pair.course_uid])
        wanted.setdefault(key, pair.course_enrollment_uid)
    reactivated = _reactivate(session, op, wanted)
    if wanted:
        session.execute(
            insert(CourseEnrollmentRow),
            [
                {
                    "uid": uid,
                    "course_id": course_id,
                    "student_id": student_id,
                    "active": True,
                    "created_at": op.made_at,
                    "updated_at": op.made_at,
                }
                for (student_id, course_id), uid in wanted.items()
            ],
        )
    return {"created": len(wanted), "reactivated": reactivated}


def _ids(session: Session, row_type: type[StudentRow | CourseRow], uids: list[UUID]) -> dict[UUID, int]:
    found: dict[UUID, int] = {}
    for part in chunks(sorted(set(uids))):
        query = select(row_type.uid, row_type.id).where(row_type.uid.in_(part))
        found.update(dict(session.execute(query).all()))
    return found


def _reactivate(session: Session, op: Operation, wanted: dict[tuple[int, int], UUID]) -> int:
    """Make inactive enrollments active, and take every enrollment that is there out of ``wanted``."""
    reactivated = 0
    for part in chunks(sorted({student_id for student_id, _ in wanted})):
        rows = session.scalars(
            select(CourseEnrollmentRow).where(CourseEnrollmentRow.student_id.in_(part)).with_for_update()
        ).all()
        for row in rows:
            if wanted.pop((row.student_id, row.course_id), None) is not None and not row.active:
                row.active = True
                row.updated_at = op.made_at
                reactivated += 1
        session.flush()
    return reactivated


APPLIERS: dict[str, Applier] = {BackfillCourseEnrollments.kind: apply_backfill}
