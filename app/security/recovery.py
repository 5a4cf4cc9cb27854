# SPDX-License-Identifier: Apache-2.0
"""The recovery kit: a printed code that is a recipient like a station, for when every station is lost.

A code has 160 random bits and 20 bits of check: 36 characters in groups of four, in Crockford's base 32 (no
I, L, O, U; small letters and these look-alikes are read as what they were meant to be). Both key pairs of the
kit come from the bits by HKDF-SHA256.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.domain.errors import OperatorError
from app.security.recipients import Recipient, RecipientKind
from app.security.sealed import RandomBytes

_SECRET_BYTES = 20
_CHECK_CHARACTERS = 4
_GROUP = 4
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MEANT = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, " ": None, "\r": None, "\n": None})


@dataclass(frozen=True, slots=True)
class RecoveryKit:
    """The keys that a code gives. ``code``: as it is printed."""

    code: str = field(repr=False)
    recipient: Recipient
    seal_key: X25519PrivateKey = field(repr=False)
    sign_key: Ed25519PrivateKey = field(repr=False)


def new_kit(random_bytes: RandomBytes) -> RecoveryKit:
    """A kit with a fresh code."""
    return _kit(random_bytes(_SECRET_BYTES))


def kit_of(code: str) -> RecoveryKit:
    """The kit of a typed code.

    Raises:
        OperatorError: recovery_code_wrong for what is no code; a mistyped character is noticed.
    """
    plain = code.upper().translate(_MEANT)
    count = _SECRET_BYTES * 8 // 5
    if len(plain) != count + _CHECK_CHARACTERS or not set(plain) <= set(_ALPHABET):
        raise OperatorError("recovery_code_wrong")
    number = 0
    for character in plain[:count]:
        number = number * 32 + _ALPHABET.index(character)
    kit = _kit(number.to_bytes(_SECRET_BYTES))
    if kit.code.replace("-", "") != plain:
        raise OperatorError("recovery_code_wrong")
    return kit


def _kit(secret: bytes) -> RecoveryKit:
    seal_key = X25519PrivateKey.from_private_bytes(_derived(secret, "seal"))
    sign_key = Ed25519PrivateKey.from_private_bytes(_derived(secret, "sign"))
    return RecoveryKit(
        code=_printed(secret),
        recipient=Recipient(
            uid=_uid(_derived(secret, "uid")[:16]),
            kind=RecipientKind.RECOVERY,
            seal_pub=seal_key.public_key().public_bytes_raw(),
            sign_pub=sign_key.public_key().public_bytes_raw(),
        ),
        seal_key=seal_key,
        sign_key=sign_key,
    )


def _derived(secret: bytes, use: str) -> bytes:
    info = f"enrollment-station|recovery|v1|{use}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret)


def _uid(data: bytes) -> UUID:
    """A UUID of version 8 (RFC 9562), whose bits are ours to fill: the code is the kit, its uid as well."""
    number = int.from_bytes(data)
    number = number & ~(0xF << 76) | 0x8 << 76
    return UUID(int=number & ~(0x3 << 62) | 0x2 << 62)


def _printed(secret: bytes) -> str:
    check = int.from_bytes(hashlib.sha256(b"recovery-check|" + secret).digest()) % 32**_CHECK_CHARACTERS
    text = _base32(int.from_bytes(secret), _SECRET_BYTES * 8 // 5) + _base32(check, _CHECK_CHARACTERS)
    return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def _base32(number: int, length: int) -> str:
    characters = []
    for _ in range(length):
        number, rest = divmod(number, 32)
        characters.append(_ALPHABET[rest])
    return "".join(reversed(characters))
