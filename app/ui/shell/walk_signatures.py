# SPDX-License-Identifier: Apache-2.0
"""The signatures page and its services: every pen-up saved as draft, every finished step accepted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from app.domain.drawing_advice import DrawingAdvice
from app.domain.signatures import PointerType, SignatureRecord
from app.domain.visits import Skip, Visit
from app.ui.common.errors import words_of
from app.ui.common.theme import Tone
from app.ui.common.threads import JobRunner
from app.ui.shell.services import WindowServices
from app.ui.shell.visit_keeper import VisitKeeper
from app.ui.signatures.page import SignaturesPage


class SignaturesDesk(QObject):
    """Listens to the page.

    Signals:
        pen_seen(): a pen drew.
    """

    pen_seen = Signal()

    def __init__(
        self,
        page: SignaturesPage,
        services: WindowServices,
        keeper: VisitKeeper,
        runner: JobRunner,
        now: Callable[[], datetime],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._now = now
        self._page, self._services, self._keeper, self._runner = page, services, keeper, runner
        page.step_opened.connect(self._load)
        page.draft_changed.connect(self._save_draft)
        page.advice_wanted.connect(self._advise)
        page.step_finished.connect(self._accept)
        page.skip_wanted.connect(self._skip)
        page.pad.pointer_changed.connect(self.on_pointer)

    def open_item(self, item: object) -> None:
        """Open a step, if ``item`` is a step's number."""
        if isinstance(item, int):
            self._page.open_step(item)

    def _load(self, number: int) -> None:
        enrollment = self._services.enrollment

        def question(visit: Visit) -> object:
            accepted = number in visit.signatures.accepted
            return enrollment.drawing(visit, number) if accepted else enrollment.draft(visit, number)

        def done(record: object) -> None:
            self._page.load_step(number, record if isinstance(record, SignatureRecord) else None)

        self._keeper.ask(question, done, self._on_problem)

    def _save_draft(self, number: int, build: Callable[[], SignatureRecord | None]) -> None:
        enrollment = self._services.enrollment

        def save(visit: Visit) -> object:
            if number not in visit.signatures.accepted:
                enrollment.save_draft(visit, number, build())
            return None

        self._keeper.ask(save, lambda _answer: None, self._on_problem)

    def _advise(self, number: int, record: SignatureRecord) -> None:
        enrollment = self._services.enrollment

        def done(advice: object) -> None:
            known = advice if isinstance(advice, DrawingAdvice) else DrawingAdvice()
            self._page.show_advice(number, record, known)

        self._keeper.ask(lambda visit: enrollment.advice(visit, number, record), done, self._on_problem)

    def _accept(self, number: int, record: SignatureRecord) -> None:
        enrollment = self._services.enrollment
        self._keeper.change(
            lambda visit: enrollment.accept_drawing(visit, number, record),
            lambda visit: self._page.show_accepted(visit, self._now()),
            self._on_problem,
        )

    def _skip(self, skip: Skip) -> None:
        enrollment = self._services.enrollment
        self._keeper.change(lambda visit: enrollment.skip_signatures(visit, skip), None, self._on_problem)

    def on_pointer(self, pointer: PointerType) -> None:
        """Something drew on a canvas."""
        if pointer is PointerType.PEN:
            self.pen_seen.emit()

    def _on_problem(self, error: Exception) -> None:
        text = words_of(error)
        if text is not None:
            self._page.show_problem(Tone.BAD, text.what, text.what_to_do)
