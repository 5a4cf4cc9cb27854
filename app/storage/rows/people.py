# SPDX-License-Identifier: Apache-2.0
"""Schools and who and what belongs to them: students, users, operators, stations, readers."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.storage.rows.base import Base, Dated, Identity, SoftDeleted, one_of, version_column
from app.storage.rows.keys import Vouched

if TYPE_CHECKING:
    from app.storage.rows.enrollment import EnrollmentSessionRow

STUDENT_STATUSES = ("active", "inactive")
STATION_STATES = ("pending", "trusted", "revoked")
OPERATOR_ROLES = ("operator", "supervisor", "admin", "teacher")


class SchoolRow(Identity, Dated, Base):
    """One school; everything else belongs to one."""

    __tablename__ = "schools"

    name: Mapped[str] = mapped_column(String(200), unique=True)


class StationRow(Identity, Vouched, Dated, Base):
    """One installation of the product, with its public keys.

    ``pending``: asks for the site key since ``asked_at``; ``trusted``: holds it; ``revoked``: refused or
    removed. What counts is the signed statement beside it, not the state as such.
    """

    __tablename__ = "stations"
    __table_args__ = (one_of("state", STATION_STATES),)

    name: Mapped[str] = mapped_column(String(200), unique=True)
    school_id: Mapped[int | None] = mapped_column(ForeignKey("schools.id"))
    seal_pub: Mapped[str | None] = mapped_column(Text)
    sign_pub: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20), server_default=text("'pending'"))
    asked_at: Mapped[datetime | None]


class StudentRow(Identity, SoftDeleted, Dated, Base):
    """One student of the roster.

    ``email_norm`` and ``search_text`` are made in Python, so that both databases hold the same.
    """

    __tablename__ = "students"
    __table_args__ = (
        UniqueConstraint("school_id", "email_norm"),
        UniqueConstraint("school_id", "source", "external_id"),
        Index(None, "search_text"),
        Index(None, "school_id", "class_name"),
        one_of("status", STUDENT_STATUSES),
    )

    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254))
    email_norm: Mapped[str | None] = mapped_column(String(254))
    source: Mapped[str | None] = mapped_column(String(40))
    external_id: Mapped[str | None] = mapped_column(String(100))
    class_name: Mapped[str | None] = mapped_column(String(120))
    search_text: Mapped[str] = mapped_column(Text, server_default=text("''"))
    status: Mapped[str] = mapped_column(String(20), server_default=text("'active'"))
    erased_at: Mapped[datetime | None]
    version: Mapped[int] = version_column()

    school: Mapped[SchoolRow] = relationship()
    enrollment_sessions: Mapped[list[EnrollmentSessionRow]] = relationship(back_populates="student")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class DeviceRow(Identity, SoftDeleted, Dated, Base):
    """One fingerprint reader, known by its serial number."""

    __tablename__ = "devices"

    serial: Mapped[str] = mapped_column(String(100), unique=True)
    vendor: Mapped[str | None] = mapped_column(String(100))
    model: Mapped[str] = mapped_column(String(100))
    station_id: Mapped[int | None] = mapped_column(ForeignKey("stations.id"))
    version: Mapped[int] = version_column()

    station: Mapped[StationRow | None] = relationship()
    enrollment_sessions: Mapped[list[EnrollmentSessionRow]] = relationship(back_populates="device")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class UserRow(Identity, SoftDeleted, Dated, Base):
    """One user name of the signature flow; ``username_norm`` decides whether it is taken."""

    __tablename__ = "users"
    __table_args__ = (Index("idx_users_username_lower", "username_norm", unique=True),)

    username: Mapped[str] = mapped_column(String(255))
    username_norm: Mapped[str] = mapped_column(String(255))
    student_id: Mapped[int | None] = mapped_column(ForeignKey("students.id"), unique=True)

    student: Mapped[StudentRow | None] = relationship()


class OperatorRow(Identity, Dated, Base):
    """One person who may work at the desk."""

    __tablename__ = "operators"
    __table_args__ = (one_of("role", OPERATOR_ROLES),)

    login: Mapped[str] = mapped_column(String(120))
    login_norm: Mapped[str] = mapped_column(String(120), unique=True)
    display_name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str | None] = mapped_column(Text)
    pin_hash: Mapped[str | None] = mapped_column(Text)
    failed_count: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    locked_until: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    version: Mapped[int] = version_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
