# SPDX-License-Identifier: Apache-2.0
"""Check-in of a visit: the session that is open now, a touch that shows who it is, the name very large."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.domain.capture_events import CaptureEvent, ReaderCondition, ReaderState
from app.domain.listings import ClassSessionListing
from app.domain.policy import Policy
from app.domain.visits import CheckIn, Visit
from app.ui.attendance.candidate import Candidate
from app.ui.attendance.certainty import CertaintyBar
from app.ui.attendance.finger_way import FingerWay, Moment
from app.ui.attendance.result_card import ResultCard
from app.ui.attendance.session_list import SessionList
from app.ui.common import theme
from app.ui.common.controls import Card, Text
from app.ui.common.empty_state import EmptyState
from app.ui.common.notice import Notice, announce
from app.ui.common.page import Action, Bar, Page
from app.ui.common.reader_notice import show_reader
from app.ui.common.theme import Tone

_CHOOSE, _RESULT, _NOTHING = range(3)
#: No touch is to be had, and nothing at this page changes that.
_WITHOUT = (
    ReaderCondition.ABSENT,
    ReaderCondition.BUSY,
    ReaderCondition.LOCKED,
    ReaderCondition.FAILED,
)


class CheckInPage(Page):
    """The page.

    Signals:
        check_in_wanted(object, str): write attendance for the class session with that ``UUID``; the method
            by which it was told who it is.
        skip_wanted(): write none.
    """

    check_in_wanted = Signal(object, str)
    skip_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._visit: Visit | None = None
        self._saving = False
        self._offered = True
        self.candidate: Candidate | None = None
        self.notice = Notice()
        self.notice.pressed.connect(self.problem_action)
        self.sessions = SessionList()
        self.sessions.chosen_changed.connect(self.bar_changed)
        self.finger = FingerWay(compact=True)
        self.finger.proposed.connect(self._on_proposed)
        self.finger.began.connect(self._take_back)
        self.finger.prompt_changed.connect(self._draw)
        self._touch_card = self._make_touch_card()
        choose = QWidget()
        row = QHBoxLayout(choose)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_6)
        row.addWidget(self.sessions, 11)
        row.addWidget(self._touch_card, 9)
        self.result = ResultCard()
        self._nothing = EmptyState("calendar-check")
        self._stack = QStackedWidget()
        for panel in (choose, self.result, self._nothing):
            self._stack.addWidget(panel)
        self.body.addWidget(self.notice)
        self.body.addWidget(self._stack, 1)

    def _make_touch_card(self) -> Card:
        card = Card()
        card.setObjectName("check_in_touch")
        self._touch_title = Text("", theme.LEAD, strong=True, wrap=True)
        self._touch_title.setObjectName("check_in_touch_title")
        self._touch_lead = Text("", theme.BODY, muted=True, wrap=True)
        self._touch_lead.setObjectName("check_in_touch_lead")
        self._certainty = CertaintyBar()
        self._odds = Text("", theme.SMALL, muted=True, wrap=True)
        column = QVBoxLayout(card)
        column.setContentsMargins(theme.SPACE_4, theme.SPACE_4, theme.SPACE_4, theme.SPACE_4)
        column.setSpacing(theme.SPACE_2)
        for part in (self._touch_title, self._touch_lead, self._certainty, self._odds):
            column.addWidget(part)
        column.addWidget(self.finger, 1)
        return card

    # What the owner tells

    def set_finger_way(self, policy: Policy, *, offered: bool) -> None:
        """Whether a touch may show who it is, and from which quality on the school takes one."""
        self.finger.set_policy(policy)
        self._offered = offered
        self._touch_card.setVisible(offered)

    def show_visit(self, visit: Visit) -> None:
        """Draw another state of the visit."""
        if self._visit is None or self._visit.uid != visit.uid:
            self.notice.clear()
            self.candidate = None
            self._visit = visit
            self.finger.start_over(visit.student)
        self._visit = visit
        self._saving = False
        self._draw()

    def show_sessions(self, sessions: tuple[ClassSessionListing, ...]) -> None:
        """Offer the class sessions that are open now, best match first."""
        self.sessions.show_sessions(sessions)
        self._draw()

    def show_problem(self, tone: Tone, what: str, how: str, act: str = "", button: str = "") -> None:
        """Say above the sessions what went wrong."""
        self._saving = False
        self.finger.show_failed()
        self.notice.say(tone, what, how, act=act, button=button)
        self._draw()

    @property
    def takes_touch(self) -> bool:
        """Whether a touch is of use now."""
        return self._open and self.sessions.count > 0 and not self._saving and self._touch_card.isVisible()

    def on_capture_event(self, event: CaptureEvent) -> None:
        """Take an event of the reader."""
        if isinstance(event, ReaderState):
            self._on_reader(event)
            self.finger.on_capture_event(event)
        elif self.takes_touch:
            self.finger.on_capture_event(event)

    # Inside

    def _on_reader(self, event: ReaderState) -> None:
        """Without a reader the choice is as plain as before there were touches; one that goes is missed."""
        if self._offered and event.state in (ReaderCondition.READY, ReaderCondition.LOST):
            show_reader(self.notice, event)
        self._touch_card.setVisible(self._offered and event.state not in _WITHOUT)

    @property
    def _open(self) -> bool:
        visit = self._visit
        return visit is not None and visit.check_in is None and visit.check_in_skip is None

    def _on_proposed(self, candidate: Candidate | None) -> None:
        self.candidate = candidate
        if candidate is not None:
            self.setFocus(Qt.FocusReason.OtherFocusReason)  # Enter confirms
        self._draw()

    def _take_back(self) -> None:
        self.candidate = None

    def _draw(self) -> None:
        visit = self._visit
        if visit is None:
            return
        if visit.check_in is not None:
            self._draw_result(visit, visit.check_in)
        elif visit.check_in_skip is not None:
            self._draw_nothing(
                self.tr("Check-in is skipped"),
                self.tr("No attendance is written for this visit."),
                self.tr("No attendance is written"),
                self.tr("Press “Check in after all” to change that."),
            )
        elif not self.sessions.count:
            self._draw_nothing(
                self.tr("No class session is open now"),
                self.tr("Go on without check-in; attendance can be taken later."),
                self.tr("Nothing to check in to"),
                self.tr("The next session is shown when it opens."),
            )
        else:
            if self.sessions.count == 1:
                self.title.setText(self.tr("Check in to this session?"))
                self.lead.setText(self.tr("It is the session that is open now."))
            else:
                self.title.setText(self.tr("Which session is the student here for?"))
                self.lead.setText(self.tr("The session that is open now is marked."))
            self._draw_touch()
            self._stack.setCurrentIndex(_CHOOSE)
        self.bar_changed.emit()

    def _draw_nothing(self, title: str, lead: str, what: str, how: str) -> None:
        self.title.setText(title)
        self.lead.setText(lead)
        self._nothing.say(what, how)
        self._stack.setCurrentIndex(_NOTHING)

    def _draw_touch(self) -> None:
        found, prompt = self.candidate, self.finger.prompt()
        title, lead = prompt.title, prompt.lead
        if found is not None:
            title = self.tr("It is {name}").format(name=found.student.name)
            lead = self.tr("{finger}. Press Enter to check in.").format(finger=found.how)
        elif self.finger.moment is Moment.PLACE:
            title = self.tr("Or touch the reader")
        if title != self._touch_title.text() and self.finger.moment is not Moment.PLACE:
            announce(self, f"{title}. {lead}")
        self._touch_title.setText(title)
        self._touch_title.set_tone(Tone.GOOD if found is not None else None)
        self._touch_lead.setText(lead)
        certainty = found.certainty if found is not None else None
        self._certainty.show_certainty(certainty)
        self._odds.setVisible(certainty is not None)
        self._odds.setText(certainty.words if certainty is not None else "")

    def _draw_result(self, visit: Visit, check_in: CheckIn) -> None:
        self.title.setText(self.tr("Checked in"))
        self.lead.setText(check_in.title)
        self.result.show_check_in(visit.student.name, check_in)
        if self._stack.currentIndex() != _RESULT:
            self._stack.setCurrentIndex(_RESULT)
            announce(self, self.result.spoken)

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
                "check_in_after_all", self.tr("Check in &after all"), "rotate-ccw", bool(self.sessions.count)
            )
            return Bar((after_all, pause), back, Action("primary", self.tr("Continue")))
        if not self.sessions.count:
            return Bar((pause,), back, Action("primary", self.tr("Go on without")))
        skip = Action("skip", self.tr("S&kip"), "skip-forward")
        ready = self.sessions.chosen is not None and not self._saving
        return Bar((skip, pause), back, Action("primary", self.tr("&Check in"), "check", ready))

    def act(self, name: str) -> bool:
        visit = self._visit
        if visit is None:
            return False
        open_still = visit.check_in is None
        if name == "primary" and self._open:
            if self.sessions.count:
                self._check_in()
            else:
                self.skip_wanted.emit()
        elif name == "check_in_after_all" and open_still:
            self._check_in()
        elif name == "skip" and open_still and self.sessions.count:
            self.skip_wanted.emit()
        elif name == "cancel" and self.candidate is not None:
            self._take_back()
            self.finger.start_over(visit.student)
        else:
            return False
        return True

    def _check_in(self) -> None:
        chosen = self.sessions.chosen
        if chosen is not None and not self._saving:
            self._saving = True
            self.bar_changed.emit()
            method = self.candidate.method if self.candidate is not None else "manual"
            self.check_in_wanted.emit(chosen.uid, method)

    def entered(self) -> None:
        self._draw()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
