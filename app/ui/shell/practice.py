# SPDX-License-Identifier: Apache-2.0
"""Training mode's hand: while a finger is asked for, it comes and goes on the emulated reader by itself."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from app.domain.enrollment import finger_is_settled
from app.domain.visits import Step, Visit
from app.ui.common.threads import JobRunner
from app.ui.shell.main_window import MainWindow
from app.ui.shell.services import PracticeHand

PLACE_AFTER_MS = 1_800
LIFT_AFTER_MS = 900
LOOK_EVERY_MS = 300


class Practice(QObject):
    """Lays the finger that the page asks for on the glass and lifts it once the touch was judged."""

    def __init__(self, window: MainWindow, hand: PracticeHand) -> None:
        super().__init__(window)
        self._window = window
        self._hand = hand
        self._jobs = JobRunner(self)
        self._touch = 0
        self._down = False
        self._seen = 0
        self._waited_ms = 0
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()
        window.closing.connect(self._stop)

    @staticmethod
    def begin(window: MainWindow) -> None:
        """Start practicing, where the window's station has a hand for it."""
        services = window.services
        if services is not None and services.practice_hand is not None:
            Practice(window, services.practice_hand)

    def _stop(self) -> None:
        self._timer.stop()
        self._jobs.close()

    def _look(self) -> None:
        visit = self._window.walk.keeper.visit if self._window.walk is not None else None
        self._waited_ms += LOOK_EVERY_MS
        if self._down:
            if visit is None or self._touches(visit) != self._seen or visit.step is not Step.FINGERS:
                self._after(LIFT_AFTER_MS, self._lift)
        elif visit is not None and self._is_asked_for(visit) and not self._jobs.busy:
            self._after(PLACE_AFTER_MS, lambda: self._place(visit))
        else:
            self._waited_ms = 0

    def _after(self, wait_ms: int, act: object) -> None:
        if self._waited_ms >= wait_ms and callable(act):
            self._waited_ms = 0
            act()

    def _is_asked_for(self, visit: Visit) -> bool:
        services = self._window.services
        task = visit.task(visit.finger) if visit.finger is not None else None
        return (
            services is not None
            and visit.step is Step.FINGERS
            and task is not None
            and not finger_is_settled(task, services.policy)
        )

    def _touches(self, visit: Visit) -> int:
        return sum(len(task.impressions) for task in visit.fingers)

    def _place(self, visit: Visit) -> None:
        finger = visit.finger
        if finger is None:
            return
        self._touch += 1
        self._down = True
        self._seen = self._touches(visit)
        touch, uid = self._touch, visit.student.uid
        self._jobs.run_job(lambda: self._hand.place(uid, finger, touch))

    def _lift(self) -> None:
        self._down = False
        self._jobs.run_job(self._hand.lift)
