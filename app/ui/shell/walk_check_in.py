# SPDX-License-Identifier: Apache-2.0
"""Check-in and its services: touches are compared, what the operator confirms is written.

Serves the desk, which is opened from the menu, and the check-in page of a visit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast
from uuid import UUID

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAction

from app.domain.capture_events import CapturedImpression, CaptureEvent, ReaderCondition, ReaderState
from app.domain.enrollment import Verdict
from app.domain.finger_sign_in import FingerSignIn
from app.domain.listings import ClassSessionListing, StudentListing
from app.domain.visits import CheckIn, StudentCard, Visit
from app.ui.attendance.desk_page import CheckInDeskPage
from app.ui.attendance.finger_way import FingerWay
from app.ui.attendance.page import CheckInPage
from app.ui.attendance.signature_way import SignatureWay
from app.ui.common.errors import words_of
from app.ui.common.sounds import Sound, play
from app.ui.common.theme import Tone
from app.ui.common.threads import JobRunner, Stream
from app.ui.shell.menu import Entry
from app.ui.shell.services import WindowServices
from app.ui.shell.visit_keeper import VisitKeeper
from app.ui.shell.window import StationWindow

PAGE = "desk"


class CheckInDesk(QObject):
    """Listens to the menu, both pages and the reader.

    Signals:
        signature_wanted(): the student wants to sign instead.

    Args:
        visit_page: of the visit that is open.
        stream: of the reader's events, which the fingers desk starts and stops.
    """

    signature_wanted = Signal()

    def __init__(
        self,
        window: StationWindow,
        visit_page: CheckInPage,
        services: WindowServices,
        keeper: VisitKeeper,
        stream: Stream,
        runner: JobRunner,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._window, self._services, self._keeper, self._runner = window, services, keeper, runner
        self.visit_page = visit_page
        self._reader = ReaderState(ReaderCondition.OPENING)
        self.sounds = services.preferences.sounds
        window.promise_page(PAGE, self._made_page)
        window.page_shown.connect(self._on_page_shown)
        window.act_wanted.connect(self._on_act)
        visit_page.set_finger_way(services.policy, offered=services.finger_sign_in is not None)
        visit_page.finger.taken.connect(self._compare_in_visit)
        visit_page.finger.judged.connect(self._on_judged)
        stream.item.connect(self._on_event)
        self.action = QAction(self.tr("Check-in desk\tCtrl+I"), window.menu)
        self.action.setObjectName("menu_check_in")
        self.action.triggered.connect(self._open_soon)
        window.menu.put(Entry.CHECK_IN, self.action)

    # The desk

    @property
    def page(self) -> CheckInDeskPage:
        """The desk's page, made at the first need."""
        return cast(CheckInDeskPage, self._window.page(PAGE))

    def _made_page(self) -> CheckInDeskPage:
        page = CheckInDeskPage(self._services.policy)
        page.finger.taken.connect(self._compare)
        page.finger.judged.connect(self._on_judged)
        page.by_name.search_wanted.connect(self._search)
        page.check_in_wanted.connect(self._check_in)
        if self._services.signature_sign_in is not None:
            by_signature = SignatureWay()
            by_signature.wanted.connect(self.signature_wanted)
            page.add_way(by_signature)
        page.closed.connect(self._window.leave_beside)
        return page

    @property
    def _at_desk(self) -> bool:
        return self._window.current == PAGE and not self._window.is_covered

    def _open_soon(self) -> None:
        """Make the page in this turn of the event loop and show it in the next: neither is long then."""
        if not self._at_desk:
            page = self.page
            QTimer.singleShot(0, page, self.open_page)

    def open_page(self) -> None:
        """Show the desk; a visit that is open waits."""
        self._window.open_beside(PAGE)

    def _on_page_shown(self) -> None:
        at_desk = self._at_desk
        if self._keeper.visit is not None:
            self._window.banner.setVisible(not at_desk)  # it is not that student who stands at the desk
        if at_desk:
            self.page.on_capture_event(self._reader)
            self.ask_for_sessions()
        elif self._window.page(self._window.current) is self.visit_page:
            self.visit_page.on_capture_event(self._reader)

    def _on_act(self, act: str) -> None:
        if act == "check_in_desk":
            self._open_soon()

    def ask_for_sessions(self) -> None:
        """Look which class sessions are open now."""

        def done(sessions: tuple[ClassSessionListing, ...]) -> None:
            self.page.show_sessions(sessions)

        self._runner.run_job(self._services.attendance.open_sessions, done, self._on_desk_problem)

    def _search(self, text: str) -> None:
        def done(rows: tuple[StudentListing, ...]) -> None:
            self.page.by_name.show_results(text, rows)

        self._runner.run_job(lambda: self._services.students.search(text), done, self._on_desk_problem)

    def _check_in(self, student: StudentCard, class_session_uid: UUID, method: str) -> None:
        attendance = self._services.attendance

        def done(check_in: CheckIn) -> None:
            self.page.show_checked_in(student, check_in)

        self._runner.run_job(
            lambda: attendance.check_in(student.uid, class_session_uid, method=method),
            done,
            self._on_desk_problem,
        )

    # Touches

    def _on_event(self, event: CaptureEvent) -> None:
        if isinstance(event, ReaderState):
            self._reader = event
        if self._at_desk:
            self.page.on_capture_event(event)
        elif self.visit_page.isVisible():
            self.visit_page.on_capture_event(event)

    def _compare(self, taken: CapturedImpression) -> None:
        sign_in, chosen = self._services.finger_sign_in, self.page.chosen
        if sign_in is None:
            self.page.finger.show_failed()
        elif chosen is None:
            self._run(lambda: sign_in.identify(taken), self.page.finger, taken, self._on_desk_problem)
        else:
            self._run(
                lambda: sign_in.verify(chosen.uid, taken), self.page.finger, taken, self._on_desk_problem
            )

    def _compare_in_visit(self, taken: CapturedImpression) -> None:
        sign_in = self._services.finger_sign_in
        visit: Visit | None = self._keeper.visit
        if sign_in is None or visit is None:
            self.visit_page.finger.show_failed()
            return
        self._run(
            lambda: sign_in.verify(visit.student.uid, taken, visit),
            self.visit_page.finger,
            taken,
            self._on_visit_problem,
        )

    def _run(
        self,
        work: Callable[[], FingerSignIn],
        way: FingerWay,
        taken: CapturedImpression,
        failed: Callable[[Exception], None],
    ) -> None:
        def done(outcome: FingerSignIn) -> None:
            way.show_outcome(outcome, taken)

        self._runner.run_job(work, done, failed)

    def _on_judged(self, found: bool) -> None:
        self._services.capture.show(Verdict.GOOD if found else Verdict.AGAIN)
        play(Sound.ACCEPTED if found else Sound.AGAIN, self.sounds)

    def _on_desk_problem(self, error: Exception) -> None:
        text = words_of(error)
        if text is not None:
            self.page.show_problem(Tone.BAD, text.what, text.what_to_do)

    def _on_visit_problem(self, error: Exception) -> None:
        text = words_of(error)
        if text is not None:
            self.visit_page.show_problem(Tone.BAD, text.what, text.what_to_do)
