# SPDX-License-Identifier: Apache-2.0
"""Who counts as a holder of the site's keys, by what is signed; and the sealed copies that holders make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from app.security.key_wraps import unwrap_site_key, wrap_site_key
from app.security.recipients import (
    Recipient,
    Statement,
    is_approved,
    is_removed,
    is_wrap_signed,
    sign_wrap,
)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a database says of a recipient; true is what is signed."""

    recipient: Recipient
    approval: Statement | None = None
    removal: Statement | None = None


@dataclass(frozen=True, slots=True)
class Membership:
    """Holders that are proven, and when others were taken out."""

    members: Mapping[UUID, Recipient]
    removed_at: Mapping[UUID, datetime] = field(default_factory=dict)


def judged(site_uid: UUID, own: Recipient, known: Membership, claims: Iterable[Claim]) -> Membership:
    """What is known with what the claims prove: who was let in, then who was taken out.

    ``own``, the one who judges, is in ``removed_at`` where a member has taken it out.
    """
    listed = list(claims)
    members = {**known.members, own.uid: own}
    removed_at = dict(known.removed_at)
    grown = True
    while grown:
        grown = False
        for claim in listed:
            if claim.recipient.uid not in members and _let_in(site_uid, members, removed_at, claim):
                members[claim.recipient.uid] = claim.recipient
                grown = True
    for claim in sorted(listed, key=lambda each: each.removal.at.timestamp() if each.removal else 0.0):
        uid, removal = claim.recipient.uid, claim.removal
        if removal is None or not _taken_out(site_uid, members, claim):
            continue
        members.pop(uid, None)
        removed_at[uid] = max(removal.at, removed_at.get(uid, removal.at))
    members.pop(own.uid, None)
    return Membership(members, removed_at)


def _let_in(
    site_uid: UUID, members: Mapping[UUID, Recipient], removed_at: Mapping[UUID, datetime], claim: Claim
) -> bool:
    said = claim.approval
    if said is None or said.by not in members:
        return False
    gone_at = removed_at.get(claim.recipient.uid)
    if gone_at is not None and said.at <= gone_at:
        return False
    return is_approved(members[said.by], site_uid, claim.recipient, said)


def _taken_out(site_uid: UUID, members: Mapping[UUID, Recipient], claim: Claim) -> bool:
    said = claim.removal
    if said is None or said.by not in members or said.by == claim.recipient.uid:
        return False
    back = claim.approval
    if back is not None and back.at > said.at and _let_in(site_uid, members, {}, claim):
        return False
    return is_removed(members[said.by], site_uid, claim.recipient.uid, said)


@dataclass(frozen=True, slots=True)
class SealedCopy:
    """A site key sealed to one recipient and signed by its maker."""

    key_version: int
    recipient: str
    wrapped: bytes = field(repr=False)
    made_by: UUID
    signature: bytes = field(repr=False)


def copies_for(
    recipients: Iterable[Recipient],
    site_uid: UUID,
    site_keys: Mapping[int, bytes],
    made_by: UUID,
    sign_key: Ed25519PrivateKey,
) -> tuple[SealedCopy, ...]:
    """Every site key for every recipient."""
    copies = []
    for recipient in recipients:
        for version, key in sorted(site_keys.items()):
            wrapped = wrap_site_key(key, site_uid, version, recipient)
            signature = sign_wrap(sign_key, site_uid, version, recipient.name, wrapped)
            copies.append(SealedCopy(version, recipient.name, wrapped, made_by, signature))
    return tuple(copies)


@dataclass(frozen=True, slots=True)
class OpenedCopies:
    """Site keys by version, and the versions whose copy is not to be trusted."""

    site_keys: Mapping[int, bytes] = field(repr=False)
    refused: frozenset[int] = frozenset()


def opened_copies(
    copies: Iterable[SealedCopy],
    site_uid: UUID,
    recipient: Recipient,
    seal_key: X25519PrivateKey,
    makers: Mapping[UUID, Recipient],
) -> OpenedCopies:
    """The site keys that were sealed to ``recipient`` by somebody who holds them."""
    found: dict[int, bytes] = {}
    refused: set[int] = set()
    for copy in copies:
        maker = makers.get(copy.made_by)
        signed = maker is not None and is_wrap_signed(
            maker, site_uid, copy.key_version, recipient.name, copy.wrapped, copy.signature
        )
        key = (
            unwrap_site_key(copy.wrapped, site_uid, copy.key_version, recipient.name, seal_key)
            if signed
            else None
        )
        if key is None:
            refused.add(copy.key_version)
        else:
            found[copy.key_version] = key
    return OpenedCopies(found, frozenset(refused))
