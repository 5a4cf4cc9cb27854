# SPDX-License-Identifier: Apache-2.0
"""Saying who is here by name: a search field and the students it finds."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.domain.listings import StudentListing
from app.domain.visits import StudentCard
from app.ui.attendance.candidate import named
from app.ui.attendance.way import Prompt, Way
from app.ui.common import theme
from app.ui.common.controls import Card
from app.ui.common.empty_state import EmptyState
from app.ui.common.result_list import ResultList
from app.ui.common.search_field import SearchField
from app.ui.common.theme import Tone

_PAUSE_MS = 120  # typing is searched for when it pauses this long
_MOVES = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 6, Qt.Key.Key_PageUp: -6}


class NameWay(Way):
    """The field above the hits; Enter takes the first.

    Signals:
        search_wanted(str): find students.
    """

    search_wanted = Signal(str)
    name = "name"
    icon = "user-search"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = self.tr("By &name")
        self._shown: str | None = None
        self._enter_waits = False
        self.field = SearchField()
        self.field.setObjectName("check_in_search")
        self.field.setPlaceholderText(self.tr("Name, number or e-mail"))
        self.field.setAccessibleName(self.tr("Find a student"))
        self.field.textChanged.connect(self._on_typed)
        self.field.returnPressed.connect(self._on_enter)
        self.field.installEventFilter(self)
        self.results = ResultList(states=False)
        self.results.setObjectName("check_in_results")
        self.results.chosen.connect(self._take)
        card = Card()
        inside = QVBoxLayout(card)
        inside.setContentsMargins(6, 6, 6, 6)
        inside.addWidget(self.results)
        self._empty = EmptyState("user-search")
        self._stack = QStackedWidget()
        self._stack.addWidget(card)
        self._stack.addWidget(self._empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_3)
        column.addWidget(self.field)
        column.addWidget(self._stack, 1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self._search_now)

    @property
    def query(self) -> str:
        """What is searched for."""
        return self.field.text().strip()

    def prompt(self) -> Prompt:
        return Prompt(
            self.tr("Who is here?"),
            self.tr("Type a name, number or e-mail, or scan the student's card."),
            "user-search",
            Tone.ACCENT,
        )

    def start_over(self, chosen: StudentCard | None = None) -> None:
        self._enter_waits = False
        self.field.clear()
        self._search_now()

    def take_focus(self) -> None:
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_results(self, query: str, rows: tuple[StudentListing, ...]) -> None:
        """Show the hits of a query; those of an older query are dropped."""
        if query != self.query:
            return
        self._shown = query
        self.results.show_rows(rows)
        self._stack.setCurrentIndex(0 if rows else 1)
        if not rows:
            words = self.tr("No student matches “{query}”.").format(query=query)
            self._empty.say(words, self.tr("Check the spelling, or try the number."))
        if self._enter_waits:
            self._enter_waits = False
            self._take_selected()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            move = _MOVES.get(Qt.Key(event.key()))
            if move is not None:
                self.results.move_selection(move)
                return True
        return super().eventFilter(watched, event)

    def _on_typed(self) -> None:
        self.proposed.emit(None)
        self._timer.start()

    def _search_now(self) -> None:
        self._timer.stop()
        self.search_wanted.emit(self.query)

    def _on_enter(self) -> None:
        if self._shown == self.query:
            self._take_selected()
        else:
            self._enter_waits = True
            self._search_now()

    def _take_selected(self) -> None:
        listing = self.results.selected()
        if listing is not None:
            self._take(listing)

    def _take(self, listing: StudentListing) -> None:
        self.proposed.emit(named(listing.card))
