# SPDX-License-Identifier: Apache-2.0
"""Capturing the fingers: which one, the touch as it happens, what it was worth and what to do next.

The page draws a visit and the reader's events. It hands a finished impression to its owner and shows it as
kept only when the owner comes back with the stored visit.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

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
from app.domain.enrollment import (
    Verdict,
    finger_state,
    judge,
    next_finger,
)
from app.domain.finger_checks import awaits_verification, may_count_anyway
from app.domain.fingerprints import Finger, Reason, SkipReason
from app.domain.policy import Policy
from app.domain.visits import DuplicateDecision, FingerTask, Skip, Visit
from app.ui.common import theme
from app.ui.common.notice import Notice, announce
from app.ui.common.page import Action, Bar
from app.ui.common.prompt_icon import PromptIcon
from app.ui.common.quality_bar import VERDICT_LOOK
from app.ui.common.reader_notice import show_reader
from app.ui.common.skip_sheet import SkipSheet
from app.ui.common.theme import Tone
from app.ui.common.words import finger_name
from app.ui.fingerprints.capture_signals import CaptureSignals
from app.ui.fingerprints.choosing import open_finger_after, other_finger, restartable_finger
from app.ui.fingerprints.finger_choice import FingerChoice
from app.ui.fingerprints.hand_column import HandColumn
from app.ui.fingerprints.middle import Middle
from app.ui.fingerprints.offers import Answer, Offer, duplicate_offer, offer_for
from app.ui.fingerprints.outcome import outcome_of
from app.ui.fingerprints.phases import Phase
from app.ui.fingerprints.prompts import prompt_for
from app.ui.fingerprints.touch import Touch

_HANDS, _SKIP = range(2)


class FingersPage(CaptureSignals):
    """The page; what it asks for is in ``CaptureSignals``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, max_width=1240)
        self._visit: Visit | None = None
        self._policy = Policy()
        self._touch = Touch()
        self._restart_armed = False
        self.prompt_picture = ("fingerprint", Tone.NEUTRAL)
        self._icon = PromptIcon()
        self.heading.insertWidget(0, self._icon)
        self.choice = FingerChoice()
        self.choice.setObjectName("finger_list")
        self.choice.finger_chosen.connect(self._on_finger)
        self.heading.addWidget(self.choice)
        self.notice = Notice()
        self.notice.setObjectName("reader_notice")
        self.notice.pressed.connect(self.problem_action)
        self.left_hand, self.right_hand = HandColumn("left"), HandColumn("right")
        for column in (self.left_hand, self.right_hand):
            column.hand.finger_clicked.connect(self._on_finger)
        self._middle = Middle()
        self.impression, self.quality = self._middle.impression, self._middle.quality
        self.attempts, self.offer = self._middle.attempts, self._middle.offer
        self.skip_sheet = SkipSheet()
        self._whole = QStackedWidget()
        self._lay_out()
        self._connect_sheets()

    def _lay_out(self) -> None:
        hands = QWidget()
        hands.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # left stays left
        row = QHBoxLayout(hands)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_6)
        row.addWidget(self.left_hand, 10)
        row.addWidget(self._middle, 12)
        row.addWidget(self.right_hand, 10)
        for panel in (hands, self.skip_sheet.centered()):
            self._whole.addWidget(panel)
        self.body.addWidget(self.notice)
        self.body.addWidget(self._whole, 1)

    def _connect_sheets(self) -> None:
        self.skip_sheet.cancelled.connect(self._close_sheet)
        self.skip_sheet.skipped.connect(lambda skip: self._with_finger(self.skip_wanted, skip))
        self.skip_sheet.replaced.connect(self._on_replace)
        self.offer.answered.connect(self._on_answer)

    def _on_answer(self, answer: Answer) -> None:
        hit = self.offer.offer.hit if self.offer.offer is not None else None
        if answer is Answer.OTHER_FINGER:
            self._on_replace(Skip(SkipReason.UNREADABLE))
        elif hit is not None:
            self._close_sheet()
            self.duplicate_decided.emit(hit, DuplicateDecision(answer.value))
        elif answer is Answer.STAY:
            self._close_sheet()
        else:
            wanted = {
                Answer.BEST: self.best_wanted,
                Answer.COUNT: self.count_wanted,
                Answer.ANEW: self.restart_wanted,
                Answer.WITHOUT: self.without_check_wanted,
            }
            self._with_finger(wanted[answer])

    def _with_finger(self, signal: object, *values: object) -> None:
        finger = self.finger
        if finger is not None:
            self._close_sheet()
            signal.emit(finger, *values)  # type: ignore[attr-defined]

    # What the owner tells

    @property
    def finger(self) -> Finger | None:
        """The finger that is worked on; ``None`` when all are settled."""
        if self._visit is None or next_finger(self._visit, self._policy) is None:
            return None
        return self._visit.finger

    @property
    def phase(self) -> Phase:
        """Where the touch stands."""
        return self._touch.phase

    def show_visit(self, visit: Visit, policy: Policy) -> None:
        """Draw another state of the visit; a touch in progress goes on."""
        changed = self._visit is None or self._visit.uid != visit.uid or self._visit.finger != visit.finger
        new_visit = self._visit is None or self._visit.uid != visit.uid
        self._visit, self._policy = visit, policy
        self._restart_armed = False
        self.quality.set_tick(policy.ask_again_below)
        if new_visit or (changed and not self._touch.is_judged):
            self._forget_touch()
        self._draw()
        if not self._middle.offers and self._whole.currentIndex() == _HANDS:
            self._ask(duplicate_offer(visit))

    def show_stored(self, visit: Visit, policy: Policy, finger: Finger, taken: CapturedImpression) -> None:
        """The touch is durable now: say what it is worth."""
        outcome = outcome_of(self._visit, visit, finger, taken.verdict, policy)
        self._visit, self._policy = visit, policy
        self.impression.set_tone(VERDICT_LOOK[outcome.verdict][0])
        self.verdict_shown.emit(outcome.verdict)
        self._touch.stored(outcome, self.finger is None)
        self._draw()
        self._maybe_offer(finger)

    def show_problem(self, tone: Tone, what: str, how: str, act: str = "", button: str = "") -> None:
        """Say inside the page that something could not be saved."""
        self._touch.forget()
        self.notice.say(tone, what, how, act=act, button=button)
        self._draw()

    def on_capture_event(self, event: CaptureEvent) -> None:
        """Take an event of the reader."""
        match event:
            case ReaderState():
                show_reader(self.notice, event)
                if self._touch.lose_reader():
                    self._middle.clear()
            case TouchBegan():
                self._on_touch_began()
            case RowsSeen():
                self._on_rows(event)
            case TouchRefused(reasons, quality):
                self._on_refused(event, reasons, quality)
            case ImpressionTaken(impression):
                self._on_taken(impression)
            case TouchEnded():
                self._on_touch_ended()
        self._draw_prompt()

    # A touch

    def _forget_touch(self) -> None:
        self._touch.forget()
        self._middle.clear()
        self._show_hands()

    def _show_hands(self) -> None:
        if self._middle.offers or self._whole.currentIndex() != _HANDS:
            self._middle.show_capture()
            self._whole.setCurrentIndex(_HANDS)
            self.setFocus(Qt.FocusReason.OtherFocusReason)  # what had it went with its panel

    def _ready(self) -> bool:
        return self.finger is not None and self._whole.currentIndex() != _SKIP

    def _on_touch_began(self) -> None:
        self._touch.finger_is_down = True
        if self._ready():
            self._forget_touch()
            self._touch.begin()

    def _on_rows(self, event: RowsSeen) -> None:
        if self.phase is not Phase.HOLD:
            return
        self.impression.add_rows(event.first_row, event.width_px, event.height_px, event.pixels)
        if event.reading is not None:
            quality = event.reading.quality
            self.quality.show_reading(quality, judge(quality, self._policy), final=False)

    def _on_refused(self, event: TouchRefused, reasons: tuple[Reason, ...], quality: int | None) -> None:
        finger = self.finger
        if self.phase is not Phase.HOLD or finger is None:
            return
        self._touch.refuse(reasons[0] if reasons else None)
        self.impression.set_tone(Tone.BAD)
        if quality is not None:
            self.quality.show_reading(quality, judge(quality, self._policy), final=True)
        self.verdict_shown.emit(Verdict.REFUSED)
        self.touch_refused.emit(finger, event)

    def _on_taken(self, taken: CapturedImpression) -> None:
        finger = self.finger
        if self.phase is not Phase.HOLD or finger is None:
            return
        self.impression.add_rows(0, taken.width_px, taken.height_px, taken.pixels)
        self.impression.show_minutiae(taken.minutiae)
        self.quality.show_reading(taken.reading.quality, taken.verdict, final=True)
        self._touch.phase = Phase.SAVING
        self.impression_taken.emit(finger, taken)

    def _on_touch_ended(self) -> None:
        if self.phase is Phase.HOLD:
            self._middle.clear()
        self._touch.end(self.finger is None)

    def _maybe_offer(self, finger: Finger) -> None:
        if self._visit is not None:
            self._ask(offer_for(self._visit, finger, self._policy))

    def _ask(self, offer: Offer | None) -> None:
        if offer is not None and self._visit is not None:
            self.offer.ask(offer, self._visit.student)
            self._middle.show_offer()

    # Drawing

    def _task(self, finger: Finger | None) -> FingerTask | None:
        return self._visit.task(finger) if self._visit is not None and finger is not None else None

    def _draw(self) -> None:
        visit = self._visit
        if visit is None:
            return
        found = {finger: finger_state(visit, finger, self._policy) for finger in Finger}
        states = {finger: state for finger, state in found.items() if state is not None}
        for column in (self.left_hand, self.right_hand):
            column.show_tasks(visit.fingers, states, self._policy.impressions_per_finger)
        shown = self.finger if self.finger is not None else visit.finger
        self.choice.show_fingers(states, shown)
        self.attempts.show_task(self._task(shown), self._policy.impressions_per_finger)
        self._draw_prompt()
        self.bar_changed.emit()

    def _draw_prompt(self) -> None:
        finger = self.finger
        task = self._task(finger)
        kept = len(task.accepted) if task is not None else 0
        wanted, phase = self._policy.impressions_per_finger, self.phase
        if finger is None and phase in (Phase.PLACE, Phase.NEXT, Phase.AGAIN):
            phase = Phase.DONE
        checking = task is not None and awaits_verification(task, self._policy)
        prompt = prompt_for(phase, finger, self._touch, kept, wanted, checking)
        spoken = prompt.title != self.title.text()
        self.title.setText(prompt.title)
        self.lead.setText(prompt.lead)
        self._icon.show_icon(prompt.icon, prompt.tone)
        self.prompt_picture = (prompt.icon, prompt.tone)
        self.prompt_changed.emit()
        if spoken:
            announce(self, f"{prompt.title}. {prompt.lead}")

    # Acts

    def bar(self) -> Bar:
        if self._visit is None:
            return Bar()
        pause = Action("pause", self.tr("&Pause"), "pause")
        if self._whole.currentIndex() == _SKIP:
            return Bar((pause,))  # the sheet has the page's primary button
        settled = self.finger is None
        start = [Action("skip", self.tr("S&kip…"), "skip-forward", enabled=not settled)]
        again = restartable_finger(self._visit)
        if again is not None:
            words = self.tr("Press again to discard") if self._restart_armed else self.tr("Scan &again")
            start.append(Action("scan_again", words, "rotate-ccw"))
        start.append(pause)
        return Bar(
            start=tuple(start),
            primary=Action(
                "primary",
                self.tr("Continue"),
                enabled=settled,
                why_not=self.tr("Capture or skip every finger first"),
            ),
        )

    def act(self, name: str) -> bool:
        if name == "skip":
            self.open_skip()
        elif name == "cancel":
            if not self._middle.offers and self._whole.currentIndex() == _HANDS:
                return False
            self._close_sheet()
        elif name == "next_finger":
            following = open_finger_after(self._visit, self._policy) if self._visit is not None else None
            if following is not None:
                self._on_finger(following)
        elif name == "scan_again":
            self._scan_again()
        elif name == "verify":
            self._go_on_by_decision()
        elif name == "details":
            self.impression.toggle_details()
        else:
            return False
        return True

    def open_skip(self) -> None:
        """Ask why the present finger is left out."""
        finger = self.finger
        if finger is None or self._visit is None:
            return
        other = other_finger(self._visit)
        instead = ""
        if other is not None:
            instead = self.tr("Take the {finger} instead").format(finger=finger_name(other))
        question = self.tr("Why is the {finger} left out?").format(finger=finger_name(finger))
        self._whole.setCurrentIndex(_SKIP)
        self.skip_sheet.ask(question, self.tr("&Skip finger"), self._policy.skip_reasons, instead)
        self.bar_changed.emit()

    def _on_replace(self, skip: object) -> None:
        other = other_finger(self._visit) if self._visit is not None else None
        if other is not None:
            self._with_finger(self.replace_wanted, skip, other)

    def _close_sheet(self) -> None:
        self._show_hands()
        self.bar_changed.emit()

    def _scan_again(self) -> None:
        finger = restartable_finger(self._visit) if self._visit is not None else None
        task = self._task(finger)
        if finger is None or task is None:
            return
        if task.skip is not None:
            self.unskip_wanted.emit(finger)
        elif task.accepted and not self._restart_armed:
            self._restart_armed = True  # a good scan is never lost by one key press
            self.bar_changed.emit()
        else:
            self._restart_armed = False
            self.restart_wanted.emit(finger)

    def _go_on_by_decision(self) -> None:
        task = self._task(self.finger)
        if task is None:
            return
        if may_count_anyway(task, self._policy) is not None:
            self._with_finger(self.count_wanted)
        elif awaits_verification(task, self._policy):
            self._with_finger(self.without_check_wanted)

    def _on_finger(self, finger: Finger) -> None:
        if self._visit is not None and finger is not self._visit.finger:
            self.finger_chosen.emit(finger)

    def entered(self) -> None:
        self._draw()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def left(self) -> None:
        self._touch.finger_is_down = False
        self._forget_touch()
