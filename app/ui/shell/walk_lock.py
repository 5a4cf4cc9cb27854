# SPDX-License-Identifier: Apache-2.0
"""Locks the station: nothing of a student is seen, nothing biometric stays in the clear in memory.

By the menu, by its key, or by itself after a time without input. A visit waits where it was: everything that
was accepted is stored already.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QAction

from app.domain.capture_events import TouchBegan
from app.domain.errors import AppError
from app.ui.common.errors import words_of
from app.ui.common.threads import JobRunner, Stream
from app.ui.shell.lock_screen import LockScreen
from app.ui.shell.menu import Entry
from app.ui.shell.services import WindowServices
from app.ui.shell.student_screen import StudentScreen
from app.ui.shell.window import StationWindow

_ASKS = ("passphrase_missing", "passphrase_wrong")
_INPUT = {
    QEvent.Type.KeyPress,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
    QEvent.Type.TabletPress,
    QEvent.Type.TabletMove,
    QEvent.Type.TouchBegin,
    QEvent.Type.TouchUpdate,
}


class LockDesk(QObject):
    """Listens to the menu, to the time without input, and to the lock screen.

    Signals:
        locked(): what is in memory is being forgotten.
        unlocked(): work goes on.
    """

    locked = Signal()
    unlocked = Signal()

    def __init__(
        self,
        window: StationWindow,
        services: WindowServices,
        runner: JobRunner,
        student_screen: StudentScreen,
        stream: Stream,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._window, self._services, self._runner = window, services, runner
        self._student_screen = student_screen
        self._shows_student = False
        self.screen = LockScreen(window)
        self.screen.hide()
        self.screen.unlock_wanted.connect(self._unlock)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(services.idle_lock_s * 1000)
        self._timer.timeout.connect(self.lock)
        window.act_wanted.connect(self._on_act)
        stream.item.connect(self._on_reader_event)
        self.action = QAction(self.tr("Lock the station\tCtrl+L"), window.menu)
        self.action.setObjectName("menu_lock")
        self.action.triggered.connect(self.lock)
        window.menu.put(Entry.LOCK, self.action)

    @property
    def is_locked(self) -> bool:
        """Whether the station is locked."""
        return self._window.is_covered

    def start(self) -> None:
        """Watch for input from now on."""
        handle = self._window.windowHandle()
        if self._services.idle_lock_s and handle is not None:
            # The window's own handle: what is typed, pointed and drawn arrives there once, before any widget.
            handle.installEventFilter(self)
            self._timer.start()

    def lock(self) -> None:
        """Cover the window and forget what was opened."""
        if self.is_locked:
            return
        self._timer.stop()
        self._shows_student = self._student_screen.action.isChecked()
        self._student_screen.action.setChecked(False)
        self.screen.show_locked()
        self._window.cover(self.screen)
        self.screen.take_focus()
        self.locked.emit()
        self._runner.run_job(self._services.lock)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _INPUT:
            self._on_input()
        return False

    def _on_input(self) -> None:
        if self._timer.isActive():
            self._timer.start()

    def _on_reader_event(self, event: object) -> None:
        if isinstance(event, TouchBegan):
            self._on_input()

    def _on_act(self, act: str) -> None:
        if act == "lock":
            self.lock()

    def _unlock(self, typed: str) -> None:
        unlock = self._services.unlock
        self.screen.show_unlocking()
        self._runner.run_job(lambda: unlock(typed or None), self._on_unlocked, self._on_failure)

    def _on_unlocked(self, _nothing: None) -> None:
        self._window.cover(None)
        self.screen.hide()
        self._student_screen.action.setChecked(self._shows_student)
        self._window.focus_page()
        if self._services.idle_lock_s:
            self._timer.start()
        self.unlocked.emit()

    def _on_failure(self, error: Exception) -> None:
        self.screen.show_locked()
        text = words_of(error)
        if text is None or not isinstance(error, AppError):
            return
        if error.code in _ASKS:
            self.screen.ask_for_passphrase(text)
        else:
            self.screen.show_failure(text)
