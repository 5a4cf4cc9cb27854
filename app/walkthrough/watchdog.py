# SPDX-License-Identifier: Apache-2.0
"""Measures how long the GUI thread is away from its event loop, and on which page it happened."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QAbstractEventDispatcher, QCoreApplication, QObject

LIMIT_MS = 50.0


@dataclass(frozen=True, slots=True)
class Stall:
    """One stretch away from the event loop: wall time, what this thread itself computed of it, the place."""

    wall_ms: float
    cpu_ms: float
    place: str


class Watchdog(QObject):
    """Times every stretch between the event loop's waking and its going back to wait.

    A stretch of one wake-up may hold several events; each of them was shorter. ``cpu_ms`` tells work of this
    program from waiting for a busy machine.
    """

    def __init__(self, place: Callable[[], str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._place = place
        self._awake_s: float | None = None
        self._awake_cpu_s = 0.0
        self.longest: list[Stall] = []
        self.stretches = 0
        dispatcher = QAbstractEventDispatcher.instance(QCoreApplication.instance().thread())  # type: ignore[union-attr]
        dispatcher.awake.connect(self._on_awake)
        dispatcher.aboutToBlock.connect(self._on_about_to_block)

    def _on_awake(self) -> None:
        self._awake_s = time.perf_counter()
        self._awake_cpu_s = time.thread_time()

    def _on_about_to_block(self) -> None:
        if self._awake_s is None:
            return
        wall_ms = (time.perf_counter() - self._awake_s) * 1000
        cpu_ms = (time.thread_time() - self._awake_cpu_s) * 1000
        self._awake_s = None
        self.stretches += 1
        if wall_ms > LIMIT_MS / 5:
            self.longest.append(Stall(round(wall_ms, 1), round(cpu_ms, 1), self._place()))
            self.longest.sort(key=lambda stall: stall.cpu_ms, reverse=True)
            del self.longest[20:]

    def report(self) -> dict[str, object]:
        """The longest stretches, and how many went beyond the limit of 50 ms of this program's own work."""
        return {
            "limit_ms": LIMIT_MS,
            "stretches": self.stretches,
            "over_limit": sum(stall.cpu_ms > LIMIT_MS for stall in self.longest),
            "longest": [
                {"wall_ms": stall.wall_ms, "cpu_ms": stall.cpu_ms, "place": stall.place}
                for stall in self.longest[:10]
            ],
        }
