# SPDX-License-Identifier: Apache-2.0
"""Services of one school on each kind of database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.services.roster import RosterService
from app.storage.engine import open_local
from app.storage.store import Store
from tests.databases import KEY
from tests.services.desk import Clock, Desk, open_desk
from tests.services.sharing_desk import SharingStation, open_station
from tests.services.stations import line, make, there

__all__ = ["line", "make", "there"]


@pytest.fixture
def desk(store: Store) -> Desk:
    return open_desk(store)


@pytest.fixture
def roster(desk: Desk) -> RosterService:
    return RosterService(desk.writer, desk.students)


@pytest.fixture
def engine(station_file: Path) -> Iterator[Engine]:
    """An encrypted file for several stations; which kind of database it is makes no difference to them."""
    engine = open_local(station_file, KEY)
    yield engine
    engine.dispose()


@pytest.fixture
def opened(engine: Engine, tmp_path: Path) -> Callable[[str], SharingStation]:
    """Opens the station of a name on one database; the same folder again is the same station."""
    clock = Clock()
    return lambda name: open_station(tmp_path / name, Store(engine), clock)
