# SPDX-License-Identifier: Apache-2.0
"""Finding the student: one search field for name, number, e-mail and the barcode of a card."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.domain.listings import StudentListing, StudentState, UnfinishedVisit
from app.ui.common import theme
from app.ui.common.controls import Card, Text
from app.ui.common.empty_state import EmptyState
from app.ui.common.notice import Notice, announce
from app.ui.common.page import Action, Bar, Page
from app.ui.common.result_list import ResultList
from app.ui.common.search_field import SearchField
from app.ui.common.theme import Tone
from app.ui.students.add_form import AddForm
from app.ui.students.choice_card import ChoiceCard

_PAUSE_MS = 40  # searched for when typing pauses this long; a barcode's Enter does not wait for it
_RETRY_MS = 5_000  # how often students are looked for again where the database is not to be had
LISTED = 50  # hits that are asked for; whoever scrolls further should rather type one letter more
_MOVES = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 6, Qt.Key.Key_PageUp: -6}


class StudentPage(Page):
    """The page.

    Signals:
        search_wanted(str): find students.
        start_wanted(object): begin a visit of that ``StudentListing``.
        resume_wanted(object): go on with its unfinished visit.
        fresh_wanted(object): give the unfinished visit up and begin anew.
        add_wanted(object): add that ``NewStudent`` and begin.
    """

    search_wanted = Signal(str)
    start_wanted = Signal(object)
    resume_wanted = Signal(object)
    fresh_wanted = Signal(object)
    add_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = SearchField()
        self.search.setObjectName("search_field")
        self.search.setPlaceholderText(self.tr("Name, number or e-mail"))
        self.search.setAccessibleName(self.tr("Find a student"))
        self.search.textChanged.connect(self._on_typed)
        self.search.returnPressed.connect(self._on_enter)
        self.search.installEventFilter(self)
        self.notice = Notice()
        self.results = ResultList()
        self.results.chosen.connect(self._on_chosen)
        self._empty = EmptyState("user-search")
        self._card = Card()
        inside = QVBoxLayout(self._card)
        inside.setContentsMargins(6, 6, 6, 6)
        inside.addWidget(self.results)
        self._more = Text("", theme.SMALL, muted=True)
        self._more.setText(
            self.tr("The first {number} are listed. Type more to find the others.").format(number=LISTED)
        )
        self._more.setContentsMargins(theme.SPACE_3, theme.SPACE_1, theme.SPACE_3, theme.SPACE_1)
        self._more.hide()
        inside.addWidget(self._more)
        self._choice = ChoiceCard()
        self._choice.fresh_wanted.connect(self._on_fresh)
        self._choice.cancelled.connect(self.show_list)
        self._form = AddForm()
        self._form.saved.connect(self.add_wanted)
        self._form.cancelled.connect(self.show_list)
        self._stack = QStackedWidget()
        for panel in (self._card, self._empty, self._top(self._choice), self._top(self._form)):
            self._stack.addWidget(panel)
        self.body.addWidget(self.search)
        self.body.addWidget(self.notice)
        self.body.addWidget(self._stack, 1)
        self._asked: StudentListing | None = None
        self._shown_query: str | None = None
        self._enter_waits = False
        self._unfinished: tuple[UnfinishedVisit, ...] = ()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self._search_now)
        self._unreachable = False
        self._retry = QTimer(self)
        self._retry.setSingleShot(True)
        self._retry.setInterval(_RETRY_MS)
        self._retry.timeout.connect(self._search_now)
        self._show_panel(0)

    @staticmethod
    def _top(panel: QWidget) -> QWidget:
        holder = QWidget()
        layout = QVBoxLayout(holder)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(panel)
        layout.addStretch(1)
        return holder

    # What the owner tells

    def show_results(self, query: str, rows: tuple[StudentListing, ...]) -> None:
        """Show the hits of a query; those of an older query are dropped."""
        if query != self.query:
            return
        self._shown_query = query
        self._set_unreachable(False)
        self._more.setVisible(len(rows) >= LISTED)
        if not query:
            rows = self._with_unfinished(rows)
        self.results.show_rows(rows)
        if self._stack.currentIndex() < 2:
            self._show_panel(0 if rows else 1)
        if not rows:
            words = self.tr("No student matches “{query}”.").format(query=query)
            how = self.tr("Check the spelling, or add a student (F2).")
            if not query:
                words = self.tr("There are no students yet.")
                how = self.tr("Import the school's roster from the menu, or add a student (F2).")
            self._empty.say(words, how, "user-search" if query else "users")
            announce(self.search, words)
        if self._enter_waits:
            self._enter_waits = False
            self._take(query)
        self.bar_changed.emit()

    def show_unreachable(self, query: str, what: str, how: str) -> None:
        """Say why students cannot be found now; it is tried again by itself and at a press."""
        if query != self.query:
            return
        self._shown_query = None
        self._enter_waits = False
        self._set_unreachable(True)
        self.results.show_rows(())
        self._empty.say(what, how, "database", Tone.BAD)
        announce(self.search, what)
        if self._stack.currentIndex() < 2:
            self._show_panel(1)
        self._retry.start()

    def _set_unreachable(self, unreachable: bool) -> None:
        self._unreachable = unreachable
        self._retry.stop()

    def show_unfinished(self, visits: tuple[UnfinishedVisit, ...]) -> None:
        """Tell which visits wait to be gone on with; they head the list while nothing is searched for."""
        self._unfinished = visits
        if not self.query and self._shown_query == "":
            self.show_results("", self.results.rows)

    def _with_unfinished(self, rows: tuple[StudentListing, ...]) -> tuple[StudentListing, ...]:
        waiting = tuple(
            StudentListing(visit.student, StudentState.IN_PROGRESS, visit.last_activity_at, visit.session_id)
            for visit in self._unfinished
        )
        known = {listing.card.uid for listing in waiting}
        return (*waiting, *(row for row in rows if row.card.uid not in known))

    def show_add_problem(self, words: str) -> None:
        """Say beside the form why the student was not added."""
        self._form.show_problem(words)

    def start_over(self) -> None:
        """Empty the search for the next student."""
        self.notice.clear()
        self._show_panel(0)
        self.search.clear()
        self._search_now()

    @property
    def query(self) -> str:
        """What is typed, without blanks at the ends."""
        return self.search.text().strip()

    # The action bar

    def bar(self) -> Bar:
        panel = self._stack.currentIndex()
        if panel == 2 and self._asked is not None:
            word = self.tr("Resume") if self._in_progress() else self.tr("Enroll again")
            return Bar(primary=Action("primary", word))
        if panel == 3:
            return Bar(primary=Action("primary", self.tr("Add and start")))
        if self._unreachable:
            return Bar(primary=Action("primary", self.tr("Try again"), "refresh-cw"))
        return Bar(
            start=(Action("add_student", self.tr("&Add student"), "user-plus"),),
            primary=Action(
                "primary",
                self.tr("Start"),
                enabled=self.results.selected() is not None,
                why_not=self.tr("Choose a student first"),
            ),
        )

    def act(self, name: str) -> bool:
        if name == "add_student":
            self._show_panel(3)
            self._form.open_form(self.query)
        elif name == "search":
            self.show_list()
            self.search.selectAll()
        elif name == "cancel":
            if self._stack.currentIndex() >= 2:
                self.show_list()
            else:
                self.search.clear()
        elif name == "primary":
            self._primary()
        else:
            return False
        return True

    def _primary(self) -> None:
        panel = self._stack.currentIndex()
        if panel == 3:
            self._form.save()
        elif panel == 2 and self._asked is not None:
            (self.resume_wanted if self._in_progress() else self.start_wanted).emit(self._asked)
        elif self._unreachable:
            self._search_now()
        else:
            selected = self.results.selected()
            if selected is not None:
                self._on_chosen(selected)

    def entered(self) -> None:
        if self._stack.currentIndex() < 2:
            self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def left(self) -> None:
        self._retry.stop()

    def show_list(self) -> None:
        """Back to the hits."""
        self._asked = None
        self._show_panel(0 if self.results.rows else 1)
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    # Inside

    def _show_panel(self, place: int) -> None:
        self._stack.setCurrentIndex(place)
        self.search.setVisible(place < 2)
        title, lead = self._heading(place)
        self.title.setText(title)
        self.lead.setText(lead)
        self.bar_changed.emit()

    def _heading(self, place: int) -> tuple[str, str]:
        if place == 3:
            return self.tr("Add a student"), self.tr("The name is enough to begin with.")
        if place == 2 and self._in_progress():
            return self.tr("Go on with this student?"), self.tr("Or start fresh, or choose somebody else.")
        if place == 2:
            return self.tr("Enroll this student again?"), self.tr("Or choose somebody else.")
        lead = self.tr("Type a name, number or e-mail, or scan the student's card.")
        return self.tr("Who is at the desk?"), lead

    def _in_progress(self) -> bool:
        return self._asked is not None and self._asked.state is StudentState.IN_PROGRESS

    def _on_typed(self) -> None:
        self._enter_waits = False
        self._timer.start()

    def _search_now(self) -> None:
        self._timer.stop()
        self.search_wanted.emit(self.query)

    def _on_enter(self) -> None:
        if self._shown_query == self.query and not self._timer.isActive():
            selected = self.results.selected()
            if selected is not None:
                self._on_chosen(selected)
        else:
            self._enter_waits = True
            self._search_now()

    def _take(self, query: str) -> None:
        rows = self.results.rows
        exact = [row for row in rows if query and row.card.number == query]
        if rows:
            self._on_chosen((exact or list(rows))[0])

    def _on_chosen(self, listing: StudentListing) -> None:
        self.notice.clear()
        if listing.state is StudentState.NOT_ENROLLED:
            self.start_wanted.emit(listing)
            return
        self._asked = listing
        steps = {visit.session_id: visit.step for visit in self._unfinished}
        self._choice.ask(listing, steps.get(listing.session_id))
        self._show_panel(2)
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_fresh(self) -> None:
        if self._asked is not None:
            self.fresh_wanted.emit(self._asked)

    def show_problem(self, what: str, how: str) -> None:
        """Say above the list what went wrong."""
        self.notice.say(Tone.BAD, what, how)

    # Keys: arrows in the field move the selection; a scan or a letter anywhere lands in the field

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            step = _MOVES.get(Qt.Key(event.key()))
            if step is not None:
                self.results.move_selection(step)
                self.bar_changed.emit()
                return True
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._stack.currentIndex() < 2 and event.text().isprintable() and event.text():
            self.search.setFocus(Qt.FocusReason.OtherFocusReason)
            self.search.insert(event.text())
        else:
            super().keyPressEvent(event)
