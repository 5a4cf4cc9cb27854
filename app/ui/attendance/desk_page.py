# SPDX-License-Identifier: Apache-2.0
"""The check-in desk, outside of any visit: one student after the other says who they are and is checked in.

A way to say so (finger, name, another that is added) proposes a candidate; the operator confirms or rejects.
"""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.domain.capture_events import CaptureEvent, ReaderCondition, ReaderState
from app.domain.listings import ClassSessionListing
from app.domain.policy import Policy
from app.domain.visits import CheckIn, StudentCard
from app.ui.attendance.candidate import Candidate, CandidateCard
from app.ui.attendance.find_help import FindHelp
from app.ui.attendance.finger_way import FingerWay, Moment
from app.ui.attendance.name_way import NameWay
from app.ui.attendance.recent_list import RecentList
from app.ui.attendance.result_card import ResultCard
from app.ui.attendance.session_list import SessionList
from app.ui.attendance.way import Prompt, Way, Ways
from app.ui.common import theme
from app.ui.common.controls import Button
from app.ui.common.empty_state import EmptyState
from app.ui.common.notice import Notice, announce
from app.ui.common.page import Action, Bar, Page
from app.ui.common.prompt_icon import PromptIcon
from app.ui.common.reader_notice import show_reader
from app.ui.common.theme import Tone
from app.ui.common.times import time_text

#: How long a name stays after it was checked in; the next touch takes it away at once.
RESULT_MS = 3_000
_DESK, _SESSIONS, _NOTHING = range(3)


