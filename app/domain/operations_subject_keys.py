# SPDX-License-Identifier: Apache-2.0
"""What is written about the keys that seal what belongs to one subject: made, wrapped anew, destroyed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar
from uuid import UUID

from app.domain.operations import Payload


@dataclass(frozen=True, slots=True)
class AddSubjectKey(Payload):
    """Keep a wrapped key of the subject, beside those that it has already."""

    kind: ClassVar[str] = "subject_key.add"

    key_uid: UUID
    subject_uid: UUID
    site_uid: UUID
    key_version: int
    wrapped: str = field(repr=False)  # base64


@dataclass(frozen=True, slots=True)
class RewrappedKey:
    """A subject's key under another site key. ``from_version``: as it was found; changed since, it stays."""

    key_uid: UUID
    from_site_uid: UUID | None
    from_version: int
    sealed_site_uid: UUID | None
    wrapped: str = field(repr=False)  # base64


@dataclass(frozen=True, slots=True)
class RewrapSubjectKeys(Payload):
    """Keep subject keys as wrapped by a newer key of the site; destroyed ones stay destroyed."""

    kind: ClassVar[str] = "subject_keys.rewrap"

    site_uid: UUID
    key_version: int
    keys: tuple[RewrappedKey, ...]


@dataclass(frozen=True, slots=True)
class DestroySubjectKeys(Payload):
    """Destroy every key of the subject: nothing that was sealed for it opens any more, on any station."""

    kind: ClassVar[str] = "subject_key.destroy"

    subject_uid: UUID
