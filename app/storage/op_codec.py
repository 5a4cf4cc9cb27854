# SPDX-License-Identifier: Apache-2.0
"""Operations as canonical JSON: one operation has one text and one digest wherever it is stored or sent."""

from __future__ import annotations

import hashlib
import importlib
import json
import pkgutil
import sys
import zlib
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

import app.domain
from app.domain.errors import StorageError
from app.domain.operations import Operation, Payload

_MODULES = "operations_"

PACK_LEVEL = 1  # a roster of 50,000 students is one operation: speed counts, the ratio hardly changes
MAX_TEXT_BYTES = 1 << 28


@cache
def payload_types() -> dict[str, type[Payload]]:
    """Every payload class of ``app.domain.operations_*`` by its kind."""
    for module in pkgutil.iter_modules(app.domain.__path__):
        if module.name.startswith(_MODULES):
            importlib.import_module(f"app.domain.{module.name}")
    found: dict[str, type[Payload]] = {}
    for payload_type in Payload.__subclasses__():
        module_name, name = payload_type.__module__, payload_type.__name__
        # slots=True makes every dataclass twice; the module keeps the one that counts.
        named = getattr(sys.modules[module_name], name, None) is payload_type
        if not named or not module_name.startswith(f"app.domain.{_MODULES}"):
            continue
        other = found.setdefault(payload_type.kind, payload_type)
        if other is not payload_type:
            raise ValueError(f"two payloads of kind {payload_type.kind!r}")
    return found


_ADAPTERS: dict[type[Payload], TypeAdapter[Payload]] = {}


def _adapter(payload_type: type[Payload]) -> TypeAdapter[Payload]:
    if payload_type not in _ADAPTERS:
        _ADAPTERS[payload_type] = TypeAdapter(payload_type)
    return _ADAPTERS[payload_type]


def encode(op: Operation) -> str:
    """The one text of ``op``: keys sorted, no spaces, times in UTC."""
    made_at = op.made_at.astimezone(UTC).isoformat()
    document: dict[str, Any] = {
        "aggregate_uid": str(op.aggregate_uid),
        "kind": op.kind,
        "made_at": made_at,
        "op_uid": str(op.op_uid),
        "payload": _adapter(type(op.payload)).dump_python(op.payload, mode="json"),
    }
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def decode(text: str) -> Operation:
    """The operation whose text ``encode`` made.

    Raises:
        StorageError: operation_mismatch, for a text that is no operation this program knows.
    """
    try:
        document = json.loads(text)
        payload_type = payload_types()[document["kind"]]
        payload = _adapter(payload_type).validate_json(json.dumps(document["payload"]))
        return Operation(
            op_uid=UUID(document["op_uid"]),
            aggregate_uid=UUID(document["aggregate_uid"]),
            made_at=datetime.fromisoformat(document["made_at"]),
            payload=payload,
        )
    except (ValidationError, ValueError, KeyError, TypeError) as error:
        raise StorageError("operation_mismatch") from error


def payload_sha256(op: Operation) -> str:
    """Digest of the whole operation, 64 hexadecimal digits, the same on every machine."""
    return text_sha256(encode(op))


def text_sha256(text: str) -> str:
    """The same digest, of an operation's text."""
    return hashlib.sha256(text.encode()).hexdigest()


def pack(text: str) -> bytes:
    """The text as the log keeps it: deflated, for sealed tokens are base64."""
    return zlib.compress(text.encode(), PACK_LEVEL)


def unpack(document: bytes) -> Operation:
    """The operation that ``pack`` was given.

    Raises:
        StorageError: operation_mismatch, for anything else, also for one that would not fit into memory.
    """
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(document, MAX_TEXT_BYTES).decode()
    except (zlib.error, UnicodeDecodeError) as error:
        raise StorageError("operation_mismatch") from error
    if not inflater.eof:
        raise StorageError("operation_mismatch")
    return decode(text)
