# SPDX-License-Identifier: Apache-2.0
"""The walk through the pages: what the pages report becomes a service's job, its answer what the pages draw.

No rule is here either: which page may be opened, what a finger is worth and what is missing is the domain's.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from app.domain.enrollment import may_open, step_state
from app.domain.errors import AppError
from app.domain.listings import StudentListing
from app.domain.visits import Step, StepState, Visit
from app.ui.common.errors import words_of
from app.ui.common.result_list import details_of
from app.ui.common.theme import Tone
from app.ui.common.threads import JobRunner
from app.ui.shell.pages import Pages
from app.ui.shell.services import Preferences, WindowServices
from app.ui.shell.station_health import StationHealth
from app.ui.shell.student_banner import StudentView
from app.ui.shell.student_screen import StudentScreen
from app.ui.shell.visit_keeper import VisitKeeper
from app.ui.shell.walk_calibration import CalibrationDesk
from app.ui.shell.walk_check_in import CheckInDesk
from app.ui.shell.walk_end import EndDesk
from app.ui.shell.walk_fingers import FingersDesk
from app.ui.shell.walk_lock import LockDesk
from app.ui.shell.walk_settings import SettingsDesk
from app.ui.shell.walk_sign_in import PAGE as SIGN_IN
from app.ui.shell.walk_sign_in import SignInDesk
from app.ui.shell.walk_signatures import SignaturesDesk
from app.ui.shell.window import StationWindow
from app.ui.signatures.pad_page import PadPage
from app.ui.students.add_form import NewStudent
from app.ui.students.page import LISTED


class Walk(QObject):
    """Connects the window, its pages and the services.

    Signals:
        step_shown(str): that page is shown, drawn from stored data.
        visit_opened(object): a ``Visit`` began or was resumed.
        visit_left(): no visit is open; the search field has the focus.
    """

    step_shown = Signal(str)
    visit_opened = Signal(object)
    visit_left = Signal()

    def __init__(
        self,
        window: StationWindow,
        pages: Pages,
        services: WindowServices,
        runner: JobRunner,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(window)
        self._window, self._pages, self._services = window, pages, services
        self._runner, self._now = runner, now
        self._moving = False
        self._return_to_review = False  # a line of the review was pressed: the primary act leads back there
        self.keeper = VisitKeeper(runner, self)
        self.keeper.changed.connect(self._on_changed)
        self.health = StationHealth(window, services.health, runner, self)
        self.fingers = FingersDesk(pages.fingers, services, self.keeper, self)
        self.fingers.reader_changed.connect(self.health.show_reader)
        self.signatures = SignaturesDesk(pages.signatures, services, self.keeper, runner, now, self)
        self.signatures.pen_seen.connect(self.health.show_pen)
        self.end = EndDesk(pages, services, self.keeper, runner, self)
        self.end.finished.connect(self._on_finished)
        self.end.jump.connect(self._jump)
        pads: dict[str, PadPage] = {Step.SIGNATURES.value: pages.signatures}
        self.sign_in: SignInDesk | None = None
        if services.signature_sign_in is not None and pages.sign_in is not None:
            page, sign_in = pages.sign_in, services.signature_sign_in
            self.sign_in = SignInDesk(window, page, services, sign_in, runner, now, self)
            self.sign_in.left.connect(self._draw_banner)
            pads[SIGN_IN] = page
            page.pad.pointer_changed.connect(self.signatures.on_pointer)
        self._pads = tuple(pads.values())
        self.student_screen = StudentScreen(window, pages, pads, self)
        self.settings = SettingsDesk(window, services, runner, self)
        self.settings.changed.connect(self._on_preferences)
        stream = self.fingers.stream
        self.check_in = CheckInDesk(window, pages.check_in, services, self.keeper, stream, runner, self)
        if self.sign_in is not None:
            self.check_in.signature_wanted.connect(self.sign_in.open_page)
        self._on_preferences(services.preferences)
        self.calibration: CalibrationDesk | None = None
        if services.calibration is not None:
            self.calibration = CalibrationDesk(window, services, services.calibration, stream, runner, self)
        for pad_page in self._pads:
            pad_page.panel.pen_only_chosen.connect(self.settings.pen_only_chosen)
        self.lock = LockDesk(window, services, runner, self.student_screen, stream, self)
        window.step_chosen.connect(lambda name: self.go_to(Step(name)))
        window.act_wanted.connect(self._on_act)
        self._connect_student_page()

    def _connect_student_page(self) -> None:
        page, enrollment = self._pages.student, self._services.enrollment
        page.search_wanted.connect(self._search)
        page.start_wanted.connect(lambda row: self._open(lambda: enrollment.start(row.card.uid)))
        page.resume_wanted.connect(lambda row: self._open(lambda: enrollment.resume(row.session_id)))
        page.fresh_wanted.connect(lambda row: self._open(lambda: enrollment.start_fresh(row.card.uid)))
        page.add_wanted.connect(self._add)
        self._pages.receipt.next_student_wanted.connect(self.next_student)

    def _on_preferences(self, preferences: Preferences) -> None:
        self.fingers.sounds = self.check_in.sounds = preferences.sounds
        if self.sign_in is not None:
            self.sign_in.sounds = preferences.sounds
        for page in self._pads:
            page.panel.set_left_handed(preferences.left_handed)
            page.panel.set_pen_only(preferences.pen_only)

    # Begin and end

    def begin(self) -> None:
        """Show the student page and start watching reader and health."""
        self.fingers.start_watching()
        self.health.start()
        self.lock.start()
        self.next_student()

    def stop(self) -> None:
        """Stop what runs beside the window; waits a few seconds at most."""
        self.health.stop()
        self.fingers.stop_watching()

    def next_student(self) -> None:
        """Leave the visit that is open, if one is, and look for the next student."""
        self.keeper.leave()
        self._moving = False
        self._window.hush()
        self._window.show_student(None)
        self._window.show_steps({Step.STUDENT.value: StepState.CURRENT}, ())
        unfinished = self._services.enrollment.unfinished
        page = self._pages.student
        self._runner.run_job(unfinished, page.show_unfinished, lambda error: self._on_no_search("", error))
        page.start_over()
        self._window.show_page(Step.STUDENT.value)
        self.visit_left.emit()

    # The student

    def _search(self, text: str) -> None:
        page = self._pages.student

        def done(rows: tuple[StudentListing, ...]) -> None:
            page.show_results(text, rows)

        self._runner.run_job(
            lambda: self._services.students.search(text, LISTED),
            done,
            lambda error: self._on_no_search(text, error),
        )

    def _on_no_search(self, text: str, error: Exception) -> None:
        words = words_of(error)
        if words is not None:
            self._pages.student.show_unreachable(text, words.what, words.what_to_do)
            self.health.ask()

    def _add(self, new: NewStudent) -> None:
        students, enrollment = self._services.students, self._services.enrollment

        def work() -> Visit:
            card = students.add(
                new.name,
                email=new.email or None,
                class_name=new.class_name or None,
                number=new.number or None,
            )
            return enrollment.start(card.uid)

        def failed(error: Exception) -> None:
            text = words_of(error)
            if text is not None:
                self._pages.student.show_add_problem(f"{text.what} {text.what_to_do}")

        self.keeper.open(work, self._on_opened, failed)

    def _open(self, start: Callable[[], Visit]) -> None:
        self.keeper.open(start, self._on_opened, self._on_student_problem)

    def _on_student_problem(self, error: Exception) -> None:
        text = words_of(error)
        if text is not None:
            self._pages.student.show_list()
            self._pages.student.show_problem(text.what, text.what_to_do)

    def _on_opened(self, visit: Visit) -> None:
        self._window.hush()
        self.visit_opened.emit(visit)
        self._draw(visit)
        self._show(visit.step)

    # Moving

    def go_to(self, step: Step, item: object = None) -> None:
        """Open a step's page, where the visit allows it; ``item``: a finger or step number to open."""
        visit = self.keeper.visit
        if visit is None or self._moving or not may_open(visit, step, self._services.policy):
            return
        self._moving = True
        self._return_to_review = False

        def done(changed: Visit) -> None:
            self._moving = False
            self._draw(changed)
            self._show(step)
            if step is Step.FINGERS:
                self.fingers.open_item(item)
            elif step is Step.SIGNATURES:
                self.signatures.open_item(item)

        def failed(error: Exception) -> None:
            self._moving = False
            self._on_problem(error)

        enrollment = self._services.enrollment
        self.keeper.change(lambda newest: enrollment.open_step(newest, step), done, failed)

    def _jump(self, step: Step, item: object) -> None:
        self.go_to(step, item)
        self._return_to_review = step is not Step.REVIEW

    def _on_act(self, act: str) -> None:
        visit = self.keeper.visit
        if visit is None:
            if act == "search":
                self._pages.student.act("search")
        elif act == "primary":
            self.go_to(Step.REVIEW if self._return_to_review else visit.step.following)
        elif act == "back":
            self.go_to(visit.step.preceding)
        elif act == "pause":
            self._pause()
        elif act == "search":
            self.next_student()

    def _pause(self) -> None:
        name = self.keeper.visit.student.name if self.keeper.visit is not None else ""

        def pause(visit: Visit) -> Visit:
            self._services.enrollment.pause(visit)
            return visit

        def done(_visit: Visit) -> None:
            self.next_student()
            words = self.tr("{name} is paused.").format(name=name)
            how = self.tr("Everything accepted is saved; choose the name to go on.")
            self._window.say(Tone.ACCENT, words, how)

        self.keeper.change(pause, done, self._on_problem)

    def _show(self, step: Step) -> None:
        self._window.show_page(step.value)
        self.step_shown.emit(step.value)

    # Drawing

    def _on_changed(self, visit: Visit) -> None:
        if self.keeper.visit is visit:
            self._draw(visit)

    def _draw_banner(self) -> None:
        visit = self.keeper.visit
        if visit is None:
            self._window.show_student(None)
        else:
            self._window.show_student(StudentView(visit.student.name, details_of(visit.student)))

    def _draw(self, visit: Visit) -> None:
        policy, pages = self._services.policy, self._pages
        self._draw_banner()
        self._window.show_steps(
            {step.value: step_state(visit, step, policy) for step in Step},
            [step.value for step in Step if may_open(visit, step, policy)],
        )
        pages.fingers.show_visit(visit, policy)
        if visit.step is Step.SIGNATURES:
            pages.signatures.show_visit(visit, self._now())
        pages.check_in.show_visit(visit)
        if visit.step is Step.CHECK_IN:
            self.end.ask_for_sessions()
        if visit.step is Step.REVIEW:
            pages.review.show_visit(visit, policy)
            pages.review.ask_for_thumbnails()

    def _on_finished(self, visit: Visit) -> None:
        self._draw(visit)
        view = StudentView(
            visit.student.name, details_of(visit.student), self.tr("Enrolled"), Tone.GOOD, "circle-check"
        )
        self._window.show_student(view)
        self._show(Step.RECEIPT)

    def _on_problem(self, error: Exception) -> None:
        text = words_of(error)
        if text is not None and isinstance(error, AppError):
            self._window.say(Tone.BAD, text.what, text.what_to_do)
