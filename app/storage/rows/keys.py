# SPDX-License-Identifier: Apache-2.0
"""Who holds the site's key, and the sealed copies of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary, String, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.rows.base import Base, Dated, Identity, one_of

KIT_STATES = ("trusted", "revoked")


class Vouched:
    """Signed statements about a holder of the site key: who let it in, who took it out."""

    approved_by: Mapped[UUID | None] = mapped_column(Uuid)
    approved_at: Mapped[datetime | None]
    approval: Mapped[str | None] = mapped_column(Text)
    removed_by: Mapped[UUID | None] = mapped_column(Uuid)
    removed_at: Mapped[datetime | None]
    removal: Mapped[str | None] = mapped_column(Text)


class RecoveryKitRow(Identity, Vouched, Dated, Base):
    """A printed code that opens the site key, with the public keys that the code gives.

    ``endorsement``: the kit's own signature for the station that made it, so that whoever has the code knows
    whose statements count.
    """

    __tablename__ = "recovery_kits"
    __table_args__ = (one_of("state", KIT_STATES),)

    label: Mapped[str] = mapped_column(String(200))
    seal_pub: Mapped[str] = mapped_column(Text)
    sign_pub: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20), server_default=text("'trusted'"))
    endorsed_uid: Mapped[UUID | None] = mapped_column(Uuid)
    endorsement: Mapped[str | None] = mapped_column(Text)


class SiteKeyRow(Base):
    """A version of the site's key; never the key itself, only a value that tells two keys apart."""

    __tablename__ = "site_keys"

    site_uid: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    key_version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    check_value: Mapped[str] = mapped_column(String(64))
    made_by: Mapped[UUID] = mapped_column(Uuid)
    created_at: Mapped[datetime]


class KeyWrapRow(Base):
    """The site's key sealed to one recipient, ``station:<uid>`` or ``recovery:<uid>``, and signed."""

    __tablename__ = "key_wraps"

    site_uid: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    key_version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    recipient: Mapped[str] = mapped_column(String(60), primary_key=True, index=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    made_by: Mapped[UUID] = mapped_column(Uuid)
    signature: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
