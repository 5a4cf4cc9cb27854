# SPDX-License-Identifier: Apache-2.0
"""Temporary signature enrollments: document 2, two tables, four indexes and three functions.

SQLite has no stored functions; the program's services of the same names serve both databases.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.building import (
    Instant,
    Json,
    between,
    dated,
    identity,
    instant,
    number,
    on_postgresql,
    one_of,
    ref,
    text,
)

revision = "0003"
down_revision = "0002"

# Complete means the set of steps, so steps outside the flow's range do not count.
PROGRESS = """
CREATE FUNCTION get_enrollment_progress(p_session_id text)
RETURNS TABLE (
    total_steps integer,
    completed_steps integer,
    last_step_number integer,
    last_step_type text,
    remaining_steps integer,
    is_complete boolean
)
LANGUAGE sql STABLE AS $$
    SELECT flow.total, done.steps, latest.step_number, latest.step_type::text,
           flow.total - done.steps, done.steps = flow.total
    FROM temp_enrollments te
    CROSS JOIN LATERAL (SELECT CASE te.flow_type WHEN 'signup' THEN 11 ELSE 1 END AS total) flow
    CROSS JOIN LATERAL (
        SELECT count(DISTINCT tes.step_number)::integer AS steps
        FROM temp_enrollment_steps tes
        WHERE tes.enrollment_id = te.id AND tes.step_number BETWEEN 1 AND flow.total
    ) done
    LEFT JOIN LATERAL (
        SELECT tes.step_number, tes.step_type
        FROM temp_enrollment_steps tes
        WHERE tes.enrollment_id = te.id
        ORDER BY tes.completed_at DESC, tes.step_number DESC
        LIMIT 1
    ) latest ON true
    WHERE te.session_id = p_session_id
$$
"""

COMPLETE = """
CREATE FUNCTION complete_enrollment(p_session_id text)
RETURNS TABLE (success boolean, user_id integer, message text)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    enrollment temp_enrollments%ROWTYPE;
    found_user integer;
    finished boolean;
BEGIN
    SELECT te.* INTO enrollment
    FROM temp_enrollments te
    WHERE te.session_id = p_session_id AND te.status = 'in_progress' AND te.expires_at > now()
    FOR UPDATE;
    IF NOT FOUND THEN
        RETURN QUERY SELECT false, NULL::integer, 'Enrollment session not found or already completed';
        RETURN;
    END IF;
    SELECT progress.is_complete INTO finished FROM get_enrollment_progress(p_session_id) progress;
    IF NOT finished THEN
        RETURN QUERY SELECT false, NULL::integer, 'Enrollment is not complete';
        RETURN;
    END IF;
    UPDATE temp_enrollments te
    SET status = 'completed', updated_at = now(), version = te.version + 1
    WHERE te.id = enrollment.id;
    SELECT u.id INTO found_user
    FROM users u
    WHERE u.username_norm = enrollment.username_norm AND NOT u.is_deleted;
    RETURN QUERY SELECT true, found_user, CASE enrollment.flow_type
        WHEN 'signup' THEN 'Sign-up enrollment completed - ready for processing'
        ELSE 'Sign-in enrollment completed'
    END;
END
$$
"""

CLEANUP = """
CREATE FUNCTION cleanup_expired_enrollments() RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    deleted integer;
    marked integer;
BEGIN
    DELETE FROM temp_enrollments
    WHERE status IN ('in_progress', 'expired') AND expires_at < now() - interval '7 days';
    GET DIAGNOSTICS deleted = ROW_COUNT;
    UPDATE temp_enrollments
    SET status = 'expired', updated_at = now(), version = version + 1
    WHERE status = 'in_progress' AND expires_at <= now();
    GET DIAGNOSTICS marked = ROW_COUNT;
    RETURN deleted + marked;
END
$$
"""

FUNCTIONS = (
    "cleanup_expired_enrollments()",
    "complete_enrollment(text)",
    "get_enrollment_progress(text)",
)


def upgrade() -> None:
    two_hours = "(now() + '02:00:00'::interval)" if on_postgresql() else "(datetime('now', '+2 hours'))"
    op.create_table(
        "temp_enrollments",
        *identity(),
        text("session_id", 255),
        text("username", 255),
        text("username_norm", 255),
        text("flow_type", 20),
        text("status", 20, default="in_progress"),
        text("device_info", nullable=True),
        sa.Column("metadata", Json, nullable=True),
        sa.Column("expires_at", Instant, nullable=False, server_default=sa.text(two_hours)),
        ref("student_id", "students", nullable=True),
        ref("response_id", "student_responses", nullable=True),
        *dated(),
        number("version", default="'1'"),
        one_of("flow_type", ("signup", "signin")),
        one_of("status", ("in_progress", "completed", "expired")),
    )
    op.create_index("idx_temp_enrollments_session_id", "temp_enrollments", ["session_id"], unique=True)
    op.create_index("idx_temp_enrollments_username", "temp_enrollments", ["username_norm"])
    op.create_index("idx_temp_enrollments_expires_at", "temp_enrollments", ["expires_at"])
    open_signup = sa.text("status = 'in_progress' AND flow_type = 'signup'")
    op.create_index(
        "uq_temp_enrollments_open_signup",
        "temp_enrollments",
        ["username_norm"],
        unique=True,
        sqlite_where=open_signup,
        postgresql_where=open_signup,
    )
    op.create_table(
        "temp_enrollment_steps",
        *identity(),
        ref("enrollment_id", "temp_enrollments", cascade=True),
        number("step_number"),
        text("step_type", 20),
        text("instruction"),
        text("signature_data"),
        sa.Column("raw_data", Json, nullable=True),
        sa.Column("metrics", Json, nullable=True),
        instant("completed_at", now=True),
        number("attempt_count", default="1"),
        text("pointer_type", 20, nullable=True),
        sa.UniqueConstraint("enrollment_id", "step_number"),
        between("step_number", 1, 11),
        one_of("step_type", ("signature", "shape", "drawing")),
    )
    op.create_index("idx_users_username_lower", "users", ["username_norm"], unique=True)
    if on_postgresql():
        for function in (PROGRESS, COMPLETE, CLEANUP):
            op.execute(function)


def downgrade() -> None:
    if on_postgresql():
        for signature in FUNCTIONS:
            op.execute(f"DROP FUNCTION {signature}")
    op.drop_index("idx_users_username_lower", "users")
    op.drop_table("temp_enrollment_steps")
    op.drop_table("temp_enrollments")
