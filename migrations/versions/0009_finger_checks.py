# SPDX-License-Identifier: Apache-2.0
"""What fingers were compared with: their own touches, proofs, other students' records, sign-ins."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.building import between, dated, flag, identity, instant, number, one_of, ref, text

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("impressions", sa.Column("match_rate", sa.Double, nullable=True))
    op.add_column("impressions", number("other_finger_id", nullable=True))
    op.add_column("impressions", text("override_reason", nullable=True))
    op.add_column("enrollment_sessions", instant("duplicates_searched_at", nullable=True))
    op.add_column("enrollment_sessions", number("duplicates_searched_among", nullable=True))
    op.create_table(
        "finger_verifications",
        *identity(),
        sa.Column(
            "enrollment_session_id",
            sa.Integer,
            sa.ForeignKey(
                "enrollment_sessions.id",
                name="fk_finger_verifications_enrollment_session",
                ondelete="CASCADE",
            ),
            nullable=False,
        ),
        flag("accepted", None),
        sa.Column("score", sa.Double, nullable=True),
        sa.Column("false_match_rate", sa.Double, nullable=True),
        text("skip_reason", nullable=True),
        instant("made_at"),
    )
    op.create_index(
        "ix_finger_verifications_enrollment_session_id", "finger_verifications", ["enrollment_session_id"]
    )
    op.create_table(
        "duplicate_candidates",
        *identity(),
        sa.Column(
            "enrollment_session_id",
            sa.Integer,
            sa.ForeignKey(
                "enrollment_sessions.id",
                name="fk_duplicate_candidates_enrollment_session",
                ondelete="CASCADE",
            ),
            nullable=False,
        ),
        ref("student_id", "students"),
        number("candidate_finger_id"),
        sa.Column("score", sa.Double, nullable=False),
        sa.Column("false_match_rate", sa.Double, nullable=False),
        instant("enrolled_at", nullable=True),
        text("decision", 20, default="undecided"),
        text("reason", nullable=True),
        instant("decided_at", nullable=True),
        *dated(),
        sa.UniqueConstraint(
            "enrollment_session_id",
            "student_id",
            "candidate_finger_id",
            name="uq_duplicate_candidates_once",
        ),
        between("candidate_finger_id", 0, 9),
        one_of("decision", ("undecided", "same_person", "different_person")),
        sa.CheckConstraint("decision = 'undecided' OR reason IS NOT NULL", name="reason"),
    )
    op.create_index("ix_duplicate_candidates_student_id", "duplicate_candidates", ["student_id"])
    op.create_table(
        "finger_sign_ins",
        *identity(),
        ref("student_id", "students", nullable=True),
        number("finger_id", nullable=True),
        text("mode", 20),
        text("decision", 20),
        sa.Column("score", sa.Double, nullable=True),
        sa.Column("false_match_rate", sa.Double, nullable=True),
        sa.Column("threshold", sa.Double, nullable=False),
        number("searched_among"),
        sa.Column("seconds", sa.Double, nullable=False),
        sa.Column("station_uid", sa.Uuid, nullable=True),
        instant("made_at"),
        between("finger_id", 0, 9),
        one_of("mode", ("verify", "identify")),
        one_of("decision", ("accepted", "unsure", "rejected")),
    )
    op.create_index("ix_finger_sign_ins_student_id", "finger_sign_ins", ["student_id"])
    op.create_index("ix_finger_sign_ins_made_at", "finger_sign_ins", ["made_at"])


def downgrade() -> None:
    for table in ("finger_sign_ins", "duplicate_candidates", "finger_verifications"):
        op.drop_table(table)
    for column in ("duplicates_searched_among", "duplicates_searched_at"):
        op.drop_column("enrollment_sessions", column)
    for column in ("override_reason", "other_finger_id", "match_rate"):
        op.drop_column("impressions", column)
