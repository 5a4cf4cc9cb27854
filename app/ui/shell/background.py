# SPDX-License-Identifier: Apache-2.0
"""What goes on beside the visits while the station is open: what is searched is loaded, what expired goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Event

from PySide6.QtCore import QObject, QTimer

from app.domain.delivery import DeliveryState
from app.domain.errors import StorageError
from app.ui.common.threads import Stream
from app.ui.shell.main_window import MainWindow

UPKEEP_EVERY_MS = 5 * 60 * 1000


class Background(QObject):
    """Runs until the window closes.

    Args:
        window: whose worker does the upkeep.
        fill: a generator that loads names and enrolled fingers into memory; runs on a thread of its own.
        upkeep: cleans up what is due; blocking, runs in the window's worker.
        deliver: a generator that brings station and server up to date; on a thread of its own. None where
            there is no server.
    """

    def __init__(
        self,
        window: MainWindow,
        fill: Callable[[Event], Iterable[object]],
        upkeep: Callable[[], object],
        deliver: Callable[[Event], Iterable[DeliveryState]] | None = None,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._upkeep = upkeep
        self._filling = Stream(fill, self)
        self._filling.failed.connect(self._on_failed)
        self._delivery = None if deliver is None else Stream(deliver, self)
        self._told: object = None
        self._timer = QTimer(self)
        self._timer.setInterval(UPKEEP_EVERY_MS)
        self._timer.timeout.connect(self._look_after)
        window.closing.connect(self._stop)
        if window.walk is not None:
            window.walk.lock.locked.connect(self._filling.ask_to_stop)
            window.walk.lock.unlocked.connect(self._filling.start)
        self._filling.start()
        if self._delivery is not None:
            self._delivery.item.connect(self._on_delivery)
            self._delivery.failed.connect(self._on_failed)
            self._delivery.start()
        self._timer.start()
        self._look_after()

    def _look_after(self) -> None:
        self._window.runner.run_job(self._upkeep, None, self._on_failed)

    def _on_delivery(self, state: DeliveryState) -> None:
        if state.received:
            self._filling.start()  # names and fingers that came from elsewhere
        told = (state.link, state.code, bool(state.refused), bool(state.unread))
        if told != self._told and self._window.walk is not None:
            self._told = told
            self._window.walk.health.ask()

    @staticmethod
    def _on_failed(error: Exception) -> None:
        """The database is not to be had now: the health row says so, and the next call tries again."""
        if not isinstance(error, StorageError):
            raise error

    def _stop(self) -> None:
        self._timer.stop()
        self._filling.stop()
        if self._delivery is not None:
            self._delivery.stop()
