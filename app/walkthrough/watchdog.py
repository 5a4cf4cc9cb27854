# SPDX-License-Identifier: Apache-2.0
"""Measures every call that Qt makes on the GUI thread, and on which page the longest ones were."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QListView

KEPT = 20


@dataclass(frozen=True, slots=True)
class Call:
    """One delivered event: wall time, what this thread itself computed of it, the event, the place."""

    wall_ms: float
    cpu_ms: float
    event: str
    place: str


class TimedApplication(QApplication):
    """An application that times the outermost delivery of each event.

    ``cpu_ms`` tells the program's own work from waiting for a busy machine or for another thread. What the
    walk-through itself does inside a delivery (taking pictures) is taken off by ``uncounted``.

    Attributes:
        place: names the page that is shown; counting begins when it is set.
        limit_ms: how long one call may compute; 0 for any time.
    """

    def __init__(self, arguments: list[str]) -> None:
        super().__init__(arguments)
        self.place: Callable[[], str] | None = None
        self.limit_ms = 0.0
        self.longest: list[Call] = []
        self.calls = 0
        self.over_limit = 0
        self._depth = 0
        self._uncounted_wall_s = 0.0
        self._uncounted_cpu_s = 0.0
        # Handing every receiver to Python makes PySide name all of Qt's classes when it first meets one that
        # it has to find out (a list's gesture manager): 40 ms of the measurement's own, spent here.
        QListView()

    def notify(self, receiver: QObject, event: QEvent) -> bool:
        """Deliver an event; times it where it is not inside another one."""
        if self._depth or self.place is None:
            return bool(super().notify(receiver, event))
        kind = event.type().name
        place = self.place()
        self._depth += 1
        self._uncounted_wall_s = self._uncounted_cpu_s = 0.0
        wall_s, cpu_s = time.perf_counter(), time.thread_time()
        try:
            return bool(super().notify(receiver, event))
        finally:
            self._depth -= 1
            self._note(
                (time.perf_counter() - wall_s - self._uncounted_wall_s) * 1000,
                (time.thread_time() - cpu_s - self._uncounted_cpu_s) * 1000,
                kind,
                place,
            )

    def uncounted(self, work: Callable[[], object]) -> None:
        """Do something that an operator's station would not do, outside the count."""
        wall_s, cpu_s = time.perf_counter(), time.thread_time()
        work()
        self._uncounted_wall_s += time.perf_counter() - wall_s
        self._uncounted_cpu_s += time.thread_time() - cpu_s

    def _note(self, wall_ms: float, cpu_ms: float, kind: str, place: str) -> None:
        self.calls += 1
        if 0 < self.limit_ms < cpu_ms:
            self.over_limit += 1
        if wall_ms < 5.0 and cpu_ms < 5.0:
            return
        self.longest.append(Call(round(wall_ms, 1), round(cpu_ms, 1), kind, place))
        self.longest.sort(key=lambda call: call.cpu_ms, reverse=True)
        del self.longest[KEPT:]

    def report(self) -> dict[str, object]:
        """How many calls took more than the limit of this thread's own time, and the longest ones."""
        return {
            "limit_ms": self.limit_ms,
            "calls": self.calls,
            "over_limit": self.over_limit,
            "held": self.over_limit == 0,
            "longest": [
                {"wall_ms": call.wall_ms, "cpu_ms": call.cpu_ms, "event": call.event, "place": call.place}
                for call in self.longest[:10]
            ],
        }
