# SPDX-License-Identifier: Apache-2.0
"""What is written about stations that share a site's keys: asking, letting in, taking out, new site keys.

Keys and signatures are base64. A signature counts by itself: whoever reads these rows checks it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from app.domain.operations import Payload


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """Of a station or a recovery kit."""

    uid: UUID
    seal_pub: str
    sign_pub: str


@dataclass(frozen=True, slots=True)
class Signed:
    """One recipient's word about another."""

    about: UUID
    by: UUID
    at: datetime
    signature: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SealedSiteKey:
    """A site key sealed to one recipient."""

    key_version: int
    recipient: str
    wrapped: str = field(repr=False)
    made_by: UUID
    signature: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SiteKeyVersion:
    """A version of the site's key, told from another one by ``check_value``."""

    key_version: int
    check_value: str


@dataclass(frozen=True, slots=True)
class ClaimSite(Payload):
    """Give a database without a site the station's own; the first station wins."""

    kind: ClassVar[str] = "site.claim"

    site_uid: UUID
    station: PublicKeys
    name: str
    versions: tuple[SiteKeyVersion, ...]


@dataclass(frozen=True, slots=True)
class MoveSite(Payload):
    """A database of the station's former site belongs to its present one from now on."""

    kind: ClassVar[str] = "site.move"

    from_site_uid: UUID
    to_site_uid: UUID
    station_uid: UUID
    versions: tuple[SiteKeyVersion, ...]


@dataclass(frozen=True, slots=True)
class AskToJoin(Payload):
    """Put a station on the list of those that wait to be let in, with its public keys."""

    kind: ClassVar[str] = "station.ask"

    station: PublicKeys
    name: str


@dataclass(frozen=True, slots=True)
class LetStationIn(Payload):
    """Let a waiting station have the site's keys, if its public keys are still those that were compared."""

    kind: ClassVar[str] = "station.let_in"

    site_uid: UUID
    station: PublicKeys
    approval: Signed
    copies: tuple[SealedSiteKey, ...]


@dataclass(frozen=True, slots=True)
class RefuseStation(Payload):
    """Take a station that waits off the list."""

    kind: ClassVar[str] = "station.refuse"

    station_uid: UUID


@dataclass(frozen=True, slots=True)
class ChangeSiteKey(Payload):
    """A new version of the site's key, sealed to all who keep it; those in ``removals`` do not.

    ``approvals``: the maker's own word for recipients that a removed one had let in.
    """

    kind: ClassVar[str] = "site_key.change"

    site_uid: UUID
    made_by: UUID
    version: SiteKeyVersion
    copies: tuple[SealedSiteKey, ...]
    removals: tuple[Signed, ...] = ()
    approvals: tuple[Signed, ...] = ()


@dataclass(frozen=True, slots=True)
class ShareSiteKeys(Payload):
    """Sealed copies for members that lack them."""

    kind: ClassVar[str] = "site_key.share"

    site_uid: UUID
    copies: tuple[SealedSiteKey, ...]


@dataclass(frozen=True, slots=True)
class AddRecoveryKit(Payload):
    """A printed code holds the site's keys from now on."""

    kind: ClassVar[str] = "recovery_kit.add"

    site_uid: UUID
    kit: PublicKeys
    label: str
    approval: Signed
    endorsement: Signed
    copies: tuple[SealedSiteKey, ...]
