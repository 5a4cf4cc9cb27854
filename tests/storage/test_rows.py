# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

import pytest
from sqlalchemy.orm import configure_mappers

from app.domain.sessions import (
    AttendanceStatus,
    ClassSessionStatus,
    EnrollmentStatus,
    SessionStatus,
    TempEnrollmentStatus,
)
from app.domain.signature_flow import FlowType, StepType
from app.storage.rows import attendance, enrollment, signatures, visits
from app.storage.rows.enrollment import EnrollmentSessionRow
from app.storage.rows.people import DeviceRow, StudentRow
from app.storage.rows.schema import MAPPED, SCHEMA


@pytest.mark.parametrize(
    ("values", "enumeration"),
    [
        (enrollment.ENROLLMENT_STATUSES, EnrollmentStatus),
        (visits.SESSION_STATUSES, SessionStatus),
        (signatures.TEMP_ENROLLMENT_STATUSES, TempEnrollmentStatus),
        (signatures.FLOW_TYPES, FlowType),
        (signatures.STEP_TYPES, StepType),
        (attendance.ATTENDANCE_STATUSES, AttendanceStatus),
        (attendance.CLASS_SESSION_STATUSES, ClassSessionStatus),
    ],
)
def test_columns_take_exactly_the_values_of_the_rules(values: Iterable[str], enumeration: type[Enum]) -> None:
    assert set(values) == {member.value for member in enumeration}


def test_every_row_file_is_part_of_the_schema() -> None:
    configure_mappers()
    assert {module.__name__.rsplit(".", 1)[1] for module in MAPPED} >= {
        "people",
        "courses",
        "visits",
        "ledger",
    }
    mapped = {mapper.local_table for mapper in StudentRow.registry.mappers}
    assert mapped == set(SCHEMA.tables.values())


def test_document_1_sessions_know_their_student_and_device() -> None:
    assert EnrollmentSessionRow.student.property.back_populates == "enrollment_sessions"
    assert StudentRow.enrollment_sessions.property.back_populates == "student"
    assert DeviceRow.enrollment_sessions.property.back_populates == "device"


def test_no_name_is_longer_than_postgresql_keeps() -> None:
    names = [table.name for table in SCHEMA.tables.values()]
    for table in SCHEMA.tables.values():
        names += [str(index.name) for index in table.indexes]
        names += [str(constraint.name) for constraint in table.constraints]
    assert max(len(name) for name in names) < 63
