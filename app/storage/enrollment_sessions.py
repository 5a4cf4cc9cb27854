# SPDX-License-Identifier: Apache-2.0
"""Reads single enrollment sessions (source document 1); deleted ones are not there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.fingerprints import Finger
from app.domain.sessions import EnrollmentStatus
from app.storage.rows.enrollment import EnrollmentSessionRow
from app.storage.rows.people import DeviceRow, StudentRow


@dataclass(frozen=True, slots=True)
class StoredEnrollmentSession:
    """One session; the integer keys are this database's own, ``template_data`` is a sealed token."""

    id: int
    uid: UUID
    session_id: str
    student_id: int
    student_uid: UUID
    device_id: int
    device_uid: UUID
    school_id: int
    finger: Finger
    status: EnrollmentStatus
    error_message: str | None
    template_data: str | None = field(repr=False)
    template_format: str | None
    quality_score: int | None
    started_at: datetime
    completed_at: datetime | None
    created_at: datetime
    updated_at: datetime | None
    version: int


def student_uid_of(session: Session, student_id: int) -> UUID | None:
    """Uid of the student with that integer key."""
    return session.scalar(
        select(StudentRow.uid).where(StudentRow.id == student_id, StudentRow.is_deleted.is_(False))
    )


def device_uid_of(session: Session, device_id: int) -> UUID | None:
    """Uid of the reader with that integer key."""
    return session.scalar(
        select(DeviceRow.uid).where(DeviceRow.id == device_id, DeviceRow.is_deleted.is_(False))
    )


def find_enrollment_session(session: Session, session_id: str) -> StoredEnrollmentSession | None:
    """The session with that id."""
    found = _listed(session, session_id=session_id, limit=1)
    return found[0] if found else None


def list_enrollment_sessions(
    session: Session,
    *,
    student_uid: UUID | None = None,
    status: EnrollmentStatus | None = None,
    limit: int = 100,
) -> tuple[StoredEnrollmentSession, ...]:
    """Sessions of a student, of a status, or all; the latest first."""
    return _listed(session, student_uid=student_uid, status=status, limit=limit)


def _listed(
    session: Session,
    *,
    limit: int,
    session_id: str | None = None,
    student_uid: UUID | None = None,
    status: EnrollmentStatus | None = None,
) -> tuple[StoredEnrollmentSession, ...]:
    query = (
        select(EnrollmentSessionRow, StudentRow.uid, DeviceRow.uid)
        .join(StudentRow, StudentRow.id == EnrollmentSessionRow.student_id)
        .join(DeviceRow, DeviceRow.id == EnrollmentSessionRow.device_id)
        .where(EnrollmentSessionRow.is_deleted.is_(False))
    )
    if session_id is not None:
        query = query.where(EnrollmentSessionRow.session_id == session_id)
    if student_uid is not None:
        query = query.where(StudentRow.uid == student_uid)
    if status is not None:
        query = query.where(EnrollmentSessionRow.status == status.value)
    newest = query.order_by(EnrollmentSessionRow.started_at.desc(), EnrollmentSessionRow.id.desc())
    return tuple(
        StoredEnrollmentSession(
            id=row.id,
            uid=row.uid,
            session_id=row.session_id,
            student_id=row.student_id,
            student_uid=of_student,
            device_id=row.device_id,
            device_uid=of_device,
            school_id=row.school_id,
            finger=Finger(row.finger_id),
            status=EnrollmentStatus(row.status),
            error_message=row.error_message,
            template_data=row.template_data,
            template_format=row.template_format,
            quality_score=row.quality_score,
            started_at=row.started_at,
            completed_at=row.completed_at,
            created_at=row.created_at,
            updated_at=row.updated_at,
            version=row.version,
        )
        for row, of_student, of_device in session.execute(newest.limit(limit))
    )
