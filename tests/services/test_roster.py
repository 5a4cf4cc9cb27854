# SPDX-License-Identifier: Apache-2.0
"""The roster's import: document 5's CSV format, dry run first, everything or nothing, twice changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from uuid6 import uuid7

from app.services.roster import RosterService
from app.services.students import StudentService
from app.services.writer import Writer
from app.storage.store import Store

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
DOCUMENT_CSV = b"""name,email,class_name,course,status
John Doe,john@example.com,Class A,Math 101,active
Jane Smith,jane@example.com,Class B,Physics 201,active
"""


@pytest.fixture
def writer(store: Store) -> Writer:
    return Writer(store, lambda: NOW, lambda: UUID(int=uuid7().int))


@pytest.fixture
def students(writer: Writer) -> StudentService:
    return StudentService(writer, "North School")


@pytest.fixture
def roster(writer: Writer, students: StudentService) -> RosterService:
    return RosterService(writer, students)


def test_document_example_imports_students_and_course_enrollments(
    roster: RosterService, students: StudentService
) -> None:
    assert roster.is_empty()
    report = roster.import_csv(DOCUMENT_CSV, commit=True)
    assert (report.added, report.courses_added, report.enrollments_added) == (2, 2, 2)
    assert not roster.is_empty()
    assert [hit.card.name for hit in students.search("doe")] == ["John Doe"]
