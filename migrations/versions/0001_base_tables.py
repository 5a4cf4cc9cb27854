# SPDX-License-Identifier: Apache-2.0
"""Base tables, as they were before the five documents added to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.building import Json, dated, flag, identity, instant, number, one_of, ref, text

revision = "0001"
down_revision = None

TABLES = (
    "schools",
    "stations",
    "students",
    "devices",
    "users",
    "courses",
    "groups",
    "group_members",
    "classes",
    "student_enrollments",
    "class_sessions",
    "attendance",
    "pages",
    "questions",
    "student_responses",
    "answers",
)


def upgrade() -> None:
    _people()
    _courses()
    _attendance()
    _responses()


def _people() -> None:
    op.create_table("schools", *identity(), text("name", 200), *dated(), sa.UniqueConstraint("name"))
    op.create_table(
        "stations",
        *identity(),
        text("name", 200),
        ref("school_id", "schools", nullable=True),
        text("seal_pub", nullable=True),
        text("sign_pub", nullable=True),
        text("state", 20, default="pending"),
        *dated(),
        sa.UniqueConstraint("name"),
        one_of("state", ("pending", "trusted", "revoked")),
    )
    op.create_table(
        "students",
        *identity(),
        ref("school_id", "schools"),
        text("name", 200),
        text("email", 254, nullable=True),
        text("email_norm", 254, nullable=True),
        text("source", 40, nullable=True),
        text("external_id", 100, nullable=True),
        text("class_name", 120, nullable=True),
        text("search_text", default=""),
        text("status", 20, default="active"),
        instant("erased_at", nullable=True),
        *dated(),
        flag("is_deleted", "false"),
        number("version", default="'1'"),
        sa.UniqueConstraint("school_id", "email_norm"),
        sa.UniqueConstraint("school_id", "source", "external_id"),
        one_of("status", ("active", "inactive")),
    )
    op.create_index("ix_students_search_text", "students", ["search_text"])
    op.create_index("ix_students_school_id_class_name", "students", ["school_id", "class_name"])
    op.create_table(
        "devices",
        *identity(),
        text("serial", 100),
        text("vendor", 100, nullable=True),
        text("model", 100),
        ref("station_id", "stations", nullable=True),
        *dated(),
        flag("is_deleted", "false"),
        number("version", default="'1'"),
        sa.UniqueConstraint("serial"),
    )
    op.create_table(
        "users",
        *identity(),
        text("username", 255),
        text("username_norm", 255),
        ref("student_id", "students", nullable=True, unique=True),
        *dated(),
        flag("is_deleted", "false"),
    )


def _courses() -> None:
    op.create_table(
        "courses",
        *identity(),
        ref("school_id", "schools"),
        text("name", 200),
        text("name_norm", 200),
        text("external_id", 100, nullable=True),
        *dated(),
        sa.UniqueConstraint("school_id", "name_norm"),
    )
    op.create_table("groups", *identity(), ref("course_id", "courses"), text("name", 200), *dated())
    op.create_table(
        "group_members",
        *identity(),
        ref("group_id", "groups"),
        ref("student_id", "students"),
        flag("active", "true"),
        *dated(),
        sa.UniqueConstraint("group_id", "student_id"),
    )


def _attendance() -> None:
    op.create_table(
        "classes",
        *identity(),
        ref("school_id", "schools"),
        text("name", 200),
        ref("teacher_id", "users", nullable=True),
        ref("course_id", "courses", nullable=True),
        *dated(),
        sa.UniqueConstraint("school_id", "name"),
    )
    op.create_table(
        "student_enrollments",
        *identity(),
        ref("class_id", "classes"),
        ref("student_id", "students"),
        flag("active", "true"),
        *dated(),
        sa.UniqueConstraint("class_id", "student_id"),
    )
    op.create_table(
        "class_sessions",
        *identity(),
        ref("class_id", "classes"),
        ref("teacher_id", "users", nullable=True),
        text("status", 20, default="scheduled"),
        instant("start_time"),
        instant("end_time", nullable=True),
        *dated(),
        one_of("status", ("scheduled", "active", "completed", "cancelled")),
    )
    op.create_table(
        "attendance",
        *identity(),
        ref("class_session_id", "class_sessions"),
        ref("student_id", "students"),
        instant("check_in_time", nullable=True),
        text("status", 20, default="present"),
        text("method", 20, default="manual"),
        *dated(),
        one_of("status", ("present", "late", "absent", "excused")),
        one_of("method", ("fingerprint", "signature", "manual", "import")),
    )


def _responses() -> None:
    op.create_table(
        "pages",
        *identity(),
        text("key", 60),
        text("title", 200),
        number("position"),
        flag("active", "true"),
        sa.UniqueConstraint("key"),
    )
    op.create_table(
        "questions",
        *identity(),
        ref("page_id", "pages"),
        text("key", 60),
        text("text"),
        text("kind", 40),
        sa.Column("options", Json, nullable=True),
        number("position"),
        flag("active", "true"),
        sa.UniqueConstraint("page_id", "key"),
    )
    op.create_table(
        "student_responses",
        *identity(),
        text("session_id", 100),
        ref("student_id", "students", nullable=True),
        number("total_xp", default="0"),
        instant("started_at", now=True),
        instant("completed_at", nullable=True),
        *dated(),
        sa.UniqueConstraint("session_id"),
    )
    op.create_index("ix_student_responses_student_id", "student_responses", ["student_id"])
    op.create_table(
        "answers",
        *identity(),
        ref("response_id", "student_responses", cascade=True),
        ref("question_id", "questions"),
        sa.Column("value", Json, nullable=True),
        instant("answered_at", now=True),
        sa.UniqueConstraint("response_id", "question_id"),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
