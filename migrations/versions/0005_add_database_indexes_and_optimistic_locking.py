# SPDX-License-Identifier: Apache-2.0
"""add_database_indexes_and_optimistic_locking: document 4, a version and seven indexes."""

from __future__ import annotations

from alembic import op

from migrations.building import number

revision = "0005"
down_revision = "0004"

INDEXES = (
    ("idx_attendance_session_student", "attendance", ["class_session_id", "student_id"]),
    ("idx_attendance_session_checkin", "attendance", ["class_session_id", "check_in_time"]),
    ("idx_attendance_student_created", "attendance", ["student_id", "created_at"]),
    ("idx_class_session_teacher_status", "class_sessions", ["teacher_id", "status"]),
    ("idx_class_session_start_time", "class_sessions", ["start_time"]),
    ("idx_class_session_class_created", "class_sessions", ["class_id", "created_at"]),
    ("idx_class_session_status_time", "class_sessions", ["status", "start_time"]),
)


def upgrade() -> None:
    op.add_column("attendance", number("version", default="'1'"))
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)


def downgrade() -> None:
    for name, table, _ in reversed(INDEXES):
        op.drop_index(name, table)
    op.drop_column("attendance", "version")
