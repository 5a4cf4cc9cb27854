# SPDX-License-Identifier: Apache-2.0
"""Courses and who takes them (source document 5), and the legacy groups that audit and backfill read."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.storage.rows.base import Base, Dated, Identity
from app.storage.rows.people import StudentRow


class CourseRow(Identity, Dated, Base):
    """One course of a school; ``name_norm`` makes its name unique whatever its capitals."""

    __tablename__ = "courses"
    __table_args__ = (UniqueConstraint("school_id", "name_norm"),)

    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    name: Mapped[str] = mapped_column(String(200))
    name_norm: Mapped[str] = mapped_column(String(200))
    external_id: Mapped[str | None] = mapped_column(String(100))


class CourseEnrollmentRow(Identity, Dated, Base):
    """A student takes a course; ``active`` false is the soft form of leaving it."""

    __tablename__ = "course_enrollments"
    __table_args__ = (
        UniqueConstraint("course_id", "student_id", name="uq_course_enrollment_once"),
        Index("ix_course_enrollment_course", "course_id"),
        Index("ix_course_enrollment_student", "student_id"),
        Index("ix_course_enrollment_course_active", "course_id", "active"),
    )

    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    student_id: Mapped[int] = mapped_column(ForeignKey("students.id"))
    active: Mapped[bool] = mapped_column(server_default=text("true"), default=True)

    course: Mapped[CourseRow] = relationship()
    student: Mapped[StudentRow] = relationship()


class GroupRow(Identity, Dated, Base):
    """A legacy team inside a course. Read by audit and backfill, never written by the station."""

    __tablename__ = "groups"

    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    name: Mapped[str] = mapped_column(String(200))

    course: Mapped[CourseRow] = relationship()


class GroupMemberRow(Identity, Dated, Base):
    """A legacy membership of a team."""

    __tablename__ = "group_members"
    __table_args__ = (UniqueConstraint("group_id", "student_id"),)

    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    student_id: Mapped[int] = mapped_column(ForeignKey("students.id"))
    active: Mapped[bool] = mapped_column(server_default=text("true"), default=True)

    group: Mapped[GroupRow] = relationship()
    student: Mapped[StudentRow] = relationship()
