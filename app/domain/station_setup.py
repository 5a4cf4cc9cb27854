# SPDX-License-Identifier: Apache-2.0
"""The first set-up of a station: what is asked, what may be chosen, what is going on."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

AUTOMATIC_READER = "auto"
SYSTEM_LANGUAGE = "system"


class SetupStage(str, Enum):
    """What a set-up is about to do. Stopped before ``KEYS`` there is no station yet; afterwards there is."""

    CHECKING = "checking"
    SETTINGS = "settings"
    KEYS = "keys"
    RECORDS = "records"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class FoundReader:
    """A place where a reader may be. ``likely``: its adapter is one that readers have."""

    reader_id: str
    label: str
    likely: bool


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """A PostgreSQL server that can be reached.

    Attributes:
        prepared: False for a database without any table of ours.
    """

    prepared: bool


@dataclass(frozen=True, slots=True)
class SetupChoices:
    """What the questions start from.

    Attributes:
        exists: there is a station already; it is opened rather than set up.
        keyring: whether a keyring of the system that can be trusted works here.
        passphrase_minimum: characters that a pass phrase needs.
        locked: settings such as ``database.url`` that the computer's administrator has fixed.
        data_folder: where records and keys lie on this computer.
        password_file: where the server's client looks for the password.
    """

    exists: bool
    keyring: bool
    passphrase_minimum: int
    school: str
    station: str
    database_url: str
    reader_id: str
    locked: frozenset[str]
    data_folder: str
    password_file: str


@dataclass(frozen=True, slots=True)
class SetupAnswers:
    """What was answered.

    Attributes:
        database_url: empty keeps the records on this computer.
        passphrase: ``None`` leaves the station's secret to the system's keyring.
    """

    school: str
    station: str
    database_url: str = ""
    reader_id: str = AUTOMATIC_READER
    language: str = SYSTEM_LANGUAGE
    passphrase: str | None = field(default=None, repr=False)
