# SPDX-License-Identifier: Apache-2.0
"""Every write is an operation: a frozen value that can be applied, once, to any database of the product.

An operation names its rows by uid only (integer keys differ between databases), carries its own instant and
holds sealed tokens instead of biometric bytes. Applying it a second time changes nothing, so a station may
replay what it is not sure to have delivered. The payloads of each feature are in
``operations_<feature>.py``; each is a frozen dataclass whose ``kind`` names the function that applies it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Payload:
    """Base of what an operation carries.

    Field types: str, int, float, bool, None, UUID, aware datetime, Enum, tuples and dicts of those: whatever
    JSON can hold without loss.

    ``shared``: whether other stations are to see it. What is not (a stroke that may be drawn again in a
    second) is written where it was made and nowhere else.
    """

    kind: ClassVar[str] = ""
    shared: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class Operation:
    """One write.

    Attributes:
        op_uid: UUIDv7, made once, when the operator acted; the key against applying twice.
        aggregate_uid: what it belongs to (a student, a visit, an attendance row); order is kept within it.
        made_at: aware UTC instant of the act; the applying function uses it instead of a clock.
        payload: what to write.
    """

    op_uid: UUID
    aggregate_uid: UUID
    made_at: datetime
    payload: Payload

    @property
    def kind(self) -> str:
        """Name of the function that applies it."""
        return self.payload.kind
