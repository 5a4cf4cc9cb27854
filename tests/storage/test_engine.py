# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from app.domain.errors import AppError, SetupError, StorageError
from app.storage.engine import connect_file, local_file, open_local, open_server, open_url, reading_options
from app.storage.errors import storage_errors
from tests.databases import KEY, NOW

SECRET_NAME = "Wilhelmina Quarterstaff"


def refused(act: Callable[[], object]) -> AppError:
    """The error that ``act`` ends with."""
    with pytest.raises(AppError) as caught:
        act()
    return caught.value


@pytest.mark.parametrize("key", [KEY, None], ids=["sqlcipher", "sqlite"])
def test_a_file_is_opened_with_the_settings_that_keep_what_was_accepted(
    tmp_path: Path, key: bytes | None
) -> None:
    connection = connect_file(tmp_path / "station.db", key)
    pragmas = {
        name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("synchronous", "foreign_keys")
    }
    journal = connection.execute("PRAGMA journal_mode").fetchone()[0]
    version = connection.execute("SELECT sqlite_version()").fetchone()[0]
    connection.close()
    assert pragmas == {"synchronous": 2, "foreign_keys": 1}
    safe = tuple(int(part) for part in version.split(".")) >= (3, 51, 3)
    assert journal == ("wal" if safe else "delete")


def test_the_shipped_driver_is_free_of_the_wal_reset_bug(tmp_path: Path) -> None:
    connection = connect_file(tmp_path / "station.db", KEY)
    assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    connection.close()


def test_another_key_does_not_open_the_file(tmp_path: Path) -> None:
    engine = open_local(tmp_path / "station.db", KEY)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (a INTEGER)"))
    engine.dispose()
    assert refused(lambda: open_local(tmp_path / "station.db", bytes(32))).code == "database_key_wrong"
    assert refused(lambda: open_local(tmp_path / "station.db", None)).code == "database_key_wrong"
    assert refused(lambda: open_local(tmp_path / "station.db", KEY[:16])).code == "database_key_wrong"
    engine = open_local(tmp_path / "station.db", KEY)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM t")).scalar_one() == 0
    engine.dispose()


def test_nothing_legible_is_in_the_encrypted_file(migrated_files: dict[str, Path], tmp_path: Path) -> None:
    path = tmp_path / "station.db"
    path.write_bytes(migrated_files["sqlcipher"].read_bytes())
    engine = open_local(path, KEY)
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO schools (uid, name) VALUES ('0192f6d0000070008000000000000001', :name)"),
            {"name": SECRET_NAME},
        )
    # With the connection still open the journal is on the disk as well.
    files = [found for found in tmp_path.iterdir() if found.name.startswith("station.db")]
    assert any(found.name.endswith("-wal") for found in files)
    for found in files:
        content = found.read_bytes()
        assert b"SQLite format 3" not in content
        for word in (SECRET_NAME.encode(), b"schools", b"CREATE TABLE", b"alembic"):
            assert word not in content, (found.name, word)
    engine.dispose()


def test_the_plain_file_shows_what_the_encrypted_one_hides(migrated_files: dict[str, Path]) -> None:
    assert b"CREATE TABLE schools" in migrated_files["sqlite"].read_bytes()


def test_strings_finds_nothing_in_the_encrypted_file(migrated_files: dict[str, Path]) -> None:
    done = subprocess.run(
        ["strings", "-n", "8", str(migrated_files["sqlcipher"])], capture_output=True, check=False
    )
    assert b"schools" not in done.stdout
    assert b"sqlite" not in done.stdout.lower()


def test_a_reading_transaction_cannot_write(database: Engine) -> None:
    with reading_options(database).connect() as connection:

        def write() -> None:
            with storage_errors():
                connection.execute(text("DELETE FROM pages"))

        assert refused(write).code == "database_read_only"
    with database.begin() as connection:
        connection.execute(text("UPDATE pages SET active = true"))


def test_a_writer_holds_the_file_from_its_first_moment(tmp_path: Path) -> None:
    engine = open_local(tmp_path / "station.db", KEY)
    other = connect_file(tmp_path / "station.db", KEY)
    other.execute("PRAGMA busy_timeout = 0")
    with engine.begin():

        def write() -> None:
            with storage_errors():
                other.execute("BEGIN IMMEDIATE")

        assert refused(write).code == "database_busy"
    other.close()
    engine.dispose()


def test_local_file_knows_the_file_and_hides_the_key(tmp_path: Path) -> None:
    engine = open_local(tmp_path / "station.db", KEY)
    file = local_file(engine)
    engine.dispose()
    assert file is not None
    assert file.path == tmp_path / "station.db"
    assert file.key == KEY
    assert KEY.hex() not in repr(file)
    assert "key" not in repr(file)


@pytest.mark.parametrize("url", ["mysql://host/db", "nonsense", "sqlite://", ""])
def test_a_url_of_no_database_of_ours_is_refused(url: str) -> None:
    error = refused(lambda: open_url(url))
    assert isinstance(error, SetupError)
    assert error.code == "setting_invalid"


def test_an_unreachable_server_is_told_as_such() -> None:
    error = refused(lambda: open_server("postgresql://station@127.0.0.1:1/nothing"))
    assert error.code == "database_unavailable"


def test_an_unknown_database_on_a_server_is_told_as_such(migrated_postgresql_url: str) -> None:
    error = refused(lambda: open_server(migrated_postgresql_url + "_not_there"))
    assert error.code == "database_unavailable"


def test_a_folder_that_cannot_be_written_is_told_as_such(tmp_path: Path) -> None:
    assert refused(lambda: open_local(tmp_path / "absent" / "station.db", KEY)).code == "database_unavailable"


def test_a_damaged_page_is_told_as_such(migrated_files: dict[str, Path], tmp_path: Path) -> None:
    from app.storage.backup import verify_file
    from app.storage.engine import LocalFile

    content = bytearray(migrated_files["sqlcipher"].read_bytes())
    content[4096 * 3 + 100] ^= 0xFF
    path = tmp_path / "station.db"
    path.write_bytes(content)
    error = refused(lambda: verify_file(LocalFile(path, KEY)))
    assert isinstance(error, StorageError)
    assert error.code == "database_damaged"


def test_times_come_back_aware_and_in_utc(database: Engine) -> None:
    from datetime import timedelta, timezone

    from sqlalchemy import literal, select

    from app.storage.rows.base import UTCDateTime

    elsewhere = NOW.astimezone(timezone(timedelta(hours=5, minutes=30)))
    with database.connect() as connection:
        found = connection.execute(select(literal(elsewhere, UTCDateTime()).label("at"))).scalar_one()
    assert found == NOW
    assert found.utcoffset() == timedelta(0)


def test_a_naive_time_is_refused(database: Engine) -> None:
    from sqlalchemy import literal, select
    from sqlalchemy.exc import StatementError

    from app.storage.rows.base import UTCDateTime

    with database.connect() as connection, pytest.raises(StatementError, match="naive"):
        connection.execute(select(literal(NOW.replace(tzinfo=None), UTCDateTime())))
