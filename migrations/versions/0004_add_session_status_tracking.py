# SPDX-License-Identifier: Apache-2.0
"""add_session_status_tracking: document 3, three columns that let a visit be paused and resumed.

Old rows become 'active', their last activity is now, as the document says. The document's SQL for SQLite
cannot run as it stands (SQLite refuses a column whose default is CURRENT_TIMESTAMP): the table is built
anew there.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.building import instant, number, text

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    with op.batch_alter_table("student_responses") as table:
        table.add_column(text("status", 40, default="active"))
        table.add_column(instant("last_activity", now=True))
        table.add_column(number("current_page_id", nullable=True))
        table.create_foreign_key(
            op.f("fk_student_responses_current_page_id_pages"), "pages", ["current_page_id"], ["id"]
        )
        table.create_check_constraint(
            op.f("ck_student_responses_status"),
            sa.text("status IN ('active', 'completed', 'user_abandoned_not_completed')"),
        )
    op.create_index("idx_student_responses_status", "student_responses", ["status"])
    op.create_index("ix_student_responses_last_activity", "student_responses", ["last_activity"])


def downgrade() -> None:
    op.drop_index("ix_student_responses_last_activity", "student_responses")
    op.drop_index("idx_student_responses_status", "student_responses")
    with op.batch_alter_table("student_responses") as table:
        table.drop_constraint(op.f("ck_student_responses_status"), type_="check")
        table.drop_constraint(op.f("fk_student_responses_current_page_id_pages"), type_="foreignkey")
        table.drop_column("current_page_id")
        table.drop_column("last_activity")
        table.drop_column("status")
