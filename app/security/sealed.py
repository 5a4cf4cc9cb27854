# SPDX-License-Identifier: Apache-2.0
"""Sealing of single values: AES-256-GCM under one key per subject, which is itself wrapped by the site key.

A subject is a student, or a temporary enrollment that is not tied to a student yet. Every sealed value is
bound to the place it belongs to (site, table, column, row, subject), so that a value copied elsewhere does
not open.
Destroying a subject's wrapped key makes everything that was sealed for the subject unreadable for good.

Token: ``be1:<algorithm>:<key version>:<base64url(nonce | ciphertext | tag), without padding>``. The key
version is that of the site key that wrapped the subject's key when the value was sealed.

Primitives: NIST SP 800-38D (GCM, 96-bit random nonces: at most 2^32 values for one key, far above what one
subject gets). Layout and key hierarchy follow ISO/IEC 24745's demands on renewability and binding.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.domain.errors import SetupError

RandomBytes = Callable[[int], bytes]

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16

FORMAT = "be1"
#: AES-256-GCM under the subject's key.
ALGORITHM_SUBJECT = "a256gcm"
#: Reserved: HPKE to the site's public key, for stations that may write but never read back.
ALGORITHM_SITE = "hpke"

_TOKEN = re.compile(r"be1:(?P<algorithm>[a-z0-9]+):(?P<version>[1-9][0-9]{0,8}):(?P<body>[A-Za-z0-9_-]+)\Z")
_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*\Z")


class Sealed(str):
    """A token as text. A plain string for every database driver; its ``repr`` shows nothing."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<sealed>"


