# SPDX-License-Identifier: Apache-2.0
"""The clean-up that runs while the station runs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.errors import StorageError
from app.services.upkeep import Upkeep
from tests.services.desk import START, Desk, ink


def test_expired_enrollments_are_cleaned_up_once_an_hour(desk: Desk) -> None:
    upkeep = Upkeep(desk.signing)
    desk.signing.save_drawing("john", 1, ink())
    assert upkeep.run_if_due(desk.clock()) == 0  # at the start, whenever the last one was
    desk.clock.turn(hours=2)
    desk.signing.save_drawing("jane", 1, ink())
    assert upkeep.run_if_due(desk.clock()) == 1
    desk.clock.turn(minutes=59)
    assert upkeep.run_if_due(desk.clock()) is None
    desk.clock.turn(minutes=1)
    assert upkeep.run_if_due(desk.clock()) == 0
    assert desk.signing.status().pending_cleanup == 0


class Failing:
    """A database that is away at first."""

    def __init__(self) -> None:
        self.calls = 0

    def cleanup_expired(self) -> int:
        self.calls += 1
        if self.calls == 1:
            raise StorageError("database_unavailable")
        return 3


def test_a_failed_clean_up_is_tried_again_and_a_clock_set_back_delays_nothing() -> None:
    upkeep = Upkeep(Failing())
    with pytest.raises(StorageError):
        upkeep.run_if_due(START)
    assert upkeep.run_if_due(START + timedelta(minutes=1)) == 3
    assert upkeep.run_if_due(START - timedelta(days=1)) == 3
