# SPDX-License-Identifier: Apache-2.0
"""Fingerprint enrollment: one session per finger (source document 1), its impressions, fingers skipped."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.storage.rows.base import Base, Dated, Identity, one_of, version_column
from app.storage.rows.people import DeviceRow, SchoolRow, StudentRow

ENROLLMENT_STATUSES = ("pending", "in_progress", "completed", "failed", "cancelled")


class EnrollmentSessionRow(Identity, Dated, Base):
    """Enrollment of one finger. ``template_data`` holds a sealed token, never template bytes.

    A completed session may have no template: erasure blanks it and keeps the row.
    """

    __tablename__ = "enrollment_sessions"
    __table_args__ = (
        one_of("status", ENROLLMENT_STATUSES),
        CheckConstraint("finger_id BETWEEN 0 AND 9", name="finger_id"),
        CheckConstraint("quality_score BETWEEN 0 AND 100", name="quality_score"),
        CheckConstraint("status <> 'completed' OR completed_at IS NOT NULL", name="completed_at"),
        Index(
            "uq_enrollment_sessions_current_finger",
            "student_id",
            "finger_id",
            unique=True,
            sqlite_where=text("is_current"),
            postgresql_where=text("is_current"),
        ),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, index=True, autoincrement=True, sort_order=-20)
    session_id: Mapped[str] = mapped_column(String(100), unique=True, index=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("students.id"), index=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"), index=True)
    finger_id: Mapped[int]
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), index=True)
    status: Mapped[str] = mapped_column(String(20), server_default=text("'pending'"), index=True)
    error_message: Mapped[str | None] = mapped_column(Text)
    template_data: Mapped[str | None] = mapped_column(Text)
    quality_score: Mapped[int | None]
    started_at: Mapped[datetime] = mapped_column(server_default=func.now())
    completed_at: Mapped[datetime | None]
    is_deleted: Mapped[bool] = mapped_column(
        server_default=text("false"), default=False, index=True, sort_order=92
    )

    response_id: Mapped[int | None] = mapped_column(ForeignKey("student_responses.id"), index=True)
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operators.id"))
    station_uid: Mapped[UUID | None]
    template_format: Mapped[str | None] = mapped_column(String(40))
    is_current: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    low_quality_reason: Mapped[str | None] = mapped_column(Text)
    duplicates_searched_at: Mapped[datetime | None]
    duplicates_searched_among: Mapped[int | None]
    version: Mapped[int] = version_column()

    student: Mapped[StudentRow] = relationship(back_populates="enrollment_sessions")
    device: Mapped[DeviceRow] = relationship(back_populates="enrollment_sessions")
    school: Mapped[SchoolRow] = relationship()
    impressions: Mapped[list[ImpressionRow]] = relationship(
        back_populates="enrollment_session", order_by="ImpressionRow.attempt_number"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class ImpressionRow(Identity, Dated, Base):
    """One finger placed on the glass once: what was seen, whether it was accepted, and why not."""

    __tablename__ = "impressions"
    __table_args__ = (
        UniqueConstraint("enrollment_session_id", "attempt_number"),
        CheckConstraint("quality_score BETWEEN 0 AND 100", name="quality_score"),
    )

    enrollment_session_id: Mapped[int] = mapped_column(ForeignKey("enrollment_sessions.id"))
    attempt_number: Mapped[int]
    quality_score: Mapped[int]
    accepted: Mapped[bool]
    reasons: Mapped[list[str]]
    template_data: Mapped[str | None] = mapped_column(Text)
    template_format: Mapped[str | None] = mapped_column(String(40))
    image_data: Mapped[str | None] = mapped_column(Text)
    captured_at: Mapped[datetime]
    seconds: Mapped[float]
    wire_seconds: Mapped[float]
    match_rate: Mapped[float | None]
    other_finger_id: Mapped[int | None]
    override_reason: Mapped[str | None] = mapped_column(Text)

    enrollment_session: Mapped[EnrollmentSessionRow] = relationship(back_populates="impressions")


class FingerSkipRow(Identity, Dated, Base):
    """A finger that was not enrolled in a visit, with the reason the operator gave."""

    __tablename__ = "finger_skips"
    __table_args__ = (
        UniqueConstraint("response_id", "finger_id"),
        CheckConstraint("finger_id BETWEEN 0 AND 9", name="finger_id"),
    )

    response_id: Mapped[int] = mapped_column(ForeignKey("student_responses.id"))
    finger_id: Mapped[int]
    reason: Mapped[str] = mapped_column(String(40))
    comment: Mapped[str | None] = mapped_column(Text)
    permanent: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    skipped_at: Mapped[datetime]