class CheckInDeskPage(Page):
    """The page.

    Signals:
        check_in_wanted(object, object, str): write attendance: ``StudentCard``, the class session's ``UUID``,
            and the method by which it was told who it is.
        closed(): back to the page before.
    """

    check_in_wanted = Signal(object, object, str)
    closed = Signal()

    def __init__(self, policy: Policy | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent, max_width=1240)
        self.candidate: Candidate | None = None
        self._saving = False
        self._reader_is_ready = True
        self._icon = PromptIcon()
        self.heading.insertWidget(0, self._icon)
        self._session_button = Button("", icon="calendar-check")
        self._session_button.setObjectName("desk_session")
        self._session_button.clicked.connect(self._choose_session)
        self.heading.addWidget(self._session_button)
        self.notice = Notice()
        self.notice.setObjectName("desk_notice")
        self.notice.pressed.connect(self.problem_action)
        self.finger, self.by_name = FingerWay(policy), NameWay()
        self.ways = Ways()
        self.ways.chosen.connect(self._on_way)
        self.add_way(self.finger)
        self.add_way(self.by_name)
        self.finger.began.connect(self._on_touch)
        self.at_once = Button(self.tr("Check in at once when sure"), icon="circle")
        self.at_once.setObjectName("desk_at_once")
        self.at_once.setCheckable(True)
        self.at_once.toggled.connect(
            lambda on: self.at_once.set_icon_name("circle-check" if on else "circle")
        )
        self.card, self.result, self.recent = CandidateCard(), ResultCard("desk"), RecentList()
        self._side = QStackedWidget()
        self._side.setObjectName("desk_side")
        self._help = FindHelp()
        self._help.find_wanted.connect(self._find_by_name)
        for panel in (self.recent, self.card, self.result, self._help):
            self._side.addWidget(panel)
        self.sessions = SessionList("desk_session")
        self.sessions.chosen_changed.connect(self._on_session)
        self._nothing = EmptyState("calendar-check")
        self._nothing.say(
            self.tr("No class session is open now"),
            self.tr("The desk opens by itself when the next one begins."),
        )
        self._whole = QStackedWidget()
        for part in (self._make_desk(), self.sessions, self._nothing):
            self._whole.addWidget(part)
        self.body.addWidget(self.notice)
        self.body.addWidget(self._whole, 1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(RESULT_MS)
        self._timer.timeout.connect(self._after_result)

    def add_way(self, way: Way) -> None:
        """Offer another way to say who is here."""
        self.ways.add(way)
        way.proposed.connect(self._on_proposed)
        way.prompt_changed.connect(self._draw)

    def _make_desk(self) -> QWidget:
        desk = QWidget()
        column = QVBoxLayout(desk)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_4)
        top = QHBoxLayout()
        top.setSpacing(theme.SPACE_2)
        top.addWidget(self.ways)
        top.addStretch(1)
        top.addWidget(self.at_once)
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE_6)
        row.addWidget(self.ways.panels, 10)
        row.addWidget(self._side, 13)
        column.addLayout(top)
        column.addLayout(row, 1)
        return desk

    # What the owner tells

    def begin(self) -> None:
        """Open for the next student."""
        self._timer.stop()
        self._saving = False
        self._take_back()
        self.ways.current.start_over()
        self.ways.current.take_focus()
        self._draw()

    def show_sessions(self, sessions: tuple[ClassSessionListing, ...]) -> None:
        """The class sessions that are open now, best match first."""
        self.sessions.show_sessions(sessions)
        if not sessions:
            self._whole.setCurrentIndex(_NOTHING)
        elif self._whole.currentIndex() == _NOTHING:
            self._whole.setCurrentIndex(_DESK)
        self._draw()

    def show_checked_in(self, student: StudentCard, check_in: CheckIn) -> None:
        """It is written: the name very large, then the next student."""
        self._saving = False
        self.candidate = None
        self.notice.clear()
        self.result.show_check_in(student.name, check_in)
        if not check_in.was_there:
            self.recent.add(student, check_in)
        self._side.setCurrentWidget(self.result)
        announce(self, self.result.spoken)
        self.ways.current.start_over()
        self.ways.current.take_focus()
        self._timer.start()
        self._draw()

    def show_problem(self, tone: Tone, what: str, how: str, act: str = "", button: str = "") -> None:
        """Something could not be compared or written; the candidate stays."""
        self._saving = False
        self.finger.show_failed()
        self.notice.say(tone, what, how, act=act, button=button)
        self._draw()

    def on_capture_event(self, event: CaptureEvent) -> None:
        """Take an event of the reader."""
        if isinstance(event, ReaderState):
            show_reader(self.notice, event)
            self._reader_is_ready = event.state is ReaderCondition.READY
            self.finger.on_capture_event(event)
            self._draw()
            return
        if self._whole.currentIndex() != _DESK or self._saving:
            return
        self.finger.on_capture_event(event)

    @property
    def chosen(self) -> StudentCard | None:
        """The student that was chosen by name, with whom a touch is compared."""
        found = self.candidate
        return found.student if found is not None and found.method == "manual" else None

    # Inside

    def _on_touch(self) -> None:
        """A finger came: whatever way was shown, it is the finger's turn now."""
        self._timer.stop()
        self.finger.set_chosen(self.chosen)
        if self.chosen is None:
            self._take_back()
        self.ways.show_way(self.finger.name)

    def _on_way(self) -> None:
        self._take_back()
        self.ways.current.start_over()
        self.ways.current.take_focus()
        self._draw()

    def _find_by_name(self) -> None:
        self.ways.show_way(self.by_name.name)
        self._on_way()

    def _on_proposed(self, candidate: Candidate | None) -> None:
        if self._saving:
            return
        if candidate is None:
            self._take_back()
        else:
            self._timer.stop()
            self.candidate = candidate
            self.card.show_candidate(candidate)
            self._side.setCurrentWidget(self.card)
            announce(self, self.card.spoken)
            self.setFocus(Qt.FocusReason.OtherFocusReason)  # Enter confirms
            if self.at_once.isChecked() and candidate.sure and candidate.method != "manual":
                self._check_in()
        self._draw()

    def _take_back(self) -> None:
        self.candidate = None
        self._side.setCurrentWidget(self.recent)

    def _after_result(self) -> None:
        if self.candidate is None:
            self._side.setCurrentWidget(self.recent)

    def _choose_session(self) -> None:
        self._whole.setCurrentIndex(_DESK if self._whole.currentIndex() == _SESSIONS else _SESSIONS)
        self._draw()

    def _on_session(self) -> None:
        if self._whole.currentIndex() == _SESSIONS:
            self._whole.setCurrentIndex(_DESK)
        self._draw()

    def _draw(self) -> None:
        session = self.sessions.chosen
        several = self.sessions.count > 1
        self._session_button.setVisible(session is not None)
        self._session_button.setEnabled(several)
        if session is not None:
            words = self.tr("{title}, from {time}")
            self._session_button.setText(words.format(title=session.title, time=time_text(session.starts_at)))
            self._session_button.updateGeometry()
        if self._whole.currentIndex() == _SESSIONS:
            self._ask(self.tr("Which session do students check in to?"), "", "calendar-check", Tone.NEUTRAL)
        elif self._whole.currentIndex() == _NOTHING:
            lead = self.tr("Nobody can be checked in until one is.")
            self._ask(self.tr("The desk is closed"), lead, "clock", Tone.NEUTRAL)
        elif self._asks_for_more():
            prompt = self.ways.current.prompt()
            if self.ways.current is self.finger and not self._reader_is_ready:
                prompt = self._waiting()
            self._ask(prompt.title, prompt.lead, prompt.icon, prompt.tone)
        elif self.candidate is not None:
            self._ask_about(self.candidate)
        self._draw_help()
        self.bar_changed.emit()

    def _waiting(self) -> Prompt:
        lead = self.tr("The desk goes on by itself; meanwhile find the student by name.")
        return Prompt(self.tr("Waiting for the reader"), lead, "usb")

    def _asks_for_more(self) -> bool:
        """Whether the way's own words matter more than the candidate that is shown."""
        if self.candidate is None:
            return True
        touching = self.finger.moment in (Moment.HOLD, Moment.COMPARING, Moment.POOR, Moment.UNKNOWN)
        return self.ways.current is self.finger and touching

    def _ask_about(self, candidate: Candidate) -> None:
        name = candidate.student.name
        if candidate.method == "manual":
            lead = self.tr("Look who stands here, or let the student touch the reader as well.")
            self._ask(self.tr("Check in {name}?").format(name=name), lead, "user", Tone.ACCENT)
        elif candidate.sure:
            lead = self.tr("Press Enter to check in.")
            self._ask(self.tr("It is {name}").format(name=name), lead, "circle-check", Tone.GOOD)
        else:
            lead = self.tr("Compare with who stands here, or let the student touch once more.")
            self._ask(self.tr("Is it {name}?").format(name=name), lead, "triangle-alert", Tone.WARN)

    def _ask(self, title: str, lead: str, icon: str, tone: Tone) -> None:
        spoken = title != self.title.text()
        self.title.setText(title)
        self.lead.setText(lead)
        self._icon.show_icon(icon, tone)
        self.prompt_changed.emit()
        if spoken:
            announce(self, f"{title}. {lead}")

    def _draw_help(self) -> None:
        lost = self.finger.moment is Moment.UNKNOWN and self.candidate is None
        if lost and self.ways.current is self.finger:
            self._help.show_for(self.finger.unknown)
            self._side.setCurrentWidget(self._help)
        elif self._side.currentWidget() is self._help:
            self._side.setCurrentWidget(self.recent)

    # Acts

    def bar(self) -> Bar:
        back = Action("back", self.tr("&Close"), "x")
        if self._whole.currentIndex() != _DESK:
            return Bar(back=back)
        start: tuple[Action, ...] = ()
        if self.candidate is not None:
            start = (Action("reject", self.tr("&Not this student"), "x", not self._saving),)
        ready = self.candidate is not None and not self._saving
        why = self.tr("Touch the reader or find the student first")
        return Bar(start, back, Action("primary", self.tr("&Check in"), "check", ready, why))

    def act(self, name: str) -> bool:
        if name == "primary":
            self._check_in()
        elif name in ("reject", "cancel") and self.candidate is not None:
            self._reject()
        elif name == "cancel" and self._whole.currentIndex() == _SESSIONS:
            self._choose_session()
        elif name in ("back", "cancel"):
            self.closed.emit()
        elif name == "search":
            self._find_by_name()
        else:
            return name == "pause"  # not from here
        return True

    def _reject(self) -> None:
        if not self._saving:
            self._take_back()
            self.ways.current.start_over()
            self.ways.current.take_focus()
            self._draw()

    def _check_in(self) -> None:
        candidate, session = self.candidate, self.sessions.chosen
        if candidate is not None and session is not None and not self._saving:
            self._saving = True
            self.bar_changed.emit()
            uid: UUID = session.uid
            self.check_in_wanted.emit(candidate.student, uid, candidate.method)

    def entered(self) -> None:
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.begin()

    def left(self) -> None:
        self._timer.stop()
        self.recent.clear()
