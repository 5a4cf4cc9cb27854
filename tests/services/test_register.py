# SPDX-License-Identifier: Apache-2.0
"""The attendance list: who is expected, who is missing, corrections with a reason."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from app.domain.errors import OperatorError
from app.domain.register import Presence, RegisterEntry
from app.domain.sessions import AttendanceStatus
from app.services.attendance import AttendanceService
from app.services.register import RegisterService
from app.services.students import StudentService
from app.storage.rows.ledger import AppliedOpRow
from tests.services.desk import Desk


@pytest.fixture
def service(desk: Desk) -> RegisterService:
    desk.students.school_uid()
    return RegisterService(desk.writer, desk.attendance, desk.students)


@pytest.fixture
def students(desk: Desk) -> dict[str, UUID]:
    return {
        name: desk.students.add(name, class_name=class_name, number=number).uid
        for name, class_name, number in (("Ada", "7A", "1"), ("Alan", "7a", "2"), ("Grace", "7B", "3"))
    }


def entry(service: RegisterService, session: UUID, name: str) -> RegisterEntry:
    return next(found for found in service.register(session).entries if found.name == name)


def test_the_class_is_expected_and_whoever_came_is_in_the_list(
    desk: Desk, service: RegisterService, students: dict[str, UUID]
) -> None:
    session = desk.attendance.open_session("7A", desk.clock.now - timedelta(minutes=1)).uid
    desk.attendance.check_in(students["Ada"], session)
    desk.attendance.check_in(students["Grace"], session)  # of another class
    found = [(each.name, each.presence) for each in service.register(session).entries]
    assert found == [("Ada", Presence.IN), ("Alan", Presence.MISSING), ("Grace", Presence.IN)]
    desk.clock.turn(hours=1)
    desk.attendance.check_in(students["Alan"], session)
    assert entry(service, session, "Alan").presence is Presence.LATE


def test_a_session_of_no_class_is_for_the_whole_school(
    desk: Desk, service: RegisterService, students: dict[str, UUID]
) -> None:
    session = desk.attendance.open_session("Morning registration", desk.clock.now).uid
    assert [each.name for each in service.register(session).entries] == ["Ada", "Alan", "Grace"]
    desk.students.update(students["Ada"], status="inactive")
    assert [each.name for each in service.register(session).entries] == ["Alan", "Grace"]


def test_sessions_are_those_of_the_day(desk: Desk, service: RegisterService) -> None:
    noon = datetime.combine(desk.clock.now.astimezone().date(), time(12)).astimezone()
    for name, hours in (("yesterday", -24), ("late", 5), ("early", -4), ("tomorrow", 24)):
        desk.attendance.open_session(name, noon + timedelta(hours=hours), noon + timedelta(hours=hours + 1))
    desk.attendance.open_session("over night", noon - timedelta(hours=14), noon - timedelta(hours=10))
    assert [row.title for row in service.sessions()] == ["over night", "early", "late"]
    assert [row.title for row in service.sessions((noon + timedelta(days=1)).date())] == ["tomorrow"]


def test_a_session_is_opened_for_today(desk: Desk, service: RegisterService) -> None:
    made = service.open_session("7A", time(9), time(10, 30))
    assert made.starts_at.astimezone().time() == time(9)
    assert [row.uid for row in service.sessions()] == [made.uid]
    with pytest.raises(OperatorError, match="input_invalid"):
        service.open_session("7A", time(10), time(9))


def test_a_correction_is_made_on_the_version_seen_and_its_reason_is_kept(
    desk: Desk, service: RegisterService, students: dict[str, UUID]
) -> None:
    session = desk.attendance.open_session("7A", desk.clock.now).uid
    desk.attendance.check_in(students["Ada"], session)
    seen = entry(service, session, "Ada")
    service.record(session, seen, AttendanceStatus.EXCUSED, "  called   in sick ")
    assert entry(service, session, "Ada").presence is Presence.EXCUSED
    with pytest.raises(OperatorError, match="record_changed"):
        service.record(session, seen, AttendanceStatus.ABSENT, "late change")
    with desk.writer.store.reading() as reading:
        kept = reading.scalars(select(AppliedOpRow).where(AppliedOpRow.kind == "attendance.correct")).one()
    assert (kept.result["before"], kept.result["status"], kept.result["reason"]) == (
        "present",
        "excused",
        "called in sick",
    )


def test_who_is_missing_is_excused_without_a_check_in(
    desk: Desk, service: RegisterService, students: dict[str, UUID]
) -> None:
    session = desk.attendance.open_session("7A", desk.clock.now).uid
    seen = entry(service, session, "Alan")
    service.record(session, seen, AttendanceStatus.EXCUSED, "dentist")
    now = entry(service, session, "Alan")
    assert (now.presence, now.checked_in_at, now.method) == (Presence.EXCUSED, None, "manual")
    desk.attendance.check_in(students["Alan"], session)  # and came after all
    came = entry(service, session, "Alan")
    assert (came.presence, came.checked_in_at) == (Presence.IN, desk.clock.now)


def test_who_checked_in_meanwhile_is_not_overwritten(
    desk: Desk, service: RegisterService, students: dict[str, UUID]
) -> None:
    session = desk.attendance.open_session("7A", desk.clock.now).uid
    seen = entry(service, session, "Alan")
    desk.attendance.check_in(students["Alan"], session)
    with pytest.raises(OperatorError, match="record_changed"):
        service.record(session, seen, AttendanceStatus.ABSENT, "not seen")
    assert entry(service, session, "Alan").presence is Presence.IN


@pytest.mark.parametrize("reason", ["", "   ", "x" * 301])
def test_without_a_reason_nothing_is_changed(
    desk: Desk, service: RegisterService, students: dict[str, UUID], reason: str
) -> None:
    session = desk.attendance.open_session("7A", desk.clock.now).uid
    with pytest.raises(OperatorError, match="input_invalid"):
        service.record(session, entry(service, session, "Ada"), AttendanceStatus.ABSENT, reason)
    assert entry(service, session, "Ada").attendance_uid is None


def test_another_schools_sessions_are_not_shown(desk: Desk, service: RegisterService) -> None:
    ours = desk.attendance.open_session("7A", desk.clock.now)
    students = StudentService(desk.writer, "South School")
    theirs = AttendanceService(desk.writer, desk.policy, students).open_session("7A", desk.clock.now)
    assert [row.uid for row in service.sessions()] == [ours.uid]
    assert [row.uid for row in RegisterService(desk.writer, desk.attendance, students).sessions()] == [
        theirs.uid
    ]
