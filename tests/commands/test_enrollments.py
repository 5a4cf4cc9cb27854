# SPDX-License-Identifier: Apache-2.0
"""``enrollments archive`` and ``enrollments status`` as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.__main__ import main
from app.storage.engine import open_url
from app.storage.rows.signatures import ArchivedEnrollmentRow, TempEnrollmentRow
from app.storage.store import Store
from tests.services.desk import ink, open_desk


def test_completed_enrollments_are_archived(
    migrated_files: dict[str, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ENROLLMENT_STATION_HOME", str(tmp_path / "home"))
    path = tmp_path / "plain.db"
    path.write_bytes(migrated_files["sqlite"].read_bytes())
    url = f"sqlite:///{path.as_posix()}"
    engine = open_url(url)
    store = Store(engine)
    desk = open_desk(store)
    signing = desk.signing
    session_id = None
    for step in range(1, 12):
        session_id = signing.save_drawing("john", step, ink(step), session_id=session_id).session_id
        desk.clock.turn(seconds=5)
    assert session_id is not None
    signing.register("john", session_id)
    assert main(["enrollments", "archive", "--days", "30", "--database-url", url, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"archived": 1}
    with store.reading() as session:
        assert session.scalar(select(func.count()).select_from(TempEnrollmentRow)) == 0
        assert session.scalars(select(ArchivedEnrollmentRow.session_id)).all() == [session_id]
    assert main(["enrollments", "archive", "--database-url", url]) == 0
    assert "0 completed enrollments archived" in capsys.readouterr().out
    engine.dispose()


def test_status_answers_the_monitoring_queries(
    migrated_files: dict[str, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ENROLLMENT_STATION_HOME", str(tmp_path / "home"))
    path = tmp_path / "plain.db"
    path.write_bytes(migrated_files["sqlite"].read_bytes())
    url = f"sqlite:///{path.as_posix()}"
    engine = open_url(url)
    desk = open_desk(Store(engine))
    for number in range(2):
        desk.signing.save_drawing(f"user_{number}", 1, ink(1))
        desk.clock.turn(minutes=1)
    session_id = None
    for step in range(1, 12):
        session_id = desk.signing.save_drawing("john", step, ink(step), session_id=session_id).session_id
    assert session_id is not None
    desk.signing.register("john", session_id)
    engine.dispose()
    # 1: something was found that waits for the clean-up
    assert main(["enrollments", "status", "--database-url", url, "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["average_steps"] == {"signup": 11.0}
    assert found["pending_cleanup"] == 2  # the desk's clock stood in the past
    assert [row["steps_completed"] for row in found["active"]] == [1, 1]
    assert main(["enrollments", "cleanup-expired", "--database-url", url]) == 0
    capsys.readouterr()
    assert main(["enrollments", "status", "--database-url", url]) == 0
    assert "signup: 11.0 steps on average" in capsys.readouterr().out
