# SPDX-License-Identifier: Apache-2.0
"""Document 4: check-in once, corrections under optimistic locking."""

from __future__ import annotations

import threading
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.domain.errors import AppError, OperatorError, StorageError
from app.domain.sessions import AttendanceStatus, ClassSessionStatus
from app.domain.visits import CheckIn
from app.services.attendance import AttendanceService
from app.services.students import StudentService
from app.storage.rows.attendance import AttendanceRow, ClassSessionRow
from app.storage.store import Store
from tests.services.desk import Desk, open_desk


@pytest.fixture
def student(desk: Desk) -> UUID:
    return desk.students.add("Ada Ash", number="1").uid


@pytest.fixture
def checked_in(desk: Desk, student: UUID) -> CheckIn:
    class_session = desk.attendance.open_session("7A", desk.clock.now - timedelta(minutes=2))
    return desk.attendance.check_in(student, class_session.uid)


def test_check_in_is_present_within_the_grace_and_late_after_it(desk: Desk, student: UUID) -> None:
    grace = timedelta(seconds=desk.policy.late_after_s)
    in_time = desk.attendance.open_session("7A", desk.clock.now - grace)
    late = desk.attendance.open_session("7B", desk.clock.now - grace - timedelta(seconds=1))
    assert desk.attendance.check_in(student, in_time.uid).status is AttendanceStatus.PRESENT
    assert desk.attendance.check_in(student, late.uid).status is AttendanceStatus.LATE


def test_version_field_has_default_value_1(checked_in: CheckIn) -> None:
    assert checked_in.version == 1


def test_a_student_is_checked_in_once_and_the_earlier_row_stays(desk: Desk, checked_in: CheckIn) -> None:
    student = desk.students.find("1").uid
    desk.clock.turn(hours=1)
    again = desk.attendance.check_in(student, checked_in.class_session_uid)
    assert again == checked_in
    with desk.writer.store.reading() as session:
        assert session.scalar(select(func.count()).select_from(AttendanceRow)) == 1


@pytest.mark.parametrize("ended", ["completed", "cancelled"])
def test_an_ended_class_session_takes_no_check_in(desk: Desk, student: UUID, ended: str) -> None:
    class_session = desk.attendance.open_session("7A", desk.clock.now)
    with Session(desk.writer.store._writing) as session, session.begin():
        session.scalars(select(ClassSessionRow)).one().status = ClassSessionStatus(ended).value
    with pytest.raises(OperatorError) as refused:
        desk.attendance.check_in(student, class_session.uid)
    assert refused.value.code == "class_session_closed"
    assert desk.attendance.open_sessions() == ()


def test_unknown_student_session_and_row_are_told(desk: Desk, checked_in: CheckIn) -> None:
    nobody = UUID(int=1)
    for code, action in (
        ("student_not_found", lambda: desk.attendance.check_in(nobody, checked_in.class_session_uid)),
        ("class_session_not_found", lambda: desk.attendance.check_in(nobody, nobody)),
        ("class_session_not_found", lambda: desk.attendance.of_session(nobody)),
        ("attendance_not_found", lambda: desk.attendance.correct(nobody, 1, AttendanceStatus.ABSENT)),
    ):
        with pytest.raises(OperatorError) as refused:
            action()
        assert refused.value.code == code


def test_a_correction_raises_the_version_and_is_listed(desk: Desk, checked_in: CheckIn) -> None:
    at = desk.clock.now - timedelta(minutes=1)
    version = desk.attendance.correct(
        checked_in.attendance_uid, 1, AttendanceStatus.EXCUSED, checked_in_at=at, reason="letter"
    )
    assert version == 2
    (row,) = desk.attendance.of_session(checked_in.class_session_uid)
    assert (row.status, row.checked_in_at, row.version, row.student_name) == (
        AttendanceStatus.EXCUSED,
        at,
        2,
        "Ada Ash",
    )
    assert desk.attendance.of_student(row.student_uid) == (row,)


def test_optimistic_locking_prevents_concurrent_update_conflicts(desk: Desk, checked_in: CheckIn) -> None:
    """Two operators saw version 1; the first correction counts, the second is refused with what is there."""
    desk.attendance.correct(checked_in.attendance_uid, 1, AttendanceStatus.LATE)
    with pytest.raises(OperatorError) as refused:
        desk.attendance.correct(checked_in.attendance_uid, 1, AttendanceStatus.ABSENT)
    assert refused.value.code == "record_changed"
    assert (refused.value.facts["seen_version"], refused.value.facts["version"]) == (1, 2)
    assert desk.attendance.of_session(checked_in.class_session_uid)[0].status is AttendanceStatus.LATE


def test_version_field_enables_race_condition_handling_in_concurrent_scenarios(database: Engine) -> None:
    """Several stations correct the version they all saw, at once: exactly one of them wins."""
    desks = [open_desk(Store(database)) for _ in range(4)]
    student = desks[0].students.add("Ada Ash").uid
    class_session = desks[0].attendance.open_session("7A", desks[0].clock.now)
    row = desks[0].attendance.check_in(student, class_session.uid)
    gate = threading.Barrier(len(desks))
    versions: list[int] = []
    codes: list[str] = []

    def correct(desk: Desk) -> None:
        gate.wait()
        try:
            versions.append(desk.attendance.correct(row.attendance_uid, 1, AttendanceStatus.EXCUSED))
        except AppError as error:
            codes.append(error.code)

    threads = [threading.Thread(target=correct, args=(desk,)) for desk in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (versions, codes) == ([2], ["record_changed"] * 3)


def test_a_stale_row_is_refused_by_the_mapper_itself(
    database: Engine, desk: Desk, checked_in: CheckIn
) -> None:
    """A row read at version 1 and written after somebody else's correction finds another version."""
    with Session(database, expire_on_commit=False) as session:
        stale = session.scalars(select(AttendanceRow)).one()
        session.commit()
    desk.attendance.correct(checked_in.attendance_uid, 1, AttendanceStatus.LATE)
    with Session(database) as session:
        stale.status = "absent"
        session.add(stale)
        with pytest.raises(StaleDataError):
            session.flush()


def test_two_stations_check_the_same_students_in_at_once(database: Engine) -> None:
    """The unique key on class session and student keeps one row each, and both stations get that row."""
    desks = [open_desk(Store(database)) for _ in range(2)]
    students = [desks[0].students.add(f"Student {number}").uid for number in range(5)]
    class_session = desks[0].attendance.open_session("7A", desks[0].clock.now)
    gate = threading.Barrier(2)
    rows: list[CheckIn] = []
    failures: list[StorageError] = []

    def check_in(desk: Desk) -> None:
        for student in students:
            gate.wait()
            try:
                rows.append(desk.attendance.check_in(student, class_session.uid))
            except StorageError as error:
                failures.append(error)

    threads = [threading.Thread(target=check_in, args=(desk,)) for desk in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(rows) == 10
    assert len({row.attendance_uid for row in rows}) == 5
    with Session(database) as session:
        assert session.scalar(select(func.count()).select_from(AttendanceRow)) == 5


def test_a_class_session_belongs_to_the_station_s_school(desk: Desk) -> None:
    other = AttendanceService(desk.writer, desk.policy, StudentService(desk.writer, "South School"))
    desk.attendance.open_session("7A", desk.clock.now)
    assert other.open_sessions() == ()
    other.open_session("7A", desk.clock.now)
    for service in (desk.attendance, other):
        assert [row.title for row in service.open_sessions()] == ["7A"]
    assert desk.attendance.open_sessions()[0].uid != other.open_sessions()[0].uid
