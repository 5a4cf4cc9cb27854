# SPDX-License-Identifier: Apache-2.0
"""The signatures that a user is known by, and the archive of completed enrollments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.sessions import TempEnrollmentStatus
from app.domain.signature_flow import StepType
from app.domain.signature_sign_in import Signer
from app.domain.visits import StudentCard
from app.storage.rows.people import StudentRow, UserRow
from app.storage.rows.signatures import (
    ArchivedEnrollmentRow,
    SignatureReferenceRow,
    SignatureSampleRow,
    TempEnrollmentRow,
)
from app.storage.temp_enrollments import normalize_username, sealed_token
from app.storage.visits import student_card


@dataclass(frozen=True, slots=True)
class StoredReference:
    """One sealed signature that a user is known by; ``table`` and ``uid`` are part of what seals it."""

    uid: UUID
    table: str
    subject_uid: UUID
    captured_at: datetime
    raw_data: str = field(repr=False)


def find_user(session: Session, username: str) -> UserRow | None:
    """The user of that name, whatever its case."""
    return session.scalar(
        select(UserRow).where(
            UserRow.username_norm == normalize_username(username), UserRow.is_deleted.is_(False)
        )
    )


def reference_signatures(session: Session, username: str, limit: int) -> tuple[StoredReference, ...]:
    """The newest ``limit`` of a user's signatures, from sign-up and from kept sign-ins, the oldest first."""
    user = find_user(session, username)
    if user is None:
        return ()
    samples = session.scalars(
        select(SignatureSampleRow).where(
            SignatureSampleRow.user_id == user.id, SignatureSampleRow.step_type == StepType.SIGNATURE.value
        )
    ).all()
    kept = session.scalars(
        select(SignatureReferenceRow).where(SignatureReferenceRow.user_id == user.id)
    ).all()
    found: list[tuple[datetime, bool, int, SignatureSampleRow | SignatureReferenceRow]] = [
        *((row.completed_at, False, row.step_number, row) for row in samples),
        *((row.captured_at, True, row.id, row) for row in kept),
    ]
    # One sign-up may take all its steps at one instant of a coarse clock: then the step's number decides.
    found.sort(key=lambda item: item[:3])
    references = []
    for captured_at, _, _, row in found[-limit:]:
        token = sealed_token(row.raw_data)
        subject = (row.raw_data or {}).get("subject_uid")
        if token is not None and subject:
            references.append(
                StoredReference(row.uid, row.__tablename__, UUID(str(subject)), captured_at, token)
            )
    return tuple(references)


def signer_named(session: Session, username: str, limit: int) -> Signer | None:
    """Who signs in under that user name, and with how many signatures to compare."""
    user = find_user(session, username)
    student = user.student if user is not None else None
    if user is None or (student is not None and (student.is_deleted or student.erased_at is not None)):
        return None
    return _signer(session, user.username, None if student is None else student_card(student), limit)


def signers(session: Session, students: Sequence[StudentCard], limit: int) -> tuple[Signer, ...]:
    """The same for students, in their order; one who never signed up has no user name and no signatures."""
    uids = [card.uid for card in students]
    users = dict(
        session.execute(
            select(StudentRow.uid, UserRow.username)
            .join(UserRow, UserRow.student_id == StudentRow.id)
            .where(StudentRow.uid.in_(uids), UserRow.is_deleted.is_(False))
        ).all()
    )
    return tuple(
        _signer(session, users[card.uid], card, limit) if card.uid in users else Signer("", card)
        for card in students
    )


def _signer(session: Session, username: str, student: StudentCard | None, limit: int) -> Signer:
    known = reference_signatures(session, username, limit)
    return Signer(username, student, len(known), known[-1].captured_at if known else None)


def archive_completed(session: Session, completed_before: datetime, now: datetime) -> int:
    """Move enrollments that were completed before an instant into the archive; how many were moved.

    The facts stay, the drawings go: those of a sign-up are the user's signature samples by then. An
    enrollment of a sign-up that was never made a user's keeps its drawings and is left where it is.
    """
    rows = session.scalars(
        select(TempEnrollmentRow)
        .where(
            TempEnrollmentRow.status == TempEnrollmentStatus.COMPLETED.value,
            TempEnrollmentRow.updated_at < completed_before,
        )
        .order_by(TempEnrollmentRow.id)
    ).all()
    moved = 0
    for row in rows:
        if row.flow_type == "signup" and not _is_kept(session, row):
            continue
        session.add(
            ArchivedEnrollmentRow(
                uid=uuid5(row.uid, "archived"),
                session_id=row.session_id,
                username=row.username,
                flow_type=row.flow_type,
                student_id=row.student_id,
                steps_completed=len(row.steps),
                attempts=sum(step.attempt_count for step in row.steps),
                verification=(row.metadata_ or {}).get("verification"),
                started_at=row.created_at,
                completed_at=row.updated_at or row.created_at,
                archived_at=now,
            )
        )
        session.delete(row)
        moved += 1
    session.flush()
    return moved


def _is_kept(session: Session, row: TempEnrollmentRow) -> bool:
    user = find_user(session, row.username)
    return (
        user is not None
        and session.scalar(
            select(SignatureSampleRow.id).where(SignatureSampleRow.user_id == user.id).limit(1)
        )
        is not None
    )
