# SPDX-License-Identifier: Apache-2.0
"""What an index of the roster is made of and kept true with, and the students that it finds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from app.domain.listings import StudentListing
from app.domain.names import folded
from app.domain.sessions import SessionStatus
from app.storage.apply.chunks import chunks
from app.storage.rows.people import SchoolRow, StudentRow
from app.storage.rows.visits import StudentResponseRow
from app.storage.students import listings, of_school

Reading: TypeAlias = Session  # what ``Store.reading`` gives, for those who may not name the library
FINDABLE = and_(
    StudentRow.is_deleted.is_(False), StudentRow.erased_at.is_(None), StudentRow.status == "active"
)


@dataclass(frozen=True, slots=True)
class IndexedStudent:
    """A student's row for the index; without a text it is not to be found."""

    key: int
    text: str | None = field(repr=False)


def last_key(session: Session) -> int:
    """The key of the newest student of all schools."""
    return session.scalar(select(func.max(StudentRow.id))) or 0


def indexed_students(
    session: Session,
    school: str,
    *,
    after_key: int = 0,
    changed_since: datetime | None = None,
) -> Iterator[IndexedStudent]:
    """The students whose key is larger, or, given an instant, all that were changed since."""
    recent = StudentRow.id > after_key
    if changed_since is not None:
        recent = or_(recent, StudentRow.updated_at >= changed_since)
    query: Any = select(StudentRow.id, StudentRow.search_text, FINDABLE).where(recent)
    for key, text, findable in session.execute(of_school(query, school)):
        yield IndexedStudent(key, text if findable else None)


def keys_under_way(session: Session, school: str, limit: int) -> list[int]:
    """Keys of students with a visit under way, the latest first."""
    query = (
        select(StudentRow.id)
        .join(StudentResponseRow, StudentResponseRow.student_id == StudentRow.id)
        .where(FINDABLE, StudentResponseRow.status == SessionStatus.ACTIVE.value)
        .order_by(StudentResponseRow.last_activity.desc())
        .limit(limit)
    )
    return list(session.scalars(of_school(query, school)))


def first_keys(session: Session, school: str, limit: int) -> list[int]:
    """Keys of the first students by name."""
    # The search text begins with the name, folded, and has an index. With the school's key as it is, SQLite
    # would rather read all of the school's students and sort them.
    query = select(StudentRow.id).where(FINDABLE).order_by(StudentRow.search_text).limit(limit)
    if school:
        own = select(SchoolRow.id).where(SchoolRow.name == school).scalar_subquery()
        query = query.where(StudentRow.school_id + 0 == own)
    return list(session.scalars(query))


def keys_named(session: Session, school: str, text: str) -> list[int]:
    """Keys of the students whose number or e-mail is exactly that."""
    schools = select(SchoolRow.id)
    if school:
        schools = schools.where(SchoolRow.name == school)
    found: list[int] = []
    for named in (
        # The source is part of the unique index, which finds the number at once.
        and_(StudentRow.source == "roster", StudentRow.external_id == text.strip()),
        StudentRow.email_norm == folded(text),
    ):
        query: Select[Any] = select(StudentRow.id).where(StudentRow.school_id.in_(schools), FINDABLE, named)
        found += session.scalars(query.order_by(StudentRow.search_text))
    return found


def listed(session: Session, keys: Sequence[int], email_starts: Sequence[str]) -> dict[int, StudentListing]:
    """The students with those keys as they are now; those that are not to be found any more are left out.

    Args:
        email_starts: the e-mail has to begin with each of them.
    """
    rows: list[StudentRow] = []
    for part in chunks(keys):
        query = select(StudentRow).where(StudentRow.id.in_(part), FINDABLE)
        rows += session.scalars(query)
    kept = [row for row in rows if all((row.email_norm or "").startswith(start) for start in email_starts)]
    return {row.id: listing for row, listing in zip(kept, listings(session, kept), strict=True)}
