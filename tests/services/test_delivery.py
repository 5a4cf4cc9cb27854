# SPDX-License-Identifier: Apache-2.0
"""Two stations and a real server: nothing that was accepted is lost by the network, and all see the same."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.domain.delivery import Direction, Link, next_attempt_at
from app.domain.errors import StorageError
from app.domain.listings import HealthState
from app.domain.sessions import SessionStatus
from app.services.delivery import BATCH
from app.services.health import server_health
from app.storage.engine import open_server
from app.storage.rows.enrollment import EnrollmentSessionRow
from app.storage.rows.ledger import AppliedOpRow, SiteMetaRow
from app.storage.rows.log import OpLogRow
from app.storage.rows.people import SchoolRow, StudentRow
from app.storage.rows.visits import StudentResponseRow
from app.storage.store import Store
from tests.network import Network
from tests.services.desk import START, fresh_id, ink, open_desk
from tests.services.stations import Station, finished, finished_visit, names


def test_a_visit_made_without_a_network_arrives_whole(
    make: Callable[[int], Station], line: Network, there: Store
) -> None:
    station = make(1)
    station.exchange()
    line.cut()
    student = station.desk.students.add("Noor Example", "noor@school.example", "7A", "20417").uid
    visit = finished_visit(station.desk, student)
    state = station.delivery.exchange()
    assert (state.link, state.code, state.refused) == (Link.DOWN, "database_unavailable", 0)
    assert state.waiting > 20
    assert state.oldest_waiting_at is not None
    line.mend()
    state = station.delivery.exchange()
    assert (state.link, state.waiting, state.refused) == (Link.UP, 0, 0)
    served = open_desk(there).readback.visit(visit.session_id)
    assert served == station.desk.readback.visit(visit.session_id)
    assert served["status"] == SessionStatus.COMPLETED.value
    assert served["signatures_open"]
    assert served["attendance_rows"] == 1


def test_what_one_station_writes_the_other_shows(make: Callable[[int], Station]) -> None:
    first, second = make(1), make(2)
    first.exchange()
    student = first.desk.students.add("Noor Example", "noor@school.example", "7A", "20417").uid
    visit = finished_visit(first.desk, student)
    first.exchange()
    state = second.delivery.exchange()
    assert state.received > 20
    assert second.desk.readback.visit(visit.session_id) == first.desk.readback.visit(visit.session_id)
    second.desk.students.update(student, name="Noor Example-Lind")
    second.exchange()
    first.exchange()
    assert names(first.store) == ["Noor Example-Lind"]
    # Nothing comes back to where it was made, and nothing is sent twice.
    assert first.delivery.exchange().received == second.delivery.exchange().received == 0


def test_strokes_that_may_still_change_stay_where_they_are_drawn(
    make: Callable[[int], Station], there: Store
) -> None:
    station = make(1)
    student = station.desk.students.add("Noor Example", "noor@school.example").uid
    visit = station.desk.enrollment.start(student)
    for number in range(1, 4):
        station.desk.enrollment.save_draft(visit, 1, ink(number))
    station.exchange()
    with there.reading() as session:
        kinds = set(session.scalars(select(OpLogRow.kind)))
    assert kinds
    assert "drawing.draft" not in kinds


@pytest.mark.parametrize("size", [1, 5_000, 60_000])
def test_a_line_that_breaks_in_mid_message_loses_and_doubles_nothing(
    make: Callable[[int], Station], line: Network, there: Store, size: int
) -> None:
    station = make(1)
    station.exchange()
    student = station.desk.students.add("Noor Example", "noor@school.example").uid
    visit = finished_visit(station.desk, student)
    line.cut_after(size)
    assert station.delivery.exchange().link is Link.DOWN
    line.mend()
    state = station.delivery.exchange()
    assert (state.link, state.waiting) == (Link.UP, 0)
    assert open_desk(there).readback.visit(visit.session_id) == station.desk.readback.visit(visit.session_id)
    with there.reading() as session:
        logged = session.scalars(select(OpLogRow.op_uid)).all()
    assert len(logged) == len(set(logged))


def test_a_line_on_which_nothing_comes_through_is_given_up(
    make: Callable[[int], Station], line: Network
) -> None:
    station = make(1)
    station.exchange()
    station.desk.students.add("Noor Example", "noor@school.example")
    line.swallow()
    state = station.delivery.exchange()
    assert (state.link, state.code) == (Link.DOWN, "database_unavailable")
    line.mend()
    station.exchange()
    assert station.delivery.state().waiting == 0


def test_what_waits_outlives_the_program(make: Callable[[int], Station], line: Network, there: Store) -> None:
    station = make(1)
    station.exchange()
    line.cut()
    station.desk.students.add("Noor Example", "noor@school.example")
    station.delivery.exchange()
    again = make(1)  # the same file, opened anew
    line.mend()
    again.exchange()
    assert names(there) == ["Noor Example"]


def test_confirmed_twice_after_an_answer_was_lost(make: Callable[[int], Station], there: Store) -> None:
    """The server took it and the station never heard: sent again, it is found to be there."""
    station = make(1)
    station.exchange()
    student = station.desk.students.add("Noor Example", "noor@school.example").uid
    station.exchange()
    station.delivery.accept_server()  # everything goes out once more
    assert station.delivery.state().waiting > 0
    station.exchange()
    assert station.delivery.state().waiting == 0
    with there.reading() as session:
        assert session.scalars(select(StudentRow.uid)).all() == [student]


def test_a_refused_operation_waits_and_lets_the_others_pass(
    make: Callable[[int], Station], there: Store
) -> None:
    first, second = make(1), make(2)
    first.exchange()
    second.exchange()
    taken = first.desk.students.add("Noor Example", "noor@school.example").uid
    first.exchange()
    own = second.desk.students.add("Noor Other", "noor@school.example").uid  # not known here yet
    second.desk.students.update(own, class_name="7B")
    second.desk.students.add("Kim Example", "kim@school.example")
    second.exchange()
    state = second.delivery.state()
    assert state.refused == 1
    assert state.waiting == 2  # the refused one, and the change behind it
    assert names(there) == ["Kim Example", "Noor Example"]
    held = second.delivery.held()
    assert [(one.direction, one.kind, one.problem) for one in held] == [
        (Direction.OUT, "student.add", "student_exists"),
        (Direction.IN, "student.add", "student_exists"),
    ]
    assert server_health(state).code == "operations_held"
    # Somebody mends the cause; both sides then go through by themselves.
    first.desk.students.update(taken, email="noor.example@school.example")
    first.exchange()
    second.delivery.try_again()
    second.exchange()
    second.delivery.try_again()
    second.exchange()
    assert second.delivery.state().refused == 0


def test_an_operation_that_cannot_be_applied_here_waits_until_it_can(make: Callable[[int], Station]) -> None:
    first, second = make(1), make(2)
    first.exchange()
    student = first.desk.students.add("Noor Example", "noor@school.example").uid
    first.exchange()
    second.exchange()
    mine = second.desk.enrollment.start(student)
    theirs = first.desk.enrollment.start(student)
    first.exchange()
    state = second.delivery.exchange()
    assert state.unread > 0  # the other visit of the same student
    assert state.refused > 0  # and ours is refused there
    done = finished(first.desk, theirs)
    first.exchange()
    second.desk.enrollment.abandon(mine)
    for _ in range(3):
        second.delivery.try_again()
        second.exchange()
    assert second.desk.readback.visit(done.session_id)["status"] == SessionStatus.COMPLETED.value
    assert second.delivery.state().unread == 0


def test_more_than_one_batch_goes_and_comes(make: Callable[[int], Station], there: Store) -> None:
    first, second = make(1), make(2)
    first.exchange()
    for number in range(BATCH + 5):
        first.desk.students.add(f"Student {number}", f"s{number}@school.example")
    first.exchange()
    assert len(names(there)) == BATCH + 5
    second.exchange()
    assert names(second.store) == names(first.store)


def test_two_stations_that_began_apart_have_one_school(make: Callable[[int], Station], there: Store) -> None:
    first, second = make(1), make(2)
    first.desk.students.add("Noor Example", "noor@school.example", course_name="Physics")
    second.desk.students.add("Kim Example", "kim@school.example", course_name="physics")
    first.exchange()
    second.exchange()
    first.exchange()
    with there.reading() as session:
        assert session.scalar(select(func.count()).select_from(SchoolRow)) == 1
    assert names(first.store) == names(second.store) == names(there) == ["Kim Example", "Noor Example"]


def test_another_server_is_not_written_to_before_somebody_says_so(
    make: Callable[[int], Station], there: Store
) -> None:
    station = make(1)
    station.desk.students.add("Noor Example", "noor@school.example")
    station.exchange()
    with there.books() as session:
        session.get_one(SiteMetaRow, "database.uid").value = str(fresh_id())
    station.delivery.close()
    station.desk.students.add("Kim Example", "kim@school.example")
    fresh = make(1)
    state = fresh.delivery.exchange()
    assert (state.link, state.code) == (Link.STOPPED, "server_changed")
    assert server_health(state).state is HealthState.FAILED
    assert names(there) == ["Noor Example"]
    fresh.delivery.accept_server()
    fresh.exchange()
    assert names(there) == ["Kim Example", "Noor Example"]


def test_a_server_put_back_from_an_older_copy_gets_everything_again(
    make: Callable[[int], Station], there: Store
) -> None:
    station = make(1)
    station.desk.students.add("Noor Example", "noor@school.example")
    station.exchange()
    station.exchange()
    late = station.desk.students.add("Kim Example", "kim@school.example").uid
    station.exchange()
    station.exchange()
    _forget(there, late)
    again = make(1)
    state = again.delivery.exchange()
    assert (state.link, state.code) == (Link.STOPPED, "server_rolled_back")
    again.delivery.accept_server()
    again.exchange()
    assert names(there) == ["Kim Example", "Noor Example"]


def _forget(there: Store, student: UUID) -> None:
    """As if a copy from before the student had been put back."""
    with there.books() as session:
        row = session.scalars(select(OpLogRow).where(OpLogRow.aggregate_uid == student)).one()
        session.delete(session.get_one(AppliedOpRow, row.op_uid))
        session.delete(row)
        session.delete(session.scalars(select(StudentRow).where(StudentRow.uid == student)).one())


def test_a_schema_of_another_program_stops_the_exchange_and_keeps_collecting(
    make: Callable[[int], Station], migrated_postgresql_url: str, there: Store
) -> None:
    from app.storage import migrate

    station = make(1)
    engine = open_server(migrated_postgresql_url)
    migrate.downgrade(engine, "0010", START)
    engine.dispose()
    station.desk.students.add("Noor Example", "noor@school.example")
    state = station.delivery.exchange()
    assert (state.link, state.code) == (Link.STOPPED, "database_too_old")
    assert state.waiting > 0


def test_the_loop_ends_when_told_to(make: Callable[[int], Station]) -> None:
    station = make(1)
    stop = Event()
    states = station.delivery.run(stop)
    assert next(states).link is Link.UP
    stop.set()
    assert list(states) == []


def test_refusals_are_tried_less_and_less_often() -> None:
    pauses = [(next_attempt_at(START, n, 1.0) - START).total_seconds() for n in range(1, 8)]
    assert pauses == [30, 60, 120, 240, 480, 600, 600]
    assert (next_attempt_at(START, 1, 0.0) - START).total_seconds() == 15


def test_a_full_local_disk_is_not_taken_for_a_refusal(
    make: Callable[[int], Station], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = make(1), make(2)
    first.desk.students.add("Noor Example", "noor@school.example")
    first.exchange()

    def full(*_arguments: object) -> dict[str, object]:
        raise StorageError("disk_full")

    with monkeypatch.context() as patched:
        patched.setattr(second.store, "receive", full)
        state = second.delivery.exchange()
    assert (state.link, state.code, state.unread) == (Link.DOWN, "disk_full", 0)
    second.exchange()
    assert names(second.store) == ["Noor Example"]


def test_the_log_keeps_the_enrollment_rows_of_both(make: Callable[[int], Station], there: Store) -> None:
    first, second = make(1), make(2)
    first.exchange()
    a = first.desk.students.add("Noor Example", "noor@school.example").uid
    first.exchange()
    second.exchange()
    b = second.desk.students.add("Kim Example", "kim@school.example").uid
    finished_visit(first.desk, a)
    finished_visit(second.desk, b)
    for station in (first, second, first):
        station.exchange()
    for store in (first.store, second.store, there):
        with store.reading() as session:
            done = select(func.count()).where(EnrollmentSessionRow.status == "completed")
            assert session.scalar(done) == 4
            visits = select(func.count()).where(StudentResponseRow.status == "completed")
            assert session.scalar(visits) == 2
