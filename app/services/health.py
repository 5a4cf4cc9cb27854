# SPDX-License-Identifier: Apache-2.0
"""Looks after the station itself: does the database answer, is there room on the disk."""

from __future__ import annotations

import shutil
from pathlib import Path

from app.domain.delivery import DeliveryState, Link
from app.domain.errors import StorageError
from app.domain.listings import Health, HealthItem, HealthState
from app.services.delivery import DeliveryService
from app.storage.store import Store

LOW_DISK_BYTES = 500 * 1024 * 1024
FULL_DISK_BYTES = 50 * 1024 * 1024


def server_health(state: DeliveryState) -> HealthItem:
    """What the line to the server means for the desk: away is no failure, a refusal wants a person."""
    facts: dict[str, object] = {"waiting": state.waiting, "refused": state.refused, "unread": state.unread}
    if state.link is Link.STOPPED:
        return HealthItem(HealthState.FAILED, state.code, {**state.facts, **facts})
    if state.link is Link.DOWN:
        return HealthItem(HealthState.ATTENTION, "server_away", facts)
    if state.refused or state.unread:
        return HealthItem(HealthState.ATTENTION, "operations_held", facts)
    return HealthItem(HealthState.OK, facts=facts)


class HealthService:
    """Answers for the health row. The reader's and the pen's state come from their own events."""

    def __init__(self, store: Store, folder: Path, delivery: DeliveryService | None = None) -> None:
        self._store = store
        self._folder = folder
        self._delivery = delivery

    def check(self) -> Health:
        """One look at database and disk; blocking, up to the database's own time limit."""
        return Health(database=self._database(), disk=self._disk())

    def _database(self) -> HealthItem:
        try:
            self._store.ping()
        except StorageError as error:
            return HealthItem(HealthState.FAILED, error.code, dict(error.facts))
        return HealthItem(HealthState.OK) if self._delivery is None else server_health(self._delivery.state())

    def _disk(self) -> HealthItem:
        free = shutil.disk_usage(self._folder).free
        facts: dict[str, object] = {"free_mb": free // (1024 * 1024)}
        if free < FULL_DISK_BYTES:
            return HealthItem(HealthState.FAILED, "disk_full", facts)
        if free < LOW_DISK_BYTES:
            return HealthItem(HealthState.ATTENTION, "disk_full", facts)
        return HealthItem(HealthState.OK, facts=facts)
