# SPDX-License-Identifier: Apache-2.0
"""``students``, ``courses``, ``sessions``, ``enrollments`` and ``attendance`` as they are typed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.__main__ import main
from app.storage.engine import open_url
from app.storage.rows.courses import CourseRow, GroupMemberRow, GroupRow
from app.storage.rows.people import StudentRow
from tests.services.desk import fresh_id

Run = Callable[..., tuple[int, Any]]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A migrated database with nothing in it."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("migrated_postgresql_url"))
    path = tmp_path / "plain.db"
    path.write_bytes(request.getfixturevalue("migrated_files")["sqlite"].read_bytes())
    return f"sqlite:///{path.as_posix()}"


@pytest.fixture
def run(url: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command on the database; exit code and its JSON, or its lines where ``text`` is given."""
    monkeypatch.setenv("ENROLLMENT_STATION_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("STATION_DATABASE_URL", url)

    def run_command(*arguments: str, text: bool = False) -> tuple[int, Any]:
        code = main([*arguments, *([] if text else ["--json"])])
        printed = capsys.readouterr()
        if code == 2 and printed.err:
            return code, printed.err
        return code, printed.out if text else json.loads(printed.out)

    return run_command


def test_students_are_added_changed_imported_and_listed(run: Run, tmp_path: Path) -> None:
    assert run("students", "list") == (0, {"items": [], "total": 0, "page": 1, "limit": 50})  # not seeded
    code, made = run(
        "students", "add", "--name", "John Doe", "--email", "john@x.org", "--course-name", "Mathematics 101"
    )
    assert (code, made["course_name"], made["team_id"], made["status"]) == (
        0,
        "Mathematics 101",
        None,
        "active",
    )
    code, refused = run("students", "add", "--name", "Jane", "--email", "JOHN@x.org")
    assert (code, refused.split(":")[0]) == (2, "student_exists")
    code, changed = run("students", "update", "john@x.org", "--number", "0042", "--status", "inactive")
    assert (code, changed["number"], changed["status"], changed["version"]) == (0, "0042", "inactive", 2)
    code, refused = run("students", "update", "0042", "--name", "J", "--seen-version", "1")
    assert (code, refused.split(":")[0]) == (2, "record_changed")

    file = tmp_path / "roster.csv"
    file.write_text("name;email;course\nJane Smith;jane@x.org;Physics 201\n;nobody@x.org;\n", "utf-8")
    code, told = run("students", "import", str(file))
    assert (code, told["committed"], told["added"]) == (1, False, 1)
    assert told["errors"] == [{"line": 3, "field": "name", "code": "missing"}]
    assert run("students", "list")[1]["total"] == 1
    code, lines = run("students", "import", str(file), "--commit", text=True)
    assert code == 1
    assert "Imported." in lines
    assert "Line 3, name: The cell is empty. Fill it in." in lines
    code, listed = run("students", "list", "--class-or-course", "physics 201")
    assert [item["name"] for item in listed["items"]] == ["Jane Smith"]
    code, refused = run("students", "import", str(tmp_path / "nowhere.csv"))
    assert (code, refused.split(":")[0]) == (2, "file_unreadable")


def test_courses_are_audited_and_backfilled(run: Run, url: str) -> None:
    code, fresh = run("courses", "audit")
    assert (code, fresh["result"], fresh["coverage_percent"], fresh["active_group_members"]) == (
        0,
        "passed",
        100.0,
        0,
    )
    run("students", "add", "--name", "John Doe", "--email", "john@x.org", "--course-name", "Art")
    engine = open_url(url)
    with Session(engine) as session, session.begin():
        student = session.scalars(select(StudentRow)).one()
        course = CourseRow(uid=fresh_id(), school_id=student.school_id, name="Music", name_norm="music")
        session.add(course)
        session.flush()
        group = GroupRow(uid=fresh_id(), course_id=course.id, name="Team 1")
        session.add(group)
        session.flush()
        session.add(GroupMemberRow(uid=fresh_id(), group_id=group.id, student_id=student.id))
    engine.dispose()

    code, found = run("courses", "audit")
    assert (code, found["result"], found["coverage_percent"]) == (2, "failed", 0.0)
    assert found["missing"][0]["course"] == "Music"
    code, told = run("courses", "backfill")
    assert (code, told["committed"], told["created"], told["coverage_after"]) == (0, False, 1, None)
    assert run("courses", "audit")[0] == 2
    code, lines = run("courses", "backfill", "--commit", text=True)
    assert code == 0
    assert lines.splitlines()[-1] == "Final coverage: 100.0%"
    code, lines = run("courses", "audit", text=True)
    assert (code, lines.splitlines()[-1]) == (
        0,
        "AUDIT PASSED: All students have active CourseEnrollment records",
    )
    assert run("courses", "backfill", "--commit")[1]["created"] == 0


def test_sessions_are_started_answered_validated_and_abandoned(run: Run) -> None:
    assert run("sessions", "validate", "test-123") == (
        1,
        {"valid": False, "session": None, "progress": None},
    )
    run("students", "add", "--name", "John Doe", "--email", "john@x.org")
    code, started = run("sessions", "start", "--student", "john@x.org")
    assert (code, started["status"], started["student_name"]) == (0, "active", "John Doe")
    session_id = started["session_id"]
    code, refused = run("sessions", "answer", session_id, "hand", "left")
    assert (code, refused.split(":")[0]) == (2, "question_not_found")
    code, valid = run("sessions", "validate", session_id)
    assert (code, valid["valid"], valid["session"]["status"]) == (0, True, "active")
    assert set(valid["progress"]) >= {"questions_answered", "total_xp", "percentage"}
    assert run("sessions", "show", session_id)[1]["answers"] == []
    assert run("sessions", "abandon", session_id)[1]["status"] == "user_abandoned_not_completed"
    assert run("sessions", "validate", session_id)[0] == 1
    code, listed = run("sessions", "list", "--status", "user_abandoned_not_completed")
    assert [row["session_id"] for row in listed] == [session_id]
    assert run("sessions", "list", "--status", "active")[1] == []


def test_enrollments_status_and_cleanup(run: Run) -> None:
    assert run("enrollments", "status") == (0, {"active": [], "pending_cleanup": 0, "average_steps": {}})
    assert run("enrollments", "cleanup-expired") == (0, {"cleaned": 0})


def test_attendance_without_an_open_class_is_told(run: Run) -> None:
    run("students", "add", "--name", "John Doe", "--email", "john@x.org")
    code, refused = run("attendance", "check-in", "john@x.org")
    assert (code, refused.split(":")[0]) == (2, "class_session_not_found")
    assert run("attendance", "list", "--student", "john@x.org") == (0, [])


def test_in_the_practice_profile_a_student_answers_and_is_checked_in(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENROLLMENT_STATION_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("STATION_DATABASE_URL", raising=False)

    def run(*arguments: str) -> tuple[int, Any]:
        code = main(["--profile", "training", *arguments, "--json"])
        printed = capsys.readouterr()
        return code, printed.err if code == 2 else json.loads(printed.out)

    session_id = run("sessions", "start")[1]["session_id"]
    code, answer = run("sessions", "answer", session_id, "writing_hand", "left")
    assert (code, answer["xp_gained"], answer["total_xp"]) == (0, 10, 10)
    assert run("sessions", "answer", session_id, "writing_hand", "right")[1]["xp_gained"] == 0
    code, refused = run("sessions", "answer", session_id, "writing_hand", "paw")
    assert (code, refused.split(":")[0]) == (2, "answer_invalid")

    code, done = run("attendance", "check-in", "20401")
    assert (code, done["status"], done["version"]) == (0, "present", 1)
    correct = ["attendance", "correct", done["attendance_uid"], "--version", "1", "--status", "excused"]
    assert run(*correct)[1]["version"] == 2
    code, refused = run(*correct)
    assert (code, refused.split(":")[0]) == (2, "record_changed")
    code, listed = run("attendance", "list")
    assert [(row["status"], row["version"], row["student_name"]) for row in listed] == [
        ("excused", 2, "Amina Okafor")
    ]


def test_importing_the_commands_imports_nothing_heavy() -> None:
    code = (
        "import sys; import app.commands.attendance, app.commands.courses, app.commands.enrollments, "
        "app.commands.sessions, app.commands.students; "
        "print(sorted({'PySide6', 'sqlalchemy', 'numpy', 'cv2', 'pydantic'} & set(sys.modules)))"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "[]"
