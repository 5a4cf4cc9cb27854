# SPDX-License-Identifier: Apache-2.0
"""The station's keys: made once, kept in ``station.keys`` under the station's secret, opened at every start.

``station.keys`` holds the key of the local database, the station's identity (an X25519 key to receive sealed
things, an Ed25519 key to sign) and the site keys by version. Its readable header names the station, the site
and who holds the secret, so that a start after a change of keyring asks the right place.

Order of making, so that a crash leaves at worst a secret that opens nothing: secret written and read back,
then ``station.keys`` written and read back; only then does a caller get keys that it can lock something with.
Nothing here ever replaces a secret, and nothing makes keys where keys or a database already are.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.domain.errors import SetupError
from app.security.key_files import open_document, read_document, seal_document, write_durably
from app.security.sealed import KEY_BYTES, NONCE_BYTES, RandomBytes, Sealer
from app.security.secret_stores import SecretStore

_FORMAT = 1
_HKDF_INFO = b"enrollment-station|station.keys|v1"


@dataclass(frozen=True, slots=True)
class StationKeys:
    """The opened keys of one station.

    Attributes:
        station_uid: this station.
        site_uid: the site whose keys it holds.
        holder: what holds the secret, e.g. ``passphrase``.
        database_key: 32 bytes, raw key of the local database.
        sealer: seals values under the site's keys.
        sign_key: the station's signature.
        seal_key: what others seal to, to reach this station only.
    """

    station_uid: UUID
    site_uid: UUID
    holder: str
    database_key: bytes = field(repr=False)
    sealer: Sealer = field(repr=False)
    sign_key: Ed25519PrivateKey = field(repr=False)
    seal_key: X25519PrivateKey = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Contents:
    """What ``station.keys`` seals."""

    database_key: bytes
    seal_key: bytes
    sign_key: bytes
    site_keys: Mapping[int, bytes]

    def to_bytes(self) -> bytes:
        return json.dumps(
            {
                "database_key": _text(self.database_key),
                "seal_key": _text(self.seal_key),
                "sign_key": _text(self.sign_key),
                "site_keys": {str(version): _text(key) for version, key in self.site_keys.items()},
            }
        ).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> _Contents:
        fields = json.loads(data)
        return cls(
            database_key=base64.b64decode(fields["database_key"]),
            seal_key=base64.b64decode(fields["seal_key"]),
            sign_key=base64.b64decode(fields["sign_key"]),
            site_keys={int(version): base64.b64decode(key) for version, key in fields["site_keys"].items()},
        )


class Vault:
    """Makes and opens the keys of one profile.

    Args:
        keys_file: ``station.keys``.
        database_file: the local database; where it exists, no keys are ever made.
        store: holds the secret.
        random_bytes: gives that many random bytes (``os.urandom``).
    """

    def __init__(
        self, *, keys_file: Path, database_file: Path, store: SecretStore, random_bytes: RandomBytes
    ) -> None:
        self._keys_file = keys_file
        self._database_file = database_file
        self._store = store
        self._random_bytes = random_bytes

    def create(self, new_uid: Callable[[], UUID]) -> StationKeys:
        """Make secret and keys for a new station (and a new site).

        Raises:
            SetupError: ``key_exists`` when this profile has keys; ``key_absent`` when it has a database whose
                keys are gone (new keys could not open it); or what the store or the disk refuse.
        """
        if self._keys_file.exists():
            raise SetupError("key_exists", path=self._keys_file)
        if self._database_file.exists():
            raise SetupError("key_absent", path=self._keys_file)
        station_uid = new_uid()
        header: dict[str, str | int] = {
            "format": _FORMAT,
            "station": str(station_uid),
            "site": str(new_uid()),
            "holder": self._store.holder,
            "salt": self._random_bytes(16).hex(),
        }
        secret = self._new_secret(str(station_uid))
        contents = _Contents(
            database_key=self._random_bytes(KEY_BYTES),
            seal_key=self._random_bytes(KEY_BYTES),
            sign_key=self._random_bytes(KEY_BYTES),
            site_keys={1: self._random_bytes(KEY_BYTES)},
        )
        self._write(header, secret, contents)
        return self.open()

    def open(self) -> StationKeys:
        """Open the keys.

        Raises:
            SetupError: ``key_absent`` when there are no keys or no secret, ``key_locked`` when the secret
                cannot be reached now, ``passphrase_wrong``, ``key_store_unsafe``, ``keys_damaged`` when the
                file was changed or the secret is not the one that sealed it.
        """
        header, _, contents = self._read()
        return self._opened(header, contents)

    def add_site_key(self) -> StationKeys:
        """Add a site key of the next version, which wraps from now on; the older ones go on opening.

        Raises:
            SetupError: as ``open``; ``key_store_failed`` when the disk refuses, and then nothing has changed.
        """
        header, secret, contents = self._read()
        site_keys = {**contents.site_keys, max(contents.site_keys) + 1: self._random_bytes(KEY_BYTES)}
        changed = _Contents(contents.database_key, contents.seal_key, contents.sign_key, site_keys)
        self._write({**header, "salt": self._random_bytes(16).hex()}, secret, changed)
        return self.open()

    def _new_secret(self, entry: str) -> str:
        """Store a new 43-character secret and see that it is really there.

        A key file that exists already (placed by the system, or left by a set-up that was cut off) is taken
        as it is.
        """
        holder = self._store.holder
        try:
            return self._store.read(entry, holder)
        except SetupError as error:
            if error.code != "key_absent":
                raise
        secret = base64.urlsafe_b64encode(self._random_bytes(32)).rstrip(b"=").decode("ascii")
        self._store.write(entry, secret)
        if self._store.read(entry, holder) != secret:
            raise SetupError("key_store_unsafe", backend=holder)
        return secret

    def _write(self, header: Mapping[str, str | int], secret: str, contents: _Contents) -> None:
        document = seal_document(
            _file_key(secret, header), header, contents.to_bytes(), self._random_bytes(NONCE_BYTES)
        )
        write_durably(self._keys_file, document)

    def _read(self) -> tuple[dict[str, str | int], str, _Contents]:
        header, sealed = read_document(self._keys_file)
        if header.get("format") != _FORMAT or not {"station", "site", "holder", "salt"} <= header.keys():
            raise SetupError("keys_damaged", path=self._keys_file)
        secret = self._store.read(str(header["station"]), str(header["holder"]))
        try:
            payload = open_document(_file_key(secret, header), header, sealed)
        except ValueError as error:
            raise SetupError("keys_damaged", path=self._keys_file) from error
        if payload is None:
            raise SetupError("keys_damaged", path=self._keys_file)
        return header, secret, _Contents.from_bytes(payload)

    def _opened(self, header: Mapping[str, str | int], contents: _Contents) -> StationKeys:
        site_uid = UUID(str(header["site"]))
        return StationKeys(
            station_uid=UUID(str(header["station"])),
            site_uid=site_uid,
            holder=str(header["holder"]),
            database_key=contents.database_key,
            sealer=Sealer(site_uid, contents.site_keys, random_bytes=self._random_bytes),
            sign_key=Ed25519PrivateKey.from_private_bytes(contents.sign_key),
            seal_key=X25519PrivateKey.from_private_bytes(contents.seal_key),
        )


def recorded_holder(keys_file: Path) -> str | None:
    """Who holds the secret of these keys (``keyring:…``, ``passphrase``, ``key_file``); ``None`` without
    keys.

    Raises:
        SetupError: ``key_locked`` or ``keys_damaged``.
    """
    if not keys_file.exists():
        return None
    header, _ = read_document(keys_file)
    return str(header.get("holder", ""))


def _file_key(secret: str, header: Mapping[str, str | int]) -> bytes:
    salt = bytes.fromhex(str(header["salt"]))
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=_HKDF_INFO).derive(
        secret.encode("ascii")
    )


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
