# SPDX-License-Identifier: Apache-2.0
"""Reads who holds a site's keys: what the database says of it; what is true of that is signed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.storage.apply.stations import SITE_UID
from app.storage.rows.keys import KeyWrapRow, RecoveryKitRow, SiteKeyRow, Vouched
from app.storage.rows.ledger import SiteMetaRow
from app.storage.rows.people import StationRow


@dataclass(frozen=True, slots=True)
class StoredHolder:
    """A station or a recovery kit; keys and signatures are base64. ``endorsement``: ``<at> <signature>``."""

    uid: UUID
    is_station: bool
    name: str
    state: str
    seal_pub: str
    sign_pub: str
    asked_at: datetime | None
    approved_by: UUID | None
    approved_at: datetime | None
    approval: str | None = field(repr=False)
    removed_by: UUID | None
    removed_at: datetime | None
    removal: str | None = field(repr=False)
    endorsed_uid: UUID | None = None
    endorsement: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class StoredCopy:
    """A sealed copy of a site key."""

    key_version: int
    recipient: str
    wrapped: bytes = field(repr=False)
    made_by: UUID
    signature: str = field(repr=False)


def database_site(session: Session) -> UUID | None:
    """The site that the database belongs to; None where no station has claimed it yet."""
    row = session.get(SiteMetaRow, SITE_UID)
    return None if row is None else UUID(row.value)


def follow_site(session: Session, site_uid: UUID, station_uid: UUID) -> bool:
    """Take the server's site for this database's; whether it was another one.

    A station that began before it met its server had claimed its own file. What it may open is not decided
    here: it asks to be let in, like any other.
    """
    row = session.get(SiteMetaRow, SITE_UID)
    if row is not None and UUID(row.value) == site_uid:
        return False
    if row is None:
        session.add(SiteMetaRow(key=SITE_UID, value=str(site_uid)))
    else:
        row.value = str(site_uid)
    session.execute(update(StationRow).where(StationRow.uid == station_uid).values(state="pending"))
    founders = select(SiteKeyRow.made_by).where(SiteKeyRow.site_uid == site_uid)
    session.execute(update(StationRow).where(StationRow.uid.in_(founders)).values(state="trusted"))
    return True


def stored_holders(session: Session) -> tuple[StoredHolder, ...]:
    """Every station that has public keys and every recovery kit, the oldest first."""
    stations = session.scalars(
        select(StationRow)
        .where(StationRow.seal_pub.is_not(None), StationRow.sign_pub.is_not(None))
        .order_by(StationRow.id)
    )
    kits = session.scalars(select(RecoveryKitRow).order_by(RecoveryKitRow.id))
    return (*(_station(row) for row in stations), *(_kit(row) for row in kits))


def stored_copies(session: Session, site_uid: UUID, recipient: str) -> tuple[StoredCopy, ...]:
    """The site's keys as they are sealed to one recipient."""
    rows = session.scalars(
        select(KeyWrapRow)
        .where(KeyWrapRow.site_uid == site_uid, KeyWrapRow.recipient == recipient)
        .order_by(KeyWrapRow.key_version)
    )
    return tuple(
        StoredCopy(row.key_version, row.recipient, row.wrapped, row.made_by, row.signature) for row in rows
    )


def recipients_of_version(session: Session, site_uid: UUID, key_version: int) -> frozenset[str]:
    """Who has a sealed copy of a version of the site's key."""
    query = select(KeyWrapRow.recipient).where(
        KeyWrapRow.site_uid == site_uid, KeyWrapRow.key_version == key_version
    )
    return frozenset(session.scalars(query))


def newest_version(session: Session, site_uid: UUID) -> int:
    """The highest version of the site's key that was ever made; 0 where none is known."""
    newest = select(func.max(SiteKeyRow.key_version)).where(SiteKeyRow.site_uid == site_uid)
    return session.scalar(newest) or 0


def version_check(session: Session, site_uid: UUID, key_version: int) -> str | None:
    """The check value of a version; None where there is no such version."""
    row = session.get(SiteKeyRow, (site_uid, key_version))
    return None if row is None else row.check_value


def _station(row: StationRow) -> StoredHolder:
    return StoredHolder(
        uid=row.uid,
        is_station=True,
        name=row.name,
        state=row.state,
        seal_pub=row.seal_pub or "",
        sign_pub=row.sign_pub or "",
        asked_at=row.asked_at,
        **_vouched(row),
    )


def _kit(row: RecoveryKitRow) -> StoredHolder:
    return StoredHolder(
        uid=row.uid,
        is_station=False,
        name=row.label,
        state=row.state,
        seal_pub=row.seal_pub,
        sign_pub=row.sign_pub,
        asked_at=None,
        endorsed_uid=row.endorsed_uid,
        endorsement=row.endorsement,
        **_vouched(row),
    )


def _vouched(row: Vouched) -> dict[str, Any]:
    return {
        "approved_by": row.approved_by,
        "approved_at": row.approved_at,
        "approval": row.approval,
        "removed_by": row.removed_by,
        "removed_at": row.removed_at,
        "removal": row.removal,
    }
