# SPDX-License-Identifier: Apache-2.0
"""Every revision goes up, down and up again with rows in the tables, on each kind of database."""

from __future__ import annotations

from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from app.storage import catalogue, migrate
from app.storage.revisions import HEAD, KNOWN_REVISIONS
from tests.databases import NOW

STAMP = "2025-09-10 08:00:00"


def uid(number: int) -> str:
    """A uid that both databases read."""
    return f"0192f6d0-0000-7000-8000-{number:012d}".replace("-", "")


BASE_ROWS: dict[str, list[dict[str, Any]]] = {
    "schools": [{"uid": uid(1), "name": "North"}],
    "stations": [{"uid": uid(2), "name": "Front desk", "school_id": 1}],
    "students": [
        {
            "uid": uid(3),
            "school_id": 1,
            "name": "Ada Example",
            "email": "ada@school.test",
            "status": "active",
        },
        {"uid": uid(4), "school_id": 1, "name": "Bo Example", "status": "inactive"},
    ],
    "devices": [{"uid": uid(5), "serial": "SN-1", "model": "R307", "station_id": 1}],
    "users": [{"uid": uid(6), "username": "Ada", "username_norm": "ada", "student_id": 1}],
    "courses": [{"uid": uid(7), "school_id": 1, "name": "Physics 201", "name_norm": "physics 201"}],
    "groups": [{"uid": uid(8), "course_id": 1, "name": "Team 1"}],
    "group_members": [{"uid": uid(9), "group_id": 1, "student_id": 1}],
    "classes": [{"uid": uid(10), "school_id": 1, "name": "7a", "teacher_id": 1, "course_id": 1}],
    "student_enrollments": [{"uid": uid(11), "class_id": 1, "student_id": 1}],
    "class_sessions": [{"uid": uid(12), "class_id": 1, "teacher_id": 1, "start_time": STAMP}],
    "attendance": [
        {"uid": uid(13), "class_session_id": 1, "student_id": 1, "check_in_time": "2025-09-10 08:05:00"},
        {"uid": uid(14), "class_session_id": 1, "student_id": 1, "check_in_time": "2025-09-10 08:03:00"},
        {"uid": uid(15), "class_session_id": 1, "student_id": 2, "check_in_time": "2025-09-10 08:04:00"},
    ],
    "pages": [{"uid": uid(16), "key": "interests", "title": "Interests", "position": 1}],
    "questions": [
        {"uid": uid(17), "page_id": 1, "key": "q1", "text": "Which?", "kind": "choice", "position": 1}
    ],
    "student_responses": [
        {"uid": uid(18), "session_id": "old-1", "student_id": 1, "started_at": STAMP},
        {"uid": uid(19), "session_id": "old-2", "student_id": 1, "started_at": STAMP},
        {"uid": uid(20), "session_id": "old-3", "student_id": None, "started_at": STAMP},
    ],
    "answers": [{"uid": uid(21), "response_id": 1, "question_id": 1, "value": '"b"'}],
}
LATER_ROWS: dict[str, dict[str, list[dict[str, Any]]]] = {
    "0002": {
        "enrollment_sessions": [
            {
                "uid": uid(30),
                "session_id": "es-1",
                "student_id": 1,
                "device_id": 1,
                "finger_id": 6,
                "school_id": 1,
                "status": "completed",
                "completed_at": STAMP,
                "quality_score": 71,
                "template_data": "be1:a1:1:AAAA",
            }
        ]
    },
    "0003": {
        "temp_enrollments": [
            {
                "uid": uid(31),
                "session_id": "te-1",
                "username": "Ada",
                "username_norm": "ada",
                "flow_type": "signup",
                "metadata": '{"sealed": "be1:a1:1:BBBB"}',
                "response_id": 1,
                "student_id": 1,
            }
        ],
        "temp_enrollment_steps": [
            {
                "uid": uid(32),
                "enrollment_id": 1,
                "step_number": 1,
                "step_type": "signature",
                "instruction": "Sign your name",
                "signature_data": "be1:a1:1:CCCC",
            }
        ],
    },
    "0007": {"course_enrollments": [{"uid": uid(33), "course_id": 1, "student_id": 1}]},
    "0008": {
        "subject_keys": [{"subject_uid": uid(3), "key_version": 1, "created_at": STAMP}],
        "finger_skips": [
            {"uid": uid(34), "response_id": 1, "finger_id": 2, "reason": "bandaged", "skipped_at": STAMP}
        ],
        "impressions": [
            {
                "uid": uid(35),
                "enrollment_session_id": 1,
                "attempt_number": 1,
                "quality_score": 71,
                "accepted": True,
                "reasons": "[]",
                "captured_at": STAMP,
                "seconds": 4.5,
                "wire_seconds": 3.5,
            }
        ],
    },
    "0009": {
        "finger_verifications": [
            {"uid": uid(36), "enrollment_session_id": 1, "accepted": True, "score": 9.5, "made_at": STAMP}
        ],
        "duplicate_candidates": [
            {
                "uid": uid(37),
                "enrollment_session_id": 1,
                "student_id": 2,
                "candidate_finger_id": 3,
                "score": 12.5,
                "false_match_rate": 0.000001,
            }
        ],
        "finger_sign_ins": [
            {
                "uid": uid(38),
                "student_id": 1,
                "finger_id": 6,
                "mode": "identify",
                "decision": "accepted",
                "threshold": 0.00001,
                "searched_among": 40,
                "seconds": 0.2,
                "made_at": STAMP,
            }
        ],
    },
    "0010": {
        "signature_references": [
            {
                "uid": uid(39),
                "user_id": 1,
                "sign_in_uid": uid(40),
                "score": -0.2,
                "algorithm": "dtw9-fluency/1",
                "raw_data": "{}",
                "captured_at": STAMP,
                "added_at": STAMP,
            }
        ],
        "archived_enrollments": [
            {
                "uid": uid(41),
                "session_id": "sess_1",
                "username": "ann",
                "flow_type": "signin",
                "steps_completed": 1,
                "attempts": 1,
                "started_at": STAMP,
                "completed_at": STAMP,
                "archived_at": STAMP,
            }
        ],
    },
    "0011": {
        "recovery_kits": [
            {"uid": uid(42), "label": "Safe", "seal_pub": "AAAA", "sign_pub": "AAAA", "created_at": STAMP}
        ],
        "site_keys": [
            {
                "site_uid": uid(43),
                "key_version": 1,
                "check_value": "00",
                "made_by": uid(2),
                "created_at": STAMP,
            }
        ],
        "key_wraps": [
            {
                "site_uid": uid(43),
                "key_version": 1,
                "recipient": f"station:{uid(2)}",
                "wrapped": b"sealed",
                "made_by": uid(2),
                "signature": "AAAA",
                "created_at": STAMP,
            }
        ],
    },
}
# What each document's migration lets stand of the rows above it.
SURVIVORS = {"attendance": 2}


