# SPDX-License-Identifier: Apache-2.0
"""The database's own books: operations applied, facts about the site, keys of its subjects."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.rows.base import Base


class AppliedOpRow(Base):
    """An operation that was applied, with what it answered, so that a replay gets the same answer."""

    __tablename__ = "applied_ops"

    op_uid: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    payload_sha256: Mapped[str] = mapped_column(String(64))
    result: Mapped[dict[str, Any]]
    applied_at: Mapped[datetime] = mapped_column(index=True)


class SiteMetaRow(Base):
    """A fact about this database as a whole, such as its site's uid."""

    __tablename__ = "site_meta"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class SubjectKeyRow(Base):
    """A wrapped key of one subject: a student's uid, or a temporary enrollment's own.

    A subject has several keys when stations made theirs without knowing of each other, and after the site
    key was changed. Without ``wrapped`` (destroyed, then all of the subject's are) nothing that was sealed
    for the subject opens any more.

    ``site_uid``: whose site key wraps it (None: made before several stations could share one);
    ``sealed_site_uid``: the site that the values sealed under it are bound to, None as before;
    ``born_version``: version of the site key at its making, 0 where another site made it.
    """

    __tablename__ = "subject_keys"

    key_uid: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    subject_uid: Mapped[UUID] = mapped_column(Uuid, index=True)
    site_uid: Mapped[UUID | None] = mapped_column(Uuid)
    key_version: Mapped[int] = mapped_column(index=True)
    sealed_site_uid: Mapped[UUID | None] = mapped_column(Uuid)
    born_version: Mapped[int]
    wrapped: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    destroyed_at: Mapped[datetime | None]
