# SPDX-License-Identifier: Apache-2.0
"""Visits: a student's way through pages and questions that can be paused and resumed (source document 3)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, func
from sqlalchemy import text as sql_text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.storage.rows.base import Base, Dated, Identity, Json, one_of, version_column
from app.storage.rows.people import StudentRow

SESSION_STATUSES = ("active", "completed", "user_abandoned_not_completed")


class PageRow(Identity, Base):
    """One page of the way; the station's six are there from the start."""

    __tablename__ = "pages"

    key: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    position: Mapped[int]
    active: Mapped[bool] = mapped_column(server_default=sql_text("true"), default=True)


class QuestionRow(Identity, Base):
    """One question on a page."""

    __tablename__ = "questions"
    __table_args__ = (UniqueConstraint("page_id", "key"),)

    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id"))
    key: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(40))
    options: Mapped[Any | None] = mapped_column(Json)
    position: Mapped[int]
    active: Mapped[bool] = mapped_column(server_default=sql_text("true"), default=True)

    page: Mapped[PageRow] = relationship()


class StudentResponseRow(Identity, Dated, Base):
    """One visit: where it stands, when it was last touched, what it earned. One active visit per student."""

    __tablename__ = "student_responses"
    __table_args__ = (
        Index("idx_student_responses_status", "status"),
        Index(None, "last_activity"),
        Index(
            "uq_student_responses_active_student",
            "student_id",
            unique=True,
            sqlite_where=sql_text("status = 'active'"),
            postgresql_where=sql_text("status = 'active'"),
        ),
        one_of("status", SESSION_STATUSES),
    )

    session_id: Mapped[str] = mapped_column(String(100), unique=True)
    student_id: Mapped[int | None] = mapped_column(ForeignKey("students.id"), index=True)
    total_xp: Mapped[int] = mapped_column(server_default=sql_text("0"), default=0)
    started_at: Mapped[datetime] = mapped_column(server_default=func.now())
    completed_at: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(String(40), server_default=sql_text("'active'"))
    last_activity: Mapped[datetime] = mapped_column(server_default=func.now())
    current_page_id: Mapped[int | None] = mapped_column(ForeignKey("pages.id"))
    receipt_number: Mapped[str | None] = mapped_column(String(40), unique=True)
    station_uid: Mapped[UUID | None]
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operators.id"))
    version: Mapped[int] = version_column()

    student: Mapped[StudentRow | None] = relationship()
    current_page: Mapped[PageRow | None] = relationship()
    answers: Mapped[list[AnswerRow]] = relationship(
        back_populates="response", cascade="all, delete-orphan", passive_deletes=True
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class AnswerRow(Identity, Base):
    """The answer to one question in one visit; answering again replaces it."""

    __tablename__ = "answers"
    __table_args__ = (UniqueConstraint("response_id", "question_id"),)

    response_id: Mapped[int] = mapped_column(ForeignKey("student_responses.id", ondelete="CASCADE"))
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"))
    value: Mapped[Any | None] = mapped_column(Json)
    answered_at: Mapped[datetime] = mapped_column(server_default=func.now())

    response: Mapped[StudentResponseRow] = relationship(back_populates="answers")
    question: Mapped[QuestionRow] = relationship()
