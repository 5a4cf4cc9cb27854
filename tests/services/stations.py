# SPDX-License-Identifier: Apache-2.0
"""Stations with files of their own and one server, behind a network that can be cut."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from app.domain.delivery import Link
from app.domain.fingerprints import Finger
from app.domain.visits import Step, Visit
from app.services.delivery import DeliveryService
from app.storage.engine import open_local, open_server
from app.storage.rows.people import StudentRow
from app.storage.server import Server
from app.storage.store import Store
from tests.databases import KEY
from tests.network import Network, network
from tests.services.desk import Desk, fresh_id, ink, open_desk, touch

ANSWER_TIMEOUT_S = 1.0


@dataclass
class Station:
    """A station with its own file and its line to the server."""

    desk: Desk
    store: Store
    delivery: DeliveryService

    def exchange(self) -> None:
        assert self.delivery.exchange().link is Link.UP


@pytest.fixture
def line(migrated_postgresql_url: str) -> Iterator[Network]:
    with network(migrated_postgresql_url) as relay:
        yield relay


@pytest.fixture
def there(migrated_postgresql_url: str) -> Iterator[Store]:
    """The server's database, past the network."""
    engine = open_server(migrated_postgresql_url)
    yield Store(engine)
    engine.dispose()


@pytest.fixture
def make(migrated_files: dict[str, Path], tmp_path: Path, line: Network) -> Iterator[Callable[..., Station]]:
    """Makes stations by number."""
    with ExitStack() as held:

        def station(number: int, uid: UUID | None = None) -> Station:
            station_uid = uid or UUID(int=number)
            path = tmp_path / f"station-{number}.db"
            if not path.exists():
                shutil.copyfile(migrated_files["sqlcipher"], path)
            engine = open_local(path, KEY)
            held.callback(engine.dispose)
            store = Store(engine, station_uid=station_uid, outgoing=True)
            desk = open_desk(store)
            server = Server(line.url, answer_timeout_s=ANSWER_TIMEOUT_S)
            held.callback(server.drop)
            delivery = DeliveryService(
                store, server, station_uid, clock=desk.clock, new_id=fresh_id, share=lambda: 1.0
            )
            return Station(desk, store, delivery)

        yield station


def names(store: Store) -> list[str]:
    with store.reading() as session:
        return sorted(session.scalars(select(StudentRow.name)))


def finished_visit(desk: Desk, student: UUID) -> Visit:
    return finished(desk, desk.enrollment.start(student))


def finished(desk: Desk, visit: Visit) -> Visit:
    for finger in (Finger.RIGHT_INDEX, Finger.LEFT_INDEX):
        for _ in range(desk.policy.impressions_per_finger):
            visit = desk.enrollment.record_impression(visit, finger, touch(70, desk.policy))
    visit = desk.enrollment.open_step(visit, Step.SIGNATURES)
    for number in range(1, 12):
        visit = desk.enrollment.accept_drawing(visit, number, ink(number))
    visit = desk.enrollment.open_step(visit, Step.CHECK_IN)
    session = desk.attendance.open_session("7A", desk.clock.now - timedelta(minutes=2))
    visit = desk.enrollment.check_in(visit, session.uid)
    return desk.enrollment.finish(desk.enrollment.open_step(visit, Step.REVIEW))
