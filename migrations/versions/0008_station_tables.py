# SPDX-License-Identifier: Apache-2.0
"""What the station itself adds: operators, impressions, skips, drafts, samples, keys, the ledger."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from alembic import op

from migrations.building import (
    between,
    dated,
    flag,
    identity,
    instant,
    json,
    number,
    one_of,
    ref,
    text,
)

revision = "0008"
down_revision = "0007"

NEW_TABLES = (
    "operators",
    "impressions",
    "finger_skips",
    "visit_fingers",
    "step_skips",
    "visit_check_ins",
    "temp_step_drafts",
    "signature_samples",
    "applied_ops",
    "site_meta",
    "subject_keys",
)

# The same uids on every database, so that operations may name the pages.
PAGES = (
    ("0192f6d0-0000-7000-8000-000000000001", "student", "Find the student"),
    ("0192f6d0-0000-7000-8000-000000000002", "fingers", "Fingers"),
    ("0192f6d0-0000-7000-8000-000000000003", "signatures", "Signatures"),
    ("0192f6d0-0000-7000-8000-000000000004", "check_in", "Check-in"),
    ("0192f6d0-0000-7000-8000-000000000005", "review", "Review"),
    ("0192f6d0-0000-7000-8000-000000000006", "receipt", "Receipt"),
)

# Of several active visits of a student the one touched last stays active.
SUPERSEDED = """
UPDATE student_responses SET status = 'user_abandoned_not_completed' WHERE id IN (
    SELECT id FROM (
        SELECT id, row_number() OVER (PARTITION BY student_id ORDER BY last_activity DESC, id DESC) AS place
        FROM student_responses WHERE status = 'active' AND student_id IS NOT NULL
    ) AS ranked WHERE place > 1
)
"""


def upgrade() -> None:
    op.create_table(
        "operators",
        *identity(),
        text("login", 120),
        text("login_norm", 120),
        text("display_name", 200),
        text("role", 20),
        text("password_hash", nullable=True),
        text("pin_hash", nullable=True),
        number("failed_count", default="0"),
        instant("locked_until", nullable=True),
        instant("disabled_at", nullable=True),
        *dated(),
        number("version", default="'1'"),
        sa.UniqueConstraint("login_norm"),
        one_of("role", ("operator", "supervisor", "admin", "teacher")),
    )
    _extend_documents_tables()
    _fingers()
    _visit_plan()
    _signatures()
    _ledger()
    _seed_pages()


def _extend_documents_tables() -> None:
    op.add_column("class_sessions", number("version", default="'1'"))
    with op.batch_alter_table("attendance") as table:
        table.add_column(sa.Column("station_uid", sa.Uuid, nullable=True))
        table.add_column(number("operator_id", nullable=True))
        table.create_foreign_key(
            op.f("fk_attendance_operator_id_operators"), "operators", ["operator_id"], ["id"]
        )
    op.execute(SUPERSEDED)
    with op.batch_alter_table("student_responses") as table:
        table.add_column(text("receipt_number", 40, nullable=True))
        table.add_column(sa.Column("station_uid", sa.Uuid, nullable=True))
        table.add_column(number("operator_id", nullable=True))
        table.add_column(number("version", default="'1'"))
        table.create_unique_constraint(op.f("uq_student_responses_receipt_number"), ["receipt_number"])
        table.create_foreign_key(
            op.f("fk_student_responses_operator_id_operators"), "operators", ["operator_id"], ["id"]
        )
    active = sa.text("status = 'active'")
    op.create_index(
        "uq_student_responses_active_student",
        "student_responses",
        ["student_id"],
        unique=True,
        sqlite_where=active,
        postgresql_where=active,
    )
    with op.batch_alter_table("enrollment_sessions") as table:
        table.add_column(number("response_id", nullable=True))
        table.add_column(number("operator_id", nullable=True))
        table.add_column(sa.Column("station_uid", sa.Uuid, nullable=True))
        table.add_column(text("template_format", 40, nullable=True))
        table.add_column(flag("is_current", "false"))
        table.add_column(text("low_quality_reason", nullable=True))
        table.add_column(number("version", default="'1'"))
        table.create_foreign_key(
            op.f("fk_enrollment_sessions_response_id_student_responses"),
            "student_responses",
            ["response_id"],
            ["id"],
        )
        table.create_foreign_key(
            op.f("fk_enrollment_sessions_operator_id_operators"), "operators", ["operator_id"], ["id"]
        )
    op.create_index("ix_enrollment_sessions_response_id", "enrollment_sessions", ["response_id"])
    op.create_index(
        "uq_enrollment_sessions_current_finger",
        "enrollment_sessions",
        ["student_id", "finger_id"],
        unique=True,
        sqlite_where=sa.text("is_current"),
        postgresql_where=sa.text("is_current"),
    )


def _fingers() -> None:
    op.create_table(
        "impressions",
        *identity(),
        ref("enrollment_session_id", "enrollment_sessions"),
        number("attempt_number"),
        number("quality_score"),
        flag("accepted", None),
        json("reasons", nullable=False),
        text("template_data", nullable=True),
        text("template_format", 40, nullable=True),
        text("image_data", nullable=True),
        instant("captured_at"),
        sa.Column("seconds", sa.Double, nullable=False),
        sa.Column("wire_seconds", sa.Double, nullable=False),
        *dated(),
        sa.UniqueConstraint("enrollment_session_id", "attempt_number"),
        between("quality_score", 0, 100),
    )
    op.create_table(
        "finger_skips",
        *identity(),
        ref("response_id", "student_responses"),
        number("finger_id"),
        text("reason", 40),
        text("comment", nullable=True),
        flag("permanent", "false"),
        instant("skipped_at"),
        *dated(),
        sa.UniqueConstraint("response_id", "finger_id"),
        between("finger_id", 0, 9),
    )


def _visit_plan() -> None:
    op.create_table(
        "visit_fingers",
        *identity(),
        ref("response_id", "student_responses", cascade=True),
        number("finger_id"),
        number("position"),
        sa.UniqueConstraint("response_id", "finger_id"),
        between("finger_id", 0, 9),
    )
    op.create_table(
        "step_skips",
        *identity(),
        ref("response_id", "student_responses", cascade=True),
        ref("page_id", "pages"),
        text("reason", 40),
        text("comment", nullable=True),
        flag("permanent", None),
        instant("skipped_at"),
        sa.UniqueConstraint("response_id", "page_id"),
    )
    op.create_table(
        "visit_check_ins",
        *identity(),
        ref("response_id", "student_responses", cascade=True),
        ref("attendance_id", "attendance", cascade=True),
        sa.UniqueConstraint("response_id"),
    )
    op.create_index("ix_visit_check_ins_attendance_id", "visit_check_ins", ["attendance_id"])


def _signatures() -> None:
    op.create_table(
        "temp_step_drafts",
        *identity(),
        ref("enrollment_id", "temp_enrollments", cascade=True),
        number("step_number"),
        text("raw_data"),
        instant("saved_at", now=True),
        sa.UniqueConstraint("enrollment_id", "step_number"),
        between("step_number", 1, 11),
    )
    op.create_table(
        "signature_samples",
        *identity(),
        ref("user_id", "users"),
        ref("student_id", "students", nullable=True),
        number("step_number"),
        text("step_type", 20),
        text("instruction"),
        text("signature_data"),
        json("raw_data"),
        json("metrics"),
        instant("completed_at"),
        *dated(),
        sa.UniqueConstraint("user_id", "step_number"),
        between("step_number", 1, 11),
        one_of("step_type", ("signature", "shape", "drawing")),
    )
    op.create_index("ix_signature_samples_student_id", "signature_samples", ["student_id"])


def _ledger() -> None:
    op.create_table(
        "applied_ops",
        sa.Column("op_uid", sa.Uuid, primary_key=True),
        text("kind", 60),
        text("payload_sha256", 64),
        json("result", nullable=False),
        instant("applied_at"),
    )
    op.create_index("ix_applied_ops_applied_at", "applied_ops", ["applied_at"])
    op.create_table("site_meta", sa.Column("key", sa.String(60), primary_key=True), text("value"))
    op.create_table(
        "subject_keys",
        sa.Column("subject_uid", sa.Uuid, primary_key=True),
        number("key_version"),
        sa.Column("wrapped", sa.LargeBinary, nullable=True),
        instant("created_at"),
        instant("destroyed_at", nullable=True),
    )
    op.create_index("ix_subject_keys_key_version", "subject_keys", ["key_version"])


def _seed_pages() -> None:
    pages = sa.table(
        "pages",
        sa.column("uid", sa.Uuid),
        sa.column("key", sa.String),
        sa.column("title", sa.String),
        sa.column("position", sa.Integer),
    )
    bind = op.get_bind()
    there = set(bind.execute(sa.select(pages.c.key)).scalars())
    for position, (uid, key, title) in enumerate(PAGES, start=1):
        if key not in there:
            bind.execute(pages.insert().values(uid=UUID(uid), key=key, title=title, position=position))


def downgrade() -> None:
    """The six pages stay: visits and questions may point at them."""
    for table in reversed(NEW_TABLES[1:]):
        op.drop_table(table)
    op.drop_index("uq_enrollment_sessions_current_finger", "enrollment_sessions")
    op.drop_index("ix_enrollment_sessions_response_id", "enrollment_sessions")
    with op.batch_alter_table("enrollment_sessions") as table:
        table.drop_constraint(op.f("fk_enrollment_sessions_operator_id_operators"), type_="foreignkey")
        table.drop_constraint(
            op.f("fk_enrollment_sessions_response_id_student_responses"), type_="foreignkey"
        )
        for column in (
            "version",
            "low_quality_reason",
            "is_current",
            "template_format",
            "station_uid",
            "operator_id",
            "response_id",
        ):
            table.drop_column(column)
    op.drop_index("uq_student_responses_active_student", "student_responses")
    with op.batch_alter_table("student_responses") as table:
        table.drop_constraint(op.f("fk_student_responses_operator_id_operators"), type_="foreignkey")
        table.drop_constraint(op.f("uq_student_responses_receipt_number"), type_="unique")
        for column in ("version", "operator_id", "station_uid", "receipt_number"):
            table.drop_column(column)
    with op.batch_alter_table("attendance") as table:
        table.drop_constraint(op.f("fk_attendance_operator_id_operators"), type_="foreignkey")
        table.drop_column("operator_id")
        table.drop_column("station_uid")
    op.drop_column("class_sessions", "version")
    op.drop_table("operators")
