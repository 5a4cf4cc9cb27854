# SPDX-License-Identifier: Apache-2.0
"""Several stations share one site key: who holds it, sealed copies of it, several keys for one subject.

What an operation answered is kept in ``applied_ops``; the wrapped keys that were once in those answers are
taken out, because a destroyed key must not live on there.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.building import Json, dated, identity, instant, number, one_of, text

revision = "0011"
down_revision = "0010"


def _vouched() -> list[sa.Column[Any]]:
    return [
        sa.Column("approved_by", sa.Uuid, nullable=True),
        instant("approved_at", nullable=True),
        text("approval", nullable=True),
        sa.Column("removed_by", sa.Uuid, nullable=True),
        instant("removed_at", nullable=True),
        text("removal", nullable=True),
    ]


def upgrade() -> None:
    for column in (instant("asked_at", nullable=True), *_vouched()):
        op.add_column("stations", column)
    op.create_table(
        "recovery_kits",
        *identity(),
        text("label", 200),
        text("seal_pub"),
        text("sign_pub"),
        text("state", 20, default="trusted"),
        *_vouched(),
        sa.Column("endorsed_uid", sa.Uuid, nullable=True),
        text("endorsement", nullable=True),
        *dated(),
        one_of("state", ("trusted", "revoked")),
    )
    op.create_table(
        "site_keys",
        sa.Column("site_uid", sa.Uuid, primary_key=True),
        sa.Column("key_version", sa.Integer, primary_key=True, autoincrement=False),
        text("check_value", 64),
        sa.Column("made_by", sa.Uuid, nullable=False),
        instant("created_at"),
    )
    op.create_table(
        "key_wraps",
        sa.Column("site_uid", sa.Uuid, primary_key=True),
        sa.Column("key_version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("recipient", sa.String(60), primary_key=True),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
        sa.Column("made_by", sa.Uuid, nullable=False),
        text("signature"),
        instant("created_at"),
    )
    op.create_index("ix_key_wraps_recipient", "key_wraps", ["recipient"])
    _several_keys_for_a_subject()
    _without_wrapped_keys_in_answers()


def _several_keys_for_a_subject() -> None:
    rows = _taken(("subject_uid", "key_version", "wrapped", "created_at", "destroyed_at"))
    op.create_table(
        "subject_keys",
        sa.Column("key_uid", sa.Uuid, primary_key=True),
        sa.Column("subject_uid", sa.Uuid, nullable=False),
        sa.Column("site_uid", sa.Uuid, nullable=True),
        number("key_version"),
        sa.Column("sealed_site_uid", sa.Uuid, nullable=True),
        number("born_version"),
        sa.Column("wrapped", sa.LargeBinary, nullable=True),
        instant("created_at"),
        instant("destroyed_at", nullable=True),
    )
    op.create_index("ix_subject_keys_subject_uid", "subject_keys", ["subject_uid"])
    op.create_index("ix_subject_keys_key_version", "subject_keys", ["key_version"])
    _put([{**row, "key_uid": row["subject_uid"], "born_version": row["key_version"]} for row in rows])


def _without_wrapped_keys_in_answers() -> None:
    ledger = sa.table(
        "applied_ops", sa.column("op_uid", sa.Uuid), sa.column("kind", sa.String), sa.column("result", Json)
    )
    bind = op.get_bind()
    bind.execute(sa.update(ledger).where(ledger.c.kind == "subject_key.add").values(result={}))


def downgrade() -> None:
    """Back to one key for each subject, the oldest; what was sealed under a later one does not open then."""
    rows = _taken(("subject_uid", "key_version", "wrapped", "created_at", "destroyed_at"))
    first: dict[Any, dict[str, Any]] = {}
    for row in sorted(rows, key=lambda each: each["created_at"]):
        first.setdefault(row["subject_uid"], row)
    op.create_table(
        "subject_keys",
        sa.Column("subject_uid", sa.Uuid, primary_key=True),
        number("key_version"),
        sa.Column("wrapped", sa.LargeBinary, nullable=True),
        instant("created_at"),
        instant("destroyed_at", nullable=True),
    )
    op.create_index("ix_subject_keys_key_version", "subject_keys", ["key_version"])
    _put(list(first.values()))
    for table in ("key_wraps", "site_keys", "recovery_kits"):
        op.drop_table(table)
    for column in ("removal", "removed_at", "removed_by", "approval", "approved_at", "approved_by"):
        op.drop_column("stations", column)
    op.drop_column("stations", "asked_at")


_COLUMNS = {
    "key_uid": sa.Uuid(),
    "subject_uid": sa.Uuid(),
    "key_version": sa.Integer(),
    "born_version": sa.Integer(),
    "wrapped": sa.LargeBinary(),
    "created_at": sa.DateTime(timezone=True),
    "destroyed_at": sa.DateTime(timezone=True),
}


def _taken(columns: tuple[str, ...]) -> list[dict[str, Any]]:
    """The rows of subject_keys; the table is gone afterwards."""
    table = sa.table("subject_keys", *(sa.column(name, _COLUMNS[name]) for name in columns))
    rows = [dict(row) for row in op.get_bind().execute(sa.select(table)).mappings()]
    op.drop_table("subject_keys")
    return rows


def _put(rows: list[dict[str, Any]]) -> None:
    if rows:
        table = sa.table("subject_keys", *(sa.column(name, _COLUMNS[name]) for name in rows[0]))
        op.get_bind().execute(sa.insert(table), rows)
