# SPDX-License-Identifier: Apache-2.0
"""Brings station and server up to date: what was written here goes there, what others wrote comes here.

The station's own file is always written first and is all that an operator waits for; the line to the server
may be down for days. Sending an operation twice does no harm, so after a break everything unconfirmed is sent
again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from random import SystemRandom
from threading import Event
from typing import Any
from uuid import UUID

from app.config.logs import log_event
from app.domain.delivery import DeliveryState, HeldOperation, Link, next_attempt_at
from app.domain.errors import AppError, OperatorError, SetupError, StorageError
from app.storage import deliveries as books
from app.storage.deliveries import Cursor, Packed
from app.storage.engine import Database, local_file
from app.storage.op_codec import unpack
from app.storage.server import Server
from app.storage.stations import database_site, follow_site
from app.storage.store import Store

LOGGER = logging.getLogger(__name__)

BATCH = 100
POLL_S = 5.0
LONGEST_SILENCE_S = 60.0

#: The operation itself is at fault; with everything else it is the line, the server or this station.
REFUSALS = frozenset({"record_refused", "operation_mismatch"})
#: Nobody can mend these by waiting.
STOPPING = frozenset({"database_too_new", "database_too_old", "schema_differs", "server_too_old"})


class DeliveryService:
    """The exchange with one server; every method blocks.

    Args:
        local: the station's own database.
        server: the way to the server.
        station_uid: this station.
        clock: aware UTC now.
        new_id: a fresh UUIDv7.
        share: random numbers from 0 to 1.
    """

    def __init__(
        self,
        local: Store,
        server: Server,
        station_uid: UUID,
        *,
        clock: Callable[[], datetime],
        new_id: Callable[[], UUID],
        share: Callable[[], float],
    ) -> None:
        self._local = local
        self._server = server
        self._station_uid = station_uid
        self._clock = clock
        self._new_id = new_id
        self._share = share
        self._last = DeliveryState(Link.CONNECTING)
        self._met = False

    def run(self, stop: Event) -> Iterator[DeliveryState]:
        """Exchange from now on, every few seconds, less often while the server is away."""
        failures = 0
        while not stop.is_set():
            try:
                state = self.exchange(stop)
            except StorageError as error:  # the station's own file is not to be had just now
                state = replace(self._last, link=Link.DOWN, code=error.code)
            yield state
            failures = 0 if state.link is Link.UP else failures + 1
            stop.wait(min(POLL_S * 2 ** min(failures, 8), LONGEST_SILENCE_S) * (0.75 + self._share() / 4))

    def exchange(self, stop: Event | None = None) -> DeliveryState:
        """One round: read and apply what others wrote, send what was written here, until nothing is left.

        Whatever goes wrong with the line is told in the state; nothing is lost by it.
        """
        received = 0
        try:
            there = self._server.store()
            self._meet(there)
            received += self._apply_put_by()
            while True:
                read, applied = self._receive(there)
                received += applied
                sent = self._send(there)
                if (read < BATCH and sent < BATCH) or (stop is not None and stop.is_set()):
                    break
            received += self._follow_site(there)
        except (StorageError, SetupError) as error:
            self._server.drop()
            self._met = False
            stopped = isinstance(error, SetupError) or error.code in STOPPING
            if self._last.code != error.code:
                log_event(LOGGER, "delivery_broken", code=error.code)
            self._last = self._counted(
                DeliveryState(
                    Link.STOPPED if stopped else Link.DOWN,
                    error.code,
                    dict(error.facts),
                    heard_at=self._last.heard_at,
                ),
                received,
            )
            return self._last
        if self._last.link is not Link.UP:
            log_event(LOGGER, "delivery_up")
        self._last = self._counted(DeliveryState(Link.UP, heard_at=self._clock()), received)
        return self._last

    def close(self) -> None:
        """Hang up."""
        self._server.drop()

    def first_meeting(self) -> None:
        """Ask a server that this station never met, and only that one, before anything is written here.

        The school's own roster then comes before whatever this station would make.
        """
        with self._local.reading() as session:
            known = books.fact(session, books.SERVER_UID)
        if known is None:
            self.exchange()

    def state(self) -> DeliveryState:
        """The last state with the present counts; does not ask the server."""
        return self._counted(self._last, 0)

    def held(self) -> list[HeldOperation]:
        """Operations that were refused, there or here."""
        with self._local.reading() as session:
            return books.held(session)

    def try_again(self, op_uid: UUID | None = None) -> int:
        """Let one or all of them be tried in the next round; how many."""
        with self._local.books() as session:
            return books.try_again(session, op_uid)

    def accept_server(self) -> None:
        """Take the server as it is now for this station's: read it from its beginning, send everything again.

        For a server that was put back from an older copy, or that another one took the place of.

        Raises:
            StorageError: where it cannot be asked.
        """
        uid = self._identity(self._server.store())
        with self._local.books() as session:
            books.keep_fact(session, books.SERVER_UID, uid)
            books.keep_fact(session, books.CURSOR, "")
            again = books.lay_out(session, self._station_uid)
        log_event(LOGGER, "delivery_server_accepted", laid_out=again)

    # -- one round -------------------------------------------------------------------------------------------

    def _meet(self, there: Store) -> None:
        """See that it is still the server that this station knows; at the first one everything goes out."""
        if self._met:
            return
        with self._local.reading() as session:
            known = books.fact(session, books.SERVER_UID)
            cursor = Cursor.parsed(books.fact(session, books.CURSOR))
        if known is None:
            self.accept_server()
        else:
            with there.reading() as session:
                if books.fact(session, books.DATABASE_UID) != known:
                    raise SetupError("server_changed")
                if not books.holds(session, cursor):
                    raise SetupError("server_rolled_back")
        self._met = True

    def _identity(self, there: Store) -> str:
        with there.books() as session:
            uid = books.fact(session, books.DATABASE_UID)
            if uid is None:
                uid = str(self._new_id())
                books.keep_fact(session, books.DATABASE_UID, uid)
        return uid

    def _receive(self, there: Store) -> tuple[int, int]:
        """Read a batch of others' operations; how many were read, and how many could be applied."""
        with self._local.reading() as session:
            cursor = Cursor.parsed(books.fact(session, books.CURSOR))
            waiting = books.aggregates_put_by(session)
        with there.reading() as session:
            batch = books.published(session, cursor, self._station_uid, BATCH)
        applied = 0
        for op in batch:
            if op.document is None:
                continue
            if op.aggregate_uid in waiting:
                self._put_by(op, "earlier_operation_waits", {})
            elif self._applied(op):
                applied += 1
            else:
                waiting.add(op.aggregate_uid)
        if batch:
            with self._local.books() as session:
                books.keep_fact(session, books.CURSOR, str(batch[-1].cursor))
        return len(batch), applied

    def _follow_site(self, there: Store) -> int:
        """The database belongs to whose site the server is; 1 where that is news here."""
        with there.reading() as session:
            site_uid = database_site(session)
        with self._local.reading() as session:
            known = database_site(session)
        if site_uid is None or site_uid == known:
            return 0
        with self._local.books() as session:
            return int(follow_site(session, site_uid, self._station_uid))

    def _apply_put_by(self) -> int:
        with self._local.reading() as session:
            due = books.put_by_due(session, self._clock())
        stuck: set[UUID] = set()
        applied = 0
        for op in due:
            if op.aggregate_uid in stuck or not self._applied(op):
                stuck.add(op.aggregate_uid)
                continue
            with self._local.books() as session:
                books.take_in(session, op.op_uid)
            applied += 1
        return applied

    def _applied(self, op: Packed) -> bool:
        try:
            self._local.receive(unpack(op.document or b""), op.origin_uid)
        except (OperatorError, StorageError) as error:
            if not _is_refusal(error):
                raise
            self._put_by(op, error.code, dict(error.facts))
            return False
        return True

    def _put_by(self, op: Packed, problem: str, facts: dict[str, Any]) -> None:
        now = self._clock()
        again_at = next_attempt_at(now, op.attempts + 1, self._share())
        with self._local.books() as session:
            books.put_by(session, op, now, problem, _plain(facts), again_at)
        log_event(LOGGER, "operation_put_by", op=op.op_uid, kind=op.kind, code=problem)

    def _send(self, there: Store) -> int:
        """Send a batch; how many the server has now."""
        with self._local.reading() as session:
            batch = books.outgoing(session, self._clock(), BATCH)
        confirmed: list[UUID] = []
        stuck: set[UUID] = set()
        try:
            for op in batch:
                if op.aggregate_uid in stuck:
                    continue
                if op.document is None or self._sent(there, op):
                    confirmed.append(op.op_uid)
                else:
                    stuck.add(op.aggregate_uid)
        finally:
            if confirmed:
                with self._local.books() as session:
                    books.confirm(session, confirmed)
        return len(confirmed)

    def _sent(self, there: Store, op: Packed) -> bool:
        try:
            there.receive(unpack(op.document or b""), self._station_uid)
        except (OperatorError, StorageError) as error:
            if not _is_refusal(error):
                raise
            again_at = next_attempt_at(self._clock(), op.attempts + 1, self._share())
            with self._local.books() as session:
                books.refuse(session, op.op_uid, error.code, _plain(dict(error.facts)), again_at)
            log_event(LOGGER, "operation_refused_there", op=op.op_uid, kind=op.kind, code=error.code)
            return False
        return True

    def _counted(self, state: DeliveryState, received: int) -> DeliveryState:
        with self._local.reading() as session:
            counts = books.counts(session)
        return replace(
            state,
            waiting=counts.waiting,
            refused=counts.refused,
            unread=counts.unread,
            oldest_waiting_at=counts.oldest_waiting_at,
            received=received,
        )


def _is_refusal(error: AppError) -> bool:
    return isinstance(error, OperatorError) or error.code in REFUSALS


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value if isinstance(value, int | float | bool) else str(value) for key, value in facts.items()
    }


def station_store(
    engine: Database,
    station_uid: UUID,
    server_url: str | None,
    *,
    clock: Callable[[], datetime],
    new_id: Callable[[], UUID],
) -> tuple[Store, DeliveryService | None]:
    """The database to work on and, for a networked station, the exchange with its server.

    A server itself is worked on as it is.
    """
    if local_file(engine) is None:
        return Store(engine), None
    store = Store(engine, station_uid=station_uid, outgoing=server_url is not None)
    if server_url is None:
        return store, None
    share = SystemRandom().random
    return store, DeliveryService(
        store, Server(server_url), station_uid, clock=clock, new_id=new_id, share=share
    )
