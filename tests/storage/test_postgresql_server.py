# SPDX-License-Identifier: Apache-2.0
"""Where the tests' PostgreSQL comes from, and what happens where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import postgresql_server
from tests.postgresql_server import DSN_VARIABLE, NoServer, Server

pytest_plugins = ["pytester"]


def nowhere() -> Server:
    raise NoServer("nothing here")


@pytest.fixture
def no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(DSN_VARIABLE, raising=False)
    monkeypatch.setattr(postgresql_server, "_start_system", nowhere)
    monkeypatch.setattr(postgresql_server, "_start_wheel", nowhere)


def test_a_server_named_in_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DSN_VARIABLE, "postgresql://me@db.test:5433/postgres?sslmode=disable")
    server = postgresql_server.start_server()
    assert server.url("other") == "postgresql://me@db.test:5433/other?sslmode=disable"


@pytest.mark.usefixtures("no_server")
def test_without_any_the_error_says_what_was_tried() -> None:
    with pytest.raises(NoServer, match=f"{DSN_VARIABLE} is not set; nothing here; nothing here"):
        postgresql_server.start_server()


@pytest.mark.usefixtures("no_server")
def test_all_workers_of_a_run_hear_that_there_is_none(tmp_path: Path) -> None:
    for worker in ("gw0", "gw1"):
        with pytest.raises(NoServer, match="nothing here"):
            postgresql_server.run_shared(tmp_path, worker)


@pytest.mark.parametrize(("ci", "outcome"), [("1", "errors"), ("", "skipped")])
def test_absence_fails_where_ci_is_set_and_is_skipped_elsewhere(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, ci: str, outcome: str
) -> None:
    root = Path(postgresql_server.__file__).parent.parent
    monkeypatch.syspath_prepend(str(root))
    monkeypatch.delenv(DSN_VARIABLE, raising=False)
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(postgresql_server, "_start_system", nowhere)
    monkeypatch.setattr(postgresql_server, "_start_wheel", nowhere)
    pytester.makepyfile("def test_it(postgresql_url):\n    pass\n")
    result = pytester.runpytest_inprocess("-p", "tests.databases", "-p", "no:cacheprovider")
    result.assert_outcomes(**{outcome: 1})
    result.stdout.fnmatch_lines(["*no PostgreSQL: *" if ci else "*"])
