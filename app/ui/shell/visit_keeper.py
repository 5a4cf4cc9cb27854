# SPDX-License-Identifier: Apache-2.0
"""Holds the visit that is open and lets the worker change it, one change after the other.

A change is a function of the newest visit. It runs in the worker, where the change before it has already been
made durable, so two quick acts never overwrite each other.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from app.domain.visits import Visit
from app.ui.common.threads import JobRunner

Change = Callable[[Visit], Visit]
OnVisit = Callable[[Visit], object]
OnError = Callable[[Exception], object]


class VisitKeeper(QObject):
    """The visit.

    Signals:
        changed(object): the newest stored ``Visit``.
    """

    changed = Signal(object)

    def __init__(self, runner: JobRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._stored: Visit | None = None  # the worker's own; read and written only there
        self._visit: Visit | None = None

    @property
    def visit(self) -> Visit | None:
        """The newest visit that the window knows."""
        return self._visit

    def open(self, start: Callable[[], Visit], on_open: OnVisit, on_error: OnError) -> None:
        """Begin, resume or begin anew."""

        def work() -> Visit:
            self._stored = start()
            return self._stored

        def done(visit: Visit) -> None:
            self._visit = visit
            on_open(visit)

        self._runner.run_job(work, done, on_error)

    def change(self, change: Change, on_done: OnVisit | None, on_error: OnError) -> None:
        """Apply a change to the newest visit; ``on_done`` gets the stored result before ``changed``."""
        uid = self._visit.uid if self._visit is not None else None

        def work() -> Visit | None:
            stored = self._stored
            if stored is None or stored.uid != uid:
                return None  # the visit was left meanwhile
            self._stored = change(stored)
            return self._stored

        def done(visit: Visit | None) -> None:
            if visit is None or not self._is_open(visit.uid):
                return
            self._visit = visit
            if on_done is not None:
                on_done(visit)
            self.changed.emit(visit)

        self._runner.run_job(work, done, on_error)

    def ask(
        self, question: Callable[[Visit], object], on_done: Callable[[object], object], on_error: OnError
    ) -> None:
        """Read something about the visit; the answer is dropped when another visit is open by then."""
        uid = self._visit.uid if self._visit is not None else None

        def work() -> object:
            stored = self._stored
            return question(stored) if stored is not None and stored.uid == uid else None

        def done(answer: object) -> None:
            if uid is not None and self._is_open(uid):
                on_done(answer)

        self._runner.run_job(work, done, on_error)

    def leave(self) -> None:
        """Let go of the visit; it is durable."""
        self._visit = None

    def _is_open(self, uid: UUID) -> bool:
        return self._visit is not None and self._visit.uid == uid
