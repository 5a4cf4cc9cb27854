# SPDX-License-Identifier: Apache-2.0
"""Stations with files of their own share the school's keys over the server, and destroy them everywhere."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from app.domain.errors import SetupError
from app.domain.operations_subject_keys import AddSubjectKey, DestroySubjectKeys, RewrapSubjectKeys
from app.domain.station_sharing import SharingState
from app.security.secret_stores import KeyFileStore
from app.security.vault import Vault
from app.storage.op_codec import unpack
from app.storage.rows.log import OpLogRow
from app.storage.store import Store
from tests.network import Network
from tests.services.desk import fresh_id
from tests.services.sharing_desk import SharingStation, open_station
from tests.services.stations import Station

ANN, BO = fresh_id(), fresh_id()
ROW = fresh_id()


def set_up(folder: Path) -> UUID:
    """A vault in that folder; the station's uid is the one of its vault."""
    folder.mkdir()
    vault = Vault(
        keys_file=folder / "station.keys",
        database_file=folder / "station.db",
        store=KeyFileStore(folder / "station.secret"),
        random_bytes=os.urandom,
    )
    return vault.create(fresh_id).station_uid


@pytest.fixture
def pair(make: Callable[..., Station], tmp_path: Path) -> tuple[Station, Station]:
    """Two stations, set up and never opened."""
    first, second = (make(number, set_up(tmp_path / name)) for number, name in ((1, "Front"), (2, "Back")))
    return first, second


def keys_of(station: Station, folder: Path) -> SharingStation:
    return open_station(folder, station.store, station.desk.clock)


def let_in(front: SharingStation, back: SharingStation, *both: Station) -> None:
    for station in both:
        station.exchange()
    front.clock.turn(seconds=1)
    front.service.let_in(back.uid, back.overview().digits)
    for station in both:
        station.exchange()
    back.service.begin()


def test_what_one_station_sealed_the_other_opens_once_it_was_let_in(
    pair: tuple[Station, Station], tmp_path: Path
) -> None:
    first, second = pair
    front = keys_of(first, tmp_path / "Front")
    token = front.seal(b"ridges", ANN, ROW)
    first.exchange()
    second.exchange()
    back = keys_of(second, tmp_path / "Back")
    assert back.overview().state is SharingState.WAITING
    let_in(front, back, second, first, second)
    assert back.open(token, ANN, ROW) == b"ridges"


def test_a_station_that_began_alone_comes_in_with_what_it_has(
    pair: tuple[Station, Station], line: Network, tmp_path: Path
) -> None:
    first, second = pair
    front = keys_of(first, tmp_path / "Front")
    theirs = front.seal(b"of the front", ANN, ROW)
    first.exchange()
    line.cut()
    back = keys_of(second, tmp_path / "Back")
    own = back.seal(b"of the back", ANN, BO)
    second.delivery.exchange()
    line.mend()
    second.exchange()
    back.service.begin()
    assert back.overview().state is SharingState.WAITING
    let_in(front, back, second, first, second)
    assert back.rewrap() == 0
    for station in (second, first):
        station.exchange()
    front.subject_keys.forget()
    for each in (front, back):
        assert each.open(theirs, ANN, ROW) == b"of the front"
        assert each.open(own, ANN, BO) == b"of the back"


def test_a_destroyed_key_is_nowhere_any_more_not_even_in_the_log(
    make: Callable[..., Station], pair: tuple[Station, Station], there: Store, tmp_path: Path
) -> None:
    first, second = pair
    front = keys_of(first, tmp_path / "Front")
    first.exchange()
    second.exchange()
    back = keys_of(second, tmp_path / "Back")
    waiting = back.seal(b"ridges", ANN, ROW)
    kept = back.seal(b"loops", BO, ROW)
    let_in(front, back, second, first, second)
    back.rewrap()  # one operation with the keys of both students
    second.exchange()
    first.exchange()
    front.writer.write(ANN, DestroySubjectKeys(ANN))
    first.exchange()
    second.exchange()
    for store in (first.store, second.store, there):
        with store.reading() as session:
            for row in session.scalars(select(OpLogRow)):
                payload = None if row.document is None else unpack(row.document).payload
                if isinstance(payload, AddSubjectKey):
                    assert payload.subject_uid != ANN
                if isinstance(payload, RewrapSubjectKeys):
                    assert len(payload.keys) == 1
    for each in (front, back):
        each.service.tend()
        with pytest.raises(SetupError):
            each.open(waiting, ANN, ROW)
        assert each.open(kept, BO, ROW) == b"loops"
    # A station that comes later reads the whole log and is none the wiser.
    third = make(3)
    third.exchange()
    assert third.delivery.state().unread == 0
