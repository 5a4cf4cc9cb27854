# SPDX-License-Identifier: Apache-2.0
"""One attendance row per student and session: the clean-up that document 4 leaves open.

Of duplicates the row that was corrected most often stays (the highest version), then the one checked in
first, then the oldest; it takes over the earliest check-in time of all. A downgrade cannot bring the others
back.
"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"

INDEX = "idx_attendance_session_student"
COLUMNS = ["class_session_id", "student_id"]

EARLIEST = """
UPDATE attendance SET check_in_time = (
    SELECT min(other.check_in_time) FROM attendance other
    WHERE other.class_session_id = attendance.class_session_id AND other.student_id = attendance.student_id
)
WHERE 1 < (
    SELECT count(*) FROM attendance other
    WHERE other.class_session_id = attendance.class_session_id AND other.student_id = attendance.student_id
)
"""
# Ranked before the times are made equal.
LOSERS = """
CREATE TEMPORARY TABLE attendance_merged AS
SELECT id FROM (
    SELECT id, row_number() OVER (
        PARTITION BY class_session_id, student_id
        ORDER BY version DESC, (check_in_time IS NULL), check_in_time, id
    ) AS place
    FROM attendance
) AS ranked WHERE place > 1
"""


def upgrade() -> None:
    op.execute(LOSERS)
    op.execute(EARLIEST)
    op.execute("DELETE FROM attendance WHERE id IN (SELECT id FROM attendance_merged)")
    op.execute("DROP TABLE attendance_merged")
    op.drop_index(INDEX, "attendance")
    op.create_index(INDEX, "attendance", COLUMNS, unique=True)


def downgrade() -> None:
    op.drop_index(INDEX, "attendance")
    op.create_index(INDEX, "attendance", COLUMNS)
