# SPDX-License-Identifier: Apache-2.0
"""Makes operations of what an operator does and has them applied: the one way in which services write."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from app.config.logs import log_event
from app.domain.errors import AppError
from app.domain.operations import Operation, Payload
from app.storage.store import Store

LOGGER = logging.getLogger(__name__)


class Writer:
    """Writes operations with this station's clock and ids.

    Args:
        store: the database in use.
        clock: aware UTC now.
        new_id: a fresh UUIDv7.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime], new_id: Callable[[], UUID]) -> None:
        self.store = store
        self.clock = clock
        self.new_id = new_id

    def write(self, aggregate_uid: UUID, payload: Payload) -> dict[str, Any]:
        """Apply one payload now; durable when this returns."""
        operation = Operation(
            op_uid=self.new_id(), aggregate_uid=aggregate_uid, made_at=self.clock(), payload=payload
        )
        try:
            answer = self.store.apply(operation)
        except AppError as error:
            log_event(LOGGER, "operation_refused", op=operation.op_uid, kind=operation.kind, code=error.code)
            raise
        log_event(LOGGER, "operation_applied", op=operation.op_uid, kind=operation.kind)
        return answer
