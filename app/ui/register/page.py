# SPDX-License-Identifier: Apache-2.0
"""Attendance of today: the sessions of the day, who is in, late or missing; corrections with a reason."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QStandardPaths, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from app.domain.listings import ClassSessionListing
from app.domain.names import searchable
from app.domain.register import Presence, Register, RegisterEntry
from app.domain.sessions import AttendanceStatus
from app.ui.common import theme
from app.ui.common.choice import Choice
from app.ui.common.controls import Button, Card
from app.ui.common.empty_state import EmptyState
from app.ui.common.error_text import ErrorText
from app.ui.common.notice import Notice
from app.ui.common.page import Action, Bar, Page
from app.ui.common.row_list import RowList
from app.ui.common.theme import Tone
from app.ui.common.times import date_text, time_text
from app.ui.register import words
from app.ui.register.correction import Correction
from app.ui.register.new_session import NewSession

_LIST, _EMPTY, _CORRECT, _NEW = range(4)


class RegisterPage(Page):
    """The page.

    Signals:
        session_chosen(object): show the list of that class session's uid.
        record_wanted(object, object, str): a ``RegisterEntry``, what it shall say, why.
        session_wanted(str, object, object): open a class session: class, from, to.
        export_wanted(object): write the list to that ``Path``.
        closed(): back to the page before.
    """

    session_chosen = Signal(object)
    record_wanted = Signal(object, object, str)
    session_wanted = Signal(str, object, object)
    export_wanted = Signal(object)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.register: Register | None = None
        self._sessions: tuple[ClassSessionListing, ...] = ()
        self._filter: Presence | None = None
        self._saving = False
        self._now: datetime | None = None
        self.title.setText(self.tr("Who is here?"))
        self.notice = Notice()
        self.notice.setObjectName("register_notice")
        self.choice = Choice()
        self.choice.setObjectName("register_session")
        self.choice.setAccessibleName(self.tr("Class session"))
        self.choice.activated.connect(self._on_session)
        self.search = QLineEdit()
        self.search.setObjectName("register_search")
        self.search.setPlaceholderText(self.tr("Name, number or class"))
        self.search.setAccessibleName(self.tr("Find a student in the list"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._show_rows)
        self.list = RowList(self.tr("Students of this session"))
        self.list.setObjectName("register_rows")
        self.list.chosen.connect(lambda _key: self._open_correction())
        self.list.current_changed.connect(lambda _key: self.bar_changed.emit())
        self.correction = Correction()
        self.correction.changed.connect(self.bar_changed)
        self.form = NewSession()
        self.form.changed.connect(self.bar_changed)
        self._filters: dict[Presence | None, Button] = {}
        self._empty = EmptyState("calendar-check")
        self._stack = QStackedWidget()
        for panel in (self._list_panel(), self._empty, self.correction, self.form):
            self._stack.addWidget(panel)
        self.body.addWidget(self.notice)
        self.body.addWidget(self._stack, 1)

    def _list_panel(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_3)
        top = QHBoxLayout()
        top.setSpacing(theme.SPACE_3)
        top.addWidget(self.choice, 3)
        top.addWidget(self.search, 2)
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE_2)
        for presence in (None, *Presence):
            button = Button()
            button.setObjectName(f"register_filter_{presence.value if presence else 'all'}")
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.clicked.connect(lambda _on=False, chosen=presence: self._choose_filter(chosen))
            self._filters[presence] = button
            row.addWidget(button)
        row.addStretch(1)
        self._filters[None].setChecked(True)
        card = Card()
        inside = QVBoxLayout(card)
        inside.setContentsMargins(6, 6, 6, 6)
        inside.addWidget(self.list)
        column.addLayout(top)
        column.addLayout(row)
        column.addWidget(card, 1)
        return holder

    # What the owner tells

    def show_sessions(self, sessions: tuple[ClassSessionListing, ...], now: datetime) -> None:
        """The class sessions of the day; the one that was shown stays, else the latest that has begun."""
        self._now = now.astimezone()
        chosen = self.session_uid
        if sessions != self._sessions:
            self._sessions = sessions
            self.choice.clear()
            for session in sessions:
                self.choice.addItem(words.session_text(session), session.uid)
            begun = [place for place, session in enumerate(sessions) if session.starts_at <= now]
            place = begun[-1] if begun else 0
            kept = [place for place, session in enumerate(sessions) if session.uid == chosen]
            self.choice.setCurrentIndex(kept[0] if kept else place)
        if not sessions:
            self.register = None
            what = self.tr("There is no class session today.")
            self._empty.say(what, self.tr("Open one; check-in and this list go by it."))
            if self._stack.currentIndex() == _LIST:
                self.setFocus(Qt.FocusReason.OtherFocusReason)  # what had it disappears
                self._stack.setCurrentIndex(_EMPTY)
        elif self._stack.currentIndex() == _EMPTY:
            self._stack.setCurrentIndex(_LIST)
            self.entered()
        self._say_lead()
        self.bar_changed.emit()

    def show_register(self, register: Register) -> None:
        """The list as it is now; selection, search and filter stay."""
        if register.session.uid != self.session_uid or register == self.register:
            return
        self.register = register
        counts = Counter(entry.presence for entry in register.entries)
        for presence, button in self._filters.items():
            word = words.presence_word(presence) if presence is not None else self.tr("All")
            count = counts[presence] if presence is not None else len(register.entries)
            text = f"{word}  {count}"
            if button.text() != text:
                button.setText(text)
                button.updateGeometry()
        self._show_rows()
        self._say_lead()

    def show_recorded(self) -> None:
        """The correction is durable."""
        self._saving = False
        entry = self.correction.entry
        self._show_list()
        if entry is not None:
            what = self.tr("{name}: saved.").format(name=entry.name)
            self.notice.say(Tone.GOOD, what)

    def show_opened(self, session: ClassSessionListing) -> None:
        """The new class session is there."""
        self._saving = False
        self._show_list()
        place = self.choice.findData(session.uid)
        if place >= 0:
            self.choice.setCurrentIndex(place)
            self._on_session()

    def rest(self) -> None:
        """Nothing is being saved any more."""
        self._saving = False
        self.bar_changed.emit()

    def show_problem(self, text: ErrorText) -> None:
        """Something could not be read or saved; what was typed stays."""
        self._saving = False
        panel = self._stack.currentIndex()
        if panel == _CORRECT:
            self.correction.show_problem(text)
            entry = self._entry(self.correction.entry.student_uid if self.correction.entry else None)
            if entry is not None:
                self.correction.show_entry(entry)
        elif panel == _NEW:
            self.form.show_problem(text)
        else:
            self.notice.say(Tone.BAD, text.what, text.what_to_do)
        self.bar_changed.emit()

    def show_exported(self, path: Path) -> None:
        """The list is written."""
        self.notice.say(Tone.GOOD, self.tr("The list is saved."), f"\u2066{path}\u2069")

    # Inside

    @property
    def session_uid(self) -> UUID | None:
        """The class session whose list is shown."""
        uid = self.choice.currentData()
        return uid if isinstance(uid, UUID) else None

    def _say_lead(self) -> None:
        day = date_text(self._now) if self._now is not None else ""
        if self.register is None:
            self.lead.setText(day)
            return
        lead = self.tr("{day}. Late after {late}. The list follows every check-in.")
        self.lead.setText(lead.format(day=day, late=time_text(self.register.session.late_after_at)))

    def _on_session(self) -> None:
        self.register = None
        self.list.show_rows(())
        if self.session_uid is not None:
            self.session_chosen.emit(self.session_uid)

    def _choose_filter(self, presence: Presence | None) -> None:
        self._filter = presence
        self._show_rows()
        self.list.scrollToTop()

    def _show_rows(self) -> None:
        terms = searchable(self.search.text()).split()
        entries = self.register.entries if self.register is not None else ()
        shown = []
        for entry in entries:
            text = searchable(f"{entry.name} {entry.number} {entry.class_name}") if terms else ""
            if self._filter in (None, entry.presence) and all(term in text for term in terms):
                shown.append(words.row_of(entry))
        self.list.show_rows(tuple(shown))
        self.bar_changed.emit()

    def _entry(self, student_uid: object) -> RegisterEntry | None:
        entries = self.register.entries if self.register is not None else ()
        return next((entry for entry in entries if entry.student_uid == student_uid), None)

    def _open_correction(self) -> None:
        entry = self._entry(self.list.current_key())
        if entry is None:
            return
        self.notice.clear()
        self.title.setText(self.tr("What is right?"))
        self._stack.setCurrentIndex(_CORRECT)
        self.correction.open_entry(entry)
        self.bar_changed.emit()

    def _open_form(self) -> None:
        self.notice.clear()
        self.title.setText(self.tr("Which class meets?"))
        self._stack.setCurrentIndex(_NEW)
        self.form.open_form(self._now.time() if self._now is not None else time(8))
        self.bar_changed.emit()

    def _show_list(self) -> None:
        self.title.setText(self.tr("Who is here?"))
        self._stack.setCurrentIndex(_LIST if self._sessions else _EMPTY)
        self.bar_changed.emit()
        self.entered()

    def bar(self) -> Bar:
        panel = self._stack.currentIndex()
        if panel == _CORRECT:
            why_not = self.correction.why_not()
            return self._saving_bar(self.tr("&Save the correction"), why_not)
        if panel == _NEW:
            return self._saving_bar(self.tr("&Open it"), self.form.why_not())
        close = Action("cancel", self.tr("C&lose"), "x")
        opens = Action("new_session", self.tr("&New session"), "calendar-check")
        if panel == _EMPTY:
            return Bar(start=(close,), primary=opens)
        export = Action("export", self.tr("&Export"), "file-down", self.register is not None)
        correct = Action(
            "primary",
            self.tr("C&orrect"),
            "pen-line",
            self.list.current_key() is not None,
            self.tr("Choose a student first"),
        )
        return Bar(start=(close, export, opens), primary=correct)

    def _saving_bar(self, word: str, why_not: str) -> Bar:
        enabled = not why_not and not self._saving
        return Bar(
            start=(Action("cancel", self.tr("Cancel"), "x"),),
            primary=Action("primary", word, "check", enabled, why_not),
        )

    def act(self, name: str) -> bool:
        panel = self._stack.currentIndex()
        if name == "primary":
            self._primary(panel)
        elif name in ("cancel", "back"):
            if panel in (_CORRECT, _NEW):
                self._saving = False
                self._show_list()
            else:
                self.closed.emit()
        elif name == "new_session":
            self._open_form()
        elif name in ("export", "save") and panel == _LIST:
            self._ask_where()
        elif name == "search" and panel == _LIST:
            self.search.setFocus(Qt.FocusReason.OtherFocusReason)
            self.search.selectAll()
        else:
            return name in ("pause", "add_student", "save", "search")  # not from here
        return True

    def _primary(self, panel: int) -> None:
        if self._saving:
            return
        if panel == _LIST:
            self._open_correction()
        elif panel == _EMPTY:
            self._open_form()
        elif panel == _CORRECT and not self.correction.why_not():
            self._saving = True
            status: AttendanceStatus = self.correction.status
            self.record_wanted.emit(self.correction.entry, status, self.correction.reason.text())
        elif panel == _NEW and self.form.answer is not None and not self.form.why_not():
            self._saving = True
            self.session_wanted.emit(*self.form.answer)
        self.bar_changed.emit()

    def _ask_where(self) -> None:
        if self.register is None or self._now is None:
            return
        documents = QStandardPaths.StandardLocation.DocumentsLocation
        folder = Path(QStandardPaths.writableLocation(documents))
        name = self.tr("attendance {session} {day}.csv").format(
            session=self.register.session.title.replace("/", "-"), day=self._now.date().isoformat()
        )
        dialog = QFileDialog(self, self.tr("Export the list"), str(folder / name), self.tr("CSV (*.csv)"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda chosen: self.export_wanted.emit(Path(chosen)))
        dialog.open()

    def entered(self) -> None:
        panel = self._stack.currentIndex()
        if panel == _LIST:
            self.search.setFocus(Qt.FocusReason.OtherFocusReason)
        elif panel == _EMPTY:
            self.setFocus(Qt.FocusReason.OtherFocusReason)
