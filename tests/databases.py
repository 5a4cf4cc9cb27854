# SPDX-License-Identifier: Apache-2.0
"""Fixtures for tests that need a database: SQLCipher, plain SQLite and PostgreSQL, real ones.

Load it with ``pytest_plugins = ["tests.databases"]``, which ``tests/conftest.py`` does for all.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from tests import postgresql_server
from tests.postgresql_server import NoServer, Server

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from app.storage.store import Store

KEY = bytes(range(1, 33))
NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
BACKENDS = ("sqlcipher", "sqlite", "postgresql")
_NUMBERS = count(1)


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this run share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def postgresql_server_or_skip(run_folder: Path) -> Iterator[Server]:
    """The run's PostgreSQL server. Without one: failure where CI is set, a skip that says so elsewhere."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main") + uuid4().hex[:6]
    try:
        server = postgresql_server.run_shared(run_folder, worker)
    except NoServer as error:
        if os.environ.get("CI"):
            pytest.fail(f"no PostgreSQL: {error}")
        pytest.skip(f"NO POSTGRESQL, HALF OF THE DATABASE TESTS DO NOT RUN: {error}")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server_or_skip: Server) -> Iterator[str]:
    """Name of a database at the schema's head, to be copied."""
    from app.storage import migrate
    from app.storage.engine import open_server

    server = postgresql_server_or_skip
    name = f"station_template_{uuid4().hex[:12]}"
    postgresql_server.execute(server.dsn, f"CREATE DATABASE {name}")
    engine = open_server(server.url(name))
    migrate.upgrade_server(engine)
    engine.dispose()
    yield name
    postgresql_server.execute(server.dsn, f"DROP DATABASE {name} WITH (FORCE)")


def _database(server: Server, template: str) -> Iterator[str]:
    name = f"station_test_{uuid4().hex[:12]}_{next(_NUMBERS)}"
    postgresql_server.execute(server.dsn, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield server.url(name)
    postgresql_server.execute(server.dsn, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgresql_url(postgresql_server_or_skip: Server) -> Iterator[str]:
    """URL of an empty PostgreSQL database of this test's own."""
    yield from _database(postgresql_server_or_skip, "template0")


@pytest.fixture
def migrated_postgresql_url(postgresql_server_or_skip: Server, postgresql_template: str) -> Iterator[str]:
    """URL of a PostgreSQL database at the schema's head, of this test's own."""
    yield from _database(postgresql_server_or_skip, postgresql_template)


@pytest.fixture(scope="session")
def migrated_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One migrated file per kind, to be copied."""
    from app.storage import migrate

    folder = tmp_path_factory.mktemp("migrated")
    found = {"sqlcipher": folder / "cipher.db", "sqlite": folder / "plain.db"}
    migrate.upgrade_local(found["sqlcipher"], KEY, folder / "backups", NOW)
    migrate.upgrade_local(found["sqlite"], None, folder / "backups", NOW)
    return found


@pytest.fixture
def station_file(migrated_files: dict[str, Path], tmp_path: Path) -> Path:
    """An encrypted file at the schema's head, of this test's own; its key is ``KEY``."""
    return Path(shutil.copyfile(migrated_files["sqlcipher"], tmp_path / "station.db"))


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """Each kind of database in turn."""
    return str(request.param)


@pytest.fixture
def empty_database(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A database of each kind without any table."""
    from app.storage.engine import open_local, open_server

    if backend == "postgresql":
        engine = open_server(request.getfixturevalue("postgresql_url"))
    else:
        engine = open_local(tmp_path / "station.db", KEY if backend == "sqlcipher" else None)
    yield engine
    engine.dispose()


@pytest.fixture
def database(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A database of each kind at the schema's head."""
    from app.storage.engine import open_local, open_server

    if backend == "postgresql":
        engine = open_server(request.getfixturevalue("migrated_postgresql_url"))
    else:
        path = tmp_path / "station.db"
        shutil.copyfile(request.getfixturevalue("migrated_files")[backend], path)
        engine = open_local(path, KEY if backend == "sqlcipher" else None)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session", params=BACKENDS)
def head_database(request: pytest.FixtureRequest, migrated_files: dict[str, Path]) -> Iterator[Engine]:
    """A database of each kind at the schema's head, for tests that only look at it."""
    from app.storage.engine import open_local, open_server

    if request.param == "postgresql":
        server: Server = request.getfixturevalue("postgresql_server_or_skip")
        template: str = request.getfixturevalue("postgresql_template")
        databases = _database(server, template)
        engine = open_server(next(databases))
        yield engine
        engine.dispose()
        next(databases, None)
    else:
        engine = open_local(migrated_files[request.param], KEY if request.param == "sqlcipher" else None)
        yield engine
        engine.dispose()


@pytest.fixture
def store(database: Engine) -> Store:
    """A store on a database of each kind."""
    from app.storage.store import Store

    return Store(database)
