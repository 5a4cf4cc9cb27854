# SPDX-License-Identifier: Apache-2.0
"""Small files that hold keys: written so that a crash leaves the old file or the new one, never half of
either.

A key document is one JSON object ``{"header": {...}, "sealed": "<base64url>"}``. The header is readable (it
says who holds the secret that opens the rest) and is bound to the sealed part as associated data.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.domain.errors import SetupError

Header = Mapping[str, str | int]
_NONCE_BYTES = 12


def write_durably(path: Path, data: bytes) -> None:
    """Replace ``path`` by ``data``, readable by its owner only; returns when it would survive a power cut.

    Raises:
        SetupError: ``key_store_failed`` when the folder cannot be written.
    """
    temporary = path.with_name(path.name + ".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary.unlink(missing_ok=True)  # left by a crash, perhaps with other rights than ours
        descriptor = os.open(
            temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600
        )
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise SetupError("key_store_failed", path=path) from error


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows cannot open a folder for fsync; NTFS journals the rename itself
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def seal_document(key: bytes, header: Header, payload: bytes, nonce: bytes) -> bytes:
    """A key document: ``payload`` under the 32-byte ``key``, bound to ``header``."""
    sealed = nonce + AESGCM(key).encrypt(nonce, payload, _bound(header))
    text = base64.urlsafe_b64encode(sealed).decode("ascii")
    return json.dumps({"header": dict(header), "sealed": text}, indent=1, sort_keys=True).encode() + b"\n"


def read_document(path: Path) -> tuple[dict[str, str | int], bytes]:
    """Header and sealed part of a key document.

    Raises:
        SetupError: ``key_absent`` when there is no such file, ``key_locked`` when it may not be read,
            ``keys_damaged`` when it is not a key document.
    """
    try:
        document = json.loads(path.read_bytes())
        header, sealed = document["header"], base64.urlsafe_b64decode(document["sealed"])
    except FileNotFoundError as error:
        raise SetupError("key_absent", path=path) from error
    except OSError as error:
        raise SetupError("key_locked", path=path) from error
    except (ValueError, KeyError, TypeError) as error:
        raise SetupError("keys_damaged", path=path) from error
    if not isinstance(header, dict) or not all(isinstance(value, str | int) for value in header.values()):
        raise SetupError("keys_damaged", path=path)
    return header, sealed


def open_document(key: bytes, header: Header, sealed: bytes) -> bytes | None:
    """What was sealed; ``None`` when the key is another one, or header or sealed part were changed."""
    if len(sealed) < _NONCE_BYTES:
        return None
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _bound(header))
    except InvalidTag:
        return None


def _bound(header: Header) -> bytes:
    return json.dumps(dict(header), sort_keys=True, separators=(",", ":")).encode()
