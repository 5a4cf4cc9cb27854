# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from sqlalchemy import Engine

from app.storage import catalogue, migrate
from app.storage.revisions import HEAD
from tests.databases import NOW


def test_head_schema_equals_the_models(database: Engine) -> None:
    assert migrate.current_revision(database) == HEAD
    assert catalogue.differences(database) == []


def test_down_to_base_and_up_again_gives_the_same_schema(database: Engine) -> None:
    migrate.downgrade(database, "base", NOW)
    assert migrate.current_revision(database) is None
    migrate.upgrade(database, NOW)
    assert catalogue.differences(database) == []
