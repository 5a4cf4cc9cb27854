# SPDX-License-Identifier: Apache-2.0
"""The log of operations, and what of it waits: for the server to take it, or to be applied here."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.building import instant, json, number, text

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    counter = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "op_log",
        sa.Column("seq", counter, primary_key=True, autoincrement=True),
        sa.Column("op_uid", sa.Uuid, nullable=False, unique=True),
        sa.Column("aggregate_uid", sa.Uuid, nullable=False),
        text("kind", 60),
        sa.Column("document", sa.LargeBinary),
        sa.Column("origin_uid", sa.Uuid),
        instant("logged_at"),
    )
    op.create_index("ix_op_log_aggregate_uid", "op_log", ["aggregate_uid"])
    op.create_index("ix_op_log_origin_uid", "op_log", ["origin_uid"])
    op.create_table(
        "outbox",
        sa.Column("op_uid", sa.Uuid, primary_key=True),
        sa.Column("seq", counter, nullable=False),
        sa.Column("aggregate_uid", sa.Uuid, nullable=False),
        text("kind", 60),
        instant("made_at"),
        number("attempts", default="0"),
        instant("next_attempt_at", nullable=True),
        text("problem", 60, nullable=True),
        json("facts"),
    )
    op.create_index("ix_outbox_seq", "outbox", ["seq"])
    op.create_index("ix_outbox_aggregate_uid", "outbox", ["aggregate_uid"])
    op.create_table(
        "inbox",
        sa.Column("op_uid", sa.Uuid, primary_key=True),
        sa.Column("position", counter, nullable=False),
        sa.Column("aggregate_uid", sa.Uuid, nullable=False),
        text("kind", 60),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.Column("origin_uid", sa.Uuid),
        instant("received_at"),
        number("attempts", default="0"),
        instant("next_attempt_at", nullable=True),
        text("problem", 60),
        json("facts"),
    )
    op.create_index("ix_inbox_position", "inbox", ["position"])
    op.create_index("ix_inbox_aggregate_uid", "inbox", ["aggregate_uid"])


def downgrade() -> None:
    op.drop_table("inbox")
    op.drop_table("outbox")
    op.drop_table("op_log")
