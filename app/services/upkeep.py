# SPDX-License-Identifier: Apache-2.0
"""What a running station does once an hour: the clean-up of expired signature enrollments."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

EVERY = timedelta(hours=1)


class CleansUp(Protocol):
    """Whose enrollments expire."""

    def cleanup_expired(self) -> int:
        """Expire and delete what is due; how many enrollments."""


class Upkeep:
    """Does the hourly work when it is due.

    The window calls ``run_if_due`` in its worker, at its start and every few minutes after; between two
    clean-ups that costs nothing. After a failure the next call tries again.
    """

    def __init__(self, signing: CleansUp, every: timedelta = EVERY) -> None:
        self._signing = signing
        self._every = every
        self._last_at: datetime | None = None

    def run_if_due(self, now: datetime) -> int | None:
        """Clean up if an hour has passed since the last time; how many enrollments, None if it was not due.

        Raises:
            StorageError: where the database cannot be reached.
        """
        # A clock that was set back must not put the clean-up off for longer than its interval.
        if self._last_at is not None and timedelta(0) <= now - self._last_at < self._every:
            return None
        cleaned = self._signing.cleanup_expired()
        self._last_at = now
        return cleaned
