# SPDX-License-Identifier: Apache-2.0
"""Saying who is here by finger: the touch as it happens, and what it came to.

Nothing is decided here: the owner compares the touch and comes back with the outcome.
"""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.capture_events import (
    CapturedImpression,
    CaptureEvent,
    ImpressionTaken,
    ReaderState,
    RowsSeen,
    TouchBegan,
    TouchEnded,
    TouchRefused,
)
from app.domain.enrollment import Verdict, judge
from app.domain.finger_sign_in import FingerSignIn
from app.domain.fingerprints import Reason
from app.domain.policy import Policy
from app.domain.visits import StudentCard
from app.ui.attendance.candidate import facts_of, recognized
from app.ui.attendance.touch_prompts import Asked, Unknown, prompt_of, unknown_of
from app.ui.attendance.way import Prompt, Way
from app.ui.common import theme
from app.ui.common.controls import Text
from app.ui.common.impression import ImpressionView
from app.ui.common.quality_bar import VERDICT_LOOK, QualityBar
from app.ui.common.theme import Tone

#: Height of the picture: it shall be seen that the touch is good, not the finger by the queue behind.
LARGEST_PX = 360
_GOOD_ENOUGH = (Verdict.GOOD, Verdict.FAIR)


class Moment(Enum):
    """Where the touch stands."""

    PLACE = "place"
    HOLD = "hold"
    COMPARING = "comparing"
    POOR = "poor"  # the scan was bad; the reason is known
    UNKNOWN = "unknown"  # nobody has this finger, or not the student who was said
    FOUND = "found"


class FingerWay(Way):
    """The glass, the quality below it.

    Args:
        compact: for a small place: nothing below the glass that does not matter at the moment.

    Signals:
        began(): a finger came onto the glass.
        taken(object): a ``CapturedImpression`` to compare.
        judged(bool): the touch is over; whether it found somebody. For light and sound.
    """

    began = Signal()
    taken = Signal(object)
    judged = Signal(bool)
    name = "finger"
    icon = "fingerprint"

    def __init__(
        self, policy: Policy | None = None, parent: QWidget | None = None, *, compact: bool = False
    ) -> None:
        super().__init__(parent)
        self._compact = compact
        self.words = self.tr("By &finger")
        self._policy = policy if policy is not None else Policy()
        self.moment = Moment.PLACE
        self.unknown: Unknown | None = None
        self._reason: Reason | None = None
        self._chosen: StudentCard | None = None
        self.impression = ImpressionView()
        self.quality = QualityBar()
        self.facts = Text("", theme.SMALL, muted=True, wrap=True)
        self.facts.setObjectName("finger_facts")
        self.facts.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_2)
        self.impression.setMinimumHeight(96 if compact else 140)
        column.addWidget(self.impression, 100)
        column.addWidget(self.quality)
        column.addWidget(self.facts)
        column.addStretch(1)
        self.quality.set_tick(self._policy.ask_again_below)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.impression.setMaximumHeight(min(self.width() * 9 // 8, LARGEST_PX))  # a reader's usual shape

    def set_policy(self, policy: Policy) -> None:
        """From which quality on the school takes a touch."""
        self._policy = policy
        self.quality.set_tick(policy.ask_again_below)

    def start_over(self, chosen: StudentCard | None = None) -> None:
        self._chosen = chosen
        self._forget()
        self._to(Moment.PLACE)

    def prompt(self) -> Prompt:
        return prompt_of(Asked(self.moment.value, self._chosen, self._reason, self.unknown))

    def set_chosen(self, chosen: StudentCard | None) -> None:
        """The student whom the next touch is compared with; None for everybody."""
        self._chosen = chosen

    # The reader

    def on_capture_event(self, event: CaptureEvent) -> None:
        """Take an event of the reader."""
        match event:
            case ReaderState():
                if self.moment is Moment.HOLD:
                    self._forget()
                    self._to(Moment.PLACE)
            case TouchBegan():
                self._forget()
                self.began.emit()
                self._to(Moment.HOLD)
            case RowsSeen():
                self._on_rows(event)
            case TouchRefused(reasons, quality):
                self._on_refused(reasons, quality)
            case ImpressionTaken(impression):
                self._on_taken(impression)
            case TouchEnded():
                if self.moment is Moment.HOLD:
                    self.impression.clear()
                    self.quality.clear()
                    self._poor((Reason.MOVED,))

    def _on_rows(self, event: RowsSeen) -> None:
        if self.moment is not Moment.HOLD:
            return
        self.impression.add_rows(event.first_row, event.width_px, event.height_px, event.pixels)
        if event.reading is not None:
            quality = event.reading.quality
            self.quality.show_reading(quality, judge(quality, self._policy), final=False)

    def _on_refused(self, reasons: tuple[Reason, ...], quality: int | None) -> None:
        if self.moment is not Moment.HOLD:
            return
        if quality is not None:
            self.quality.show_reading(quality, judge(quality, self._policy), final=True)
        self._poor(reasons)

    def _on_taken(self, taken: CapturedImpression) -> None:
        if self.moment is not Moment.HOLD:
            return
        self.impression.add_rows(0, taken.width_px, taken.height_px, taken.pixels)
        self.quality.show_reading(taken.reading.quality, taken.verdict, final=True)
        if taken.verdict is Verdict.REFUSED:
            self._poor(taken.reading.reasons)
            return
        self.impression.set_tone(VERDICT_LOOK[taken.verdict][0])
        self._to(Moment.COMPARING)
        self.taken.emit(taken)

    # What the owner tells

    def show_outcome(self, outcome: FingerSignIn, taken: CapturedImpression) -> None:
        """The touch was compared."""
        if self.moment is not Moment.COMPARING:
            return  # another finger lies there already
        found = recognized(outcome)
        if found is not None:
            self.impression.set_tone(Tone.GOOD if found.sure else Tone.WARN)
            self._to(Moment.FOUND)
            self.proposed.emit(found)
            self.judged.emit(True)
        elif taken.verdict not in _GOOD_ENOUGH:
            # Not known, and the scan was poor: it is the scan that is to be mended first.
            self._poor(taken.reading.reasons)
        else:
            self.unknown = unknown_of(outcome, self._chosen)
            self.impression.set_tone(Tone.BAD)
            self.facts.setText(facts_of(outcome) if outcome.searched_among else "")
            self.facts.setVisible(bool(outcome.searched_among))
            self._to(Moment.UNKNOWN)
            self.judged.emit(False)

    def show_failed(self) -> None:
        """The touch could not be compared; the owner says why."""
        if self.moment is Moment.COMPARING:
            self._forget()
            self._to(Moment.PLACE)

    # Inside

    def _poor(self, reasons: tuple[Reason, ...]) -> None:
        self._reason = reasons[0] if reasons else Reason.UNCLEAR
        self.impression.set_tone(Tone.BAD)
        self._to(Moment.POOR)
        self.judged.emit(False)

    def _forget(self) -> None:
        self._reason = self.unknown = None
        self.facts.hide()
        self.impression.clear()
        self.quality.clear()

    def _to(self, moment: Moment) -> None:
        self.moment = moment
        if self._compact:
            # What it came to is said in words; the quality matters while the finger lies there, or was poor.
            self.quality.setVisible(moment in (Moment.HOLD, Moment.COMPARING, Moment.POOR))
            self.facts.hide()
        self.prompt_changed.emit()
