# SPDX-License-Identifier: Apache-2.0
"""Everything the five source documents name is in the database, on each kind of database."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from app.storage import catalogue

UID = "0192f6d00000700080000000000000"

DOCUMENT_1 = {
    "enrollment_sessions": (
        "id session_id student_id device_id finger_id school_id status error_message template_data "
        "quality_score started_at completed_at created_at updated_at is_deleted"
    ),
    "students": "id",
    "devices": "id",
    "schools": "id",
}
DOCUMENT_2 = {
    "temp_enrollments": (
        "id session_id username flow_type status device_info metadata created_at updated_at expires_at"
    ),
    "temp_enrollment_steps": (
        "id enrollment_id step_number step_type instruction signature_data raw_data metrics completed_at"
    ),
    "users": "id",
}
DOCUMENT_3 = {
    "student_responses": "id session_id status last_activity current_page_id",
    "pages": "id",
    "questions": "id",
    "answers": "id",
}
DOCUMENT_4 = {
    "attendance": "id class_session_id student_id check_in_time created_at version",
    "class_sessions": "id class_id teacher_id status start_time created_at",
    "classes": "id",
    "student_enrollments": "id class_id student_id",
}
DOCUMENT_5 = {
    "course_enrollments": "course_id student_id active",
    "courses": "id school_id name",
    "groups": "id course_id",
    "group_members": "group_id student_id active",
    "students": "id name email class_name status",
}

INDEXES = {
    "document 1": {
        "ix_enrollment_sessions_id": (["id"], False),
        "ix_enrollment_sessions_session_id": (["session_id"], True),
        "ix_enrollment_sessions_student_id": (["student_id"], False),
        "ix_enrollment_sessions_device_id": (["device_id"], False),
        "ix_enrollment_sessions_school_id": (["school_id"], False),
        "ix_enrollment_sessions_status": (["status"], False),
        "ix_enrollment_sessions_is_deleted": (["is_deleted"], False),
    },
    "document 2": {
        "idx_temp_enrollments_session_id": (["session_id"], True),
        "idx_temp_enrollments_username": (["username_norm"], False),
        "idx_temp_enrollments_expires_at": (["expires_at"], False),
        "idx_users_username_lower": (["username_norm"], True),
    },
    "document 3": {"idx_student_responses_status": (["status"], False)},
    "document 4": {
        "idx_attendance_session_student": (["class_session_id", "student_id"], True),
        "idx_attendance_session_checkin": (["class_session_id", "check_in_time"], False),
        "idx_attendance_student_created": (["student_id", "created_at"], False),
        "idx_class_session_teacher_status": (["teacher_id", "status"], False),
        "idx_class_session_start_time": (["start_time"], False),
        "idx_class_session_class_created": (["class_id", "created_at"], False),
        "idx_class_session_status_time": (["status", "start_time"], False),
    },
    "document 5": {
        "ix_course_enrollment_course": (["course_id"], False),
        "ix_course_enrollment_student": (["student_id"], False),
        "uq_course_enrollment_once": (["course_id", "student_id"], True),
    },
}

CHECKED_VALUES = (
    ("enrollment_sessions", "status", ("pending", "in_progress", "completed", "failed", "cancelled")),
    ("temp_enrollments", "flow_type", ("signup", "signin")),
    ("temp_enrollments", "status", ("in_progress", "completed", "expired")),
    ("temp_enrollment_steps", "step_type", ("signature", "shape", "drawing")),
    ("student_responses", "status", ("active", "completed", "user_abandoned_not_completed")),
    ("students", "status", ("active", "inactive")),
)

DEFAULTS = (
    ("enrollment_sessions", "status", "pending"),
    ("enrollment_sessions", "is_deleted", "false"),
    ("temp_enrollments", "status", "in_progress"),
    ("student_responses", "status", "active"),
    ("attendance", "version", "1"),
    ("course_enrollments", "active", "true"),
)


@pytest.mark.parametrize(
    "document",
    [DOCUMENT_1, DOCUMENT_2, DOCUMENT_3, DOCUMENT_4, DOCUMENT_5],
    ids=["document_1", "document_2", "document_3", "document_4", "document_5"],
)
def test_tables_and_columns_of_the_document(head_database: Engine, document: dict[str, str]) -> None:
    inspector = inspect(head_database)
    for table, columns in document.items():
        there = {column["name"] for column in inspector.get_columns(table)}
        assert set(columns.split()) <= there, table


@pytest.mark.parametrize("document", INDEXES)
def test_indexes_of_the_document(head_database: Engine, document: str) -> None:
    inspector = inspect(head_database)
    there: dict[str, tuple[list[str | None], bool]] = {}
    for table in inspector.get_table_names():
        for index in inspector.get_indexes(table):
            there[str(index["name"])] = (list(index["column_names"]), bool(index["unique"]))
        for unique in inspector.get_unique_constraints(table):
            there[str(unique["name"])] = (list(unique["column_names"]), True)
    for name, expected in INDEXES[document].items():
        assert there.get(name) == expected, name


@pytest.mark.parametrize(("table", "column", "values"), CHECKED_VALUES)
def test_enumerations_hold_the_values_of_the_documents(
    head_database: Engine, table: str, column: str, values: tuple[str, ...]
) -> None:
    checks = {
        check["name"]: check["sqltext"] for check in inspect(head_database).get_check_constraints(table)
    }
    sqltext = str(checks[f"ck_{table}_{column}"])
    assert set(sqltext.split("'")[1::2]) == set(values)


@pytest.mark.parametrize(("table", "column", "default"), DEFAULTS)
def test_defaults_of_the_documents(head_database: Engine, table: str, column: str, default: str) -> None:
    columns = {found["name"]: found for found in inspect(head_database).get_columns(table)}
    found = str(columns[column]["default"]).split("::")[0].strip("'")
    assert found == default
    assert columns[column]["nullable"] is False


@pytest.mark.parametrize(
    ("table", "columns", "parent"),
    [
        ("enrollment_sessions", ["student_id"], "students"),
        ("enrollment_sessions", ["device_id"], "devices"),
        ("enrollment_sessions", ["school_id"], "schools"),
        ("temp_enrollment_steps", ["enrollment_id"], "temp_enrollments"),
        ("student_responses", ["current_page_id"], "pages"),
        ("attendance", ["class_session_id"], "class_sessions"),
        ("course_enrollments", ["course_id"], "courses"),
    ],
)
def test_references_of_the_documents(
    head_database: Engine, table: str, columns: list[str], parent: str
) -> None:
    keys = inspect(head_database).get_foreign_keys(table)
    assert any(key["constrained_columns"] == columns and key["referred_table"] == parent for key in keys)


def test_document_2_enrollments_expire_two_hours_after_their_start(database: Engine) -> None:
    with database.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO temp_enrollments (uid, session_id, username, username_norm, flow_type)"
                " VALUES ('0192f6d0000070008000000000000099', 's', 'a', 'a', 'signup')"
            )
        )
        seconds = (
            "extract(epoch FROM expires_at - created_at)"
            if database.dialect.name == "postgresql"
            else "strftime('%s', expires_at) - strftime('%s', created_at)"
        )
        row = connection.execute(text(f"SELECT {seconds}, status FROM temp_enrollments")).one()
    assert int(row[0]) == 2 * 3600
    assert row[1] == "in_progress"


def test_document_2_functions_exist_on_postgresql(migrated_postgresql_url: str) -> None:
    from app.storage.engine import open_server

    engine = open_server(migrated_postgresql_url)
    with engine.connect() as connection:
        there = catalogue.functions(connection)
    engine.dispose()
    assert there == {
        "get_enrollment_progress": "p_session_id text",
        "complete_enrollment": "p_session_id text",
        "cleanup_expired_enrollments": "",
    }


def test_document_5_a_student_is_enrolled_in_a_course_once(database: Engine) -> None:
    student = f"INSERT INTO students (uid, school_id, name) VALUES ('{UID}02', 1, 'Ada')"
    course = f"INSERT INTO courses (uid, school_id, name, name_norm) VALUES ('{UID}03', 1, 'Maths', 'maths')"
    enrolled = f"INSERT INTO course_enrollments (uid, course_id, student_id) VALUES ('{UID}04', 1, 1)"
    with database.begin() as connection:
        connection.execute(text(f"INSERT INTO schools (uid, name) VALUES ('{UID}01', 'North')"))
        for statement in (student, course, enrolled):
            connection.execute(text(statement))
    with pytest.raises(DBAPIError), database.begin() as connection:
        connection.execute(text(enrolled.replace(f"{UID}04", f"{UID}05")))
