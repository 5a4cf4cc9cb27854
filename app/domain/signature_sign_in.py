# SPDX-License-Identifier: Apache-2.0
"""Signing in by signature: who may, what the comparison answered, what a person decided instead."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from app.domain.visits import StudentCard


class SignInVerdict(str, Enum):
    """How a signature compares with the ones that somebody is known by. It is no identity."""

    CONSISTENT = "consistent"
    DOUBTFUL = "doubtful"
    DIFFERENT = "different"


class ByHandReason(str, Enum):
    """Why a person lets somebody in whose signature did not agree."""

    KNOWN_IN_PERSON = "known_in_person"
    CARD_SEEN = "card_seen"
    FINGER_RECOGNIZED = "finger_recognized"
    HAND_INJURED = "hand_injured"
    PEN_FAILED = "pen_failed"


@dataclass(frozen=True, slots=True)
class Signer:
    """Somebody who may be found for a sign-in.

    Attributes:
        username: under which the signatures are kept; empty where there are none.
        student: None for a user name that belongs to no student of the roster.
        references: signatures that a sign-in is compared with; 0: there is nothing to compare with yet.
        newest_at: when the newest of them was given.
    """

    username: str = field(repr=False)
    student: StudentCard | None = None
    references: int = 0
    newest_at: datetime | None = None

    @property
    def name(self) -> str:
        """What the person is called on the screen."""
        return self.student.name if self.student is not None else self.username


@dataclass(frozen=True, slots=True)
class SignInAnswer:
    """The answer to one signature, as it is stored with the sign-in.

    Attributes:
        flags: what to know about the answer, by name (``other_device`` ...).
        device_match: whether a reference comes from the device that was used now.
        algorithm: name and version of what compared.
    """

    signer: Signer
    session_id: str
    verdict: SignInVerdict
    references: int
    device_match: bool
    flags: tuple[str, ...]
    algorithm: str
    score: float
    threshold: float
