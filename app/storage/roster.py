# SPDX-License-Identifier: Apache-2.0
"""Compares a roster with what is stored: the one comparison behind the dry run and the import.

Five queries whatever the number of students. A student is known by e-mail, else by number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.domain.names import folded
from app.domain.operations_students import ImportedCourse, ImportedStudent
from app.storage.rows.courses import CourseEnrollmentRow, CourseRow
from app.storage.rows.people import SchoolRow, StudentRow


@dataclass(frozen=True, slots=True)
class ChangedStudent:
    """A stored student of which something differs, with the values that it shall have."""

    id: int
    name: str = field(repr=False)
    email: str = field(repr=False)
    class_name: str | None
    status: str
    number: str | None
    reactivated: bool


@dataclass(slots=True)
class RosterPlan:
    """What an import writes.

    Attributes:
        known: ids of stored students by their place in the import.
        conflicts: places of students that cannot be imported, their number being another student's.
        enrollments_added: (place of the student, comparable course name, uid of the enrollment).
        enrollments_inactive: ids of enrollments to activate.
    """

    added: list[int] = field(default_factory=list)
    changed: list[ChangedStudent] = field(default_factory=list)
    unchanged: int = 0
    known: dict[int, int] = field(default_factory=dict)
    conflicts: list[int] = field(default_factory=list)
    course_ids: dict[str, int] = field(default_factory=dict)
    courses_added: dict[str, ImportedCourse] = field(default_factory=dict)
    enrollments_added: list[tuple[int, str, UUID]] = field(default_factory=list)
    enrollments_inactive: list[int] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """The numbers of the report."""
        return {
            "added": len(self.added),
            "changed": len(self.changed),
            "unchanged": self.unchanged,
            "reactivated": sum(change.reactivated for change in self.changed),
            "courses_added": len(self.courses_added),
            "enrollments_added": len(self.enrollments_added),
            "enrollments_reactivated": len(self.enrollments_inactive),
        }


@dataclass(frozen=True, slots=True)
class _Known:
    id: int
    name: str
    email: str | None
    class_name: str | None
    status: str
    number: str | None
    is_deleted: bool


def planned(session: Session, school_uid: UUID, students: Sequence[ImportedStudent]) -> RosterPlan:
    """What importing ``students`` into the school would write. A school that is not there yet has nobody."""
    school_id = session.scalar(select(SchoolRow.id).where(SchoolRow.uid == school_uid))
    plan = RosterPlan()
    _plan_students(plan, _known_students(session, school_id), students)
    _plan_courses(plan, session, school_id, students)
    return plan


def _known_students(session: Session, school_id: int | None) -> list[tuple[str | None, _Known]]:
    query = select(
        StudentRow.email_norm,
        StudentRow.id,
        StudentRow.name,
        StudentRow.email,
        StudentRow.class_name,
        StudentRow.status,
        StudentRow.external_id,
        StudentRow.is_deleted,
    ).where(StudentRow.school_id == school_id, StudentRow.erased_at.is_(None))
    return [(row[0], _Known(*row[1:])) for row in session.execute(query)]


def _plan_students(
    plan: RosterPlan, stored: Iterable[tuple[str | None, _Known]], students: Sequence[ImportedStudent]
) -> None:
    listed = list(stored)
    by_email = {norm: known for norm, known in listed if norm}
    by_number = {known.number: known for _, known in listed if known.number}
    taken: set[int] = set()
    for place, given in enumerate(students):
        by_own_email = by_email.get(folded(given.email))
        holder = by_number.get(given.number) if given.number else None
        known = by_own_email or holder
        if known is None:
            plan.added.append(place)
        elif (holder is not None and holder.id != known.id) or known.id in taken:
            plan.conflicts.append(place)
        else:
            taken.add(known.id)
            plan.known[place] = known.id
            change = _change(known, given)
            if change is None:
                plan.unchanged += 1
            else:
                plan.changed.append(change)


def _change(known: _Known, given: ImportedStudent) -> ChangedStudent | None:
    """The values that the import asks for; an empty cell leaves a field as it is."""
    status = given.status or known.status
    after = ChangedStudent(
        id=known.id,
        name=given.name,
        email=given.email,
        class_name=given.class_name or known.class_name,
        status=status,
        number=given.number or known.number,
        reactivated=known.is_deleted or (known.status != "active" and status == "active"),
    )
    same = (
        not known.is_deleted
        and (after.name, after.email, after.class_name) == (known.name, known.email, known.class_name)
        and (after.status, after.number) == (known.status, known.number)
    )
    return None if same else after


def _plan_courses(
    plan: RosterPlan, session: Session, school_id: int | None, students: Sequence[ImportedStudent]
) -> None:
    courses = select(CourseRow.name_norm, CourseRow.id).where(CourseRow.school_id == school_id)
    plan.course_ids = dict(session.execute(courses).all())
    stored = {
        (student_id, course_id): (enrollment_id, active)
        for enrollment_id, student_id, course_id, active in session.execute(_enrollments(school_id))
    }
    conflicts = set(plan.conflicts)
    seen: set[tuple[int, str]] = set()
    for place, given in enumerate(students):
        for course in given.courses if place not in conflicts else ():
            norm = folded(course.name)
            if (place, norm) in seen:
                continue
            seen.add((place, norm))
            course_id = plan.course_ids.get(norm)
            if course_id is None:
                plan.courses_added.setdefault(norm, course)
            student_id = plan.known.get(place)
            found = stored.get((student_id, course_id)) if student_id and course_id else None
            if found is None:
                plan.enrollments_added.append((place, norm, course.course_enrollment_uid))
            elif not found[1]:
                plan.enrollments_inactive.append(found[0])


def _enrollments(school_id: int | None) -> Select[int, int, int, bool]:
    return (
        select(
            CourseEnrollmentRow.id,
            CourseEnrollmentRow.student_id,
            CourseEnrollmentRow.course_id,
            CourseEnrollmentRow.active,
        )
        .join(CourseRow, CourseRow.id == CourseEnrollmentRow.course_id)
        .where(CourseRow.school_id == school_id)
    )
