# SPDX-License-Identifier: Apache-2.0
"""Find a row by the uid that operations carry."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import OperatorError
from app.storage.rows.base import Identity

Row = TypeVar("Row", bound=Identity)


def row_by_uid(session: Session, row_type: type[Row], uid: UUID) -> Row | None:
    """The row with this uid, None if there is none."""
    return session.scalars(select(row_type).where(row_type.uid == uid)).one_or_none()


def need_row(session: Session, row_type: type[Row], uid: UUID, missing: str) -> Row:
    """The row with this uid.

    Raises:
        OperatorError: with the code ``missing`` if there is none.
    """
    row = row_by_uid(session, row_type, uid)
    if row is None:
        raise OperatorError(missing, uid=uid)
    return row