def load(engine: Engine, rows: dict[str, list[dict[str, Any]]]) -> None:
    """Insert rows through plain SQL: the program's models know only the newest schema."""
    with engine.begin() as connection:
        for table, records in rows.items():
            for record in records:
                columns = ", ".join(record)
                marks = ", ".join(f":{column}" for column in record)
                connection.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({marks})"), record)


def counts(engine: Engine, tables: list[str]) -> dict[str, int]:
    """Rows per table."""
    with engine.connect() as connection:
        return {
            table: int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())
            for table in tables
        }


def snapshot(engine: Engine) -> catalogue.Catalogue:
    """The schema as it stands."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            return catalogue.read_postgresql(connection, "public")
        return catalogue.read_sqlite(connection)


def prepared(engine: Engine, revision: str) -> None:
    """Bring a database with rows in every table to ``revision``."""
    stops = [step for step in ("0001", *LATER_ROWS) if step <= revision]
    for stop in stops:
        migrate.move(engine, stop, NOW)
        load(engine, BASE_ROWS if stop == "0001" else LATER_ROWS[stop])
    migrate.move(engine, revision, NOW)


@pytest.mark.parametrize("backend", ["sqlcipher", "postgresql"], indirect=True)
@pytest.mark.parametrize("revision", KNOWN_REVISIONS)
def test_up_down_up_with_rows(empty_database: Engine, revision: str) -> None:
    prepared(empty_database, revision)
    before = snapshot(empty_database)
    previous = ("base", *KNOWN_REVISIONS)[KNOWN_REVISIONS.index(revision)]

    migrate.downgrade(empty_database, previous, NOW)
    assert migrate.current_revision(empty_database) == (None if previous == "base" else previous)
    if previous != "base":
        stayed = {**{table: len(rows) for table, rows in BASE_ROWS.items()}, **_survivors(revision)}
        assert counts(empty_database, [*BASE_ROWS]) == stayed
    migrate.move(empty_database, revision, NOW)

    assert catalogue.compare(before, snapshot(empty_database)) == []


def _survivors(revision: str) -> dict[str, int]:
    kept = dict(SURVIVORS) if revision >= "0006" else {}
    if revision >= "0008":
        kept["pages"] = 7
    return kept


def test_all_the_way_up_keeps_the_rows(empty_database: Engine) -> None:
    prepared(empty_database, HEAD)
    expected = {table: len(rows) for table, rows in BASE_ROWS.items()}
    expected |= {table: len(rows) for later in LATER_ROWS.values() for table, rows in later.items()}
    expected |= SURVIVORS | {"pages": 7}
    assert counts(empty_database, [*expected]) == expected
    assert catalogue.differences(empty_database) == []


def test_document_3_old_rows_become_active(empty_database: Engine) -> None:
    prepared(empty_database, "0004")
    with empty_database.connect() as connection:
        rows = connection.execute(
            text("SELECT status, last_activity IS NOT NULL, current_page_id FROM student_responses")
        ).all()
    assert [tuple(row) for row in rows] == [("active", True, None)] * 3


def test_document_4_existing_records_get_version_1(empty_database: Engine) -> None:
    prepared(empty_database, "0005")
    with empty_database.connect() as connection:
        versions = connection.execute(text("SELECT version FROM attendance")).scalars().all()
    assert versions == [1, 1, 1]


def test_duplicate_attendance_becomes_one_row_with_the_earliest_time(empty_database: Engine) -> None:
    prepared(empty_database, "0005")
    with empty_database.begin() as connection:
        # The first row was corrected, so it is the one that stays.
        connection.execute(text("UPDATE attendance SET version = 2, status = 'late' WHERE id = 1"))
    migrate.move(empty_database, "0006", NOW)
    with empty_database.connect() as connection:
        rows = connection.execute(text("SELECT id, status, check_in_time FROM attendance ORDER BY id")).all()
    assert [(row.id, row.status) for row in rows] == [(1, "late"), (3, "present")]
    assert "08:03:00" in str(rows[0].check_in_time)


def test_of_several_active_visits_of_a_student_one_stays_active(empty_database: Engine) -> None:
    prepared(empty_database, "0007")
    with empty_database.begin() as connection:
        connection.execute(
            text("UPDATE student_responses SET last_activity = '2025-01-01 00:00' WHERE session_id = 'old-2'")
        )
    migrate.move(empty_database, "0008", NOW)
    with empty_database.connect() as connection:
        rows = connection.execute(text("SELECT session_id, status FROM student_responses")).all()
    assert {tuple(row) for row in rows} == {
        ("old-1", "active"),
        ("old-2", "user_abandoned_not_completed"),
        ("old-3", "active"),
    }


def test_the_pages_of_the_station_have_the_same_uids_everywhere(database: Engine) -> None:
    with database.connect() as connection:
        rows = connection.execute(text("SELECT key, uid FROM pages ORDER BY position")).all()
    assert [row.key for row in rows] == ["student", "fingers", "signatures", "check_in", "review", "receipt"]
    assert str(rows[0].uid).replace("-", "") == "0192f6d0000070008000000000000001"


def test_a_subjects_key_keeps_its_place_and_answers_forget_it(empty_database: Engine) -> None:
    prepared(empty_database, "0010")
    with empty_database.begin() as connection:
        connection.execute(text("UPDATE subject_keys SET wrapped = :wrapped"), {"wrapped": bytes(60)})
        connection.execute(
            text(
                "INSERT INTO applied_ops (op_uid, kind, payload_sha256, result, applied_at) VALUES "
                "(:uid, 'subject_key.add', 'x', :answer, :at)"
            ),
            {"uid": uid(50), "answer": '{"key_version": 1, "wrapped": "AAAA"}', "at": STAMP},
        )
    migrate.move(empty_database, "0011", NOW)
    with empty_database.connect() as connection:
        row = connection.execute(text("SELECT * FROM subject_keys")).one()
        answers = connection.execute(text("SELECT result FROM applied_ops")).scalars().all()
    assert str(row.key_uid) == str(row.subject_uid)
    assert (row.site_uid, row.sealed_site_uid, row.born_version) == (None, None, 1)
    assert bytes(row.wrapped) == bytes(60)
    assert [str(answer) for answer in answers] == ["{}"]


def test_the_program_knows_every_revision_there_is() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrate.script_location()))
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)
    assert tuple(reversed([script.revision for script in scripts.walk_revisions()])) == KNOWN_REVISIONS
    assert scripts.get_current_head() == HEAD
