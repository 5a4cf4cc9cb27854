# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from app.domain.errors import StorageError
from app.storage import catalogue, migrate
from app.storage.backup import back_up
from app.storage.engine import local_file, open_local, open_server, reading_options
from app.storage.restore import restore
from app.storage.revisions import HEAD
from app.storage.rows.ledger import SubjectKeyRow
from app.storage.rows.people import SchoolRow, StudentRow
from app.storage.rows.signatures import TempEnrollmentRow
from tests.databases import KEY, NOW

NAMES = ["Ada\tTab", "Bö \\ Backslash", "Zoë\nNewline", "李 雷"]


def fill(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        school = SchoolRow(uid=UUID(int=1), name="North", created_at=NOW)
        session.add(school)
        session.flush()
        for number, name in enumerate(NAMES):
            session.add(StudentRow(uid=UUID(int=10 + number), school_id=school.id, name=name, created_at=NOW))
        session.add(
            SubjectKeyRow(
                key_uid=UUID(int=11),
                subject_uid=UUID(int=10),
                key_version=1,
                born_version=1,
                wrapped=bytes(range(256)),
                created_at=NOW,
            )
        )
        session.add(
            TempEnrollmentRow(
                uid=UUID(int=30),
                session_id="te-1",
                username="Ada",
                username_norm="ada",
                flow_type="signup",
                metadata_={"sealed": 'be1:"quoted"\\', "n": [1, None]},
                expires_at=NOW,
            )
        )


def content(engine: Engine) -> list[Any]:
    with Session(engine) as session:
        found: list[Any] = list(session.scalars(select(StudentRow.name).order_by(StudentRow.id)))
        found += session.scalars(select(SubjectKeyRow.wrapped)).all()
        found += session.scalars(select(TempEnrollmentRow.metadata_)).all()
        found += session.scalars(select(StudentRow.created_at).distinct()).all()
        return found


EXPECTED = [*NAMES, bytes(range(256)), {"sealed": 'be1:"quoted"\\', "n": [1, None]}, NOW]


def reason(error: StorageError) -> tuple[str, object]:
    return error.code, error.facts.get("reason")


def test_what_was_backed_up_comes_back(database: Engine, tmp_path: Path) -> None:
    fill(database)
    report = back_up(database, tmp_path / "copy")
    assert (report.revision, report.size_bytes) == (HEAD, (tmp_path / "copy").stat().st_size)
    with database.begin() as connection:
        connection.execute(text("UPDATE students SET name = 'overwritten'"))
        connection.execute(text("DELETE FROM subject_keys"))

    restore(database, tmp_path / "copy", NOW, replace=True)

    assert content(database) == EXPECTED
    assert catalogue.differences(database) == []
    # New rows get keys behind the restored ones.
    with Session(database) as session, session.begin():
        session.add(SchoolRow(uid=UUID(int=2), name="South"))


def test_a_database_in_use_is_not_overwritten_unless_asked(database: Engine, tmp_path: Path) -> None:
    back_up(database, tmp_path / "copy")
    fill(database)
    with pytest.raises(StorageError) as caught:
        restore(database, tmp_path / "copy", NOW)
    assert reason(caught.value) == ("restore_refused", "target_in_use")
    assert content(database) == EXPECTED
    restore(database, tmp_path / "copy", NOW, replace=True)
    assert content(database) == []


def test_a_fresh_database_may_be_filled(database: Engine, tmp_path: Path) -> None:
    back_up(database, tmp_path / "copy")
    assert restore(database, tmp_path / "copy", NOW).revision == HEAD


def test_an_existing_file_is_not_overwritten_by_a_backup(database: Engine, tmp_path: Path) -> None:
    (tmp_path / "copy").write_text("mine")
    with pytest.raises(StorageError) as caught:
        back_up(database, tmp_path / "copy")
    assert reason(caught.value) == ("backup_failed", "target_exists")
    assert (tmp_path / "copy").read_text() == "mine"


def test_a_folder_that_cannot_be_written_is_told_as_such(database: Engine, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError) as caught:
        back_up(database, tmp_path / "file" / "copy")
    assert reason(caught.value) == ("backup_failed", "file_refused")


def test_a_damaged_copy_is_refused(database: Engine, tmp_path: Path) -> None:
    fill(database)
    back_up(database, tmp_path / "copy")
    damaged = bytearray((tmp_path / "copy").read_bytes())
    page = len(damaged) // 2 // 4096 * 4096
    for at in range(page, page + 4096):
        damaged[at] ^= 0xA5
    (tmp_path / "damaged").write_bytes(damaged)
    (tmp_path / "cut").write_bytes(damaged[:1000])
    for name in ("damaged", "cut", "absent"):
        with pytest.raises(StorageError) as caught:
            restore(database, tmp_path / name, NOW, replace=True)
        assert caught.value.code == "restore_refused"
    assert content(database) == EXPECTED


def test_the_copy_of_the_encrypted_file_is_encrypted_with_its_key(station_file: Path, tmp_path: Path) -> None:
    engine = open_local(station_file, KEY)
    fill(engine)
    back_up(engine, tmp_path / "copy.db")
    engine.dispose()
    assert NAMES[3].encode() not in (tmp_path / "copy.db").read_bytes()
    copy = open_local(tmp_path / "copy.db", KEY)
    assert content(copy) == EXPECTED
    copy.dispose()


def test_a_copy_of_another_key_is_refused(station_file: Path, tmp_path: Path) -> None:
    open_local(tmp_path / "other.db", bytes(32)).dispose()
    engine = open_local(station_file, KEY)
    with pytest.raises(StorageError) as caught:
        restore(engine, tmp_path / "other.db", NOW, replace=True)
    assert reason(caught.value) == ("restore_refused", "source_damaged")
    engine.dispose()


def test_an_older_copy_comes_back_and_is_upgraded_as_any_old_file(station_file: Path, tmp_path: Path) -> None:
    engine = open_local(station_file, KEY)
    migrate.downgrade(engine, "0006", NOW)
    back_up(engine, tmp_path / "old.db")
    migrate.upgrade(engine, NOW)
    assert restore(engine, tmp_path / "old.db", NOW).revision == "0006"
    engine.dispose()
    assert migrate.upgrade_local(station_file, KEY, tmp_path / "backups", NOW).before == "0006"


def test_a_restore_leaves_a_file_alone_that_is_open_elsewhere(station_file: Path, tmp_path: Path) -> None:
    engine = open_local(station_file, KEY)
    back_up(engine, tmp_path / "copy.db")
    running = open_local(station_file, KEY)
    with reading_options(running).connect() as connection:
        connection.execute(text("SELECT count(*) FROM pages"))
        with pytest.raises(StorageError) as caught:
            restore(engine, tmp_path / "copy.db", NOW)
    assert caught.value.code == "database_busy"
    running.dispose()
    engine.dispose()


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_dump_of_another_revision_is_refused(database: Engine, tmp_path: Path) -> None:
    back_up(database, tmp_path / "copy.zip")
    migrate.downgrade(database, "0007", NOW)
    with pytest.raises(StorageError) as caught:
        restore(database, tmp_path / "copy.zip", NOW, replace=True)
    assert reason(caught.value) == ("restore_refused", "revision_differs")


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_dump_is_for_its_owner_only_and_says_what_it_holds(database: Engine, tmp_path: Path) -> None:
    fill(database)
    back_up(database, tmp_path / "copy.zip")
    assert local_file(database) is None
    assert (tmp_path / "copy.zip").stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(tmp_path / "copy.zip") as archive:
        assert archive.testzip() is None
        assert "tables/students.copy" in archive.namelist()
        assert archive.read("tables/students.copy").count(b"\n") == len(NAMES)


def test_an_empty_server_is_filled_from_a_dump(
    postgresql_url: str, migrated_postgresql_url: str, tmp_path: Path
) -> None:
    old, new = open_server(migrated_postgresql_url), open_server(postgresql_url)
    fill(old)
    back_up(old, tmp_path / "copy.zip")
    restore(new, tmp_path / "copy.zip", NOW)
    assert content(new) == EXPECTED
    assert catalogue.differences(new) == []
    old.dispose()
    new.dispose()
