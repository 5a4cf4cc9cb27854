# SPDX-License-Identifier: Apache-2.0
"""Applies the touches of a finger: impressions, decisions, skips."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast
from uuid import uuid5

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.errors import OperatorError
from app.domain.operations import Operation
from app.domain.operations_visits import (
    AcceptBest,
    DeviceSeen,
    RecordImpression,
    RestartFinger,
    SkipFinger,
    UnskipFinger,
)
from app.domain.sessions import EnrollmentStatus
from app.storage.apply.applier import Applier
from app.storage.apply.visits import active_visit, add_visit_finger
from app.storage.lookup import need_row, row_by_uid
from app.storage.rows.enrollment import EnrollmentSessionRow, FingerSkipRow, ImpressionRow
from app.storage.rows.people import DeviceRow, StudentRow

OPEN_STATES = (EnrollmentStatus.PENDING.value, EnrollmentStatus.IN_PROGRESS.value)


def apply_record_impression(session: Session, op: Operation) -> Mapping[str, object]:
    """Write one touch; the finger's enrollment session is opened by its first one."""
    payload = cast(RecordImpression, op.payload)
    visit = active_visit(session, op, payload.visit_uid)
    student = need_row(session, StudentRow, payload.student_uid, "student_not_found")
    row = row_by_uid(session, EnrollmentSessionRow, payload.enrollment_uid)
    if row is None:
        device = _seen_device(session, op, payload.device)
        row = EnrollmentSessionRow(
            uid=payload.enrollment_uid,
            session_id=payload.enrollment_session_id,
            student_id=student.id,
            device_id=device.id,
            school_id=student.school_id,
            finger_id=int(payload.finger),
            status=EnrollmentStatus.IN_PROGRESS.value,
            started_at=op.made_at,
            response_id=visit.id,
            station_uid=visit.station_uid,
            is_current=False,
        )
        session.add(row)
        session.flush()
    elif row.status not in OPEN_STATES:
        raise OperatorError("session_ended", session_id=row.session_id)
    add_visit_finger(session, op, visit, int(payload.finger))
    session.add(
        ImpressionRow(
            uid=payload.impression_uid,
            enrollment_session_id=row.id,
            attempt_number=payload.attempt_number,
            quality_score=payload.quality,
            accepted=payload.accepted,
            reasons=[reason.value for reason in payload.reasons],
            template_data=payload.template_data,
            template_format=payload.template_format,
            image_data=payload.image_data,
            captured_at=op.made_at,
            seconds=payload.seconds,
            wire_seconds=payload.wire_seconds,
            match_rate=payload.match_rate,
            other_finger_id=None if payload.other_finger is None else int(payload.other_finger),
        )
    )
    row.quality_score = max(row.quality_score or 0, payload.quality)
    session.flush()
    return {"session_id": row.session_id}


def _seen_device(session: Session, op: Operation, seen: DeviceSeen) -> DeviceRow:
    serial = seen.serial or f"{seen.driver}:{seen.model}"
    row = session.scalar(select(DeviceRow).where(DeviceRow.serial == serial))
    if row is None:
        row = DeviceRow(
            uid=seen.device_uid,
            serial=serial,
            vendor=seen.vendor or None,
            model=seen.model,
            created_at=op.made_at,
        )
        session.add(row)
        session.flush()
    return row


def apply_accept_best(session: Session, op: Operation) -> Mapping[str, object]:
    """Count a poor impression by decision, with the reason beside it."""
    payload = cast(AcceptBest, op.payload)
    row = need_row(session, EnrollmentSessionRow, payload.enrollment_uid, "enrollment_not_found")
    if row.status not in OPEN_STATES:
        raise OperatorError("session_ended", session_id=row.session_id)
    impression = need_row(session, ImpressionRow, payload.impression_uid, "enrollment_not_found")
    impression.accepted = True
    row.low_quality_reason = payload.reason
    return {"session_id": row.session_id}


def apply_restart_finger(session: Session, op: Operation) -> Mapping[str, object]:
    """Cancel the finger's open enrollment session; what it holds is deleted softly."""
    payload = cast(RestartFinger, op.payload)
    visit = active_visit(session, op, payload.visit_uid)
    rows = session.scalars(
        select(EnrollmentSessionRow).where(
            EnrollmentSessionRow.response_id == visit.id,
            EnrollmentSessionRow.finger_id == int(payload.finger),
            EnrollmentSessionRow.status.in_(OPEN_STATES),
        )
    ).all()
    for row in rows:
        row.status = EnrollmentStatus.CANCELLED.value
        row.is_deleted = True
    session.execute(
        delete(FingerSkipRow).where(
            FingerSkipRow.response_id == visit.id, FingerSkipRow.finger_id == int(payload.finger)
        )
    )
    return {"cancelled": len(rows)}


def apply_skip_finger(session: Session, op: Operation) -> Mapping[str, object]:
    """Leave a finger out, with a reason; ask for another one in its place where named."""
    payload = cast(SkipFinger, op.payload)
    visit = active_visit(session, op, payload.visit_uid)
    add_visit_finger(session, op, visit, int(payload.finger))
    row = session.scalar(
        select(FingerSkipRow).where(
            FingerSkipRow.response_id == visit.id, FingerSkipRow.finger_id == int(payload.finger)
        )
    )
    if row is None:
        row = FingerSkipRow(
            uid=uuid5(visit.uid, f"finger-skip:{int(payload.finger)}"),
            response_id=visit.id,
            finger_id=int(payload.finger),
        )
        session.add(row)
    row.reason = payload.skip.reason.value
    row.comment = payload.skip.comment or None
    row.permanent = payload.skip.permanent
    row.skipped_at = op.made_at
    if payload.replaced_by is not None:
        add_visit_finger(session, op, visit, int(payload.replaced_by))
    return {"session_id": visit.session_id}


def apply_unskip_finger(session: Session, op: Operation) -> Mapping[str, object]:
    """Ask for a finger after all."""
    payload = cast(UnskipFinger, op.payload)
    visit = active_visit(session, op, payload.visit_uid)
    session.execute(
        delete(FingerSkipRow).where(
            FingerSkipRow.response_id == visit.id, FingerSkipRow.finger_id == int(payload.finger)
        )
    )
    return {"session_id": visit.session_id}


APPLIERS: dict[str, Applier] = {
    RecordImpression.kind: apply_record_impression,
    AcceptBest.kind: apply_accept_best,
    RestartFinger.kind: apply_restart_finger,
    SkipFinger.kind: apply_skip_finger,
    UnskipFinger.kind: apply_unskip_finger,
}
