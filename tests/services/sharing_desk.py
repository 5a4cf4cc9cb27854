# SPDX-License-Identifier: Apache-2.0
"""Stations with vaults of their own on one database, for tests of shared keys."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from uuid import UUID

from app.domain.station_sharing import HolderEntry, Sharing
from app.security.sealed import SealContext, Sealed
from app.security.secret_stores import KeyFileStore
from app.security.vault import Vault
from app.services.recovery_kits import RecoveryKits
from app.services.rewrapping import Rewrapping
from app.services.stations import StationService
from app.services.subject_keys import SubjectKeys
from app.services.writer import Writer
from app.storage.store import Store
from tests.services.desk import Clock, fresh_id


@dataclass(frozen=True)
class SharingStation:
    """One station: its folder's vault, its services, the clock that all share."""

    folder: Path
    clock: Clock
    writer: Writer
    vault: Vault
    subject_keys: SubjectKeys
    service: StationService
    rewrapping: Rewrapping
    kits: RecoveryKits

    @property
    def uid(self) -> UUID:
        return self.service.keys.station_uid

    def seal(self, data: bytes, student: UUID, row: UUID) -> Sealed:
        return self.subject_keys.of(student).seal(data, place(student, row))

    def open(self, token: str, student: UUID, row: UUID) -> bytes:
        return self.subject_keys.of(student).open(token, place(student, row))

    def overview(self) -> Sharing:
        return self.service.overview()

    def entry(self, uid: UUID) -> HolderEntry:
        """How this station lists another one."""
        return next(each for each in self.overview().holders if each.uid == uid)

    def rewrap(self) -> int:
        """Wrap everything anew; how many were left as they are."""
        return [(0, 0), *((each.done, each.left) for each in self.rewrapping.run(Event()))][-1][1]


def place(student: UUID, row: UUID) -> SealContext:
    return SealContext("impressions", "template_data", row, student)


def open_station(folder: Path, store: Store, clock: Clock, *, begin: bool = True) -> SharingStation:
    """The station of a folder as a start of the program opens it; made at its first."""
    folder.mkdir(exist_ok=True)
    vault = Vault(
        keys_file=folder / "station.keys",
        database_file=folder / "station.db",
        store=KeyFileStore(folder / "station.secret"),
        random_bytes=os.urandom,
    )
    keys = vault.open() if (folder / "station.keys").exists() else vault.create(fresh_id)
    writer = Writer(store, clock, fresh_id)
    subject_keys = SubjectKeys(writer, keys.sealer)
    service = StationService(writer, vault, keys, subject_keys, folder.name)
    station = SharingStation(
        folder=folder,
        clock=clock,
        writer=writer,
        vault=vault,
        subject_keys=subject_keys,
        service=service,
        rewrapping=Rewrapping(writer, service),
        kits=RecoveryKits(writer, vault, service),
    )
    if begin:
        service.begin()
    return station


def join(station: SharingStation, member: SharingStation) -> None:
    """Compare the digits, let the station in, and have it look into the database."""
    member.clock.turn(seconds=1)
    shown = station.overview().digits
    assert shown == member.entry(station.uid).digits
    member.service.let_in(station.uid, shown)
    assert station.service.tend()
