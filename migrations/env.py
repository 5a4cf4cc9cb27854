# SPDX-License-Identifier: Apache-2.0
"""Runs migrations on the connection that the program hands over, inside the transaction it has begun.

There is no ini file and no logging set-up here: the program has its own.
"""

from __future__ import annotations

from alembic import context
from sqlalchemy import MetaData

from migrations.building import NAMING_CONVENTION

context.configure(
    connection=context.config.attributes["connection"],
    # Only for the names of constraints; the program's models are never imported here.
    target_metadata=MetaData(naming_convention=NAMING_CONVENTION),
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
