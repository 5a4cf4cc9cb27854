# SPDX-License-Identifier: Apache-2.0
"""``roster benchmark`` imports and searches for real; how long that took is for a person to judge."""

from __future__ import annotations

import json

import pytest

from app.__main__ import main
from app.services.roster_benchmark import made_up_roster
from app.services.roster_csv import read_roster


def test_it_measures_an_import_and_searches_in_memory_and_in_the_database(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["roster", "benchmark", "--rows", "150", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["rows"] == 150
    assert found["searches"] > 150
    assert found["index_mb"] > 0
    for name in ("search_ms", "search_in_database_ms"):
        assert 0 < found[name]["median"] <= found[name]["p95"] <= found[name]["longest"]


def test_the_made_up_roster_is_the_same_every_time_and_without_a_wrong_row() -> None:
    data = made_up_roster(300)
    assert data == made_up_roster(300)
    file = read_roster(data)
    assert (len(file.rows), file.errors) == (300, ())
