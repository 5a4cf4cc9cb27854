# SPDX-License-Identifier: Apache-2.0
"""Check-in: the session that is open now, then the name and "on time" or "late", very large."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QStackedWidget, QVBoxLayout, QWidget

from app.domain.listings import ClassSessionListing
from app.domain.sessions import AttendanceStatus
from app.domain.visits import CheckIn, Visit
from app.ui.attendance.session_button import SessionButton
from app.ui.common import theme
from app.ui.common.controls import Card, Text
from app.ui.common.discard import discard
from app.ui.common.empty_state import EmptyState
from app.ui.common.notice import Notice, announce
from app.ui.common.page import Action, Bar, Page
from app.ui.common.prompt_icon import PromptIcon
from app.ui.common.theme import Tone
from app.ui.common.times import time_text
from app.ui.common.words import attendance_word

_CHOOSE, _RESULT, _NOTHING = range(3)


class CheckInPage(Page):
    """The page.

    Signals:
        check_in_wanted(object): write attendance for the class session with that ``UUID``.
        skip_wanted(): write none.
    """

    check_in_wanted = Signal(object)
    skip_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._visit: Visit | None = None
        self._sessions: tuple[ClassSessionListing, ...] = ()
        self._saving = False
        self.notice = Notice()
        self.notice.pressed.connect(self.problem_action)
        self._group = QButtonGroup(self)
        self._list = QVBoxLayout()
        self._list.setSpacing(theme.SPACE_2)
        self._buttons: list[SessionButton] = []
        choose = QWidget()
        column = QVBoxLayout(choose)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._list)
        column.addStretch(1)
        self._result = self._make_result()
        self._nothing = EmptyState("calendar-check")
        self._stack = QStackedWidget()
        for panel in (choose, self._result, self._nothing):
            self._stack.addWidget(panel)
        self.body.addWidget(self.notice)
        self.body.addWidget(self._stack, 1)

    def _make_result(self) -> Card:
        card = Card()
        card.setObjectName("check_in_result")
        self._mark = PromptIcon(96)
        self._name = Text("", theme.HUGE, strong=True, wrap=True)
        self._name.setObjectName("check_in_name")
        self._status = Text("", theme.DISPLAY, strong=True)
        self._status.setObjectName("check_in_status")
        self._when = Text("", theme.LEAD, muted=True)
        layout = QVBoxLayout(card)
        layout.setContentsMargins(theme.SPACE_8, theme.SPACE_8, theme.SPACE_8, theme.SPACE_8)
        layout.setSpacing(theme.SPACE_3)
        layout.addStretch(1)
        layout.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignHCenter)
        for text in (self._name, self._status, self._when):
            text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            layout.addWidget(text)
        layout.addStretch(1)
        return card

    # What the owner tells

    def show_visit(self, visit: Visit) -> None:
        """Draw another state of the visit."""
        if self._visit is None or self._visit.uid != visit.uid:
            self.notice.clear()
        self._visit = visit
        self._saving = False
        self._draw()

    def show_sessions(self, sessions: tuple[ClassSessionListing, ...]) -> None:
        """Offer the class sessions that are open now, best match first."""
        chosen = self._chosen()
        self._sessions = sessions
        for button in self._buttons:
            self._group.removeButton(button)
            discard(button)
        self._buttons = []
        for number, session in enumerate(sessions, start=1):
            button = SessionButton(session)
            button.setObjectName(f"session_{number}")
            button.toggled.connect(self.bar_changed)
            self._group.addButton(button)
            self._list.addWidget(button)
            self._buttons.append(button)
            button.setChecked(session.uid == chosen or (chosen is None and number == 1))
        self._draw()

    def show_problem(self, tone: Tone, what: str, how: str, act: str = "", button: str = "") -> None:
        """Say above the sessions what went wrong."""
        self._saving = False
        self.notice.say(tone, what, how, act=act, button=button)
        self._draw()

    # Inside

    def _chosen(self) -> UUID | None:
        return next((button.session.uid for button in self._buttons if button.isChecked()), None)

    def _draw(self) -> None:
        visit = self._visit
        if visit is None:
            return
        if visit.check_in is not None:
            self._draw_result(visit, visit.check_in)
        elif visit.check_in_skip is not None:
            self.title.setText(self.tr("Check-in is skipped"))
            self.lead.setText(self.tr("No attendance is written for this visit."))
            self._nothing.say(
                self.tr("No attendance is written"), self.tr("Press “Check in after all” to change that.")
            )
            self._stack.setCurrentIndex(_NOTHING)
        elif not self._sessions:
            self.title.setText(self.tr("No class session is open now"))
            self.lead.setText(self.tr("Go on without check-in; attendance can be taken later."))
            self._nothing.say(
                self.tr("Nothing to check in to"), self.tr("The next session is shown when it opens.")
            )
            self._stack.setCurrentIndex(_NOTHING)
        else:
            if len(self._sessions) == 1:
                self.title.setText(self.tr("Check in to this session?"))
                self.lead.setText(self.tr("It is the session that is open now."))
            else:
                self.title.setText(self.tr("Which session is the student here for?"))
                self.lead.setText(self.tr("The session that is open now is marked."))
            self._stack.setCurrentIndex(_CHOOSE)
        self.bar_changed.emit()

    def _draw_result(self, visit: Visit, check_in: CheckIn) -> None:
        on_time = check_in.status is AttendanceStatus.PRESENT
        tone = Tone.GOOD if on_time else Tone.WARN
        word = attendance_word(check_in.status)
        self.title.setText(self.tr("Checked in"))
        self.lead.setText(check_in.title)
        self._mark.show_icon("circle-check" if on_time else "clock", tone)
        self._name.setText(visit.student.name)
        self._status.setText(word)
        self._status.set_tone(tone)
        when = self.tr("{session}, {time}").format(
            session=check_in.title, time=time_text(check_in.checked_in_at)
        )
        self._when.setText(when)
        if self._stack.currentIndex() != _RESULT:
            self._stack.setCurrentIndex(_RESULT)
            announce(self, f"{visit.student.name}. {word}. {when}")

    # Acts

    def bar(self) -> Bar:
        visit = self._visit
        if visit is None:
            return Bar()
        back = Action("back", self.tr("&Back"), "arrow-left")
        pause = Action("pause", self.tr("&Pause"), "pause")
        if visit.check_in is not None:
            return Bar((pause,), back, Action("primary", self.tr("Continue")))
        if visit.check_in_skip is not None:
            after_all = Action(
                "check_in_after_all", self.tr("Check in &after all"), "rotate-ccw", bool(self._sessions)
            )
            return Bar((after_all, pause), back, Action("primary", self.tr("Continue")))
        if not self._sessions:
            return Bar((pause,), back, Action("primary", self.tr("Go on without")))
        skip = Action("skip", self.tr("S&kip"), "skip-forward")
        ready = self._chosen() is not None and not self._saving
        return Bar((skip, pause), back, Action("primary", self.tr("&Check in"), "check", ready))

    def act(self, name: str) -> bool:
        visit = self._visit
        if visit is None:
            return False
        open_still = visit.check_in is None
        if name == "primary" and open_still and visit.check_in_skip is None:
            if self._sessions:
                self._check_in()
            else:
                self.skip_wanted.emit()
        elif name == "check_in_after_all" and open_still:
            self._check_in()
        elif name == "skip" and open_still and self._sessions:
            self.skip_wanted.emit()
        else:
            return False
        return True

    def _check_in(self) -> None:
        chosen = self._chosen()
        if chosen is not None and not self._saving:
            self._saving = True
            self.bar_changed.emit()
            self.check_in_wanted.emit(chosen)

    def entered(self) -> None:
        self._draw()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
