# SPDX-License-Identifier: Apache-2.0
"""The fingers page and its services: the reader's events, and every touch made durable."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.domain.capture_events import CapturedImpression, ReaderCondition, ReaderState
from app.domain.enrollment import Verdict
from app.domain.errors import DeviceError
from app.domain.finger_checks import fingers_settled_unsearched
from app.domain.fingerprints import Finger
from app.domain.visits import DuplicateDecision, DuplicateHit, Skip, Step, Visit
from app.ui.common.errors import words_of
from app.ui.common.sounds import Sound, play
from app.ui.common.theme import Tone
from app.ui.common.threads import Stream
from app.ui.fingerprints.page import FingersPage
from app.ui.shell.services import WindowServices
from app.ui.shell.visit_keeper import Change, VisitKeeper

#: Stored with an impression that was taken although it is poor.
BEST_OF_POOR = "best_of_attempts"
#: Stored with what the operator decided against the program's advice, or about a record it showed.
AT_THE_DESK = "decided_at_the_desk"


class FingersDesk(QObject):
    """Listens to the page and to the reader.

    Signals:
        reader_changed(object): a ``ReaderState``.
    """

    reader_changed = Signal(object)

    def __init__(
        self, page: FingersPage, services: WindowServices, keeper: VisitKeeper, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._page, self._services, self._keeper = page, services, keeper
        self.sounds = services.preferences.sounds
        self.stream = Stream(services.capture.watch, self)
        self.stream.item.connect(self._on_event)
        self.stream.failed.connect(self._on_stream_failed)
        enrollment = services.enrollment
        page.impression_taken.connect(self._store)
        page.problem_action.connect(self._on_problem_action)
        page.verdict_shown.connect(self._on_verdict)
        page.finger_chosen.connect(
            lambda finger: self._change(lambda visit: enrollment.select_finger(visit, finger))
        )
        page.skip_wanted.connect(
            lambda finger, skip: self._change(lambda visit: enrollment.skip_finger(visit, finger, skip))
        )
        page.replace_wanted.connect(self._replace)
        page.unskip_wanted.connect(
            lambda finger: self._change(lambda visit: enrollment.unskip_finger(visit, finger))
        )
        page.restart_wanted.connect(
            lambda finger: self._change(lambda visit: enrollment.restart_finger(visit, finger))
        )
        page.best_wanted.connect(
            lambda finger: self._change(lambda visit: enrollment.accept_best(visit, finger, BEST_OF_POOR))
        )

        page.count_wanted.connect(
            lambda finger: self._change(lambda visit: enrollment.count_anyway(visit, finger, AT_THE_DESK))
        )
        page.without_check_wanted.connect(
            lambda finger: self._change(
                lambda visit: enrollment.skip_verification(visit, finger, AT_THE_DESK)
            )
        )
        page.duplicate_decided.connect(self._decide)

    def _decide(self, hit: DuplicateHit, decision: DuplicateDecision) -> None:
        enrollment = self._services.enrollment
        self._change(lambda visit: enrollment.decide_duplicate(visit, hit.uid, decision, AT_THE_DESK))

    def _search_duplicates(self, visit: Visit) -> None:
        enrollment, policy = self._services.enrollment, self._services.policy
        if fingers_settled_unsearched(visit, policy):
            self._change(enrollment.search_duplicates)

    def start_watching(self) -> None:
        """Watch the reader from now on, whatever page is shown."""
        self.stream.start()

    def stop_watching(self) -> None:
        """Let go of the reader."""
        self.stream.stop()

    def open_item(self, item: object) -> None:
        """Work on a finger, if ``item`` is one."""
        if isinstance(item, Finger):
            enrollment = self._services.enrollment
            self._change(lambda visit: enrollment.select_finger(visit, item))

    def _change(self, change: Change) -> None:
        self._keeper.change(change, None, self._on_problem)

    def _replace(self, finger: Finger, skip: Skip, other: Finger) -> None:
        enrollment = self._services.enrollment
        self._change(lambda visit: enrollment.replace_finger(visit, finger, skip, other))

    def _store(self, finger: Finger, taken: CapturedImpression) -> None:
        enrollment, policy = self._services.enrollment, self._services.policy

        def stored(visit: Visit) -> None:
            self._page.show_stored(visit, policy, finger, taken)
            self._search_duplicates(visit)

        self._keeper.change(
            lambda visit: enrollment.record_impression(visit, finger, taken), stored, self._on_problem
        )

    def _on_event(self, event: object) -> None:
        if isinstance(event, ReaderState):
            self.reader_changed.emit(event)
            self._page.on_capture_event(event)
            return
        visit: Visit | None = self._keeper.visit
        shown = self._page.isVisible()  # a touch while settings or calibration are open belongs to nobody
        if shown and visit is not None and visit.step is Step.FINGERS and not visit.paused:
            self._page.on_capture_event(event)  # type: ignore[arg-type]

    def _on_stream_failed(self, error: Exception) -> None:
        if not isinstance(error, DeviceError):
            raise error
        failed = ReaderState(ReaderCondition.FAILED, code=error.code)
        self.reader_changed.emit(failed)
        self._page.on_capture_event(failed)

    def _on_problem_action(self, act: str) -> None:
        if act == "reader_retry":
            self.stream.start()

    def _on_verdict(self, verdict: Verdict) -> None:
        self._services.capture.show(verdict)
        kept = verdict in (Verdict.GOOD, Verdict.FAIR)
        play(Sound.ACCEPTED if kept else Sound.AGAIN, self.sounds)

    def _on_problem(self, error: Exception) -> None:
        text = words_of(error)
        if text is not None:
            self._page.show_problem(Tone.BAD, text.what, text.what_to_do)
