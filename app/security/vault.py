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
import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from filelock import FileLock, Timeout

from app.domain.errors import SetupError
from app.security.key_files import open_document, read_document, seal_document, write_durably
from app.security.recipients import Recipient, RecipientKind
from app.security.sealed import KEY_BYTES, NONCE_BYTES, RandomBytes, Sealer
from app.security.secret_stores import SecretStore
from app.security.vault_contents import VaultContents

LOCK_WAIT_S = 10.0
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
        contents: whom the station trusts, and what it has asked for or proposed.
    """

    station_uid: UUID
    site_uid: UUID
    holder: str
    database_key: bytes = field(repr=False)
    sealer: Sealer = field(repr=False)
    sign_key: Ed25519PrivateKey = field(repr=False)
    seal_key: X25519PrivateKey = field(repr=False)
    contents: VaultContents = field(repr=False)

    @property
    def recipient(self) -> Recipient:
        """The station as others know it."""
        return Recipient(
            uid=self.station_uid,
            kind=RecipientKind.STATION,
            seal_pub=self.seal_key.public_key().public_bytes_raw(),
            sign_pub=self.sign_key.public_key().public_bytes_raw(),
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
        contents = VaultContents(
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

    def stamp(self) -> bytes:
        """Tells one state of the file from another; opening it may take a third of a second.

        Raises:
            SetupError: ``key_absent`` or ``key_locked``.
        """
        try:
            return hashlib.sha256(self._keys_file.read_bytes()).digest()
        except FileNotFoundError as error:
            raise SetupError("key_absent", path=self._keys_file) from error
        except OSError as error:
            raise SetupError("key_locked", path=self._keys_file) from error

    def change(
        self, changed: Callable[[VaultContents], VaultContents], site_uid: UUID | None = None
    ) -> StationKeys:
        """Replace what the file holds; durable when this returns, and all of it or nothing.

        Args:
            changed: gives the new contents for those that are there; other programs of this station wait.
            site_uid: the site that the keys belong to from now on.

        Raises:
            SetupError: as ``open``; ``key_store_failed`` when the disk refuses, and then nothing has changed.
        """
        with self._alone():
            header, secret, contents = self._read()
            header = {**header, "salt": self._random_bytes(16).hex()}
            if site_uid is not None:
                header["site"] = str(site_uid)
            self._write(header, secret, changed(contents))
            return self.open()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Two programs of one station must not each write what they read before the other wrote."""
        path = self._keys_file.with_name(self._keys_file.name + ".lock")
        lock = FileLock(path)
        try:
            lock.acquire(timeout=LOCK_WAIT_S)
        except Timeout as error:
            raise SetupError("key_locked", path=path) from error
        except OSError as error:
            raise SetupError("key_store_failed", path=path) from error
        try:
            yield
        finally:
            lock.release()

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

    def _write(self, header: Mapping[str, str | int], secret: str, contents: VaultContents) -> None:
        document = seal_document(
            _file_key(secret, header), header, contents.to_bytes(), self._random_bytes(NONCE_BYTES)
        )
        write_durably(self._keys_file, document)

    def _read(self) -> tuple[dict[str, str | int], str, VaultContents]:
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
        return header, secret, VaultContents.from_bytes(payload)

    def _opened(self, header: Mapping[str, str | int], contents: VaultContents) -> StationKeys:
        site_uid = UUID(str(header["site"]))
        return StationKeys(
            station_uid=UUID(str(header["station"])),
            site_uid=site_uid,
            holder=str(header["holder"]),
            database_key=contents.database_key,
            sealer=Sealer(
                site_uid,
                contents.site_keys,
                random_bytes=self._random_bytes,
                former_sites=contents.former_sites,
            ),
            sign_key=Ed25519PrivateKey.from_private_bytes(contents.sign_key),
            seal_key=X25519PrivateKey.from_private_bytes(contents.seal_key),
            contents=contents,
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
