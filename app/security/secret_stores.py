# SPDX-License-Identifier: Apache-2.0
"""Where the station's one secret lives: the system's keyring, behind a pass phrase, or in a key file.

The keyring library picks a backend by itself, a plain-text file among them when a certain package happens to
be installed. So we never let it pick: a backend is taken by its class, from a short list of real ones.
"""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from keyring.backend import KeyringBackend
from keyring.backends import SecretService, Windows, kwallet, macOS

from app.domain.errors import SetupError
from app.security.key_files import open_document, read_document, seal_document, write_durably
from app.security.sealed import RandomBytes

_Answer = TypeVar("_Answer")

SERVICE = "enrollment-station"
USER = "station-secret"
PASSPHRASE_MIN_LENGTH = 12

#: Argon2id, RFC 9106 section 4, second recommended option: 3 passes over 64 MiB in 4 lanes.
ARGON2_PASSES = 3
ARGON2_MEMORY_KIB = 64 * 1024
ARGON2_LANES = 4
_ARGON2_LIMIT = {"passes": 16, "memory_kib": 1024 * 1024, "lanes": 16}

#: The backends that keep a secret behind the user's login, best first. Exactly these classes, no subclasses.
REAL_BACKENDS: tuple[type[KeyringBackend], ...] = (
    Windows.WinVaultKeyring,
    macOS.Keyring,
    SecretService.Keyring,
    kwallet.DBusKeyring,
)


class SecretStore(Protocol):
    """Keeps secrets by the name of their entry."""

    @property
    def holder(self) -> str:
        """What holds a secret written now, e.g. ``keyring:keyring.backends.SecretService.Keyring``."""

    def read(self, entry: str, holder: str) -> str:
        """The secret of ``entry`` from the holder that was recorded when it was written.

        Raises:
            SetupError: ``key_absent`` when there is none, ``key_locked`` when it cannot be reached now,
                ``key_store_unsafe`` when the holder is none that we trust, ``passphrase_wrong``.
        """

    def write(self, entry: str, secret: str) -> None:
        """Keep a new secret.

        Raises:
            SetupError: ``key_exists`` when the entry has one already, ``key_locked``, ``key_store_unsafe``,
                ``key_store_failed``, ``passphrase_short``.
        """


class KeyringStore:
    """The operating system's keyring.

    Args:
        allowed: backend classes that may be used, best first.
        chosen: use this backend rather than the first that works; refused unless its class is allowed.

    Raises:
        SetupError: ``key_store_unsafe`` when no allowed backend works here, or ``chosen`` is not allowed.
    """

    def __init__(
        self,
        *,
        allowed: Sequence[type[KeyringBackend]] = REAL_BACKENDS,
        chosen: KeyringBackend | None = None,
    ) -> None:
        self._allowed = {_class_name(each): each for each in allowed}
        if chosen is not None and type(chosen) not in self._allowed.values():
            raise SetupError("key_store_unsafe", backend=_class_name(type(chosen)))
        backend = chosen or next((_configured(each) for each in allowed if _works(each)), None)
        if backend is None:
            raise SetupError("key_store_unsafe", backend="none")
        self._backend = backend

    @staticmethod
    def available(allowed: Sequence[type[KeyringBackend]] = REAL_BACKENDS) -> bool:
        """Whether a keyring that we trust works for this user, here and now."""
        return any(_works(each) for each in allowed)

    @property
    def holder(self) -> str:
        return f"keyring:{_class_name(type(self._backend))}"

    def read(self, entry: str, holder: str) -> str:
        backend = self._backend_of(holder)
        secret = _ask(holder, lambda: backend.get_password(_service(entry), USER))
        if not secret:
            raise SetupError("key_absent", holder=holder)
        return secret

    def write(self, entry: str, secret: str) -> None:
        backend, service = self._backend, _service(entry)
        if _ask(self.holder, lambda: backend.get_password(service, USER)):
            raise SetupError("key_exists", holder=self.holder)
        _ask(self.holder, lambda: backend.set_password(service, USER, secret))

    def _backend_of(self, holder: str) -> KeyringBackend:
        """The recorded backend, even when another one would be preferred today."""
        if holder == self.holder:
            return self._backend
        kind, _, name = holder.partition(":")
        if kind != "keyring":
            raise SetupError("key_absent", holder=holder)
        if name not in self._allowed:
            raise SetupError("key_store_unsafe", backend=name)
        if not _works(self._allowed[name]):
            raise SetupError("key_locked", holder=holder)
        return _configured(self._allowed[name])


