# SPDX-License-Identifier: Apache-2.0
"""Signing in by signature: who, the canvas, the answer; and a person's own decision where it is needed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.domain.listings import ClassSessionListing
from app.domain.signature_flow import Flow
from app.domain.signature_gate import StepGate
from app.domain.signature_sign_in import ByHandReason, Signer, SignInAnswer, SignInVerdict
from app.domain.signatures import SignatureRecord
from app.domain.visits import CheckIn
from app.ui.common.choice import Choice
from app.ui.common.notice import Notice, announce
from app.ui.common.page import Action, Bar
from app.ui.common.theme import Tone
from app.ui.common.times import time_text
from app.ui.signatures.by_hand_sheet import ByHandSheet
from app.ui.signatures.pad import SignaturePad
from app.ui.signatures.pad_page import PadPage
from app.ui.signatures.sign_in_answer import AnswerPanel
from app.ui.signatures.sign_in_who import WhoPanel
from app.ui.signatures.sign_in_words import by_hand_words
from app.ui.signatures.words import instruction_for, refusal_words

_WHO, _DRAW, _ANSWER, _BY_HAND = range(4)


class SignInPage(PadPage):
    """The page. Its larger parts may be made before it, each in a turn of its own.

    Signals:
        signer_chosen(object): that ``Signer`` signs now; what was drawn before an interruption is wanted.
        signer_left(): nobody signs in any more.
        draft_changed(object): the strokes changed; the function gives them as a ``SignatureRecord``.
        compare_wanted(object): store that ``SignatureRecord`` and compare it.
        keep_wanted(object): keep the signature of that ``SignInAnswer`` as one to be known by.
        check_in_wanted(object, object): write attendance after that ``SignInAnswer``; by hand with a
            ``ByHandReason``, else None.
        closed(): back to the page before.
    """

    signer_chosen = Signal(object)
    signer_left = Signal()
    draft_changed = Signal(object)
    compare_wanted = Signal(object)
    keep_wanted = Signal(object)
    check_in_wanted = Signal(object, object)
    closed = Signal()

    def __init__(
        self,
        flow: Flow,
        limit: int,
        parent: QWidget | None = None,
        *,
        pad: SignaturePad | None = None,
        who: WhoPanel | None = None,
        answer: AnswerPanel | None = None,
    ) -> None:
        super().__init__(pad, parent)
        self._step = flow.steps[0]
        self._signer: Signer | None = None
        self._answer: SignInAnswer | None = None
        self._busy = self._finished = False
        self.sessions = Choice()
        self.sessions.setObjectName("sign_in_session")
        self.sessions.setAccessibleName(self.tr("Class session to check in to"))
        self.sessions.currentIndexChanged.connect(self.bar_changed)
        self.heading.addWidget(self.sessions, 0, Qt.AlignmentFlag.AlignTop)
        self.notice = Notice()
        self.notice.pressed.connect(self.problem_action)
        self.who = WhoPanel() if who is None else who
        self.who.chosen.connect(self.choose)
        self.who.changed.connect(self.bar_changed)
        self.answer = AnswerPanel(limit) if answer is None else answer
        self.answer.keep_wanted.connect(self._keep)
        self.by_hand = ByHandSheet()
        self.by_hand.decided.connect(self._on_decided)
        self.by_hand.cancelled.connect(lambda: self._show_panel(_ANSWER))
        self.pad.changed.connect(self.bar_changed)
        self.pad.stroke_finished.connect(self._on_stroke_finished)
        self._stack = QStackedWidget()
        for panel in (self.who, self.panel, self.answer, self.by_hand.centered()):
            self._stack.addWidget(panel)
        self.body.addWidget(self.notice)
        self.body.addWidget(self._stack, 1)
        self.show_sessions(())
        self._draw()

    # What the owner tells

    @property
    def is_drawing(self) -> bool:
        return self._stack.currentIndex() == _DRAW

    @property
    def prompt(self) -> str:
        return instruction_for(self._step)

    @property
    def thanks(self) -> bool:
        return self._stack.currentIndex() in (_ANSWER, _BY_HAND)

    @property
    def signer(self) -> Signer | None:
        """Who signs in."""
        return self._signer

    @property
    def busy(self) -> bool:
        """Whether an answer is waited for: a comparison, or attendance being written."""
        return self._busy

    @property
    def class_session_uid(self) -> UUID | None:
        """The class session to check in to; None where none is open."""
        uid = self.sessions.currentData()
        return uid if isinstance(uid, UUID) else None

    def start_over(self) -> None:
        """Ask for the next person."""
        self._signer = self._answer = None
        self._busy = self._finished = False
        self.notice.clear()
        self.panel.start_step(self._step)
        self.who.start_over()
        self._show_panel(_WHO)
        self.signer_left.emit()

    def show_sessions(self, sessions: tuple[ClassSessionListing, ...]) -> None:
        """Offer the class sessions that are open now, best match first."""
        chosen = self.class_session_uid
        self.sessions.clear()
        for session in sessions:
            words = self.tr("{title}, {time}").format(title=session.title, time=time_text(session.starts_at))
            self.sessions.addItem(words, session.uid)
            if session.uid == chosen:
                self.sessions.setCurrentIndex(self.sessions.count() - 1)
        self.sessions.setVisible(bool(sessions))
        self.bar_changed.emit()

    def choose(self, signer: Signer) -> None:
        """Let that person sign."""
        if self._busy:
            return
        self._signer, self._answer, self._finished = signer, None, False
        self.notice.clear()
        self.panel.start_step(self._step)
        self._show_panel(_DRAW)
        self.signer_chosen.emit(signer)

    def show_time(self, now: datetime) -> None:
        """Say below the canvas who signs in, and when."""
        if self._signer is not None:
            self.panel.foot.show_signing_in(self._signer.name, now)

    def load(self, signer: Signer, record: SignatureRecord | None) -> None:
        """Show what was drawn before an interruption, unless something was drawn meanwhile."""
        untouched = not self.pad.strokes and not self.pad.drawing
        if record is not None and signer == self._signer and self.is_drawing and untouched:
            self.pad.load(record, self._step.guide)
            self.notice.say(
                Tone.ACCENT,
                self.tr("This was drawn before an interruption."),
                self.tr("Press Done to compare it, or clear it and sign anew."),
            )

    def show_answer(self, answer: SignInAnswer) -> None:
        """Show what the comparison came to; it is stored."""
        if answer.signer != self._signer:
            return  # somebody else is asked for by now
        self._busy = False
        self._answer = answer
        self.answer.show_answer(answer, self.pad.ink, answer.signer.newest_at)
        self._show_panel(_ANSWER)
        announce(self, self.answer.words)

    def show_kept(self) -> None:
        """The signature is one to be known by now."""
        self.answer.show_kept()

    def show_checked_in(self, check_in: CheckIn | None, reason: ByHandReason | None) -> None:
        """Everything is written; ``check_in`` is None where there was no class session."""
        if self._signer is None:
            return
        self._busy, self._finished = False, True
        words = "" if reason is None else by_hand_words(reason)
        if check_in is None:
            self.answer.show_let_in(self._signer.name, words)
        else:
            self.answer.show_check_in(self._signer.name, check_in, words)
        self._show_panel(_ANSWER)
        announce(self, self.answer.words)

    def show_problem(self, tone: Tone, what: str, how: str) -> None:
        """Say what went wrong; drawing and answer stay."""
        self._busy = False
        self.answer.show_not_kept()
        self.notice.say(tone, what, how)
        self._draw()

    # Inside

    def _show_panel(self, panel: int) -> None:
        if self._stack.currentIndex() != panel:
            self._stack.setCurrentIndex(panel)
        if panel == _WHO:
            self.who.take_focus()
        elif panel == _BY_HAND and self._signer is not None:
            self.by_hand.ask(self._signer.name)
        else:
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._draw()

    def _draw(self) -> None:
        panel = self._stack.currentIndex()
        name = self._signer.name if self._signer is not None else ""
        if panel == _WHO:
            self.title.setText(self.tr("Sign in by signature"))
            self.lead.setText(self.tr("Type a name, number or user name, then press Enter."))
        elif panel == _DRAW:
            self.title.setText(instruction_for(self._step))
            words = self.tr("{name} signs in. Press Done when it is finished.")
            if self._busy:
                words = self.tr("{name}: the signature is compared…")
            self.lead.setText(words.format(name=name))
        elif panel == _ANSWER:
            words = self.tr("Signed in") if self._finished else self.tr("The signature was compared")
            self.title.setText(words)
            self.lead.setText(self._answer_lead())
        else:
            self.title.setText(self.tr("Decide by hand"))
            self.lead.setText(self.tr("The answer stays as it is; your reason is kept beside it."))
        self.bar_changed.emit()
        self.prompt_changed.emit()

    def _answer_lead(self) -> str:
        if self._finished:
            return self.tr("Everything is saved.")
        if self.class_session_uid is None:
            return self.tr("The answer is saved. No class session is open now, so no attendance is written.")
        return self.tr("The answer is saved. It tells whether signatures agree, not who somebody is.")

    def _on_stroke_finished(self) -> None:
        self.notice.clear()
        if self._signer is not None and self.is_drawing:
            self.draft_changed.emit(self.pad.recorder())

    def _compare(self) -> None:
        record = self.pad.record()
        if record is None or self._busy:
            return
        refusals = StepGate().check(record).refusals
        if refusals:
            self.notice.say(Tone.WARN, *refusal_words(refusals[0]))
            return
        self._busy = True
        self._draw()
        self.compare_wanted.emit(record)

    def _keep(self) -> None:
        if self._answer is not None:
            self.answer.show_keeping()
            self.keep_wanted.emit(self._answer)

    def _on_decided(self, reason: ByHandReason | None) -> None:
        if self._answer is not None and not self._busy and not self._finished:
            self._busy = True
            self.bar_changed.emit()
            self.check_in_wanted.emit(self._answer, reason)

    def _sign_again(self) -> None:
        self._answer = None
        self.notice.clear()
        self.panel.start_step(self._step)
        self._show_panel(_DRAW)

    # Acts

    def bar(self) -> Bar:
        panel = self._stack.currentIndex()
        back = Action("back", self.tr("&Back"), "arrow-left", not self._busy)
        if panel == _WHO:
            known = self.who.current is not None
            close = Action("back", self.tr("&Close"), "x")
            go = Action("primary", self.tr("Continue"), "", known, self.tr("Find somebody first"))
            return Bar((), close, go)
        if panel == _DRAW:
            ready = bool(self.pad.strokes) and not self._busy
            done = Action("primary", self.tr("&Done"), "check", ready, self.tr("Sign first"))
            return Bar((), back, done)
        if panel == _BY_HAND or self._answer is None:
            return Bar(back=back)  # the sheet has the page's primary button
        if self._finished:
            return Bar(primary=Action("primary", self.tr("&Next student"), "user"))
        if self._answer.verdict is SignInVerdict.CONSISTENT:
            return Bar((), back, self._go_on())
        by_hand = Action("by_hand", self.tr("Decide by &hand…"), "hand", not self._busy)
        again = Action("primary", self.tr("Sign &again"), "rotate-ccw", not self._busy)
        return Bar((by_hand,), back, again)

    def _go_on(self) -> Action:
        if self._may_check_in():
            return Action("primary", self.tr("&Check in"), "check", not self._busy)
        return Action("primary", self.tr("&Next student"), "user", not self._busy)

    def _may_check_in(self) -> bool:
        known = self._signer is not None and self._signer.student is not None
        return known and self.class_session_uid is not None

    def act(self, name: str) -> bool:
        panel = self._stack.currentIndex()
        if panel == _DRAW and not self._busy and self.panel.act(name):
            return True
        if name in ("back", "cancel"):
            self._step_back(panel)
        elif name == "search":
            if not self._busy:
                self.start_over()
        elif name == "by_hand" and panel == _ANSWER and self._answer is not None and not self._finished:
            if self._answer.verdict is not SignInVerdict.CONSISTENT:
                self._show_panel(_BY_HAND)
        elif name == "primary":
            self._primary(panel)
        else:
            # Nothing of the visit behind this page happens from here.
            return name in {"pause", "skip"}
        return True

    def _step_back(self, panel: int) -> None:
        if panel == _WHO:
            self.closed.emit()
        elif panel == _BY_HAND:
            self._show_panel(_ANSWER)
        elif not self._busy:
            self.start_over()

    def _primary(self, panel: int) -> None:
        if panel == _WHO:
            self.who.enter()
        elif panel == _DRAW:
            self._compare()
        elif panel == _BY_HAND:
            self.by_hand.confirm()
        elif self._finished:
            self.start_over()
        elif self._answer is not None and self._answer.verdict is not SignInVerdict.CONSISTENT:
            self._sign_again()
        elif self._may_check_in():
            self._on_decided(None)
        else:
            self.start_over()

    def entered(self) -> None:
        if self._stack.currentIndex() == _WHO:
            self.who.take_focus()
        else:
            self.setFocus(Qt.FocusReason.OtherFocusReason)
