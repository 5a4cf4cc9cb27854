# SPDX-License-Identifier: Apache-2.0
"""The whole schema in one place: importing this file maps every table."""

from __future__ import annotations

from sqlalchemy import MetaData

from app.storage.rows import (
    attendance,
    courses,
    enrollment,
    finger_checks,
    keys,
    ledger,
    log,
    people,
    signatures,
    visit_plan,
    visits,
)
from app.storage.rows.base import Base

MAPPED = (
    people,
    courses,
    attendance,
    visits,
    visit_plan,
    enrollment,
    finger_checks,
    signatures,
    ledger,
    keys,
    log,
)
SCHEMA: MetaData = Base.metadata
