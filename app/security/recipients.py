# SPDX-License-Identifier: Apache-2.0
"""Who may hold the site's keys: stations and recovery kits, known by two public keys and by what is signed.

A database can be written to by people who must not read what is sealed. So nothing that a station reads
there about another one counts by itself: it counts when a person compared digits, or when a recipient that
counts already has signed it.

Signatures: Ed25519 (RFC 8032) over one line of text with ``|`` between the parts, none of which can hold one.
Digits: Argon2id (RFC 9106) of what they stand for, 12 decimal digits (40 bits). A forger has to make key
pairs until one gives the same digits; at 46 MiB and a tenth of a second each that is out of reach.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

_DIGITS = 12
_GROUP = 4
# OWASP ASVS 5.0, 11.4.2: at least 47,104 KiB with one pass.
_PASSES, _LANES, _MEMORY_KIB = 1, 1, 47_104


class RecipientKind(str, Enum):
    """What holds the key."""

    STATION = "station"
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class Recipient:
    """A holder of the site's keys, or one who asks for them.

    Attributes:
        uid: of the station or the kit.
        seal_pub: X25519 public key, 32 bytes: what is sealed to it only the recipient opens.
        sign_pub: Ed25519 public key, 32 bytes.
    """

    uid: UUID
    kind: RecipientKind
    seal_pub: bytes = field(repr=False)
    sign_pub: bytes = field(repr=False)

    @property
    def name(self) -> str:
        """As sealed copies are addressed: ``station:<uid>``."""
        return f"{self.kind.value}:{self.uid}"

    @property
    def described(self) -> str:
        """All that it is, in one line."""
        return f"{self.name}|{self.seal_pub.hex()}|{self.sign_pub.hex()}"


@dataclass(frozen=True, slots=True)
class Statement:
    """A signed word of one recipient about another. ``signature``: 64 bytes."""

    by: UUID
    at: datetime
    signature: bytes = field(repr=False)


def approval(
    signer: UUID, key: Ed25519PrivateKey, site_uid: UUID, about: Recipient, at: datetime
) -> Statement:
    """``signer`` lets ``about`` have the site's keys."""
    return Statement(signer, at, key.sign(_approval_text(site_uid, about, at)))


def removal(signer: UUID, key: Ed25519PrivateKey, site_uid: UUID, about: UUID, at: datetime) -> Statement:
    """``signer`` takes ``about`` out."""
    return Statement(signer, at, key.sign(_removal_text(site_uid, about, at)))


def is_approved(by: Recipient, site_uid: UUID, about: Recipient, statement: Statement) -> bool:
    """Whether ``by`` really said so."""
    return _verified(by, statement, _approval_text(site_uid, about, statement.at))


def is_removed(by: Recipient, site_uid: UUID, about: UUID, statement: Statement) -> bool:
    """Whether ``by`` really said so."""
    return _verified(by, statement, _removal_text(site_uid, about, statement.at))


def sign_wrap(
    key: Ed25519PrivateKey, site_uid: UUID, key_version: int, recipient: str, wrapped: bytes
) -> bytes:
    """The maker's word for a sealed copy of a site key."""
    return key.sign(_wrap_text(site_uid, key_version, recipient, wrapped))


def is_wrap_signed(
    by: Recipient, site_uid: UUID, key_version: int, recipient: str, wrapped: bytes, signature: bytes
) -> bool:
    """Whether ``by`` really made it."""
    return is_signed(by.sign_pub, signature, _wrap_text(site_uid, key_version, recipient, wrapped))


def is_signed(sign_pub: bytes, signature: bytes, text: bytes) -> bool:
    """Whether the owner of ``sign_pub`` signed ``text``."""
    try:
        Ed25519PublicKey.from_public_bytes(sign_pub).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True


def digits(site_uid: UUID, about: Recipient, trusted: Iterable[Recipient]) -> str:
    """What two people compare, as ``0427 9915 3380``.

    They stand for the new station's public keys and for those of everybody who holds the site's keys, so
    that one comparison tells both sides that nobody stands between them: neither was the new station's row
    changed, nor was the new station shown a false school.
    """
    members = sorted(each.described for each in trusted)
    return _digits(site_uid.bytes, json.dumps([about.described, *members]).encode())


@lru_cache(maxsize=64)
def _digits(salt: bytes, text: bytes) -> str:
    kdf = Argon2id(salt=salt, length=16, iterations=_PASSES, lanes=_LANES, memory_cost=_MEMORY_KIB)
    number = int.from_bytes(kdf.derive(text)) % 10**_DIGITS
    plain = f"{number:0{_DIGITS}d}"
    return " ".join(plain[start : start + _GROUP] for start in range(0, _DIGITS, _GROUP))


def same_digits(typed: str, shown: str) -> bool:
    """Whether two spellings give the same digits; blanks and hyphens do not count."""
    plain = [character for character in typed if character.isdecimal()]
    return len(plain) == _DIGITS and plain == [character for character in shown if character.isdecimal()]


def _verified(by: Recipient, statement: Statement, text: bytes) -> bool:
    return statement.by == by.uid and is_signed(by.sign_pub, statement.signature, text)


def _approval_text(site_uid: UUID, about: Recipient, at: datetime) -> bytes:
    return f"approve|{site_uid}|{about.described}|{_instant(at)}".encode()


def _removal_text(site_uid: UUID, about: UUID, at: datetime) -> bytes:
    return f"remove|{site_uid}|{about}|{_instant(at)}".encode()


def _wrap_text(site_uid: UUID, key_version: int, recipient: str, wrapped: bytes) -> bytes:
    return f"wrap|{site_uid}|{key_version}|{recipient}|{hashlib.sha256(wrapped).hexdigest()}".encode()


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
