# SPDX-License-Identifier: Apache-2.0
"""Runs a script beside the window's event loop: a generator that says what it waits for.

The script never blocks: between two of its steps the window lives as it does under an operator's hands.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

POLL_MS = 5


@dataclass(frozen=True, slots=True)
class Until:
    """Wait until ``holds`` says yes.

    Attributes:
        what: named when the wait was in vain.
        timeout_s: how long at most.
    """

    holds: Callable[[], bool]
    what: str
    timeout_s: float = 30.0


Script = Generator[Until, None, None]


def pause(seconds: float) -> Until:
    """A moment in which nothing is done."""
    ends_at = time.monotonic() + seconds
    return Until(lambda: time.monotonic() >= ends_at, "a pause", seconds + 5.0)


class WaitedInVainError(Exception):
    """Raised when what a script waited for did not come."""


class ScriptRunner(QObject):
    """Steps a script from the event loop.

    Signals:
        ended(object): the exception that ended the script, or None.
    """

    ended = Signal(object)

    def __init__(self, script: Script, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._script = script
        self._waiting: Until | None = None
        self._deadline_s = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._on_tick)

    def start(self) -> None:
        """Begin with the next turn of the event loop."""
        self._timer.start()

    def _on_tick(self) -> None:
        waiting = self._waiting
        try:
            if waiting is not None and not waiting.holds():
                if time.monotonic() > self._deadline_s:
                    raise WaitedInVainError(waiting.what)
                return
            self._waiting = next(self._script)
            self._deadline_s = time.monotonic() + self._waiting.timeout_s
        except StopIteration:
            self._end(None)
        except Exception as error:  # noqa: BLE001 - handed on: the walk-through's caller raises it
            self._end(error)

    def _end(self, error: Exception | None) -> None:
        self._timer.stop()
        self.ended.emit(error)
