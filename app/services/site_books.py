# SPDX-License-Identifier: Apache-2.0
"""Between what the database says of stations and kits and what the keys' room can judge."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.operations_stations import PublicKeys, SealedSiteKey, Signed, SiteKeyVersion
from app.security.key_wraps import check_value
from app.security.membership import Claim, SealedCopy
from app.security.recipients import Recipient, RecipientKind, Statement
from app.storage.stations import StoredCopy, StoredHolder, database_site, newest_version, stored_holders
from app.storage.store import Store


@dataclass(frozen=True, slots=True)
class SiteBooks:
    """One view of the database: its site, everybody who is listed, the newest version of the key."""

    site_uid: UUID | None
    holders: tuple[StoredHolder, ...]
    newest_version: int

    def holder(self, uid: UUID) -> StoredHolder | None:
        """The station or kit of that uid."""
        return next((each for each in self.holders if each.uid == uid), None)

    def claims(self) -> tuple[Claim, ...]:
        """What is said of each; rows whose keys are none are left out."""
        found = []
        for holder in self.holders:
            recipient = recipient_of(holder)
            if recipient is not None:
                approved = _statement(holder.approved_by, holder.approved_at, holder.approval)
                removed = _statement(holder.removed_by, holder.removed_at, holder.removal)
                found.append(Claim(recipient, approved, removed))
        return tuple(found)

    def called_members(self) -> dict[UUID, Recipient]:
        """Whom the database calls members, proven or not."""
        found = {}
        for holder in self.holders:
            recipient = recipient_of(holder)
            if holder.state == "trusted" and recipient is not None:
                found[holder.uid] = recipient
        return found


def read_books(store: Store) -> SiteBooks:
    """The books as they are now."""
    with store.reading() as session:
        site_uid = database_site(session)
        newest = 0 if site_uid is None else newest_version(session, site_uid)
        return SiteBooks(site_uid, stored_holders(session), newest)


def recipient_of(holder: StoredHolder) -> Recipient | None:
    """The holder with its public keys; None where those are none."""
    seal_pub, sign_pub = _bytes(holder.seal_pub), _bytes(holder.sign_pub)
    if len(seal_pub) != 32 or len(sign_pub) != 32:
        return None
    kind = RecipientKind.STATION if holder.is_station else RecipientKind.RECOVERY
    return Recipient(holder.uid, kind, seal_pub, sign_pub)


def endorsement_of(kit: StoredHolder) -> Statement | None:
    """The kit's word for the station that made it."""
    at, _, signature = (kit.endorsement or "").partition(" ")
    try:
        return _statement(kit.uid, datetime.fromisoformat(at), signature)
    except ValueError:
        return None


def public_keys(recipient: Recipient) -> PublicKeys:
    """As they are written."""
    return PublicKeys(recipient.uid, text_of(recipient.seal_pub), text_of(recipient.sign_pub))


def signed(about: UUID, statement: Statement) -> Signed:
    """As it is written."""
    return Signed(about, statement.by, statement.at, text_of(statement.signature))


def written_copies(copies: Iterable[SealedCopy]) -> tuple[SealedSiteKey, ...]:
    """As they are written."""
    return tuple(
        SealedSiteKey(
            each.key_version, each.recipient, text_of(each.wrapped), each.made_by, text_of(each.signature)
        )
        for each in copies
    )


def read_copies(copies: Iterable[StoredCopy]) -> tuple[SealedCopy, ...]:
    """As the keys' room takes them."""
    return tuple(
        SealedCopy(each.key_version, each.recipient, each.wrapped, each.made_by, _bytes(each.signature))
        for each in copies
    )


def versions_of(site_uid: UUID, site_keys: Mapping[int, bytes]) -> tuple[SiteKeyVersion, ...]:
    """What may be told of site keys."""
    return tuple(
        SiteKeyVersion(version, check_value(key, site_uid, version))
        for version, key in sorted(site_keys.items())
    )


def text_of(data: bytes) -> str:
    """Base64."""
    return base64.b64encode(data).decode("ascii")


def _statement(by: UUID | None, at: datetime | None, signature: str | None) -> Statement | None:
    if by is None or at is None or signature is None:
        return None
    return Statement(by, at, _bytes(signature))


def _bytes(text: str) -> bytes:
    """What base64 stands for; nothing where it is none, so that nothing can be signed by it."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
