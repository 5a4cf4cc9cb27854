# SPDX-License-Identifier: Apache-2.0
"""Stations that share a school's keys, as a person sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID


class SharingState(str, Enum):
    """What this station is to the school's database."""

    MEMBER = "member"  # holds the school's keys
    WAITING = "waiting"  # asked for them
    REMOVED = "removed"  # was refused or taken out, and has to ask again


class Standing(str, Enum):
    """What a listed station or recovery kit is."""

    MEMBER = "member"
    WAITING = "waiting"
    REMOVED = "removed"
    UNPROVEN = "unproven"  # the database calls it a member, and nobody who may has signed that


@dataclass(frozen=True, slots=True)
class HolderEntry:
    """A station or a recovery kit of the list.

    Attributes:
        is_station: False for a recovery kit.
        is_own: the station that looks.
        since: when it asked, came in or was taken out.
        digits: for one that waits: what its own screen must show as well.
    """

    uid: UUID
    name: str
    standing: Standing
    is_station: bool
    is_own: bool
    since: datetime | None
    digits: str = ""


@dataclass(frozen=True, slots=True)
class Sharing:
    """How things stand.

    Attributes:
        digits: while this station waits: what the other station's screen must show as well.
        is_outdated: stations joined or left since this one asked: it must ask again, for new digits.
        key_version: of the newest site key that this station holds.
        behind: subject keys that are not wrapped by it yet.
        is_forged: a sealed copy of the keys that no member has signed lies in the database for this station.
    """

    state: SharingState
    holders: tuple[HolderEntry, ...]
    digits: str = ""
    is_outdated: bool = False
    key_version: int = 1
    behind: int = 0
    is_forged: bool = False


@dataclass(frozen=True, slots=True)
class RewrapProgress:
    """How far the keys of subjects are wrapped anew. ``left``: cannot be opened here and stay as they are."""

    done: int
    total: int
    left: int = 0
