# SPDX-License-Identifier: Apache-2.0
"""Check-in, review and receipt and their services."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from app.domain.fingerprints import SkipReason
from app.domain.listings import ClassSessionListing, Receipt
from app.domain.visits import Skip, Step, Visit
from app.ui.common.errors import words_of
from app.ui.common.theme import Tone
from app.ui.common.threads import JobRunner
from app.ui.receipt.document import write_pdf
from app.ui.receipt.printing import print_receipt
from app.ui.shell.pages import Pages
from app.ui.shell.services import WindowServices
from app.ui.shell.visit_keeper import VisitKeeper


class EndDesk(QObject):
    """Listens to the three pages.

    Signals:
        finished(object): the ``Visit`` is complete and its receipt is shown.
        jump(object, object): open that ``Step`` at that item.
    """

    finished = Signal(object)
    jump = Signal(object, object)

    def __init__(
        self,
        pages: Pages,
        services: WindowServices,
        keeper: VisitKeeper,
        runner: JobRunner,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._pages, self._services, self._keeper, self._runner = pages, services, keeper, runner
        pages.check_in.check_in_wanted.connect(self._check_in)
        pages.check_in.skip_wanted.connect(self._skip_check_in)
        pages.review.jump_wanted.connect(self._on_jump)
        pages.review.thumbnail_wanted.connect(self._load_thumbnail)
        pages.review.finish_wanted.connect(self._finish)
        pages.receipt.save_wanted.connect(self._save)
        pages.receipt.print_wanted.connect(lambda receipt: print_receipt(receipt, pages.receipt))

    def ask_for_sessions(self) -> None:
        """Look which class sessions are open now."""

        def done(sessions: tuple[ClassSessionListing, ...]) -> None:
            self._pages.check_in.show_sessions(sessions)

        self._runner.run_job(self._services.attendance.open_sessions, done, self._on_check_in_problem)

    def _check_in(self, class_session_uid: UUID, method: str) -> None:
        enrollment = self._services.enrollment
        self._keeper.change(
            lambda visit: enrollment.check_in(visit, class_session_uid, method),
            None,
            self._on_check_in_problem,
        )

    def _skip_check_in(self) -> None:
        enrollment = self._services.enrollment

        def done(_visit: Visit) -> None:
            self.jump.emit(Step.REVIEW, None)

        self._keeper.change(
            lambda visit: enrollment.skip_check_in(visit, Skip(SkipReason.MISSING)),
            done,
            self._on_check_in_problem,
        )

    def _on_jump(self, step: Step, item: object) -> None:
        self.jump.emit(step, item)

    def _load_thumbnail(self, number: int) -> None:
        enrollment = self._services.enrollment

        def done(picture: object) -> None:
            if isinstance(picture, bytes):
                self._pages.review.thumbnails.show_picture(number, picture)

        self._keeper.ask(lambda visit: enrollment.picture(visit, number), done, self._on_review_problem)

    def _finish(self) -> None:
        enrollment, receipts = self._services.enrollment, self._services.receipts

        def done(visit: Visit) -> None:
            self._runner.run_job(
                lambda: receipts.receipt(visit), partial(self._on_receipt, visit), self._on_review_problem
            )

        self._keeper.change(enrollment.finish, done, self._on_review_problem)

    def _on_receipt(self, visit: Visit, receipt: Receipt) -> None:
        self._pages.receipt.show_receipt(receipt)
        self.finished.emit(visit)

    def _save(self, receipt: Receipt, path: Path) -> None:
        page = self._pages.receipt

        def failed(error: Exception) -> None:
            if not isinstance(error, OSError):
                raise error
            what = self.tr("The receipt could not be saved there.")
            page.show_problem(
                Tone.BAD, what, self.tr("Choose another folder; the enrollment itself is safe.")
            )

        self._runner.run_job(lambda: write_pdf(receipt, path), lambda _none: page.show_saved(path), failed)

    def _on_check_in_problem(self, error: Exception) -> None:
        text = words_of(error)
        if text is not None:
            self._pages.check_in.show_problem(Tone.BAD, text.what, text.what_to_do)

    def _on_review_problem(self, error: Exception) -> None:
        text = words_of(error)
        if text is not None:
            self._pages.review.show_problem(Tone.BAD, text.what, text.what_to_do)
