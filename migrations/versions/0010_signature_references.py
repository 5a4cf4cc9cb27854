# SPDX-License-Identifier: Apache-2.0
"""Accepted sign-ins kept as references, and the archive of completed signature enrollments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.building import identity, instant, json, number, one_of, ref, text

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "signature_references",
        *identity(),
        ref("user_id", "users"),
        sa.Column("sign_in_uid", sa.Uuid, nullable=False, unique=True),
        sa.Column("score", sa.Double, nullable=False),
        text("algorithm", 60),
        json("raw_data", nullable=False),
        instant("captured_at"),
        instant("added_at"),
    )
    op.create_index("ix_signature_references_user_id", "signature_references", ["user_id"])
    op.create_table(
        "archived_enrollments",
        *identity(),
        sa.Column("session_id", sa.String(255), nullable=False, unique=True),
        text("username", 255),
        text("flow_type", 20),
        ref("student_id", "students", nullable=True),
        number("steps_completed"),
        number("attempts"),
        json("verification"),
        instant("started_at"),
        instant("completed_at"),
        instant("archived_at"),
        one_of("flow_type", ("signup", "signin")),
    )
    op.create_index("ix_archived_enrollments_student_id", "archived_enrollments", ["student_id"])


def downgrade() -> None:
    op.drop_table("archived_enrollments")
    op.drop_table("signature_references")
