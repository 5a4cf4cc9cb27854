# SPDX-License-Identifier: Apache-2.0
"""Services of one school on each kind of database."""

from __future__ import annotations

import pytest

from app.services.roster import RosterService
from app.storage.store import Store
from tests.services.desk import Desk, open_desk


@pytest.fixture
def desk(store: Store) -> Desk:
    return open_desk(store)


@pytest.fixture
def roster(desk: Desk) -> RosterService:
    return RosterService(desk.writer, desk.students)
