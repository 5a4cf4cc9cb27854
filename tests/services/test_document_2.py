# SPDX-License-Identifier: Apache-2.0
"""Source document 2, item by item; the list of all items and their tests is in ``test_document_2_list.py``.

On PostgreSQL the document's SQL functions and queries and our services answer the same question alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, inspect, select, text

from app.domain.errors import OperatorError
from app.domain.signature_flow import FlowType
from app.storage.engine import open_server
from app.storage.rows.signatures import TempEnrollmentRow, TempEnrollmentStepRow
from app.storage.store import Store
from tests.services.desk import Desk, ink, open_desk
from tests.storage.test_sql_functions import ACTIVE_SESSIONS, AVERAGE_STEPS, PENDING_CLEANUP

NAME = "john_doe"

#: Table -> column -> (type on PostgreSQL, type on SQLite, may be null).
COLUMNS = {
    "temp_enrollments": {
        "id": ("INTEGER", "INTEGER", False),
        "session_id": ("VARCHAR(255)", "VARCHAR(255)", False),
        "username": ("VARCHAR(255)", "VARCHAR(255)", False),
        "flow_type": ("VARCHAR(20)", "VARCHAR(20)", False),
        "status": ("VARCHAR(20)", "VARCHAR(20)", False),
        "device_info": ("TEXT", "TEXT", True),
        "metadata": ("JSONB", "JSON", True),
        "created_at": ("TIMESTAMP", "DATETIME", False),
        "updated_at": ("TIMESTAMP", "DATETIME", True),
        "expires_at": ("TIMESTAMP", "DATETIME", False),
    },
    "temp_enrollment_steps": {
        "id": ("INTEGER", "INTEGER", False),
        "enrollment_id": ("INTEGER", "INTEGER", False),
        "step_number": ("INTEGER", "INTEGER", False),
        "step_type": ("VARCHAR(20)", "VARCHAR(20)", False),
        "instruction": ("TEXT", "TEXT", False),
        "signature_data": ("TEXT", "TEXT", False),
        "raw_data": ("JSONB", "JSON", True),
        "metrics": ("JSONB", "JSON", True),
        "completed_at": ("TIMESTAMP", "DATETIME", False),
    },
}
PAIRS = [(table, column) for table, columns in COLUMNS.items() for column in columns]


@pytest.mark.parametrize(("table", "column"), PAIRS, ids=[".".join(pair) for pair in PAIRS])
def test_the_table_has_the_column(head_database: Engine, table: str, column: str) -> None:
    postgresql, sqlite, nullable = COLUMNS[table][column]
    there = {found["name"]: found for found in inspect(head_database).get_columns(table)}
    wanted = postgresql if head_database.dialect.name == "postgresql" else sqlite
    assert str(there[column]["type"]) == wanted
    assert there[column]["nullable"] is nullable


# -- the desk of one database, and helpers ----------------------------------------------------------------


@pytest.fixture
def server(migrated_postgresql_url: str) -> Iterator[Engine]:
    engine = open_server(migrated_postgresql_url)
    yield engine
    engine.dispose()


@pytest.fixture
def at_server(server: Engine) -> Desk:
    return open_desk(Store(server))


def draw(desk: Desk, steps: range, name: str = NAME, flow: FlowType = FlowType.SIGNUP) -> str:
    session_id = None
    for step in steps:
        saved = desk.signing.save_drawing(name, step, ink(step), session_id=session_id, flow_type=flow)
        session_id = saved.session_id
    assert session_id is not None
    return session_id


def signed_up(desk: Desk, name: str = NAME) -> None:
    desk.signing.register(name, draw(desk, range(1, 12), name))


def enrollment(desk: Desk, session_id: str) -> TempEnrollmentRow:
    with desk.writer.store.reading() as session:
        row = session.scalars(
            select(TempEnrollmentRow).where(TempEnrollmentRow.session_id == session_id)
        ).one()
        session.expunge(row)
        return row


def by_sql(engine: Engine, statement: str, **values: object) -> list[tuple[Any, ...]]:
    """Rows of a statement that somebody else runs on the same database, and takes back."""
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(text(statement), values)]
        connection.rollback()
        return rows


# -- values -----------------------------------------------------------------------------------------------


def test_flow_type_signup(desk: Desk) -> None:
    assert enrollment(desk, draw(desk, range(1, 2))).flow_type == "signup"


def test_flow_type_signin(desk: Desk) -> None:
    signed_up(desk)
    assert enrollment(desk, draw(desk, range(1, 2), flow=FlowType.SIGNIN)).flow_type == "signin"


def test_status_in_progress(desk: Desk) -> None:
    assert enrollment(desk, draw(desk, range(1, 11))).status == "in_progress"


def test_status_completed(desk: Desk) -> None:
    session_id = draw(desk, range(1, 12))
    assert desk.signing.complete_enrollment(session_id).success
    assert enrollment(desk, session_id).status == "completed"


def test_status_expired(desk: Desk) -> None:
    session_id = draw(desk, range(1, 12))
    desk.clock.turn(hours=2)
    desk.signing.cleanup_expired()
    assert enrollment(desk, session_id).status == "expired"


def test_step_type_signature_shape_and_drawing(desk: Desk) -> None:
    draw(desk, range(1, 12))
    with desk.writer.store.reading() as session:
        types = session.scalars(
            select(TempEnrollmentStepRow.step_type).order_by(TempEnrollmentStepRow.step_number)
        ).all()
    assert list(types) == ["signature"] * 3 + ["shape"] * 3 + ["drawing"] * 5


def test_step_number_is_1_to_11_for_signup_and_1_for_signin(desk: Desk) -> None:
    signed_up(desk)
    for name, flow, step in (("jane", FlowType.SIGNUP, 12), (NAME, FlowType.SIGNIN, 2)):
        with pytest.raises(OperatorError, match="step_not_in_flow"):
            desk.signing.save_drawing(name, step, ink(), flow_type=flow)
    assert desk.signing.progress(draw(desk, range(1, 2), "jane")).total_steps == 11
    assert desk.signing.progress(draw(desk, range(1, 2), flow=FlowType.SIGNIN)).total_steps == 1


def test_metadata_knows_the_station_and_device_info_is_sealed(desk: Desk) -> None:
    row = enrollment(desk, draw(desk, range(1, 2)))
    assert row.metadata_ is not None
    assert row.metadata_["station_uid"] == "00000000-0000-0000-0000-000000000005"
    assert row.device_info is None or row.device_info.startswith("be1:")


def test_raw_data_and_metrics_are_documents_behind_a_seal(desk: Desk) -> None:
    session_id = draw(desk, range(1, 2))
    with desk.writer.store.reading() as session:
        step = session.scalars(select(TempEnrollmentStepRow)).one()
        assert step.raw_data is not None
        assert step.metrics is not None
        assert step.raw_data["sealed"] != step.metrics["sealed"]
        assert step.signature_data.isascii()
    assert desk.signing.drawing(session_id, 1) == ink(1)


# -- messages ---------------------------------------------------------------------------------------------


def test_message_enrollment_session_not_found_or_already_completed(desk: Desk) -> None:
    message = "Enrollment session not found or already completed"
    assert desk.signing.complete_enrollment("sess_123").message == message
    session_id = draw(desk, range(1, 12))
    assert desk.signing.complete_enrollment(session_id).success
    assert desk.signing.complete_enrollment(session_id).message == message


def test_message_enrollment_is_not_complete(desk: Desk) -> None:
    session_id = draw(desk, range(2, 12))
    assert desk.signing.complete_enrollment(session_id).message == "Enrollment is not complete"


def test_message_sign_up_enrollment_completed_ready_for_processing(desk: Desk) -> None:
    done = desk.signing.complete_enrollment(draw(desk, range(1, 12)))
    assert done.message == "Sign-up enrollment completed - ready for processing"


def test_message_sign_in_enrollment_completed(desk: Desk) -> None:
    signed_up(desk)
    done = desk.signing.complete_enrollment(draw(desk, range(1, 2), flow=FlowType.SIGNIN))
    assert done.message == "Sign-in enrollment completed"


# -- the calls of the document, in its order --------------------------------------------------------------


def test_the_example_calls_of_the_document(desk: Desk) -> None:
    signing = desk.signing
    assert signing.check_username(NAME).available
    first = signing.save_drawing(NAME, 1, ink(1))  # "start enrollment (first drawing)"
    assert first.session_id.startswith("sess_")
    assert (first.progress.completed_steps, first.progress.remaining_steps) == (1, 10)
    second = signing.save_drawing(NAME, 2, ink(2), session_id=first.session_id)  # "continue enrollment"
    assert second.session_id == first.session_id
    assert second.progress.completed_steps == 2
    for step in range(3, 12):
        last = signing.save_drawing(NAME, step, ink(step), session_id=first.session_id)
    assert last.progress.is_complete
    signing.register(NAME, first.session_id)  # "complete signup"
    assert signing.check_user_exists(NAME)
    signin = signing.save_drawing(NAME, 1, ink(1), flow_type=FlowType.SIGNIN)
    assert signin.progress.is_complete
    assert signing.login(NAME, signin.session_id).decision == "consistent"


# -- services and SQL on one PostgreSQL database ----------------------------------------------------------


def test_function_get_enrollment_progress_equals_the_service(server: Engine, at_server: Desk) -> None:
    for number, steps in enumerate((range(1, 2), range(3, 9), range(1, 12))):
        session_id = draw(at_server, steps, f"user_{number}")
        found = by_sql(server, "SELECT * FROM get_enrollment_progress(:id)", id=session_id)
        assert found == [astuple(at_server.signing.progress(session_id))]
    assert by_sql(server, "SELECT * FROM get_enrollment_progress(:id)", id="sess_123") == []
    with pytest.raises(OperatorError, match="session_not_found"):
        at_server.signing.progress("sess_123")


def test_function_complete_enrollment_equals_the_service(server: Engine, at_server: Desk) -> None:
    _at_server_s_time(server, at_server)
    signed_up(at_server)
    sessions = [
        "sess_123",
        draw(at_server, range(1, 11), "jane"),
        draw(at_server, range(1, 12), "jim"),
        draw(at_server, range(1, 2), flow=FlowType.SIGNIN),
    ]
    for session_id in sessions:
        found = by_sql(server, "SELECT * FROM complete_enrollment(:id)", id=session_id)
        assert found == [astuple(at_server.signing.complete_enrollment(session_id))], session_id
        again = by_sql(server, "SELECT * FROM complete_enrollment(:id)", id=session_id)
        assert again == [astuple(at_server.signing.complete_enrollment(session_id))], session_id


def test_function_cleanup_expired_enrollments_equals_the_service(server: Engine, at_server: Desk) -> None:
    _at_server_s_time(server, at_server, before=timedelta(hours=3))
    draw(at_server, range(1, 3), "overdue")
    _at_server_s_time(server, at_server, before=timedelta(days=8))
    draw(at_server, range(1, 3), "long_ago")
    _at_server_s_time(server, at_server)
    draw(at_server, range(1, 3), "now")
    found = by_sql(server, "SELECT cleanup_expired_enrollments()")
    assert found == [(at_server.signing.cleanup_expired(),)] == [(2,)]
    assert by_sql(server, "SELECT cleanup_expired_enrollments()") == [(0,)]
    assert at_server.signing.cleanup_expired() == 0
    left = by_sql(server, "SELECT username, status FROM temp_enrollments ORDER BY username")
    assert left == [("now", "in_progress"), ("overdue", "expired")]


def _at_server_s_time(server: Engine, desk: Desk, before: timedelta = timedelta(0)) -> None:
    """Set the desk's clock by the server's, whose ``NOW()`` the document's SQL reads."""
    ((now,),) = by_sql(server, "SELECT now()")
    desk.clock.now = now - before