class PassphraseStore:
    """A file beside the keys, opened by a pass phrase that a person types at every start.

    Args:
        folder: where the file lies (one per entry, ``<entry>.secret``).
        passphrase: as typed; compared after Unicode NFKC, so that keyboards that compose differently agree.
    """

    def __init__(self, folder: Path, passphrase: str, *, random_bytes: RandomBytes) -> None:
        self._folder = folder
        self._passphrase = unicodedata.normalize("NFKC", passphrase).encode()
        self._long_enough = len(passphrase) >= PASSPHRASE_MIN_LENGTH
        self._random_bytes = random_bytes

    @property
    def holder(self) -> str:
        return "passphrase"

    def read(self, entry: str, holder: str) -> str:
        if holder != self.holder:
            raise SetupError("key_absent", holder=holder)
        path = self._file(entry)
        header, sealed = read_document(path)
        try:
            numbers = {name: int(header[name]) for name in _ARGON2_LIMIT}
            salt = bytes.fromhex(str(header["salt"]))
            if any(number > _ARGON2_LIMIT[name] for name, number in numbers.items()):
                raise ValueError("beyond what we ever wrote")
            key = self._derive(salt, **numbers)
        except (KeyError, ValueError) as error:
            raise SetupError("keys_damaged", path=path) from error
        secret = open_document(key, header, sealed)
        if secret is None:
            raise SetupError("passphrase_wrong")
        return secret.decode("ascii")

    def write(self, entry: str, secret: str) -> None:
        if not self._long_enough:
            raise SetupError("passphrase_short", minimum=PASSPHRASE_MIN_LENGTH)
        path = self._file(entry)
        if path.exists():
            raise SetupError("key_exists", path=path)
        salt = self._random_bytes(16)
        numbers = {"passes": ARGON2_PASSES, "memory_kib": ARGON2_MEMORY_KIB, "lanes": ARGON2_LANES}
        header: dict[str, str | int] = {"format": 1, "kdf": "argon2id", "salt": salt.hex(), **numbers}
        key = self._derive(salt, **numbers)
        write_durably(path, seal_document(key, header, secret.encode("ascii"), self._random_bytes(12)))

    def _derive(self, salt: bytes, *, passes: int, memory_kib: int, lanes: int) -> bytes:
        kdf = Argon2id(salt=salt, length=32, iterations=passes, lanes=lanes, memory_cost=memory_kib)
        return kdf.derive(self._passphrase)

    def _file(self, entry: str) -> Path:
        return self._folder / f"{entry}.secret"


class KeyFileStore:
    """A file that holds the secret as it is: for training, or a credential that the system provides."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def holder(self) -> str:
        return "key_file"

    def read(self, entry: str, holder: str) -> str:
        if holder != self.holder:
            raise SetupError("key_absent", holder=holder)
        try:
            if os.name != "nt" and stat.S_IMODE(self._path.stat().st_mode) & 0o077:
                raise SetupError("key_store_unsafe", path=self._path)  # others on this computer can read it
            secret = self._path.read_text(encoding="ascii").strip()
        except FileNotFoundError as error:
            raise SetupError("key_absent", path=self._path) from error
        except OSError as error:
            raise SetupError("key_locked", path=self._path) from error
        except UnicodeDecodeError as error:
            raise SetupError("keys_damaged", path=self._path) from error
        if not secret:
            raise SetupError("key_absent", path=self._path)
        return secret

    def write(self, entry: str, secret: str) -> None:
        if self._path.exists():
            raise SetupError("key_exists", path=self._path)
        write_durably(self._path, secret.encode("ascii") + b"\n")


def _class_name(backend: type[KeyringBackend]) -> str:
    return f"{backend.__module__}.{backend.__qualname__}"


def _service(entry: str) -> str:
    # A service of its own for every entry: Windows keeps one credential per service name.
    return f"{SERVICE}/{entry}"


def _works(backend: type[KeyringBackend]) -> bool:
    """Whether the backend can be used here: it says so by giving a priority instead of raising."""
    return bool(backend.viable)


def _configured(backend: type[KeyringBackend]) -> KeyringBackend:
    made = backend()
    if isinstance(made, Windows.WinVaultKeyring):
        made.persist = "local machine"  # the default roams to other computers with a domain profile
    if isinstance(made, kwallet.DBusKeyring):
        made.appid = SERVICE  # the default is the path of the script, which changes with every installation
    return made


def _ask(holder: str, question: Callable[[], _Answer]) -> _Answer:
    """Put a question to the keyring; whatever it raises means: not to be reached now."""
    try:
        return question()
    except Exception as error:
        raise SetupError("key_locked", holder=holder) from error
