# SPDX-License-Identifier: Apache-2.0
"""The sign-in page and its services: every pen-up saved, the answer stored before it is shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction

from app.domain.listings import ClassSessionListing
from app.domain.signature_sign_in import ByHandReason, Signer, SignInAnswer, SignInVerdict
from app.domain.signatures import SignatureRecord
from app.domain.visits import CheckIn
from app.ui.common.errors import words_of
from app.ui.common.sounds import Sound, play
from app.ui.common.theme import Tone
from app.ui.common.threads import JobRunner
from app.ui.shell.menu import Entry
from app.ui.shell.services import WindowServices
from app.ui.shell.student_banner import StudentView
from app.ui.shell.window import StationWindow
from app.ui.signatures.sign_in_page import SignInPage
from app.ui.signatures.signer_button import details_of

if TYPE_CHECKING:
    from app.services.signature_sign_in import SignatureSignInService

PAGE = "sign_in"


class SignInDesk(QObject):
    """Listens to the menu and the page.

    Signals:
        signed_in(object): a ``CheckIn`` was written after a sign-in.
        left(): another page is shown again; the banner shows somebody else.
    """

    signed_in = Signal(object)
    left = Signal()

    def __init__(
        self,
        window: StationWindow,
        page: SignInPage,
        services: WindowServices,
        sign_in: SignatureSignInService,
        runner: JobRunner,
        now: Callable[[], datetime],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._window, self._services, self._service = window, services, sign_in
        self._runner, self._now = runner, now
        self.sounds = services.preferences.sounds
        self._is_open = False
        self.page = page
        window.page_shown.connect(self._on_page_shown)
        page.who.find_wanted.connect(self._find)
        page.signer_chosen.connect(self._on_chosen)
        page.signer_left.connect(self._on_nobody)
        page.draft_changed.connect(self._save_draft)
        page.compare_wanted.connect(self._compare)
        page.keep_wanted.connect(self._keep)
        page.check_in_wanted.connect(self._finish)
        page.closed.connect(self.close_page)
        self.action = QAction(self.tr("Sign in by signature"), window.menu)
        self.action.setObjectName("menu_sign_in")
        self.action.triggered.connect(self.open_page)
        window.menu.put(Entry.SIGN_IN, self.action)

    def open_page(self) -> None:
        """Show the page; a visit that is open waits."""
        self._is_open = True
        if not self._window.open_beside(PAGE):
            return
        if not self.page.busy:  # what was asked for before is answered first
            self.page.start_over()
        self._runner.run_job(self._services.attendance.open_sessions, self._on_sessions, self._on_problem)

    def close_page(self) -> None:
        """Back to where the operator was."""
        if self._is_open:
            self._window.leave_beside()

    def _on_page_shown(self) -> None:
        if self._is_open and self._window.current != PAGE:
            self._is_open = False
            if not self.page.busy:
                self.page.start_over()  # nobody's signature stays on a page that nobody looks at
            self.left.emit()

    def _on_sessions(self, sessions: tuple[ClassSessionListing, ...]) -> None:
        self.page.show_sessions(sessions)

    # Who

    def _find(self, text: str) -> None:
        def done(found: tuple[Signer, ...]) -> None:
            self.page.who.show_signers(text, found)

        self._runner.run_job(lambda: self._service.find(text), done, self._on_problem)

    def _on_nobody(self) -> None:
        if self._is_open:
            self._window.show_student(None)

    def _on_chosen(self, signer: Signer) -> None:
        view = StudentView(signer.name, details_of(signer), self.tr("Signs in"), Tone.ACCENT, "pen-line")
        self._window.show_student(view)
        self.page.show_time(self._now())

        def done(record: SignatureRecord | None) -> None:
            self.page.load(signer, record)

        self._runner.run_job(lambda: self._service.pending(signer), done, self._on_problem)

    # The signature

    def _save_draft(self, build: Callable[[], SignatureRecord | None]) -> None:
        signer = self.page.signer
        if signer is not None:
            self._runner.run_job(lambda: self._service.save_draft(signer, build()), None, self._on_problem)

    def _compare(self, record: SignatureRecord) -> None:
        signer = self.page.signer
        if signer is not None:
            self._runner.run_job(
                lambda: self._service.sign_in(signer, record), self._on_answer, self._on_problem
            )

    def _on_answer(self, answer: SignInAnswer) -> None:
        self.page.show_answer(answer)
        agrees = answer.verdict is SignInVerdict.CONSISTENT
        play(Sound.ACCEPTED if agrees else Sound.AGAIN, self.sounds)

    def _keep(self, answer: SignInAnswer) -> None:
        self._runner.run_job(
            lambda: self._service.keep_as_reference(answer),
            lambda _kept: self.page.show_kept(),
            self._on_problem,
        )

    def _finish(self, answer: SignInAnswer, reason: ByHandReason | None) -> None:
        attendance, student = self._services.attendance, answer.signer.student
        session_uid = self.page.class_session_uid

        def work() -> CheckIn | None:
            if reason is not None:
                self._service.decide_by_hand(answer, reason)
            if student is None or session_uid is None:
                return None
            return attendance.check_in(
                student.uid, session_uid, method="signature" if reason is None else "manual"
            )

        def done(check_in: CheckIn | None) -> None:
            self.page.show_checked_in(check_in, reason)
            if check_in is not None:
                self.signed_in.emit(check_in)

        self._runner.run_job(work, done, self._on_problem)

    def _on_problem(self, error: Exception) -> None:
        text = words_of(error)
        if text is not None:
            self.page.show_problem(Tone.BAD, text.what, text.what_to_do)
