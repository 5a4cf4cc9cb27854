# SPDX-License-Identifier: Apache-2.0
"""Who signs in: the operator finds the student, or the student types the user name."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from app.domain.signature_sign_in import Signer
from app.ui.common import theme
from app.ui.common.controls import Card
from app.ui.common.discard import discard
from app.ui.common.empty_state import EmptyState
from app.ui.common.notice import announce
from app.ui.common.search_field import SearchField
from app.ui.signatures.signer_button import SignerButton

_PAUSE_MS = 150  # typing is searched for when it pauses this long
_MOVES = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
_EMPTY, _HITS = range(2)


class WhoPanel(QWidget):
    """The field and the people it may mean.

    Signals:
        find_wanted(str): find people.
        chosen(object): that ``Signer`` signs in.
        changed(): another person, or none, would be taken by Enter.
    """

    find_wanted = Signal(str)
    chosen = Signal(object)
    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = SearchField()
        self.field.setObjectName("sign_in_field")
        self.field.setPlaceholderText(self.tr("Name, number or user name"))
        self.field.setAccessibleName(self.tr("Who signs in"))
        self.field.textChanged.connect(self._on_typed)
        self.field.returnPressed.connect(self.enter)
        self.field.installEventFilter(self)
        self._buttons: list[SignerButton] = []
        self._shown: str | None = None
        self._enter_waits = False
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self._list.setContentsMargins(0, 0, 0, 0)
        rows = QWidget()
        rows.setLayout(self._list)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.viewport().setAutoFillBackground(False)
        rows.setAutoFillBackground(False)
        self._scroll.setWidget(rows)
        card = Card()
        inside = QVBoxLayout(card)
        inside.setContentsMargins(6, 6, 6, 6)
        inside.addWidget(self._scroll)
        self._empty = EmptyState("pen-line")
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(card)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_4)
        column.addWidget(self.field)
        column.addWidget(self._stack, 1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self._find_now)
        self._say_nothing_yet()

    @property
    def query(self) -> str:
        """What is typed, without blanks at the ends."""
        return self.field.text().strip()

    @property
    def current(self) -> Signer | None:
        """Whom Enter would take."""
        return next((button.signer for button in self._buttons if button.current), None)

    def start_over(self) -> None:
        """Empty the field for the next person."""
        self._timer.stop()
        self._enter_waits = False
        self.field.clear()
        self._timer.stop()
        self._shown = ""
        self._show_rows(())
        self._say_nothing_yet()

    def take_focus(self) -> None:
        """Put the keyboard into the field."""
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.field.selectAll()

    def show_signers(self, query: str, found: tuple[Signer, ...]) -> None:
        """Show whom a query may mean; the answer to an older one is dropped."""
        if query != self.query:
            return
        self._shown = query
        self._show_rows(found)
        if not query:
            self._say_nothing_yet()
        elif not found:
            words = self.tr("Nobody matches “{query}”.").format(query=query)
            how = self.tr("Check the spelling; a user name has to be given whole.")
            self._empty.say(words, how, "user-search")
            announce(self.field, f"{words} {how}")
        if self._enter_waits:
            self._enter_waits = False
            self._take_current()

    def _take_current(self) -> None:
        if self.current is not None:
            self.chosen.emit(self.current)

    def _say_nothing_yet(self) -> None:
        self._empty.say(
            self.tr("Who wants to sign in?"),
            self.tr("Find the student, or let the student type the user name."),
            "pen-line",
        )

    def _show_rows(self, found: tuple[Signer, ...]) -> None:
        for button in self._buttons:
            discard(button)
        while self._list.count():
            self._list.takeAt(0)
        self._buttons = []
        for number, signer in enumerate(found, start=1):
            button = SignerButton(signer)
            button.setObjectName(f"signer_{number}")
            button.clicked.connect(lambda _on=False, one=signer: self.chosen.emit(one))
            self._list.addWidget(button)
            self._buttons.append(button)
        self._list.addStretch(1)
        self._mark(next((button for button in self._buttons if button.isEnabled()), None))
        self._stack.setCurrentIndex(_HITS if found else _EMPTY)

    def _mark(self, marked: SignerButton | None) -> None:
        for button in self._buttons:
            button.current = button is marked
            button.update()
        if marked is not None:
            self._scroll.ensureWidgetVisible(marked, 0, 0)
        self.changed.emit()

    def _move(self, by: int) -> None:
        usable = [button for button in self._buttons if button.isEnabled()]
        at = next((place for place, button in enumerate(usable) if button.current), None)
        if at is not None:
            self._mark(usable[min(max(at + by, 0), len(usable) - 1)])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            by = _MOVES.get(Qt.Key(event.key()))
            if by is not None:
                self._move(by)
                return True
        return super().eventFilter(watched, event)

    def _on_typed(self) -> None:
        self._enter_waits = False
        self._timer.start()

    def _find_now(self) -> None:
        self._timer.stop()
        self.find_wanted.emit(self.query)

    def enter(self) -> None:
        """Take whom Enter would take, once what is typed was searched for."""
        if self._shown == self.query:
            self._take_current()
        elif self.query:
            self._enter_waits = True
            self._find_now()
