# SPDX-License-Identifier: Apache-2.0
"""What happens to an error that nobody expected: it is logged, it gets a number, and the window says so.

Nothing is swallowed and nothing freezes: whatever was accepted is durable already, the operator can go on.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import TracebackType
from uuid import uuid4

from PySide6.QtCore import QObject, Qt, Signal

from app.ui.shell.main_window import MainWindow

#: Logs an error under a report's number: (number, error).
LogFailure = Callable[[str, BaseException], None]


def _new_number() -> str:
    """Four hexadecimal digits: enough for a day, short enough to be said on the telephone."""
    return uuid4().hex[:4].upper()


class CrashGuard(QObject):
    """Takes the place of ``sys.excepthook`` while the window is open.

    Signals:
        reported(str): an error was logged under that number.
    """

    reported = Signal(str)

    def __init__(
        self, window: MainWindow, log_failure: LogFailure, new_number: Callable[[], str] = _new_number
    ) -> None:
        super().__init__(window)
        self._window = window
        self._log_failure = log_failure
        self._new_number = new_number
        self._before = sys.excepthook
        self.reported.connect(window.show_bug, Qt.ConnectionType.QueuedConnection)
        window.closing.connect(self.remove)

    def install(self) -> None:
        """Begin to catch."""
        self._before = sys.excepthook
        sys.excepthook = self._on_error

    def remove(self) -> None:
        """Give back what was there before."""
        if sys.excepthook == self._on_error:
            sys.excepthook = self._before

    def _on_error(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not issubclass(kind, Exception):
            self._before(kind, error, trace)  # somebody pressed Ctrl+C
            return
        number = self._new_number()
        self._log_failure(number, error)
        self.reported.emit(number)
