# SPDX-License-Identifier: Apache-2.0
"""Course enrollments as the sole source of who takes what: document 5.

Rows are made by ``courses backfill``, which shows first what it would do; groups and group_members stay as
its source.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.building import dated, flag, identity, ref

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "course_enrollments",
        *identity(),
        ref("course_id", "courses"),
        ref("student_id", "students"),
        flag("active", "true"),
        *dated(),
        sa.UniqueConstraint("course_id", "student_id", name="uq_course_enrollment_once"),
    )
    op.create_index("ix_course_enrollment_course", "course_enrollments", ["course_id"])
    op.create_index("ix_course_enrollment_student", "course_enrollments", ["student_id"])
    op.create_index("ix_course_enrollment_course_active", "course_enrollments", ["course_id", "active"])


def downgrade() -> None:
    op.drop_table("course_enrollments")
