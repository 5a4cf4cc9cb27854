# SPDX-License-Identifier: Apache-2.0
"""A connection to a server that gives up when no answer comes."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.abc import RV, PQGen
from psycopg.errors import _WaitTimeout


class PatientConnection(psycopg.Connection[Any]):
    """A connection that does not wait for ever for an answer.

    A line can stay up while nothing comes through any more (a proxy, a firewall that forgot the connection);
    neither keep-alives nor the server's own limits end that.
    """

    answer_timeout_s = 600.0

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """As the base class, with a limit; the connection is of no use after it.

        Raises:
            psycopg.OperationalError: when the limit has passed.
        """
        try:
            return super().wait(gen, interval, self.answer_timeout_s if timeout is None else timeout)
        except _WaitTimeout:
            self.pgconn.finish()
            raise
