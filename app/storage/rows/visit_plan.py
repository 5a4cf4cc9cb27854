# SPDX-License-Identifier: Apache-2.0
"""What a visit asks for and what of it was left out: the plan beside ``student_responses``."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.rows.base import Base, Identity


class VisitFingerRow(Identity, Base):
    """One finger that a visit asks for, in the order of asking."""

    __tablename__ = "visit_fingers"
    __table_args__ = (
        UniqueConstraint("response_id", "finger_id"),
        CheckConstraint("finger_id BETWEEN 0 AND 9", name="finger_id"),
    )

    response_id: Mapped[int] = mapped_column(ForeignKey("student_responses.id", ondelete="CASCADE"))
    finger_id: Mapped[int]
    position: Mapped[int]


class StepSkipRow(Identity, Base):
    """One step of a visit that was left out, with the reason."""

    __tablename__ = "step_skips"
    __table_args__ = (UniqueConstraint("response_id", "page_id"),)

    response_id: Mapped[int] = mapped_column(ForeignKey("student_responses.id", ondelete="CASCADE"))
    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id"))
    reason: Mapped[str] = mapped_column(String(40))
    comment: Mapped[str | None] = mapped_column(Text)
    permanent: Mapped[bool]
    skipped_at: Mapped[datetime]


class VisitCheckInRow(Identity, Base):
    """The attendance row that a visit wrote."""

    __tablename__ = "visit_check_ins"
    __table_args__ = (UniqueConstraint("response_id"),)

    response_id: Mapped[int] = mapped_column(ForeignKey("student_responses.id", ondelete="CASCADE"))
    attendance_id: Mapped[int] = mapped_column(ForeignKey("attendance.id", ondelete="CASCADE"), index=True)
