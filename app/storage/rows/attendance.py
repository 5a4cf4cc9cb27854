# SPDX-License-Identifier: Apache-2.0
"""Classes, their sessions and the attendance taken in them (source document 4)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.storage.rows.base import Base, Dated, Identity, one_of, version_column
from app.storage.rows.people import StudentRow, UserRow

CLASS_SESSION_STATUSES = ("scheduled", "active", "completed", "cancelled")
ATTENDANCE_STATUSES = ("present", "late", "absent", "excused")
ATTENDANCE_METHODS = ("fingerprint", "signature", "manual", "import")


class ClassRow(Identity, Dated, Base):
    """One class of a school."""

    __tablename__ = "classes"
    __table_args__ = (UniqueConstraint("school_id", "name"),)

    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    name: Mapped[str] = mapped_column(String(200))
    teacher_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    course_id: Mapped[int | None] = mapped_column(ForeignKey("courses.id"))

    teacher: Mapped[UserRow | None] = relationship()


class StudentEnrollmentRow(Identity, Dated, Base):
    """A student belongs to a class."""

    __tablename__ = "student_enrollments"
    __table_args__ = (UniqueConstraint("class_id", "student_id"),)

    class_id: Mapped[int] = mapped_column(ForeignKey("classes.id"))
    student_id: Mapped[int] = mapped_column(ForeignKey("students.id"))
    active: Mapped[bool] = mapped_column(server_default=text("true"), default=True)


class ClassSessionRow(Identity, Dated, Base):
    """One meeting of a class, for which attendance is taken."""

    __tablename__ = "class_sessions"
    __table_args__ = (
        Index("idx_class_session_teacher_status", "teacher_id", "status"),
        Index("idx_class_session_start_time", "start_time"),
        Index("idx_class_session_class_created", "class_id", "created_at"),
        Index("idx_class_session_status_time", "status", "start_time"),
        one_of("status", CLASS_SESSION_STATUSES),
    )

    class_id: Mapped[int] = mapped_column(ForeignKey("classes.id"))
    teacher_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    status: Mapped[str] = mapped_column(String(20), server_default=text("'scheduled'"))
    start_time: Mapped[datetime]
    end_time: Mapped[datetime | None]
    version: Mapped[int] = version_column()

    class_: Mapped[ClassRow] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class AttendanceRow(Identity, Dated, Base):
    """A student's attendance in one class session; a stale ``version`` is refused."""

    __tablename__ = "attendance"
    __table_args__ = (
        Index("idx_attendance_session_student", "class_session_id", "student_id", unique=True),
        Index("idx_attendance_session_checkin", "class_session_id", "check_in_time"),
        Index("idx_attendance_student_created", "student_id", "created_at"),
        one_of("status", ATTENDANCE_STATUSES),
        one_of("method", ATTENDANCE_METHODS),
    )

    class_session_id: Mapped[int] = mapped_column(ForeignKey("class_sessions.id"))
    student_id: Mapped[int] = mapped_column(ForeignKey("students.id"))
    check_in_time: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(String(20), server_default=text("'present'"))
    method: Mapped[str] = mapped_column(String(20), server_default=text("'manual'"))
    station_uid: Mapped[UUID | None]
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operators.id"))
    version: Mapped[int] = version_column()

    class_session: Mapped[ClassSessionRow] = relationship()
    student: Mapped[StudentRow] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
