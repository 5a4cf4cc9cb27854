# SPDX-License-Identifier: Apache-2.0
"""What ``station.keys`` seals, as a value and as bytes."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from app.security.recipients import Recipient, RecipientKind

SiteKeys = Mapping[int, bytes]


@dataclass(frozen=True, slots=True)
class Asked:
    """A site that this station asked to join, and whom it was shown as holding the site's keys."""

    site_uid: UUID
    members: Mapping[UUID, Recipient]


@dataclass(frozen=True, slots=True)
class Proposed:
    """A new site key that the database has not taken yet."""

    key_version: int
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class VaultContents:
    """Everything secret that a station has, and whom it trusts.

    Attributes:
        site_keys: of the present site, by version.
        former_sites: keys of sites that the station left; for opening what was sealed there.
        members: the recipients of the site's keys that this station has seen proof of; itself not among them.
        removed_at: when recipients were taken out: an older approval does not let them in again.
    """

    database_key: bytes = field(repr=False)
    seal_key: bytes = field(repr=False)
    sign_key: bytes = field(repr=False)
    site_keys: SiteKeys = field(repr=False)
    former_sites: Mapping[UUID, SiteKeys] = field(default_factory=dict, repr=False)
    members: Mapping[UUID, Recipient] = field(default_factory=dict)
    removed_at: Mapping[UUID, datetime] = field(default_factory=dict)
    asked: Asked | None = None
    proposed: Proposed | None = None

    def to_bytes(self) -> bytes:
        """As JSON."""
        document: dict[str, Any] = {
            "database_key": _text(self.database_key),
            "seal_key": _text(self.seal_key),
            "sign_key": _text(self.sign_key),
            "site_keys": _keys_out(self.site_keys),
            "former_sites": {str(uid): _keys_out(keys) for uid, keys in self.former_sites.items()},
            "members": _members_out(self.members.values()),
            "removed_at": {str(uid): at.isoformat() for uid, at in self.removed_at.items()},
        }
        if self.asked is not None:
            members = _members_out(self.asked.members.values())
            document["asked"] = {"site": str(self.asked.site_uid), "members": members}
        if self.proposed is not None:
            document["proposed"] = [self.proposed.key_version, _text(self.proposed.key)]
        return json.dumps(document).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> VaultContents:
        """The inverse of ``to_bytes``; reads what was written before stations could share a key as well."""
        fields = json.loads(data)
        asked, proposed = fields.get("asked"), fields.get("proposed")
        return cls(
            database_key=base64.b64decode(fields["database_key"]),
            seal_key=base64.b64decode(fields["seal_key"]),
            sign_key=base64.b64decode(fields["sign_key"]),
            site_keys=_keys_in(fields["site_keys"]),
            former_sites={UUID(uid): _keys_in(keys) for uid, keys in fields.get("former_sites", {}).items()},
            members=_members_in(fields.get("members", [])),
            removed_at={
                UUID(uid): datetime.fromisoformat(at) for uid, at in fields.get("removed_at", {}).items()
            },
            asked=None if asked is None else Asked(UUID(asked["site"]), _members_in(asked["members"])),
            proposed=None if proposed is None else Proposed(proposed[0], base64.b64decode(proposed[1])),
        )


def by_uid(members: Iterable[Recipient]) -> dict[UUID, Recipient]:
    """Recipients by their uid."""
    return {each.uid: each for each in members}


def _keys_out(keys: SiteKeys) -> dict[str, str]:
    return {str(version): _text(key) for version, key in keys.items()}


def _keys_in(fields: Mapping[str, str]) -> dict[int, bytes]:
    return {int(version): base64.b64decode(key) for version, key in fields.items()}


def _members_out(members: Iterable[Recipient]) -> list[list[str]]:
    return [[str(each.uid), each.kind.value, _text(each.seal_pub), _text(each.sign_pub)] for each in members]


def _members_in(rows: list[list[str]]) -> dict[UUID, Recipient]:
    return by_uid(
        Recipient(UUID(uid), RecipientKind(kind), base64.b64decode(seal), base64.b64decode(sign))
        for uid, kind, seal, sign in rows
    )


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
