# SPDX-License-Identifier: Apache-2.0
"""How a station and its server bring each other up to date: what waits, what was refused, how the line is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any
from uuid import UUID

FIRST_PAUSE_S = 30.0
LONGEST_PAUSE_S = 600.0


class Link(str, Enum):
    """The line to the server."""

    CONNECTING = "connecting"
    UP = "up"
    DOWN = "down"  # tried again by itself
    STOPPED = "stopped"  # a person has to decide or to mend something first


class Direction(str, Enum):
    """Which way an operation was going."""

    OUT = "out"
    IN = "in"


@dataclass(frozen=True, slots=True)
class DeliveryState:
    """Where the exchange with the server stands.

    Attributes:
        code: of the error that broke the line, empty while it is up.
        waiting: operations of this station that the server has not confirmed, those refused among them.
        refused: of these, the ones that the server refused.
        unread: operations of other stations that could not be applied here yet.
        received: operations of others that were applied in this round.
        oldest_waiting_at: since when the oldest one waits.
        heard_at: when the server answered last.
    """

    link: Link
    code: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    waiting: int = 0
    refused: int = 0
    unread: int = 0
    received: int = 0
    oldest_waiting_at: datetime | None = None
    heard_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HeldOperation:
    """An operation that waits for another reason than the line. ``problem``: code of the refusal."""

    op_uid: UUID
    direction: Direction
    kind: str
    at: datetime
    problem: str
    facts: dict[str, Any]
    attempts: int
    next_attempt_at: datetime | None


def next_attempt_at(now: datetime, attempts: int, share: float) -> datetime:
    """When to try a refused operation again: twice as long each time, at most ten minutes.

    Args:
        now: aware instant.
        attempts: how often it was refused, 1 and up.
        share: random number from 0 to 1, so that stations do not all come at once.
    """
    pause_s = min(FIRST_PAUSE_S * 2 ** min(attempts - 1, 10), LONGEST_PAUSE_S)
    return now + timedelta(seconds=pause_s * (0.5 + share / 2))
