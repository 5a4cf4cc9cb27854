# SPDX-License-Identifier: Apache-2.0
"""Training mode's hand: while a finger is asked for, it comes and goes on the emulated reader by itself."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import QObject, QTimer

from app.domain.enrollment import finger_is_settled
from app.domain.fingerprints import Finger
from app.domain.listings import StudentListing, StudentState
from app.domain.visits import Step, Visit
from app.ui.attendance.finger_way import FingerWay, Moment
from app.ui.common.threads import JobRunner
from app.ui.shell.main_window import MainWindow
from app.ui.shell.services import PracticeHand
from app.ui.shell.walk_check_in import PAGE as DESK

PLACE_AFTER_MS = 1_800
#: After a finger that was not known: time to read what helps.
READ_AFTER_MS = 5_000
LIFT_AFTER_MS = 900
LOOK_EVERY_MS = 300
#: A finger at the desk that nobody has enrolled comes after so many that somebody has.
STRANGER_AFTER = 3
STRANGER = UUID(int=1)

_ASKED = (Moment.PLACE, Moment.UNKNOWN, Moment.POOR)
_JUDGED = (Moment.FOUND, Moment.UNKNOWN, Moment.POOR)


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
        self._timer.timeout.connect(self.look)
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

    def look(self) -> None:
        """See what is asked for, and do it once it was asked for long enough."""
        self._waited_ms += LOOK_EVERY_MS
        if self._down:
            if self._is_over():
                self._after(LIFT_AFTER_MS, self._lift)
            return
        way = self._way()
        if self._jobs.busy or self._window.is_covered:
            self._waited_ms = 0
        elif way is not None and way.moment in _ASKED:
            wait_ms = PLACE_AFTER_MS if way.moment is Moment.PLACE else READ_AFTER_MS
            self._after(wait_ms, self._place_at_check_in)
        elif way is None and self._visit is not None and self._is_asked_for(self._visit):
            self._after(PLACE_AFTER_MS, self._place_in_visit)
        else:
            self._waited_ms = 0

    @property
    def _visit(self) -> Visit | None:
        return self._window.walk.keeper.visit if self._window.walk is not None else None

    def _way(self) -> FingerWay | None:
        """What takes a touch at the check-in, where that is what the window shows."""
        walk = self._window.walk
        if walk is None:
            return None
        if self._window.current == DESK:
            page = walk.check_in.page
            return page.finger if page.ways.current is page.finger and page.candidate is None else None
        if self._window.current == Step.CHECK_IN.value:
            page_of_visit = walk.check_in.visit_page
            return page_of_visit.finger if page_of_visit.takes_touch else None
        return None

    def _is_over(self) -> bool:
        visit, way = self._visit, self._way()
        if self._window.is_covered:
            return True
        if self._window.current == Step.FINGERS.value and visit is not None:
            return self._touches(visit) != self._seen or visit.step is not Step.FINGERS
        return way is None or way.moment in _JUDGED

    def _after(self, wait_ms: int, act: object) -> None:
        if self._waited_ms >= wait_ms and callable(act):
            self._waited_ms = 0
            act()

    def _is_asked_for(self, visit: Visit) -> bool:
        services = self._window.services
        task = visit.task(visit.finger) if visit.finger is not None else None
        return (
            services is not None
            and self._window.current == Step.FINGERS.value
            and task is not None
            and not finger_is_settled(task, services.policy)
        )

    def _touches(self, visit: Visit) -> int:
        return sum(len(task.impressions) for task in visit.fingers)

    def _place_in_visit(self) -> None:
        visit = self._visit
        if visit is not None and visit.finger is not None:
            self._seen = self._touches(visit)
            self._place(visit.student.uid, visit.finger)

    def _place_at_check_in(self) -> None:
        services, visit = self._window.services, self._visit
        if services is None:
            return
        finger = services.policy.required_fingers[0]
        if self._window.current != DESK and visit is not None:
            captured = [task.finger for task in visit.fingers if task.accepted]
            self._place(visit.student.uid, captured[0] if captured else finger)
            return
        students = services.students
        self._jobs.run_job(lambda: students.search(""), lambda rows: self._place_of(rows, finger), _nothing)

    def _place_of(self, rows: tuple[StudentListing, ...], finger: Finger) -> None:
        """One of the enrolled students after the other, and now and then somebody whom nobody knows."""
        enrolled = [row.card.uid for row in rows if row.state is StudentState.ENROLLED]
        known = [*enrolled[:STRANGER_AFTER], STRANGER]
        if self._window.current == DESK:
            self._place(known[self._touch % len(known)], finger)

    def _place(self, student_uid: UUID, finger: Finger) -> None:
        self._touch += 1
        self._down = True
        touch = self._touch
        self._jobs.run_job(lambda: self._hand.place(student_uid, finger, touch))

    def _lift(self) -> None:
        self._down = False
        self._jobs.run_job(self._hand.lift)


def _nothing(error: Exception) -> None:
    """The database is not to be had now; the health row says so, and practice goes on later."""
