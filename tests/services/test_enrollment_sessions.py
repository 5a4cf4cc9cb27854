# SPDX-License-Identifier: Apache-2.0
"""Document 1: the life of an enrollment session, its schemas, the sealed template, soft delete."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.domain.errors import OperatorError, StorageError
from app.domain.sessions import EnrollmentStatus
from app.services.enrollment_sessions import EnrollmentSessionService
from app.services.schemas import EnrollmentSessionCreate, EnrollmentSessionResponse, EnrollmentSessionUpdate
from app.storage.rows.enrollment import EnrollmentSessionRow
from app.storage.rows.people import DeviceRow
from tests.services.desk import Desk, fresh_id

STATUS = EnrollmentStatus


@pytest.fixture
def service(desk: Desk) -> EnrollmentSessionService:
    return EnrollmentSessionService(desk.writer, desk.keys)


@pytest.fixture
def given(desk: Desk) -> EnrollmentSessionCreate:
    """A student and a reader that are there."""
    student = desk.students.create("Ada Ash", "ada@x.org")
    with Session(desk.writer.store._writing) as session, session.begin():
        device = DeviceRow(uid=fresh_id(), serial="SN1", model="R307")
        session.add(device)
        session.flush()
        return EnrollmentSessionCreate(student_id=student.id, device_id=device.id, finger_id=6)


def update(**values: Any) -> EnrollmentSessionUpdate:
    return EnrollmentSessionUpdate(**values)


def completed(service: EnrollmentSessionService, given: EnrollmentSessionCreate) -> EnrollmentSessionResponse:
    made = service.create(given)
    service.update(made.session_id, update(status=STATUS.IN_PROGRESS))
    return service.update(made.session_id, update(status=STATUS.COMPLETED, quality_score=61))


def test_can_save_to_database_and_relationships_work(
    desk: Desk, service: EnrollmentSessionService, given: EnrollmentSessionCreate
) -> None:
    made = service.create(given)
    assert (made.status, made.student_id, made.device_id, made.finger_id) == (
        STATUS.PENDING,
        given.student_id,
        given.device_id,
        6,
    )
    assert (made.started_at, made.completed_at, made.error_message) == (desk.clock.now, None, None)
    assert (made.has_template, made.quality_score) == (False, None)
    with desk.writer.store.reading() as session:
        row = session.scalars(select(EnrollmentSessionRow)).one()
        assert (row.student.name, row.device.serial, row.school.name) == ("Ada Ash", "SN1", "Test school")
        assert row.student.enrollment_sessions == [row] == row.device.enrollment_sessions


def test_unknown_student_device_or_taken_session_id_is_refused(
    service: EnrollmentSessionService, given: EnrollmentSessionCreate
) -> None:
    for change, code in (
        ({"student_id": 999}, "student_not_found"),
        ({"device_id": 999}, "device_not_found"),
    ):
        with pytest.raises(OperatorError) as refused:
            service.create(given.model_copy(update=change))
        assert refused.value.code == code
    service.create(given.model_copy(update={"session_id": "mine"}))
    with pytest.raises(StorageError) as taken:
        service.create(given.model_copy(update={"session_id": "mine"}))
    assert taken.value.code == "record_refused"


def test_completed_has_its_time_and_is_the_finger_s_current_session(
    desk: Desk, service: EnrollmentSessionService, given: EnrollmentSessionCreate
) -> None:
    first = completed(service, given)
    assert (first.status, first.completed_at, first.quality_score) == (STATUS.COMPLETED, desk.clock.now, 61)
    desk.clock.turn(days=1)
    second = completed(service, given)
    with desk.writer.store.reading() as session:
        current = session.execute(
            select(EnrollmentSessionRow.session_id, EnrollmentSessionRow.is_current).order_by(
                EnrollmentSessionRow.id
            )
        ).all()
    assert [tuple(row) for row in current] == [(first.session_id, False), (second.session_id, True)]


def test_failed_keeps_its_error_message_and_may_be_tried_again(
    service: EnrollmentSessionService, given: EnrollmentSessionCreate
) -> None:
    made = service.create(given)
    failed = service.update(made.session_id, update(status=STATUS.FAILED, error_message="reader unplugged"))
    assert (failed.status, failed.error_message) == (STATUS.FAILED, "reader unplugged")
    again = service.update(made.session_id, update(status=STATUS.IN_PROGRESS, error_message=""))
    assert (again.status, again.error_message) == (STATUS.IN_PROGRESS, None)


def test_a_transition_that_is_not_allowed_changes_nothing(
    service: EnrollmentSessionService, given: EnrollmentSessionCreate
) -> None:
    made = service.create(given)
    with pytest.raises(OperatorError) as refused:
        service.update(made.session_id, update(status=STATUS.COMPLETED, quality_score=70))
    assert refused.value.code == "transition_not_allowed"
    assert service.get(made.session_id) == made


def test_template_data_is_encrypted_before_storage(
    desk: Desk, service: EnrollmentSessionService, given: EnrollmentSessionCreate
) -> None:
    made = service.create(given)
    template = b"FMR\x00 a very recognisable template"
    changed = service.update(made.session_id, update(template=template, template_format="test"))
    assert changed.has_template
    assert service.template(made.session_id) == template
    with desk.writer.store.reading() as session:
        token = session.execute(text("SELECT template_data FROM enrollment_sessions")).scalar_one()
    assert "recognisable" not in token
    assert "template" not in EnrollmentSessionResponse.model_fields
    assert "recognisable" not in repr(update(template=template, template_format="test"))


def test_a_stale_version_is_refused(
    service: EnrollmentSessionService, given: EnrollmentSessionCreate
) -> None:
    made = service.create(given)
    service.update(made.session_id, update(status=STATUS.IN_PROGRESS, version=made.version))
    with pytest.raises(OperatorError) as refused:
        service.update(made.session_id, update(status=STATUS.CANCELLED, version=made.version))
    assert refused.value.code == "record_changed"


def test_soft_delete_support(
    desk: Desk, service: EnrollmentSessionService, given: EnrollmentSessionCreate
) -> None:
    kept = service.create(given)
    made = service.create(given)
    service.update(made.session_id, update(template=b"template", template_format="test"))
    service.delete(made.session_id)
    assert [row.session_id for row in service.list()] == [kept.session_id]
    for action in (service.get, service.delete, service.template):
        with pytest.raises(OperatorError) as refused:
            action(made.session_id)
        assert refused.value.code == "enrollment_not_found"
    with desk.writer.store.reading() as session:
        row = session.scalars(
            select(EnrollmentSessionRow).where(EnrollmentSessionRow.session_id == made.session_id)
        ).one()
        assert (row.is_deleted, row.template_data, row.is_current) == (True, None, False)


def test_sessions_are_listed_by_student_and_status(
    desk: Desk, service: EnrollmentSessionService, given: EnrollmentSessionCreate
) -> None:
    other = desk.students.create("Bo Birch", "bo@x.org")
    first = service.create(given)
    desk.clock.turn(minutes=1)
    second = service.create(given.model_copy(update={"student_id": other.id}))
    service.update(second.session_id, update(status=STATUS.CANCELLED))
    assert [row.session_id for row in service.list()] == [second.session_id, first.session_id]
    assert [row.session_id for row in service.list(student_uid=other.uid)] == [second.session_id]
    assert [row.session_id for row in service.list(status=STATUS.PENDING)] == [first.session_id]
    with pytest.raises(OperatorError):
        service.list(limit=0)


# -- no database ------------------------------------------------------------------------------------------


def test_the_statuses_are_the_document_s_and_ends_are_ends() -> None:
    assert [status.value for status in STATUS] == [
        "pending",
        "in_progress",
        "completed",
        "failed",
        "cancelled",
    ]
    allowed = {(a, b) for a, b in product(STATUS, STATUS) if a is not b and a.may_become(b)}
    assert allowed == {
        (STATUS.PENDING, STATUS.IN_PROGRESS),
        (STATUS.PENDING, STATUS.FAILED),
        (STATUS.PENDING, STATUS.CANCELLED),
        (STATUS.IN_PROGRESS, STATUS.COMPLETED),
        (STATUS.IN_PROGRESS, STATUS.FAILED),
        (STATUS.IN_PROGRESS, STATUS.CANCELLED),
        (STATUS.FAILED, STATUS.PENDING),
        (STATUS.FAILED, STATUS.IN_PROGRESS),
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"finger_id": 10},
        {"finger_id": -1},
        {"student_id": 0},
        {"device_id": 2**31},
        {"session_id": ""},
        {"session_id": "x" * 101},
        {"session_id": "two words"},
        {"unknown": 1},
    ],
)
def test_what_cannot_be_created_is_refused_by_the_schema(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        EnrollmentSessionCreate(**{"student_id": 1, "device_id": 1, "finger_id": 0, **wrong})


@pytest.mark.parametrize(
    "wrong",
    [
        {"quality_score": 101},
        {"quality_score": -1},
        {"status": "resting"},
        {"template": b"x"},
        {"template": b"", "template_format": "test"},
        {"completed_at": datetime(2026, 1, 1), "status": "completed"},  # noqa: DTZ001 - refused for that
        {"completed_at": datetime(2026, 1, 1).astimezone() + timedelta(1)},
        {"version": 0},
    ],
)
def test_what_cannot_be_updated_is_refused_by_the_schema(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        EnrollmentSessionUpdate(**wrong)
