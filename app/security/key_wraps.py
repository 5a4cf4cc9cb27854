# SPDX-License-Identifier: Apache-2.0
"""Site keys sealed to one recipient: HPKE (RFC 9180), base mode, X25519, HKDF-SHA256, AES-256-GCM.

A sealed copy has 80 bytes: the encapsulated key (32), the site key (32), the tag (16). It is bound to its
site, version and recipient by HPKE's ``info``.
"""

from __future__ import annotations

from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.security.recipients import Recipient
from app.security.sealed import KEY_BYTES

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def wrap_site_key(site_key: bytes, site_uid: UUID, key_version: int, recipient: Recipient) -> bytes:
    """A copy of the site key that only ``recipient`` opens.

    Raises:
        ValueError: the recipient's public key is none.
    """
    public = X25519PublicKey.from_public_bytes(recipient.seal_pub)
    return _SUITE.encrypt(site_key, public, info=_info(site_uid, key_version, recipient.name))


def unwrap_site_key(
    wrapped: bytes, site_uid: UUID, key_version: int, recipient: str, seal_key: X25519PrivateKey
) -> bytes | None:
    """The site key; None where the copy was changed or made for something else."""
    try:
        key = _SUITE.decrypt(wrapped, seal_key, info=_info(site_uid, key_version, recipient))
    except (InvalidTag, ValueError):
        return None
    return key if len(key) == KEY_BYTES else None


def check_value(site_key: bytes, site_uid: UUID, key_version: int) -> str:
    """Tells two site keys apart without giving either away, 32 hexadecimal digits."""
    info = f"enrollment-station|site-key-check|{site_uid}|{key_version}".encode()
    return HKDF(algorithm=SHA256(), length=16, salt=None, info=info).derive(site_key).hex()


def _info(site_uid: UUID, key_version: int, recipient: str) -> bytes:
    return f"{site_uid}|{key_version}|{recipient}".encode()
