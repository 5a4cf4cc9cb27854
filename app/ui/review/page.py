# SPDX-License-Identifier: Apache-2.0
"""Everything of the visit as on paper; each line opens its page and comes back here."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from app.domain.enrollment import finger_state, open_steps, step_state
from app.domain.policy import Policy
from app.domain.visits import FingerTask, Step, StepState, Visit
from app.ui.common import theme
from app.ui.common.controls import Card, Text
from app.ui.common.discard import discard
from app.ui.common.notice import Notice
from app.ui.common.page import Action, Bar, Page
from app.ui.common.theme import Tone
from app.ui.common.times import time_text
from app.ui.common.words import attendance_word, finger_title, skip_word, step_word
from app.ui.review.rows import ReviewRow
from app.ui.review.thumbnails import Thumbnails

_CHIPS = {
    StepState.DONE: (Tone.GOOD, "circle-check"),
    StepState.SKIPPED: (Tone.WARN, "circle-minus"),
    StepState.ATTENTION: (Tone.BAD, "circle-alert"),
    StepState.OPEN: (Tone.BAD, "circle-alert"),
    StepState.CURRENT: (Tone.BAD, "circle-alert"),
}


class ReviewPage(Page):
    """The page.

    Signals:
        jump_wanted(object, object): open that ``Step``, at that ``Finger`` or step number or ``None``.
        finish_wanted(): write everything as complete.
        thumbnail_wanted(int): the picture of that signature step is wanted.
    """

    jump_wanted = Signal(object, object)
    finish_wanted = Signal()
    thumbnail_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._visit: Visit | None = None
        self._policy = Policy()
        self._finishing = False
        self.title.setText(self.tr("Is everything right?"))
        self.notice = Notice()
        self.notice.pressed.connect(self.problem_action)
        self._fingers = Card()
        self._finger_rows = QVBoxLayout(self._fingers)
        self._signatures = Card()
        self._signature_rows = QVBoxLayout(self._signatures)
        self._attendance = Card()
        self._attendance_rows = QVBoxLayout(self._attendance)
        self.thumbnails = Thumbnails(self)
        self.thumbnails.chosen.connect(lambda number: self.jump_wanted.emit(Step.SIGNATURES, number))
        self._rows: list[ReviewRow] = []
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, theme.SPACE_2, theme.SPACE_4)
        column.setSpacing(theme.SPACE_2)
        for step, card, rows in (
            (Step.FINGERS, self._fingers, self._finger_rows),
            (Step.SIGNATURES, self._signatures, self._signature_rows),
            (Step.CHECK_IN, self._attendance, self._attendance_rows),
        ):
            rows.setContentsMargins(6, 6, 6, 6)
            rows.setSpacing(0)
            head = Text(step_word(step), theme.SMALL, strong=True, muted=True)
            head.setContentsMargins(4, theme.SPACE_2 if step is not Step.FINGERS else 0, 4, 0)
            column.addWidget(head)
            column.addWidget(card)
        column.addStretch(1)
        inside = QWidget()
        inside.setLayout(column)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        self._scroll = scroll
        self.body.addWidget(self.notice)
        self.body.addWidget(scroll, 1)

    # What the owner tells

    def show_visit(self, visit: Visit, policy: Policy) -> None:
        """Draw the visit as a list."""
        if self._visit is None or self._visit.uid != visit.uid:
            self.thumbnails.forget()
            self.notice.clear()
        elif visit.signatures != self._visit.signatures:
            self.thumbnails.forget()
        self._visit, self._policy = visit, policy
        self._finishing = False
        for row in self._rows:
            discard(row)
        self._rows = []
        for task in visit.fingers:
            self._add(self._finger_rows, self._finger_row(visit, task))
        self._add(self._signature_rows, self._signature_row(visit))
        self._signature_rows.addWidget(self.thumbnails)
        self.thumbnails.show_steps(visit.signatures.accepted)
        self._add(self._attendance_rows, self._check_in_row(visit))
        missing = open_steps(visit, policy)
        if missing:
            names = ", ".join(step_word(step) for step in missing)
            self.lead.setText(self.tr("Still open: {pages}. Press a line to go there.").format(pages=names))
        else:
            self.lead.setText(self.tr("Press a line to look at it again. Finish makes it final."))
        self.bar_changed.emit()

    def ask_for_thumbnails(self) -> None:
        """Ask the owner for the pictures that are not here yet."""
        if self._visit is not None:
            for number in sorted(self._visit.signatures.accepted):
                if not self.thumbnails.has(number):
                    self.thumbnail_wanted.emit(number)

    def show_problem(self, tone: Tone, what: str, how: str, act: str = "", button: str = "") -> None:
        """Say above the list what went wrong; nothing is lost."""
        self._finishing = False
        self.notice.say(tone, what, how, act=act, button=button)
        self.bar_changed.emit()

    # Rows

    def _add(self, layout: QVBoxLayout, row: ReviewRow) -> None:
        row.setObjectName(f"review_row_{len(self._rows) + 1}")
        row.clicked.connect(lambda: self.jump_wanted.emit(row.step, row.item))
        layout.addWidget(row)
        self._rows.append(row)

    def _finger_row(self, visit: Visit, task: FingerTask) -> ReviewRow:
        state = finger_state(visit, task.finger, self._policy) or StepState.OPEN
        tone, icon = _CHIPS[state]
        row = ReviewRow(Step.FINGERS, task.finger, "fingerprint", finger_title(task.finger))
        wanted = self._policy.impressions_per_finger
        if task.skip is not None:
            row.say("", self.tr("Skipped: {reason}").format(reason=skip_word(task.skip.reason)), tone, icon)
            return row
        numbers = ", ".join(str(impression.quality) for impression in task.accepted)
        details = self.tr("Quality {numbers}").format(numbers=numbers) if numbers else ""
        chip = self.tr("{kept} of {wanted}").format(kept=len(task.accepted), wanted=wanted)
        if task.low_quality_reason:
            chip = self.tr("Best of the poor ones")
        row.say(details, chip, tone, icon)
        return row

    def _signature_row(self, visit: Visit) -> ReviewRow:
        task = visit.signatures
        tone, icon = _CHIPS[step_state(visit, Step.SIGNATURES, self._policy)]
        row = ReviewRow(Step.SIGNATURES, None, "pen-line", self.tr("Signatures and drawings"))
        if task.skip is not None:
            chip = self.tr("Skipped: {reason}").format(reason=skip_word(task.skip.reason))
            row.say("", chip, tone, icon)
            return row
        chip = self.tr("{kept} of {wanted}").format(kept=len(task.accepted), wanted=task.total_steps)
        row.say("", chip, tone, icon)
        return row

    def _check_in_row(self, visit: Visit) -> ReviewRow:
        tone, icon = _CHIPS[step_state(visit, Step.CHECK_IN, self._policy)]
        check_in = visit.check_in
        if check_in is not None:
            row = ReviewRow(Step.CHECK_IN, None, "clipboard-check", check_in.title)
            at = self.tr("at {time}").format(time=time_text(check_in.checked_in_at))
            row.say(at, attendance_word(check_in.status), tone, icon)
            return row
        row = ReviewRow(Step.CHECK_IN, None, "clipboard-check", self.tr("Check-in"))
        row.say("", self.tr("Skipped") if visit.check_in_skip is not None else self.tr("Open"), tone, icon)
        return row

    # Acts

    def bar(self) -> Bar:
        visit = self._visit
        if visit is None:
            return Bar()
        ready = not open_steps(visit, self._policy) and not self._finishing
        return Bar(
            (Action("pause", self.tr("&Pause"), "pause"),),
            Action("back", self.tr("&Back"), "arrow-left"),
            Action("primary", self.tr("&Finish"), "check", ready, self.tr("Something is still open")),
        )

    def act(self, name: str) -> bool:
        visit = self._visit
        if name != "primary" or visit is None:
            return False
        if not self._finishing and not open_steps(visit, self._policy):
            self._finishing = True
            self.bar_changed.emit()
            self.finish_wanted.emit()
        return True

    def entered(self) -> None:
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._scroll.verticalScrollBar().setValue(0)
