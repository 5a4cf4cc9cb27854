# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import shutil
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from app.domain.errors import AppError, StorageError
from app.storage import catalogue, migrate
from app.storage.backup import file_revision
from app.storage.engine import LocalFile, open_local, open_server, reading_options
from app.storage.revisions import HEAD
from tests.databases import KEY, NOW

# A revision behind the newest one, however many there are.
NEXT = "9000"
FAILING = """
from alembic import op
revision = "{revision}"
down_revision = "{head}"
def upgrade():
    op.execute("DELETE FROM pages")
    op.execute("CREATE TABLE half_way (a INTEGER)")
    op.execute("{statement}")
def downgrade():
    pass
"""


def set_revision(engine: Engine, revision: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


def page_count(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM pages")).scalar_one())


@pytest.fixture
def migrations_with_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program's migrations and one more, which fails after it has changed things."""
    folder = tmp_path / "scripts"
    shutil.copytree(migrate.script_location(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "9000_failing.py").write_text(
        FAILING.format(revision=NEXT, head=HEAD, statement="SELECT * FROM nowhere")
    )
    monkeypatch.setattr(migrate, "script_location", lambda: folder)
    monkeypatch.setattr(migrate, "_ORDER", (*migrate._ORDER, NEXT))


def test_head_schema_equals_the_models(head_database: Engine) -> None:
    assert migrate.current_revision(head_database) == HEAD
    assert catalogue.differences(head_database) == []
    migrate.ensure_head(head_database)


def test_down_to_base_and_up_again_gives_the_same_schema(database: Engine) -> None:
    migrate.downgrade(database, "base", NOW)
    assert migrate.current_revision(database) is None
    migrate.upgrade(database, NOW)
    assert catalogue.differences(database) == []


def test_every_kind_of_difference_is_found(database: Engine) -> None:
    changes = (
        "DROP INDEX idx_attendance_session_checkin",
        "CREATE INDEX idx_of_nobody ON attendance (status)",
        "ALTER TABLE courses ADD COLUMN colour VARCHAR(9)",
        "DROP TABLE applied_ops",
    )
    with database.begin() as connection:
        for change in changes:
            connection.execute(text(change))
    found = "\n".join(catalogue.differences(database))
    assert "index idx_attendance_session_checkin is missing" in found
    assert "index idx_of_nobody is unknown" in found
    assert "column courses.colour is unknown" in found
    assert "column applied_ops.op_uid is missing" in found


def test_a_changed_check_and_a_lost_function_are_found_on_a_server(migrated_postgresql_url: str) -> None:
    engine = open_server(migrated_postgresql_url)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE students DROP CONSTRAINT ck_students_status"))
        connection.execute(
            text(
                "ALTER TABLE students ADD CONSTRAINT ck_students_status CHECK (status IN ('active', 'gone'))"
            )
        )
        connection.execute(text("DROP FUNCTION cleanup_expired_enrollments()"))
    found = catalogue.differences(engine)
    engine.dispose()
    assert len(found) == 2
    assert found[0].startswith("constraint students.ck_students_status is")
    assert found[1] == "function cleanup_expired_enrollments is missing"


def test_a_changed_check_is_found_in_a_file(tmp_path: Path, migrated_files: dict[str, Path]) -> None:
    path = tmp_path / "station.db"
    shutil.copyfile(migrated_files["sqlite"], path)
    engine = open_local(path, None)
    with engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA writable_schema = ON")
        connection.exec_driver_sql(
            "UPDATE sqlite_master SET sql = replace(sql, '''inactive''', '''gone''') WHERE name = 'students'"
        )
    found = catalogue.differences(engine)
    engine.dispose()
    assert len(found) == 1
    assert found[0].startswith("constraint students.ck_students_status is CHECK")


def test_a_database_newer_than_the_program_is_refused_untouched(database: Engine) -> None:
    set_revision(database, "9999")
    database.dispose()
    for act in (migrate.ensure_head, lambda engine: migrate.upgrade(engine, NOW)):
        with pytest.raises(StorageError) as caught:
            act(database)
        assert caught.value.code == "database_too_new"
    with pytest.raises(StorageError):
        migrate.downgrade(database, "base", NOW)
    assert migrate.current_revision(database) == "9999"
    set_revision(database, HEAD)
    assert catalogue.differences(database) == []


def test_a_newer_file_keeps_every_byte(tmp_path: Path, station_file: Path) -> None:
    engine = open_local(station_file, KEY)
    set_revision(engine, "9999")
    engine.dispose()
    before = station_file.read_bytes()
    with pytest.raises(StorageError):
        migrate.upgrade_local(station_file, KEY, tmp_path / "backups", NOW)
    assert station_file.read_bytes() == before
    assert not (tmp_path / "backups").exists()


def test_an_old_database_is_told_as_such(database: Engine) -> None:
    migrate.downgrade(database, "0007", NOW)
    with pytest.raises(StorageError) as caught:
        migrate.ensure_head(database)
    assert (caught.value.code, caught.value.facts["revision"]) == ("database_too_old", "0007")


@pytest.mark.parametrize("revision", ["9000", "nonsense", "-1"])
def test_a_revision_that_is_none_is_refused(database: Engine, revision: str) -> None:
    with pytest.raises(StorageError) as caught:
        migrate.downgrade(database, revision, NOW)
    assert caught.value.code == "migration_failed"


def test_a_downgrade_does_not_go_forward(database: Engine) -> None:
    migrate.downgrade(database, "0006", NOW)
    with pytest.raises(StorageError):
        migrate.downgrade(database, "0008", NOW)


def test_a_new_file_is_made_without_a_backup(tmp_path: Path) -> None:
    done = migrate.upgrade_local(tmp_path / "station.db", KEY, tmp_path / "backups", NOW)
    assert (done.before, done.after, done.backup) == (None, HEAD, None)
    again = migrate.upgrade_local(tmp_path / "station.db", KEY, tmp_path / "backups", NOW)
    assert (again.before, again.after, again.backup) == (HEAD, HEAD, None)


def test_before_an_upgrade_the_file_is_copied_encrypted_and_the_last_five_copies_stay(
    tmp_path: Path, station_file: Path
) -> None:
    copies = []
    for day in range(4):
        engine = open_local(station_file, KEY)
        back = migrate.downgrade(engine, "0007", NOW + timedelta(days=day))
        engine.dispose()
        done = migrate.upgrade_local(
            station_file, KEY, tmp_path / "backups", NOW + timedelta(days=day, hours=1)
        )
        assert done.backup is not None
        assert file_revision(LocalFile(done.backup, KEY)) == "0007"
        assert b"SQLite format 3" not in done.backup.read_bytes()
        copies += [back.backup, done.backup]
    assert sorted((tmp_path / "backups").glob("*.db")) == sorted(copy for copy in copies[-5:] if copy)


@pytest.mark.usefixtures("migrations_with_a_failure")
def test_a_failed_upgrade_leaves_the_database_as_it_was(database: Engine) -> None:
    with pytest.raises(AppError) as caught:
        migrate.move(database, NEXT, NOW)
    assert caught.value.code == "migration_failed"
    assert migrate.current_revision(database) == HEAD
    assert page_count(database) == 6
    assert catalogue.differences(database) == []


@pytest.mark.usefixtures("migrations_with_a_failure")
def test_a_failed_upgrade_puts_the_copy_back_even_over_a_half_written_file(
    tmp_path: Path, station_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    def damaging(*_: object) -> None:
        station_file.write_bytes(b"half a page")
        raise RuntimeError("the power went")

    monkeypatch.setattr(migrate, "_run", damaging)
    with pytest.raises(RuntimeError):
        migrate._change_local(LocalFile(station_file, KEY), tmp_path / "backups", NOW, NEXT)
    engine = open_local(station_file, KEY)
    assert migrate.current_revision(engine) == HEAD
    assert page_count(engine) == 6
    engine.dispose()


def test_a_file_that_is_open_elsewhere_is_not_migrated(tmp_path: Path, station_file: Path) -> None:
    running = open_local(station_file, KEY)
    engine = open_local(station_file, KEY)
    with reading_options(running).connect() as connection:
        connection.execute(text("SELECT count(*) FROM pages"))
        with pytest.raises(StorageError) as caught:
            migrate.downgrade(engine, "0007", NOW)
    assert caught.value.code == "database_busy"
    running.dispose()
    assert migrate.current_revision(engine) == HEAD
    engine.dispose()


def test_several_upgrades_of_one_server_at_once_do_it_once(postgresql_url: str) -> None:
    meeting = threading.Barrier(4, timeout=30)
    done: list[migrate.Upgraded] = []
    failed: list[BaseException] = []

    def run() -> None:
        engine = open_server(postgresql_url)
        meeting.wait()
        try:
            done.append(migrate.upgrade_server(engine, lock_timeout_s=60))
        except AppError as error:
            failed.append(error)
        engine.dispose()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    assert failed == []
    assert sorted(str(result.before) for result in done) == [HEAD, HEAD, HEAD, "None"]


def test_an_upgrade_does_not_wait_for_ever_for_another(postgresql_url: str) -> None:
    engine = open_server(postgresql_url)
    with engine.connect() as connection:
        connection.execute(text(f"SELECT pg_advisory_lock({migrate._ADVISORY_LOCK})"))
        with pytest.raises(StorageError) as caught:
            migrate.upgrade_server(engine, lock_timeout_s=0.1)
    assert caught.value.code == "database_busy"
    engine.dispose()


def test_references_broken_by_a_migration_stop_it(
    station_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "scripts"
    shutil.copytree(migrate.script_location(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    statement = (
        "INSERT INTO groups (uid, course_id, name) VALUES ('0192f6d0000070008000000000000001', 77, 'x')"
    )
    (folder / "versions" / "9000_failing.py").write_text(
        FAILING.format(revision=NEXT, head=HEAD, statement=statement)
    )
    monkeypatch.setattr(migrate, "script_location", lambda: folder)
    monkeypatch.setattr(migrate, "_ORDER", (*migrate._ORDER, NEXT))
    engine = open_local(station_file, KEY)
    with pytest.raises(StorageError) as caught:
        migrate.move(engine, NEXT, NOW)
    assert (caught.value.code, caught.value.facts["broken_references"]) == ("migration_failed", 1)
    assert page_count(engine) == 6
    engine.dispose()
