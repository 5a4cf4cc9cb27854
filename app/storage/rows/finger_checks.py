# SPDX-License-Identifier: Apache-2.0
"""What fingers were compared with: proofs of an enrollment, other students' records, sign-ins."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.rows.base import Base, Dated, Identity, one_of


class FingerVerificationRow(Identity, Base):
    """A touch that was to prove an enrollment; with ``skip_reason`` the decision to go without."""

    __tablename__ = "finger_verifications"

    enrollment_session_id: Mapped[int] = mapped_column(
        ForeignKey(
            "enrollment_sessions.id", name="fk_finger_verifications_enrollment_session", ondelete="CASCADE"
        ),
        index=True,
    )
    accepted: Mapped[bool]
    score: Mapped[float | None]
    false_match_rate: Mapped[float | None]
    skip_reason: Mapped[str | None] = mapped_column(Text)
    made_at: Mapped[datetime]


class DuplicateCandidateRow(Identity, Dated, Base):
    """A finger that matches an enrolled finger of another student, and what a person made of it."""

    __tablename__ = "duplicate_candidates"
    __table_args__ = (
        UniqueConstraint(
            "enrollment_session_id",
            "student_id",
            "candidate_finger_id",
            name="uq_duplicate_candidates_once",
        ),
        CheckConstraint("candidate_finger_id BETWEEN 0 AND 9", name="candidate_finger_id"),
        one_of("decision", ("undecided", "same_person", "different_person")),
        CheckConstraint("decision = 'undecided' OR reason IS NOT NULL", name="reason"),
    )

    enrollment_session_id: Mapped[int] = mapped_column(
        ForeignKey(
            "enrollment_sessions.id", name="fk_duplicate_candidates_enrollment_session", ondelete="CASCADE"
        )
    )
    student_id: Mapped[int] = mapped_column(ForeignKey("students.id"), index=True)
    candidate_finger_id: Mapped[int]
    score: Mapped[float]
    false_match_rate: Mapped[float]
    enrolled_at: Mapped[datetime | None]
    decision: Mapped[str] = mapped_column(String(20), server_default=text("'undecided'"))
    reason: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None]


class FingerSignInRow(Identity, Base):
    """One finger laid down to sign in: who it was taken for, how surely, against which limit."""

    __tablename__ = "finger_sign_ins"
    __table_args__ = (
        CheckConstraint("finger_id BETWEEN 0 AND 9", name="finger_id"),
        one_of("mode", ("verify", "identify")),
        one_of("decision", ("accepted", "unsure", "rejected")),
    )

    student_id: Mapped[int | None] = mapped_column(ForeignKey("students.id"), index=True)
    finger_id: Mapped[int | None]
    mode: Mapped[str] = mapped_column(String(20))
    decision: Mapped[str] = mapped_column(String(20))
    score: Mapped[float | None]
    false_match_rate: Mapped[float | None]
    threshold: Mapped[float]
    searched_among: Mapped[int]
    seconds: Mapped[float]
    station_uid: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(index=True)
