# SPDX-License-Identifier: Apache-2.0
"""Signature steps: the temporary enrollment that collects them (source document 2), and the samples kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.storage.rows.base import Base, Dated, Identity, one_of, two_hours_from_now, version_column

FLOW_TYPES = ("signup", "signin")
TEMP_ENROLLMENT_STATUSES = ("in_progress", "completed", "expired")
STEP_TYPES = ("signature", "shape", "drawing")
_OPEN_SIGNUP = "status = 'in_progress' AND flow_type = 'signup'"


class TempEnrollmentRow(Identity, Dated, Base):
    """A signature flow under way, which expires two hours after its start.

    ``device_info`` holds a sealed token.
    """

    __tablename__ = "temp_enrollments"
    __table_args__ = (
        Index("idx_temp_enrollments_session_id", "session_id", unique=True),
        Index("idx_temp_enrollments_username", "username_norm"),
        Index("idx_temp_enrollments_expires_at", "expires_at"),
        Index(
            "uq_temp_enrollments_open_signup",
            "username_norm",
            unique=True,
            sqlite_where=text(_OPEN_SIGNUP),
            postgresql_where=text(_OPEN_SIGNUP),
        ),
        one_of("flow_type", FLOW_TYPES),
        one_of("status", TEMP_ENROLLMENT_STATUSES),
    )

    session_id: Mapped[str] = mapped_column(String(255))
    username: Mapped[str] = mapped_column(String(255))
    username_norm: Mapped[str] = mapped_column(String(255))
    flow_type: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20), server_default=text("'in_progress'"))
    device_info: Mapped[str | None] = mapped_column(Text)
    metadata_: Mapped[dict[str, Any] | None] = mapped_column("metadata")
    expires_at: Mapped[datetime] = mapped_column(server_default=two_hours_from_now())
    student_id: Mapped[int | None] = mapped_column(ForeignKey("students.id"))
    response_id: Mapped[int | None] = mapped_column(ForeignKey("student_responses.id"))
    version: Mapped[int] = version_column()

    steps: Mapped[list[TempEnrollmentStepRow]] = relationship(
        order_by="TempEnrollmentStepRow.step_number", cascade="all, delete-orphan", passive_deletes=True
    )
    drafts: Mapped[list[TempStepDraftRow]] = relationship(
        order_by="TempStepDraftRow.step_number", cascade="all, delete-orphan", passive_deletes=True
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class TempEnrollmentStepRow(Identity, Base):
    """One finished step.

    ``signature_data`` is a sealed token; ``raw_data`` and ``metrics`` hold {"sealed": token}.
    """

    __tablename__ = "temp_enrollment_steps"
    __table_args__ = (
        UniqueConstraint("enrollment_id", "step_number"),
        CheckConstraint("step_number BETWEEN 1 AND 11", name="step_number"),
        one_of("step_type", STEP_TYPES),
    )

    enrollment_id: Mapped[int] = mapped_column(ForeignKey("temp_enrollments.id", ondelete="CASCADE"))
    step_number: Mapped[int]
    step_type: Mapped[str] = mapped_column(String(20))
    instruction: Mapped[str] = mapped_column(Text)
    signature_data: Mapped[str] = mapped_column(Text)
    raw_data: Mapped[dict[str, Any] | None]
    metrics: Mapped[dict[str, Any] | None]
    completed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    attempt_count: Mapped[int] = mapped_column(server_default=text("1"), default=1)
    pointer_type: Mapped[str | None] = mapped_column(String(20))


class TempStepDraftRow(Identity, Base):
    """Strokes of a step that is not finished yet, sealed, so that a crash costs nothing."""

    __tablename__ = "temp_step_drafts"
    __table_args__ = (
        UniqueConstraint("enrollment_id", "step_number"),
        CheckConstraint("step_number BETWEEN 1 AND 11", name="step_number"),
    )

    enrollment_id: Mapped[int] = mapped_column(ForeignKey("temp_enrollments.id", ondelete="CASCADE"))
    step_number: Mapped[int]
    raw_data: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime] = mapped_column(server_default=func.now())


class SignatureSampleRow(Identity, Dated, Base):
    """A step kept for good when its enrollment was completed."""

    __tablename__ = "signature_samples"
    __table_args__ = (
        UniqueConstraint("user_id", "step_number"),
        CheckConstraint("step_number BETWEEN 1 AND 11", name="step_number"),
        one_of("step_type", STEP_TYPES),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    student_id: Mapped[int | None] = mapped_column(ForeignKey("students.id"), index=True)
    step_number: Mapped[int]
    step_type: Mapped[str] = mapped_column(String(20))
    instruction: Mapped[str] = mapped_column(Text)
    signature_data: Mapped[str] = mapped_column(Text)
    raw_data: Mapped[dict[str, Any] | None]
    metrics: Mapped[dict[str, Any] | None]
    completed_at: Mapped[datetime]


class SignatureReferenceRow(Identity, Base):
    """An accepted sign-in that a user is known by as well, beside the signatures of the sign-up.

    ``raw_data`` holds {"sealed": token, "subject_uid": whose key opens it}.
    """

    __tablename__ = "signature_references"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    sign_in_uid: Mapped[UUID] = mapped_column(unique=True)  # the enrollment that it was drawn in
    score: Mapped[float]
    algorithm: Mapped[str] = mapped_column(String(60))
    raw_data: Mapped[dict[str, Any]]
    captured_at: Mapped[datetime]
    added_at: Mapped[datetime]


class ArchivedEnrollmentRow(Identity, Base):
    """What is left of a completed enrollment in the archive: facts, no drawing."""

    __tablename__ = "archived_enrollments"
    __table_args__ = (one_of("flow_type", FLOW_TYPES),)

    session_id: Mapped[str] = mapped_column(String(255), unique=True)
    username: Mapped[str] = mapped_column(String(255))
    flow_type: Mapped[str] = mapped_column(String(20))
    student_id: Mapped[int | None] = mapped_column(ForeignKey("students.id"), index=True)
    steps_completed: Mapped[int]
    attempts: Mapped[int]
    verification: Mapped[dict[str, Any] | None]
    started_at: Mapped[datetime]
    completed_at: Mapped[datetime]
    archived_at: Mapped[datetime]
