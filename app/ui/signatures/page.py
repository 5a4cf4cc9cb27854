# SPDX-License-Identifier: Apache-2.0
"""The signature and drawing steps: one prompt, one large canvas, and the way back to any step."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.domain.drawing_advice import DrawingAdvice
from app.domain.fingerprints import SkipReason
from app.domain.signature_flow import Flow, FlowStep
from app.domain.signature_gate import GateCode, StepGate
from app.domain.signatures import SignatureRecord
from app.domain.visits import Visit
from app.ui.common.empty_state import EmptyState
from app.ui.common.notice import Notice
from app.ui.common.page import Action, Bar
from app.ui.common.skip_sheet import SkipSheet
from app.ui.common.theme import Tone
from app.ui.signatures.pad import SignaturePad
from app.ui.signatures.pad_page import PadPage
from app.ui.signatures.step_dots import StepDots
from app.ui.signatures.words import advice_words, instruction_for, refusal_words

_DRAW, _DONE, _SKIP = range(3)


class SignaturesPage(PadPage):
    """The page.

    Signals:
        step_opened(int): the canvas of that step is empty now; its draft or drawing is wanted.
        draft_changed(int, object): the strokes changed; the function gives them as a ``SignatureRecord``, or
            ``None`` when there are none, and may be called in the worker.
        advice_wanted(int, object): Done was pressed; is there something to say about that record?
        step_finished(int, object): that ``SignatureRecord`` is to be kept.
        skip_wanted(object): leave all signatures out with that ``Skip``.
    """

    step_opened = Signal(int)
    draft_changed = Signal(int, object)
    advice_wanted = Signal(int, object)
    step_finished = Signal(int, object)
    skip_wanted = Signal(object)

    def __init__(
        self,
        flow: Flow,
        skip_reasons: tuple[SkipReason, ...],
        parent: QWidget | None = None,
        *,
        left_handed: bool = False,
        pen_only: bool = False,
        pad: SignaturePad | None = None,
    ) -> None:
        super().__init__(pad, parent)
        self._flow = flow
        self._skip_reasons = skip_reasons
        self._visit: Visit | None = None
        self._now = 0
        self._saving = False
        self._advised: SignatureRecord | None = None  # something was said about it already
        self._odd_step = self._then = 0  # which step the advice is about; where to go after this one is kept
        self._shown: SignatureRecord | None = None  # what the owner loaded; drawing on replaces it
        self.dots = StepDots()
        self.dots.step_chosen.connect(self.open_step)
        self.heading.addWidget(self.dots)
        self.notice = Notice()
        self.notice.pressed.connect(self._on_notice)
        self.pad.changed.connect(self._on_changed)
        self.pad.stroke_finished.connect(self._on_stroke_finished)
        self._finished = EmptyState("circle-check")
        self.skip_sheet = SkipSheet()
        self.skip_sheet.cancelled.connect(self._close_skip)
        self.skip_sheet.skipped.connect(self.skip_wanted)
        self._stack = QStackedWidget()
        for panel in (self.panel, self._finished, self.skip_sheet.centered()):
            self._stack.addWidget(panel)
        self.body.addWidget(self.notice)
        self.body.addWidget(self._stack, 1)
        self.panel.set_left_handed(left_handed)
        self.panel.set_pen_only(pen_only)

    # What the owner tells

    @property
    def is_drawing(self) -> bool:
        """Whether the canvas is what the page shows."""
        return self._visit is not None and self._stack.currentIndex() == _DRAW

    @property
    def thanks(self) -> bool:
        task = self._visit.signatures if self._visit is not None else None
        return task is not None and task.skip is None and self._stack.currentIndex() == _DONE

    @property
    def progress(self) -> tuple[int, frozenset[int], int]:
        """How many steps there are, which are kept, which one is on the canvas."""
        task = self._visit.signatures if self._visit is not None else None
        return (task.total_steps, task.accepted, self._now) if task is not None else (0, frozenset(), 0)

    @property
    def step_number(self) -> int:
        """The step on the canvas; 0 before the first visit."""
        return self._now

    def show_visit(self, visit: Visit, now: datetime) -> None:
        """Draw another state of the visit; the canvas stays unless the step is another."""
        new_visit = self._visit is None or self._visit.uid != visit.uid
        self._visit = visit
        self._saving = False
        self.panel.foot.show_visit(visit, now)
        if new_visit:
            self._open(visit.signatures.next_step)
        skipped = visit.signatures.skip is not None
        if new_visit or skipped or (self._stack.currentIndex() == _DONE and not self._is_done()):
            self._show_panel(_DONE if self._is_done() else _DRAW)
        self._draw()

    def show_accepted(self, visit: Visit, now: datetime) -> None:
        """The step that was finished is durable: go on to the next one."""
        self.show_visit(visit, now)
        odd_step, self._then = self._then, 0
        if odd_step:
            self.open_step(odd_step)
        else:
            self._open_next()

    def show_advice(self, number: int, record: SignatureRecord, advice: DrawingAdvice) -> None:
        """Say what is to be said about a drawing, or have it kept at once."""
        if number != self._now or not self._saving:
            return
        if advice.is_silent:
            self.step_finished.emit(number, record)
            return
        self._saving = False
        self._advised = record
        what, how = advice_words(self._step(), advice)
        self._odd_step = advice.odd_step if not advice.quite_different else 0
        act, button = "draw_again", self.tr("Draw &again")
        if self._odd_step:
            act, button = "sign_odd", self.tr("Sign {number} &again").format(number=self._odd_step)
        self.notice.say(Tone.WARN, what, how, act=act, button=button)
        self._on_changed()

    def load_step(self, number: int, record: SignatureRecord | None) -> None:
        """Show a draft or an accepted drawing, unless something was drawn meanwhile."""
        if number == self._now and record is not None and not self.pad.strokes and not self.pad.drawing:
            self._shown = record
            self.pad.load(record, self._step().guide)
            self._draw()

    def show_problem(self, tone: Tone, what: str, how: str, act: str = "", button: str = "") -> None:
        """Say above the canvas what went wrong; the drawing stays."""
        self._saving = False
        self._then = 0
        self.notice.say(tone, what, how, act=act, button=button)
        self._draw()

    # Inside

    def _step(self) -> FlowStep:
        return self._flow.step(self._now)

    def _open(self, number: int) -> None:
        self._now = number
        self._shown = self._advised = None
        self.notice.clear()
        self.panel.start_step(self._step())
        self.step_opened.emit(number)

    def open_step(self, number: int) -> None:
        """Show a step: an accepted one to be looked at or drawn anew, or the first open one."""
        if self._visit is None or self._saving:
            return
        self._open(number)
        self._show_panel(_DRAW)
        self._draw()

    def _redoing(self) -> bool:
        return self._visit is not None and self._now in self._visit.signatures.accepted

    def _show_panel(self, panel: int) -> None:
        if panel != self._stack.currentIndex():
            self._stack.setCurrentIndex(panel)
            self.setFocus(Qt.FocusReason.OtherFocusReason)  # what had it went with its panel

    def _is_done(self) -> bool:
        task = self._visit.signatures if self._visit is not None else None
        return task is not None and (task.is_complete or task.skip is not None)

    def _draw(self) -> None:
        visit = self._visit
        if visit is None:
            return
        task = visit.signatures
        drawing = self._stack.currentIndex() == _DRAW
        self.dots.show_steps(task.total_steps, task.accepted, self._now if drawing else 0)
        if drawing:
            self.title.setText(instruction_for(self._step()))
            lead = self.tr("Step {number} of {total}. Press Done when it is finished.")
            if self._redoing():
                lead = self.tr("Step {number} of {total}, kept already. Clear it to draw it again.")
            self.lead.setText(lead.format(number=self._now, total=task.total_steps))
        elif self._stack.currentIndex() == _DONE:
            self._say_finished(task.skip is not None)
        self._on_changed()

    def _say_finished(self, skipped: bool) -> None:
        if skipped:
            self.title.setText(self.tr("Signatures are skipped"))
            self.lead.setText(self.tr("The reason is on the receipt."))
            self._finished.say(
                self.tr("Nothing to sign"), self.tr("Choose a step above to sign after all."), "circle-minus"
            )
        else:
            self.title.setText(self.tr("All steps are done"))
            self.lead.setText(self.tr("Everything is saved. Continue."))
            self._finished.say(
                self.tr("Thank you"),
                self.tr("Choose a step above to look at it or to draw it again."),
                "circle-check",
                Tone.GOOD,
            )

    def _on_changed(self) -> None:
        self.bar_changed.emit()
        self.prompt_changed.emit()

    def _on_notice(self, act: str) -> None:
        if act == "draw_again":
            self.pad.clear()
        elif act == "sign_odd" and self._advised is not None and not self._saving:
            self._then = self._odd_step
            self._finish_step()  # keeps this one
        else:
            self.problem_action.emit(act)

    def _on_stroke_finished(self) -> None:
        self.notice.clear()
        self._advised = None
        if self._now and self._visit is not None:
            self.draft_changed.emit(self._now, self.pad.recorder())

    # Acts

    def bar(self) -> Bar:
        visit = self._visit
        if visit is None:
            return Bar()
        panel = self._stack.currentIndex()
        pause = Action("pause", self.tr("&Pause"), "pause")
        if panel == _SKIP:
            return Bar((pause,))  # the sheet has the page's primary button
        back = Action("back", self.tr("&Back"), "arrow-left")
        skip = Action("skip", self.tr("S&kip…"), "skip-forward", enabled=panel == _DRAW)
        start = (skip, pause)
        if panel == _DRAW:
            ready = bool(self.pad.strokes) and not self._saving
            words = self.tr("&Done") if self._advised is None else self.tr("&Keep it")
            return Bar(start, back, Action("primary", words, "check", ready, self.tr("Draw first")))
        return Bar(start, back, Action("primary", self.tr("Continue")))

    def act(self, name: str) -> bool:
        drawing = self._stack.currentIndex() == _DRAW
        if drawing and self.panel.act(name):
            return True
        if name == "skip" and drawing:
            self._ask_skip()
        elif name == "cancel" and self._stack.currentIndex() == _SKIP:
            self._close_skip()
        elif name == "primary" and drawing:
            self._finish_step()
        else:
            return False
        return True

    def _ask_skip(self) -> None:
        self._show_panel(_SKIP)
        question = self.tr("Why are the signatures left out?")
        self.skip_sheet.ask(question, self.tr("&Skip signatures"), self._skip_reasons)
        self.bar_changed.emit()

    def _close_skip(self) -> None:
        self._show_panel(_DRAW)
        self._draw()

    def _finish_step(self) -> None:
        record = self.pad.record()
        if record is None or self._saving:
            return
        if self._redoing() and record == self._shown:
            self._open_next()
            return
        refusals = StepGate().check(record).refusals
        if refusals:
            self._refuse(refusals[0])
            return
        self._saving = True
        if record == self._advised:
            self.step_finished.emit(self._now, record)
        else:
            self.advice_wanted.emit(self._now, record)
        self.bar_changed.emit()

    def _open_next(self) -> None:
        if self._visit is not None:
            if self._visit.signatures.is_complete:
                self._show_panel(_DONE)
            else:
                self._open(self._visit.signatures.next_step)
            self._draw()

    def _refuse(self, code: GateCode) -> None:
        what, how = refusal_words(code)
        self.notice.say(Tone.WARN, what, how)

    def entered(self) -> None:
        self._draw()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
