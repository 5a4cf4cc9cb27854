# SPDX-License-Identifier: Apache-2.0
"""The moments of a touch, as far as the screen tells them apart."""

from __future__ import annotations

from enum import Enum


class Phase(Enum):
    """Where a touch stands, as far as the screen is concerned."""

    PLACE = "place"
    HOLD = "hold"
    SAVING = "saving"
    LIFT_GOOD = "lift_good"
    LIFT_POOR = "lift_poor"
    NEXT = "next"  # kept, the same finger once more
    AGAIN = "again"  # not kept
    DONE = "done"
