# SPDX-License-Identifier: Apache-2.0
"""The sealed templates of enrolled fingers: for the gallery, for the checks, for rebuilding."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.fingerprints import Finger
from app.domain.sessions import EnrollmentStatus
from app.domain.visits import StudentCard
from app.storage.rows.enrollment import EnrollmentSessionRow, ImpressionRow
from app.storage.rows.ledger import SubjectKeyRow
from app.storage.rows.people import DeviceRow, StudentRow
from app.storage.visits import student_card


@dataclass(frozen=True, slots=True)
class EnrolledFinger:
    """A finger's current completed enrollment."""

    session_uid: UUID
    student_uid: UUID
    finger: Finger
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class SealedTemplate:
    """One sealed template and the place that it is sealed for."""

    table: str
    row_uid: UUID
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeptImpression:
    """A stored impression as a rebuild sees it.

    Attributes:
        image_token: the sealed image, None where policy kept none.
        device_serial, device_model: of the reader that gave it, as ``devices`` has them.
        session_uid: the enrollment session, where this impression's template completes it.
    """

    uid: UUID
    student_uid: UUID
    finger: Finger
    template_format: str
    session_uid: UUID | None
    image_token: str | None = field(repr=False)
    device_serial: str = ""
    device_model: str = ""


def enrolled_fingers(session: Session, student_uid: UUID | None = None) -> tuple[EnrolledFinger, ...]:
    """Every finger that is enrolled now, of one student or of all, the latest enrollment first."""
    query = (
        select(
            EnrollmentSessionRow.uid,
            StudentRow.uid,
            EnrollmentSessionRow.finger_id,
            EnrollmentSessionRow.completed_at,
        )
        .join(StudentRow, StudentRow.id == EnrollmentSessionRow.student_id)
        .where(
            EnrollmentSessionRow.is_current.is_(True),
            EnrollmentSessionRow.is_deleted.is_(False),
            EnrollmentSessionRow.status == EnrollmentStatus.COMPLETED.value,
            StudentRow.is_deleted.is_(False),
            StudentRow.erased_at.is_(None),
            # Whose keys were destroyed, here or at another station, has no finger that could be opened.
            StudentRow.uid.not_in(
                select(SubjectKeyRow.subject_uid).where(SubjectKeyRow.destroyed_at.is_not(None))
            ),
        )
        .order_by(EnrollmentSessionRow.id.desc())
    )
    if student_uid is not None:
        query = query.where(StudentRow.uid == student_uid)
    return tuple(
        EnrolledFinger(session_uid, owner_uid, Finger(finger_id), completed_at)
        for session_uid, owner_uid, finger_id, completed_at in session.execute(query)
    )


def templates_of(session: Session, session_uids: Sequence[UUID]) -> dict[UUID, tuple[SealedTemplate, ...]]:
    """The templates of enrollment sessions: all counted impressions, else what completed the session.

    Sessions that came from elsewhere may have a template and no impressions.
    """
    found: dict[UUID, list[SealedTemplate]] = defaultdict(list)
    impressions = session.execute(
        select(EnrollmentSessionRow.uid, ImpressionRow.uid, ImpressionRow.template_data)
        .join(ImpressionRow, ImpressionRow.enrollment_session_id == EnrollmentSessionRow.id)
        .where(
            EnrollmentSessionRow.uid.in_(session_uids),
            ImpressionRow.accepted.is_(True),
            ImpressionRow.template_data.is_not(None),
        )
        .order_by(ImpressionRow.enrollment_session_id, ImpressionRow.attempt_number)
    )
    for session_uid, impression_uid, token in impressions:
        found[session_uid].append(SealedTemplate("impressions", impression_uid, token or ""))
    sessions = session.execute(
        select(EnrollmentSessionRow.uid, EnrollmentSessionRow.template_data).where(
            EnrollmentSessionRow.uid.in_(session_uids), EnrollmentSessionRow.template_data.is_not(None)
        )
    )
    for session_uid, token in sessions:
        if session_uid not in found:
            found[session_uid].append(SealedTemplate("enrollment_sessions", session_uid, token or ""))
    return {session_uid: tuple(templates) for session_uid, templates in found.items()}


def student_cards(session: Session, student_uids: Sequence[UUID]) -> dict[UUID, StudentCard]:
    """What the station shows of these students."""
    rows = session.scalars(select(StudentRow).where(StudentRow.uid.in_(student_uids)))
    return {row.uid: student_card(row) for row in rows}


def kept_impressions(session: Session) -> Iterator[KeptImpression]:
    """Every impression with a template, of enrollments that were not deleted or cancelled."""
    rows = session.execute(
        select(ImpressionRow, EnrollmentSessionRow, StudentRow.uid, DeviceRow.serial, DeviceRow.model)
        .join(EnrollmentSessionRow, EnrollmentSessionRow.id == ImpressionRow.enrollment_session_id)
        .join(StudentRow, StudentRow.id == EnrollmentSessionRow.student_id)
        .join(DeviceRow, DeviceRow.id == EnrollmentSessionRow.device_id)
        .where(
            ImpressionRow.template_data.is_not(None),
            EnrollmentSessionRow.is_deleted.is_(False),
            EnrollmentSessionRow.status != EnrollmentStatus.CANCELLED.value,
            StudentRow.erased_at.is_(None),
        )
        .order_by(EnrollmentSessionRow.id, ImpressionRow.attempt_number)
    ).all()
    best: dict[int, ImpressionRow] = {}
    for impression, enrollment, *_ in rows:
        known = best.get(enrollment.id)
        if impression.accepted and (known is None or impression.quality_score > known.quality_score):
            best[enrollment.id] = impression
    for impression, enrollment, student_uid, serial, model in rows:
        completes = best.get(enrollment.id) is impression and enrollment.template_data is not None
        yield KeptImpression(
            uid=impression.uid,
            student_uid=student_uid,
            finger=Finger(enrollment.finger_id),
            template_format=impression.template_format or "",
            session_uid=enrollment.uid if completes else None,
            image_token=impression.image_data,
            device_serial=serial,
            device_model=model,
        )
