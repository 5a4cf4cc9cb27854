# SPDX-License-Identifier: Apache-2.0
"""The station's window from the first paint on: it opens at once, the services are built behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from app.domain.errors import AppError
from app.domain.visits import Step
from app.ui.attendance.page import CheckInPage
from app.ui.common.error_text import ErrorText
from app.ui.common.errors import words_of
from app.ui.common.style import Appearance
from app.ui.common.theme import Tone
from app.ui.common.threads import JobRunner
from app.ui.fingerprints.page import FingersPage
from app.ui.receipt.page import ReceiptPage
from app.ui.review.page import ReviewPage
from app.ui.shell.pages import Pages
from app.ui.shell.services import WindowServices
from app.ui.shell.start_page import StartPage
from app.ui.shell.walk import Walk
from app.ui.shell.walk_office import OfficeDesk
from app.ui.shell.walk_sign_in import PAGE as SIGN_IN
from app.ui.shell.window import StationWindow
from app.ui.signatures.page import SignaturesPage
from app.ui.signatures.sign_in_answer import AnswerPanel
from app.ui.signatures.sign_in_page import SignInPage
from app.ui.signatures.sign_in_who import WhoPanel
from app.ui.students.page import StudentPage

_BUILT = "built"
_LOCKED = ("passphrase_missing", "passphrase_wrong")


def _utc_now() -> datetime:
    return datetime.now(UTC)


class MainWindow(StationWindow):
    """The window, its pages and the walk through them.

    Args:
        open_services: builds the services; blocking, called in the worker, without an argument or with the
            pass phrase that was typed.
        training: whether the strip that says so is shown.

    Signals:
        ready(): the services are open and the student page is shown.
        failed(object): the station could not be opened; the ``Exception``.
        station_wanted(object): open the real station in place of this one, with that pass phrase or ``None``.
    """

    ready = Signal()
    failed = Signal(object)
    station_wanted = Signal(object)

    def __init__(
        self,
        appearance: Appearance,
        open_services: Callable[..., WindowServices],
        *,
        training: bool = False,
        now: Callable[[], datetime] = _utc_now,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(appearance, parent)
        self._open_services = open_services
        self._now = now
        self._shown = False
        self.runner = JobRunner(self)
        self.services: WindowServices | None = None
        self.walk: Walk | None = None
        self.show_training(training)
        self._start = StartPage()
        self._start.retry_wanted.connect(self.open_station)
        self._start.unlocked.connect(self.unlock)
        self.add_page("start", self._start)
        self.show_page("start")
        self.show_steps({}, ())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._shown:
            self._shown = True
            QTimer.singleShot(0, self.open_station)  # after the first paint

    def open_station(self) -> None:
        """Build the services in the worker; what they import is heavy."""
        self._start.show_opening()
        self.runner.run_job(self._open_services, self._on_open, self._on_failure)

    def unlock(self, passphrase: str) -> None:
        """Try again with the pass phrase that was typed."""
        self._start.show_opening()
        self.runner.run_job(lambda: self._open_services(passphrase), self._on_open, self._on_failure)

    def _on_failure(self, error: Exception) -> None:
        self.failed.emit(error)
        if not isinstance(error, AppError):
            self._start.show_failure(self._bug_words(""))
            raise error  # a bug: whoever catches those gives it a number
        text = words_of(error)
        if text is None:
            return
        if error.code in _LOCKED:
            self._start.ask_for_passphrase(text)
        else:
            self._start.show_failure(text)

    def show_bug(self, number: str) -> None:
        """Say that an error nobody expected was reported under that number; work may go on."""
        text = self._bug_words(number)
        if self.walk is None:
            self._start.show_failure(text)
        else:
            self.say(Tone.BAD, text.what, text.what_to_do)

    def _bug_words(self, number: str) -> ErrorText:
        what = self.tr("Something went wrong that should not. Nothing saved is lost.")
        if not number:
            return ErrorText(what, self.tr("Try again. If it stays, tell the administrator."))
        return ErrorText(what, self.tr("Tell the administrator: report {number}.").format(number=number))

    def _on_open(self, services: WindowServices) -> None:
        self.services = services
        preferences = services.preferences
        self.choose_scheme(preferences.scheme, keep=False)
        self.show_training(services.training)
        stages = self._built(services)
        QTimer.singleShot(0, lambda: self._build_on(stages))

    def _build_on(self, stages: Iterator[None]) -> None:
        """Run one stage and leave the rest to later turns of the event loop: the window stays alive."""
        if next(stages, _BUILT) is None:
            QTimer.singleShot(0, lambda: self._build_on(stages))

    def _built(self, services: WindowServices) -> Iterator[None]:
        preferences = services.preferences
        student = StudentPage()
        yield
        self.add_page(Step.STUDENT.value, student)
        yield
        fingers = FingersPage()
        yield
        self.add_page(Step.FINGERS.value, fingers)
        yield
        signatures = SignaturesPage(
            services.flow,
            services.policy.skip_reasons,
            left_handed=preferences.left_handed,
            pen_only=preferences.pen_only,
        )
        yield
        self.add_page(Step.SIGNATURES.value, signatures)
        yield
        check_in = CheckInPage()
        yield
        self.add_page(Step.CHECK_IN.value, check_in)
        yield
        review, receipt = ReviewPage(), ReceiptPage()
        yield
        self.add_page(Step.REVIEW.value, review)
        yield
        self.add_page(Step.RECEIPT.value, receipt)
        yield
        sign_in: SignInPage | None = None
        if services.signature_sign_in is not None:
            flow, limit = services.signature_sign_in.flow, services.signature_sign_in.limit
            who = WhoPanel()
            yield
            answer = AnswerPanel(limit)
            yield
            sign_in = SignInPage(flow, limit, who=who, answer=answer)
            yield
            self.add_page(SIGN_IN, sign_in)
            yield
        pages = Pages(student, fingers, signatures, check_in, review, receipt, sign_in)
        self.walk = Walk(self, pages, services, self.runner, self._now)
        yield
        OfficeDesk(self, services, self.runner, self._now).station_wanted.connect(self.station_wanted)
        yield
        self.walk.begin()
        self.ready.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        if self.walk is not None:
            self.walk.stop()
        self.runner.close()
        if self.services is not None:
            services, self.services = self.services, None
            services.close()
