# SPDX-License-Identifier: Apache-2.0
"""Two stations on one database do the same thing at once: the second one meets what the first one did.

The first station's transaction is held open until the second one waits for it, so that on a server both have
begun before either has ended. A file has one writer: there the second one comes after the first.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from app.domain.errors import AppError
from app.domain.operations import Operation
from app.storage.apply.registry import appliers
from app.storage.rows.attendance import ClassRow, ClassSessionRow
from app.storage.rows.people import SchoolRow
from app.storage.rows.visits import StudentResponseRow
from app.storage.store import Store
from tests.services.desk import Desk, open_desk

PATIENCE_S = 20.0


@dataclass
class Race:
    """A first station that ends its transaction only when the second one stands behind it."""

    database: Engine
    held: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    codes: list[str] = field(default_factory=list)

    def first(self, kind: str) -> Desk:
        """A desk that stops before the end of its first operation of that kind."""
        known = dict(appliers())
        original = known[kind]

        def stopped(session: Session, op: Operation) -> Mapping[str, object]:
            answer = original(session, op)
            session.flush()
            self.held.set()
            assert self.go_on.wait(PATIENCE_S)
            return answer

        return open_desk(Store(self.database, {**known, kind: stopped}))

    def run(self, first: Callable[[], object], second: Callable[[], object]) -> None:
        """Both at once; ``codes`` tells who was refused."""
        threads = [threading.Thread(target=self._tried, args=(work,)) for work in (first, second)]
        threads[0].start()
        assert self.held.wait(PATIENCE_S)
        threads[1].start()
        if self.database.dialect.name == "postgresql":
            self._await_the_second()
        self.go_on.set()
        for thread in threads:
            thread.join(PATIENCE_S)

    def _tried(self, work: Callable[[], object]) -> None:
        try:
            work()
        except AppError as error:
            self.codes.append(error.code)

    def _await_the_second(self) -> None:
        waiting = text(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        pause = threading.Event()
        for _ in range(int(PATIENCE_S / 0.01)):
            with self.database.connect() as connection:
                if connection.scalar(waiting):
                    return
            pause.wait(0.01)
        pytest.fail("the second station never waited for the first")


@pytest.fixture
def race(database: Engine) -> Race:
    return Race(database)


def count(database: Engine, row_type: type) -> int:
    with Session(database) as session:
        return session.scalar(select(func.count()).select_from(row_type)) or 0


def test_two_stations_start_one_student_and_the_second_is_told_so(race: Race, database: Engine) -> None:
    first, second = race.first("visit.start"), open_desk(Store(database))
    student = second.students.add("Ada Ash").uid
    race.run(lambda: first.enrollment.start(student), lambda: second.enrollment.start(student))
    assert race.codes == ["visit_in_progress"]
    assert count(database, StudentResponseRow) == 1


def test_two_stations_start_two_students_and_neither_waits(race: Race, database: Engine) -> None:
    first, second = race.first("visit.start"), open_desk(Store(database))
    ada, bo = (second.students.add(name).uid for name in ("Ada Ash", "Bo Birch"))
    if database.dialect.name != "postgresql":
        race.run(lambda: first.enrollment.start(ada), lambda: second.enrollment.start(bo))
    else:
        held = threading.Thread(target=first.enrollment.start, args=(ada,))
        held.start()
        assert race.held.wait(PATIENCE_S)
        second.enrollment.start(bo)  # while the first one's transaction is open
        race.go_on.set()
        held.join(PATIENCE_S)
    assert race.codes == []
    assert count(database, StudentResponseRow) == 2


def test_two_stations_open_a_session_of_one_new_class(race: Race, database: Engine) -> None:
    first, second = race.first("class_session.open"), open_desk(Store(database))
    second.students.school_uid()
    now = second.clock.now
    race.run(
        lambda: first.attendance.open_session("7A", now), lambda: second.attendance.open_session("7A", now)
    )
    assert race.codes == []
    assert (count(database, ClassRow), count(database, ClassSessionRow)) == (1, 2)


def test_two_stations_of_one_school_are_set_up_at_once(race: Race, database: Engine) -> None:
    first, second = race.first("school.add"), open_desk(Store(database))
    uids = []
    race.run(
        lambda: uids.append(first.students.school_uid()), lambda: uids.append(second.students.school_uid())
    )
    assert race.codes == []
    assert len(set(uids)) == 1
    assert count(database, SchoolRow) == 1
