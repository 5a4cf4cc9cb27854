# SPDX-License-Identifier: Apache-2.0
"""Applies the life of one finger's enrollment session (source document 1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.errors import OperatorError
from app.domain.operations import Operation
from app.domain.operations_sessions import (
    CreateEnrollmentSession,
    DeleteEnrollmentSession,
    UpdateEnrollmentSession,
)
from app.domain.sessions import EnrollmentStatus
from app.storage.apply.applier import Applier
from app.storage.lookup import need_row
from app.storage.rows.enrollment import EnrollmentSessionRow, ImpressionRow
from app.storage.rows.people import DeviceRow, StudentRow


def apply_create(session: Session, op: Operation) -> Mapping[str, object]:
    """Add a session for a finger; the school is the student's."""
    payload = cast(CreateEnrollmentSession, op.payload)
    student = need_row(session, StudentRow, payload.student_uid, "student_not_found")
    device = need_row(session, DeviceRow, payload.device_uid, "device_not_found")
    row = EnrollmentSessionRow(
        uid=payload.enrollment_uid,
        session_id=payload.session_id,
        student_id=student.id,
        device_id=device.id,
        finger_id=int(payload.finger),
        school_id=student.school_id,
        status=payload.status.value,
        started_at=op.made_at,
        created_at=op.made_at,
        updated_at=op.made_at,
    )
    session.add(row)
    session.flush()
    return {"id": row.id}


def apply_update(session: Session, op: Operation) -> Mapping[str, object]:
    """Change what is given; a completed session becomes the finger's current one."""
    payload = cast(UpdateEnrollmentSession, op.payload)
    row = _live_row(session, payload.session_id)
    if payload.base_version is not None and row.version != payload.base_version:
        raise OperatorError(
            "record_changed", uid=row.uid, seen_version=payload.base_version, version=row.version
        )
    if payload.error_message is not None:
        row.error_message = payload.error_message or None
    if payload.template_data is not None:
        row.template_data = payload.template_data
        row.template_format = payload.template_format
    if payload.quality_score is not None:
        row.quality_score = payload.quality_score
    if payload.status is not None:
        _change_status(session, row, payload.status, payload.completed_at or op.made_at)
    row.updated_at = op.made_at
    session.flush()
    return {"version": row.version}


def _change_status(
    session: Session, row: EnrollmentSessionRow, status: EnrollmentStatus, completed_at: datetime
) -> None:
    now = EnrollmentStatus(row.status)
    if not now.may_become(status):
        raise OperatorError("transition_not_allowed", status=now.value, wanted=status.value)
    if status is EnrollmentStatus.COMPLETED and now is not status:
        earlier = session.scalars(
            select(EnrollmentSessionRow).where(
                EnrollmentSessionRow.student_id == row.student_id,
                EnrollmentSessionRow.finger_id == row.finger_id,
                EnrollmentSessionRow.is_current.is_(True),
            )
        ).all()
        for other in earlier:
            other.is_current = False
        session.flush()
        row.completed_at = completed_at
        row.is_current = True
    row.status = status.value


def apply_delete(session: Session, op: Operation) -> Mapping[str, object]:
    """Hide the session and blank what it and its impressions hold of the finger; the rows stay."""
    row = _live_row(session, cast(DeleteEnrollmentSession, op.payload).session_id)
    row.is_deleted = True
    row.is_current = False
    row.template_data = None
    row.updated_at = op.made_at
    session.execute(
        update(ImpressionRow)
        .where(ImpressionRow.enrollment_session_id == row.id)
        .values(template_data=None, image_data=None, updated_at=op.made_at)
    )
    session.flush()
    return {"session_id": row.session_id}


def _live_row(session: Session, session_id: str) -> EnrollmentSessionRow:
    row = session.scalar(
        select(EnrollmentSessionRow)
        .where(EnrollmentSessionRow.session_id == session_id, EnrollmentSessionRow.is_deleted.is_(False))
        .with_for_update()
    )
    if row is None:
        raise OperatorError("enrollment_not_found", session_id=session_id)
    return row


APPLIERS: dict[str, Applier] = {
    CreateEnrollmentSession.kind: apply_create,
    UpdateEnrollmentSession.kind: apply_update,
    DeleteEnrollmentSession.kind: apply_delete,
}
