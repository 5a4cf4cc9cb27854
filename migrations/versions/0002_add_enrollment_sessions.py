# SPDX-License-Identifier: Apache-2.0
"""add_enrollment_sessions: document 1, "Enrollment Session Model"."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.building import between, dated, flag, identity, instant, number, one_of, ref, text

revision = "0002"
down_revision = "0001"

INDEXED = ("id", "student_id", "device_id", "school_id", "status", "is_deleted")


def upgrade() -> None:
    op.create_table(
        "enrollment_sessions",
        *identity(),
        text("session_id", 100),
        ref("student_id", "students"),
        ref("device_id", "devices"),
        number("finger_id"),
        ref("school_id", "schools"),
        text("status", 20, default="pending"),
        text("error_message", nullable=True),
        text("template_data", nullable=True),
        number("quality_score", nullable=True),
        instant("started_at", now=True),
        instant("completed_at", nullable=True),
        *dated(),
        flag("is_deleted", "false"),
        one_of("status", ("pending", "in_progress", "completed", "failed", "cancelled")),
        between("finger_id", 0, 9),
        between("quality_score", 0, 100),
        sa.CheckConstraint("status <> 'completed' OR completed_at IS NOT NULL", name="completed_at"),
    )
    op.create_index("ix_enrollment_sessions_session_id", "enrollment_sessions", ["session_id"], unique=True)
    for column in INDEXED:
        op.create_index(f"ix_enrollment_sessions_{column}", "enrollment_sessions", [column])


def downgrade() -> None:
    op.drop_table("enrollment_sessions")
