# SPDX-License-Identifier: Apache-2.0
"""Document 2's functions: SQL on PostgreSQL and Python on both databases give the same."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import astuple
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, delete, func, select, text
from sqlalchemy.orm import Session

from app.storage.engine import open_server
from app.storage.rows.people import UserRow
from app.storage.rows.signatures import TempEnrollmentRow, TempEnrollmentStepRow
from app.storage.temp_enrollments import (
    active_enrollments,
    average_steps,
    cleanup_expired_enrollments,
    complete_enrollment,
    count_pending_cleanup,
    get_enrollment_progress,
)

STEP_TYPES = ("signature", "shape", "drawing")

# Document 2, "Monitoring Queries", to the letter.
ACTIVE_SESSIONS = """
SELECT username, flow_type,
       (SELECT COUNT(*) FROM temp_enrollment_steps WHERE enrollment_id = te.id) as steps_completed,
       created_at, expires_at
FROM temp_enrollments te
WHERE status = 'in_progress'
ORDER BY created_at DESC
"""
PENDING_CLEANUP = """
SELECT COUNT(*)
FROM temp_enrollments
WHERE status = 'in_progress'
AND expires_at < NOW()
"""
AVERAGE_STEPS = """
SELECT flow_type, AVG(step_count) as avg_steps
FROM (
    SELECT te.flow_type, COUNT(tes.id) as step_count
    FROM temp_enrollments te
    LEFT JOIN temp_enrollment_steps tes ON te.id = tes.enrollment_id
    WHERE te.status = 'completed'
    GROUP BY te.id, te.flow_type
) t
GROUP BY flow_type
"""


@pytest.fixture
def server(migrated_postgresql_url: str) -> Iterator[Engine]:
    engine = open_server(migrated_postgresql_url)
    yield engine
    engine.dispose()


def enroll(
    session: Session,
    name: str,
    steps: list[int],
    *,
    flow: str = "signup",
    status: str = "in_progress",
    expires_in: timedelta = timedelta(hours=1),
    shuffle: random.Random | None = None,
) -> None:
    """One enrollment whose steps were finished in the order given."""
    now = datetime.now(UTC)
    number = session.scalar(select(func.count()).select_from(TempEnrollmentRow)) or 0
    row = TempEnrollmentRow(
        uid=UUID(int=1000 + number),
        session_id=name,
        username=name,
        username_norm=name.casefold(),
        flow_type=flow,
        status=status,
        created_at=now - timedelta(minutes=number),
        expires_at=now + expires_in,
    )
    session.add(row)
    session.flush()
    order = list(range(len(steps)))
    if shuffle:
        shuffle.shuffle(order)
    for position, step in zip(order, steps, strict=True):
        session.add(
            TempEnrollmentStepRow(
                uid=UUID(int=10**6 + row.id * 100 + step),
                enrollment_id=row.id,
                step_number=step,
                step_type=STEP_TYPES[step % 3],
                instruction="Sign your name",
                signature_data="be1:a1:1:AA",
                completed_at=now + timedelta(seconds=position),
            )
        )
    session.flush()


def fill(session: Session) -> list[str]:
    """Enrollments of every sort; their session ids."""
    shuffle = random.Random(4711)
    full = list(range(1, 12))
    enroll(session, "complete", full)
    enroll(session, "redone", [*full[:4], *full[5:], 5])
    enroll(session, "one-missing", full[:6] + full[7:])
    enroll(session, "empty", [])
    enroll(session, "signin", [1], flow="signin")
    enroll(session, "signin-nothing", [], flow="signin")
    # Steps beyond the flow's range do not make it complete.
    enroll(session, "signin-beyond", [2, 3], flow="signin")
    enroll(session, "just-over", full, expires_in=-timedelta(seconds=1))
    enroll(session, "over", full, expires_in=-timedelta(hours=1))
    enroll(session, "long-over", full, expires_in=-timedelta(days=8))
    enroll(session, "marked", full, status="expired", expires_in=-timedelta(days=1))
    enroll(session, "marked-long-ago", [1, 2], status="expired", expires_in=-timedelta(days=9))
    enroll(session, "done", full, status="completed")
    enroll(session, "done-long-ago", full, status="completed", expires_in=-timedelta(days=30))
    enroll(session, "Known", full)
    enroll(session, "Gone", full)
    enroll(session, "known-signin", [1], flow="signin")
    for number in range(12):
        some = sorted(shuffle.sample(full, shuffle.randint(0, 11)))
        enroll(session, f"random-{number}", some, shuffle=shuffle)
    for number, (name, deleted) in enumerate({"known": False, "gone": True, "known-signin": False}.items()):
        session.add(UserRow(uid=UUID(int=50 + number), username=name, username_norm=name, is_deleted=deleted))
    session.flush()
    return list(session.scalars(select(TempEnrollmentRow.session_id).order_by(TempEnrollmentRow.id)))


def sql_row(session: Session, call: str, session_id: str) -> tuple[Any, ...] | None:
    row = session.execute(text(f"SELECT * FROM {call}(:session_id)"), {"session_id": session_id}).first()
    return None if row is None else tuple(row)


def states(session: Session) -> list[tuple[Any, ...]]:
    session.expire_all()
    return [
        tuple(row)
        for row in session.execute(
            select(
                TempEnrollmentRow.session_id, TempEnrollmentRow.status, TempEnrollmentRow.version
            ).order_by(TempEnrollmentRow.session_id)
        )
    ]


def test_get_enrollment_progress_in_sql_equals_python(server: Engine) -> None:
    with Session(server) as session:
        for session_id in [*fill(session), "unknown"]:
            python = get_enrollment_progress(session, session_id)
            assert sql_row(session, "get_enrollment_progress", session_id) == (
                None if python is None else astuple(python)
            ), session_id


def test_complete_enrollment_in_sql_equals_python(server: Engine) -> None:
    with Session(server) as session:
        session_ids = [*fill(session), "unknown"]
        session.commit()
        by_sql = [sql_row(session, "complete_enrollment", session_id) for session_id in session_ids]
        after_sql = states(session)
        session.rollback()
        now = datetime.now(UTC)
        by_python = [astuple(complete_enrollment(session, session_id, now)) for session_id in session_ids]
        session.flush()
        assert by_sql == by_python
        assert after_sql == states(session)
        messages = {row[2] for row in by_python}
    assert messages == {
        "Enrollment session not found or already completed",
        "Enrollment is not complete",
        "Sign-up enrollment completed - ready for processing",
        "Sign-in enrollment completed",
    }


def test_cleanup_expired_enrollments_in_sql_equals_python(server: Engine) -> None:
    with Session(server) as session:
        fill(session)
        session.commit()
        by_sql = session.execute(text("SELECT cleanup_expired_enrollments()")).scalar_one()
        after_sql = states(session)
        steps_after_sql = session.scalar(select(func.count()).select_from(TempEnrollmentStepRow))
        session.rollback()
        by_python = cleanup_expired_enrollments(session, datetime.now(UTC))
        session.flush()
        assert by_sql == by_python == 4
        assert after_sql == states(session)
        assert steps_after_sql == session.scalar(select(func.count()).select_from(TempEnrollmentStepRow))
        assert session.execute(text("SELECT cleanup_expired_enrollments()")).scalar_one() == 0


def test_python_gives_the_same_on_every_database(database: Engine) -> None:
    with Session(database) as session, session.begin():
        session_ids = fill(session)
        now = datetime.now(UTC)
        progress = {name: get_enrollment_progress(session, name) for name in session_ids}
        complete = [name for name, found in progress.items() if found is not None and found.is_complete]
        assert complete[:3] == ["complete", "redone", "signin"]
        assert "signin-beyond" not in complete
        redone = get_enrollment_progress(session, "redone")
        assert redone is not None
        assert (redone.last_step_number, redone.last_step_type) == (5, "drawing")
        assert cleanup_expired_enrollments(session, now) == 4
        left = {row[0]: row[1] for row in states(session)}
        assert "long-over" not in left
        assert "marked-long-ago" not in left
        assert (left["over"], left["marked"], left["done-long-ago"]) == ("expired", "expired", "completed")


def test_monitoring_queries_of_document_2_equal_python(database: Engine) -> None:
    with Session(database) as session, session.begin():
        fill(session)
        now = datetime.now(UTC)
        active = session.execute(text(ACTIVE_SESSIONS)).all()
        assert [(row.username, row.flow_type, row.steps_completed) for row in active] == [
            (row.username, row.flow_type, row.steps_completed) for row in active_enrollments(session)
        ]
        averages = {row.flow_type: float(row.avg_steps) for row in session.execute(text(AVERAGE_STEPS))}
        assert averages == average_steps(session) == {"signup": 11.0}
        assert session.execute(text(PENDING_CLEANUP)).scalar_one() == count_pending_cleanup(session, now) == 3


def test_a_deleted_enrollment_takes_its_steps_along(database: Engine) -> None:
    with Session(database) as session, session.begin():
        enroll(session, "one", [1, 2])
        session.execute(delete(TempEnrollmentRow))
        assert session.scalar(select(func.count()).select_from(TempEnrollmentStepRow)) == 0
