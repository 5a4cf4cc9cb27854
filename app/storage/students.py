# SPDX-License-Identifier: Apache-2.0
"""Finds students: the search of the desk and the list of the source's students endpoint."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.domain.listings import StudentListing, StudentState
from app.domain.names import folded, searchable
from app.domain.sessions import EnrollmentStatus, SessionStatus
from app.storage.rows.courses import CourseEnrollmentRow, CourseRow
from app.storage.rows.enrollment import EnrollmentSessionRow
from app.storage.rows.people import SchoolRow, StudentRow
from app.storage.rows.visits import StudentResponseRow
from app.storage.visits import student_card


@dataclass(frozen=True, slots=True)
class StoredStudent:
    """A student as the source's list gives it; the integer keys are this database's own."""

    id: int
    uid: UUID
    name: str = field(repr=False)
    email: str | None = field(repr=False)
    class_name: str | None
    number: str | None
    status: str
    version: int
    course_id: int | None = None
    course_name: str | None = None


@dataclass(frozen=True, slots=True)
class StudentPage:
    """One page of the list; ``total`` counts the students of all pages."""

    students: tuple[StoredStudent, ...]
    total: int
    page: int
    limit: int


def find_school(session: Session, name: str) -> UUID | None:
    """The uid of the school of that name."""
    return session.scalar(select(SchoolRow.uid).where(SchoolRow.name == name))


def count_students(session: Session) -> int:
    """How many students there are."""
    return session.scalar(select(func.count()).select_from(StudentRow)) or 0


def _like(term: str) -> str:
    escaped = term.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def search_terms(text: str) -> list[str]:
    """The words to look for; a NUL, which PostgreSQL takes in no text, parts words."""
    return searchable(text.replace("\x00", " ")).split()


def _word_start(term: str) -> ColumnElement[bool]:
    pattern = _like(term)[1:]
    return or_(
        StudentRow.search_text.like(pattern, escape="\\"),
        StudentRow.search_text.like("% " + pattern, escape="\\"),
    )


def _holds(term: str) -> ColumnElement[bool]:
    """Whether the search text holds the term; of an e-mail it has only the part before the @."""
    if "@" in term:
        return StudentRow.email_norm.like(_like(term)[1:], escape="\\")
    return StudentRow.search_text.like(_like(term), escape="\\")


def of_school(query: Select[Any], school: str) -> Select[Any]:
    """Only the students of that school; of all where no school is named."""
    if not school:
        return query
    return query.join(SchoolRow, SchoolRow.id == StudentRow.school_id).where(SchoolRow.name == school)


def search_students(session: Session, school: str, text: str, limit: int) -> tuple[StudentListing, ...]:
    """Active students whose search text holds every word; a number typed whole first, then word starts.

    Three queries in all.
    """
    terms = search_terms(text)
    query = of_school(select(StudentRow), school).where(
        StudentRow.is_deleted.is_(False), StudentRow.erased_at.is_(None), StudentRow.status == "active"
    )
    whole = text.replace("\x00", " ")
    exact = or_(StudentRow.external_id == whole.strip(), StudentRow.email_norm == folded(whole))
    query = query.where(or_(exact, and_(*(_holds(term) for term in terms))))
    ranks = [case((_word_start(term), 0), else_=1) for term in terms]
    query = query.order_by(case((exact, 0), else_=1), sum(ranks[1:], ranks[0]))
    rows = session.scalars(query.order_by(StudentRow.search_text, StudentRow.id).limit(limit)).all()
    return listings(session, rows)


def listings(session: Session, rows: Sequence[StudentRow]) -> tuple[StudentListing, ...]:
    """The rows with where each student stands; two queries whatever their number."""
    ids = [row.id for row in rows]
    active = {
        visit.student_id: visit
        for visit in session.scalars(
            select(StudentResponseRow).where(
                StudentResponseRow.student_id.in_(ids),
                StudentResponseRow.status == SessionStatus.ACTIVE.value,
            )
        )
    }
    enrolled = dict(
        session.execute(
            select(EnrollmentSessionRow.student_id, func.max(EnrollmentSessionRow.completed_at))
            .where(
                EnrollmentSessionRow.student_id.in_(ids),
                EnrollmentSessionRow.status == EnrollmentStatus.COMPLETED.value,
                EnrollmentSessionRow.is_deleted.is_(False),
            )
            .group_by(EnrollmentSessionRow.student_id)
        ).all()
    )
    made = []
    for row in rows:
        visit = active.get(row.id)
        since = enrolled.get(row.id)
        state = StudentState.NOT_ENROLLED if since is None else StudentState.ENROLLED
        if visit is not None:
            state, since = StudentState.IN_PROGRESS, visit.last_activity
        session_id = visit.session_id if visit is not None else ""
        made.append(StudentListing(student_card(row), state, since, session_id))
    return tuple(made)


def find_student(session: Session, uid: UUID) -> StoredStudent | None:
    """The student with that uid, with the first active course."""
    return _found(session, StudentRow.uid == uid, "")


def named_student(session: Session, school: str, reference: str) -> StoredStudent | None:
    """The student that a uid, a number, an e-mail or an integer key names, in this order."""
    try:
        found = find_student(session, UUID(reference))
    except ValueError:
        found = None
    key = int(reference) if reference.isdecimal() and len(reference) < 10 else None
    return (
        found
        or _found(session, StudentRow.external_id == reference, school)
        or _found(session, StudentRow.email_norm == folded(reference), school)
        or (None if key is None else _found(session, StudentRow.id == key, school))
    )


def _found(session: Session, condition: ColumnElement[bool], school: str) -> StoredStudent | None:
    query = select(StudentRow).where(condition, StudentRow.is_deleted.is_(False))
    row = session.scalars(of_school(query, school).order_by(StudentRow.id).limit(1)).first()
    return None if row is None else _with_courses(session, [row])[0]


def list_students(
    session: Session,
    school: str,
    *,
    text: str = "",
    class_or_course: str = "",
    class_name: str = "",
    status: str = "",
    page: int = 1,
    limit: int = 50,
) -> StudentPage:
    """One page of the list and how many students there are in all."""
    query = of_school(select(StudentRow), school).where(
        StudentRow.is_deleted.is_(False), StudentRow.erased_at.is_(None)
    )
    for term in search_terms(text):
        query = query.where(_holds(term))
    if class_name:
        query = query.where(StudentRow.class_name == class_name)
    if status:
        query = query.where(StudentRow.status == status)
    if class_or_course:
        query = query.where(
            or_(StudentRow.class_name == class_or_course, StudentRow.id.in_(_taking(class_or_course)))
        )
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = session.scalars(
        query.order_by(StudentRow.name, StudentRow.id).offset((page - 1) * limit).limit(limit)
    ).all()
    return StudentPage(_with_courses(session, rows), total, page, limit)


def _taking(course: str) -> Select[int]:
    return (
        select(CourseEnrollmentRow.student_id)
        .join(CourseRow, CourseRow.id == CourseEnrollmentRow.course_id)
        .where(CourseEnrollmentRow.active.is_(True), CourseRow.name_norm == folded(course))
    )


def _with_courses(session: Session, rows: Iterable[StudentRow]) -> tuple[StoredStudent, ...]:
    listed = list(rows)
    courses: dict[int, tuple[int, str]] = {}
    for student_id, course_id, name in session.execute(
        select(CourseEnrollmentRow.student_id, CourseRow.id, CourseRow.name)
        .join(CourseRow, CourseRow.id == CourseEnrollmentRow.course_id)
        .where(
            CourseEnrollmentRow.student_id.in_([row.id for row in listed]),
            CourseEnrollmentRow.active.is_(True),
        )
        .order_by(CourseEnrollmentRow.id)
    ):
        courses.setdefault(student_id, (course_id, name))
    return tuple(
        StoredStudent(
            id=row.id,
            uid=row.uid,
            name=row.name,
            email=row.email,
            class_name=row.class_name,
            number=row.external_id,
            status=row.status,
            version=row.version,
            course_id=courses[row.id][0] if row.id in courses else None,
            course_name=courses[row.id][1] if row.id in courses else None,
        )
        for row in listed
    )