@dataclass(frozen=True, slots=True)
class SealContext:
    """The one place where a sealed value may be opened.

    Attributes:
        table: the table's name as in the schema, small letters, digits and underscores.
        column: the column's name, likewise.
        row_uid: uid of the row.
        subject_uid: uid of the student, or of the temporary enrollment while it has no student.
    """

    table: str
    column: str
    row_uid: UUID
    subject_uid: UUID

    def __post_init__(self) -> None:
        # The parts are joined by "|": a part that could hold one would let two places share their binding.
        if not _IDENTIFIER.match(self.table) or not _IDENTIFIER.match(self.column):
            raise ValueError("table and column are names of the schema")

    def binding(self, site_uid: UUID) -> str:
        """The place as one string: ``v1|site|table|column|row|subject``."""
        return f"v1|{site_uid}|{self.table}|{self.column}|{self.row_uid}|{self.subject_uid}"


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A subject's key under a site key, as it is stored.

    Attributes:
        key_version: of the site key.
        wrapped: nonce, ciphertext and tag, 60 bytes.
        site_uid: the site whose key it is; None where that was not noted.
        sealed_site_uid: the site that the values sealed under this key are bound to; None: the one that opens
            the key.
    """

    key_version: int
    wrapped: bytes = field(repr=False)
    site_uid: UUID | None = None
    sealed_site_uid: UUID | None = None


class SubjectKey:
    """Seals and opens the values of one subject."""

    __slots__ = ("_cipher", "_key_version", "_random_bytes", "_site_uid", "subject_uid")

    def __init__(
        self, *, key: bytes, key_version: int, subject_uid: UUID, site_uid: UUID, random_bytes: RandomBytes
    ) -> None:
        self.subject_uid = subject_uid
        self._cipher = AESGCM(key)
        self._key_version = key_version
        self._site_uid = site_uid
        self._random_bytes = random_bytes

    def seal(self, data: bytes, context: SealContext) -> Sealed:
        """Seal ``data`` for exactly one place.

        Raises:
            ValueError: the place belongs to another subject.
        """
        if context.subject_uid != self.subject_uid:
            raise ValueError("the context names another subject than the key")
        header = f"{FORMAT}:{ALGORITHM_SUBJECT}:{self._key_version}"
        nonce = self._random_bytes(NONCE_BYTES)
        body = nonce + self._cipher.encrypt(nonce, data, _associated(header, context, self._site_uid))
        return Sealed(f"{header}:{_to_text(body)}")

    def open(self, token: str, context: SealContext) -> bytes:
        """Give back what was sealed.

        Raises:
            SetupError: ``seal_broken`` for a token that was changed, moved to another place or sealed for
                somebody else; ``seal_unsupported`` for one that was sealed in a way this program does not
                read.
        """
        match = _TOKEN.match(token)
        if match is None:
            raise _broken(context)
        if match["algorithm"] != ALGORITHM_SUBJECT:
            raise SetupError(
                "seal_unsupported",
                algorithm=match["algorithm"],
                reserved=match["algorithm"] == ALGORITHM_SITE,
                table=context.table,
                column=context.column,
                row=context.row_uid,
            )
        body = _from_text(match["body"])
        if body is None or len(body) < NONCE_BYTES + TAG_BYTES:
            raise _broken(context)
        header = token.rpartition(":")[0]
        try:
            return self._cipher.decrypt(
                body[:NONCE_BYTES], body[NONCE_BYTES:], _associated(header, context, self._site_uid)
            )
        except InvalidTag as error:
            raise _broken(context) from error


class Sealer:
    """Makes, opens and rewraps subject keys under the site's keys.

    Args:
        site_uid: the site; part of every binding.
        site_keys: 32-byte keys by version (1 and up); the highest version wraps new subject keys.
        random_bytes: gives that many random bytes (``os.urandom``).
        former_sites: keys of sites that this station belonged to before; they only open.
    """

    __slots__ = ("_ciphers", "_random_bytes", "current_version", "site_uid")

    def __init__(
        self,
        site_uid: UUID,
        site_keys: Mapping[int, bytes],
        *,
        random_bytes: RandomBytes,
        former_sites: Mapping[UUID, Mapping[int, bytes]] | None = None,
    ) -> None:
        if not site_keys or min(site_keys) < 1:
            raise ValueError("at least one site key, versions from 1")
        sites = {site_uid: site_keys, **(former_sites or {})}
        if any(len(key) != KEY_BYTES for keys in sites.values() for key in keys.values()):
            raise ValueError("site keys have 32 bytes")
        self.site_uid = site_uid
        self.current_version = max(site_keys)
        # The present site first: it is asked first where a key does not say whose it is.
        self._ciphers = {
            (uid, version): AESGCM(key) for uid, keys in sites.items() for version, key in keys.items()
        }
        self._random_bytes = random_bytes

    def new_subject_key(self, subject_uid: UUID) -> WrappedKey:
        """A fresh random key for the subject, wrapped by the newest site key."""
        return self._wrap(subject_uid, self._random_bytes(KEY_BYTES), self.site_uid)

    def open_subject(self, subject_uid: UUID, wrapped: WrappedKey) -> SubjectKey:
        """Unwrap the subject's key.

        Raises:
            SetupError: ``seal_broken`` when the wrapped key was changed or belongs to another subject or
                site; ``site_key_absent`` when this station has no site key of that version.
        """
        key, site_uid = self._unwrap(subject_uid, wrapped)
        return SubjectKey(
            key=key,
            key_version=wrapped.key_version,
            subject_uid=subject_uid,
            site_uid=wrapped.sealed_site_uid or site_uid,
            random_bytes=self._random_bytes,
        )

    def is_current(self, wrapped: WrappedKey) -> bool:
        """Whether the newest key of the present site wraps it."""
        return (wrapped.site_uid, wrapped.key_version) == (self.site_uid, self.current_version)

    def rewrap(self, subject_uid: UUID, wrapped: WrappedKey) -> WrappedKey:
        """The same subject key under the newest site key; sealed values stay as they are and go on opening.

        Raises:
            SetupError: as ``open_subject``.
        """
        key, site_uid = self._unwrap(subject_uid, wrapped)
        return self._wrap(subject_uid, key, wrapped.sealed_site_uid or site_uid)

    def _wrap(self, subject_uid: UUID, key: bytes, sealed_site_uid: UUID) -> WrappedKey:
        version = self.current_version
        nonce = self._random_bytes(NONCE_BYTES)
        binding = _wrap_binding(self.site_uid, subject_uid, version)
        sealed = self._ciphers[self.site_uid, version].encrypt(nonce, key, binding)
        return WrappedKey(version, nonce + sealed, self.site_uid, sealed_site_uid)

    def _unwrap(self, subject_uid: UUID, wrapped: WrappedKey) -> tuple[bytes, UUID]:
        """The key, and the site whose key opened it."""
        version = wrapped.key_version
        sites = [uid for uid, of in self._ciphers if of == version and wrapped.site_uid in (None, uid)]
        if not sites:
            raise SetupError("site_key_absent", version=version, subject=subject_uid)
        broken = SetupError("seal_broken", table="subject_keys", column="wrapped", row=subject_uid)
        if len(wrapped.wrapped) != NONCE_BYTES + KEY_BYTES + TAG_BYTES:
            raise broken
        nonce, sealed = wrapped.wrapped[:NONCE_BYTES], wrapped.wrapped[NONCE_BYTES:]
        for site_uid in sites:
            binding = _wrap_binding(site_uid, subject_uid, version)
            try:
                return self._ciphers[site_uid, version].decrypt(nonce, sealed, binding), site_uid
            except InvalidTag:
                continue
        raise broken


def _wrap_binding(site_uid: UUID, subject_uid: UUID, version: int) -> bytes:
    return f"subject-dek|{site_uid}|{subject_uid}|{version}".encode()


def _associated(header: str, context: SealContext, site_uid: UUID) -> bytes:
    # The header goes in as well: a token whose version was edited must not open either.
    return f"{context.binding(site_uid)}|{header}".encode()


def _broken(context: SealContext) -> SetupError:
    return SetupError("seal_broken", table=context.table, column=context.column, row=context.row_uid)


def _to_text(body: bytes) -> str:
    return base64.urlsafe_b64encode(body).rstrip(b"=").decode("ascii")


def _from_text(text: str) -> bytes | None:
    """Strict inverse of ``_to_text``: of several spellings that a lenient decoder takes, only ours counts."""
    try:
        body = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return None
    return body if _to_text(body) == text else None