# -- the monitoring queries, as the document writes them --------------------------------------------------


def test_query_check_active_sessions(desk: Desk, database: Engine) -> None:
    signed_up(desk)
    draw(desk, range(1, 3), "jane")
    desk.clock.turn(minutes=1)
    draw(desk, range(1, 6), "jim")
    found = [row[:3] for row in by_sql(database, ACTIVE_SESSIONS)]
    status = desk.signing.status()
    assert found == [(row.username, row.flow_type, row.steps_completed) for row in status.active]
    assert found == [("jim", "signup", 5), ("jane", "signup", 2)]


def test_query_check_expired_sessions_pending_cleanup(desk: Desk, database: Engine) -> None:
    draw(desk, range(1, 3), "jane")
    draw(desk, range(1, 3), "jim")
    desk.clock.turn(hours=2, seconds=1)
    # The desk's clock stands in the past: by the server's time both are overdue as well.
    assert by_sql(database, PENDING_CLEANUP) == [(desk.signing.status().pending_cleanup,)] == [(2,)]
    desk.signing.cleanup_expired()
    assert by_sql(database, PENDING_CLEANUP) == [(desk.signing.status().pending_cleanup,)] == [(0,)]


def test_query_average_steps_per_enrollment_type(desk: Desk, database: Engine) -> None:
    signed_up(desk)
    signin = draw(desk, range(1, 2), flow=FlowType.SIGNIN)
    desk.signing.login(NAME, signin)
    draw(desk, range(1, 4), "jane")  # under way: not counted
    found = {flow: float(average) for flow, average in by_sql(database, AVERAGE_STEPS)}
    assert found == dict(desk.signing.status().average_steps) == {"signup": 11.0, "signin": 1.0}
