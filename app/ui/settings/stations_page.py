# SPDX-License-Identifier: Apache-2.0
"""Stations that share the school's keys: who has them, who asks for them; letting in, refusing, removing."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.domain.station_sharing import HolderEntry, RewrapProgress, Sharing, SharingState, Standing
from app.ui.common import theme
from app.ui.common.controls import Button, Card, Chip, Text
from app.ui.common.notice import Notice
from app.ui.common.page import Action, Bar, Page
from app.ui.common.theme import Tone
from app.ui.common.times import date_text
from app.ui.settings.recovery_card import RecoveryCard


class StationsPage(Page):
    """The page.

    Signals:
        let_in_wanted(object, str): the station's uid and the digits that were compared.
        refuse_wanted(object): likewise without digits.
        remove_wanted(object): take a station or a recovery code out; was confirmed.
        ask_wanted(): ask to join, or for new digits.
        look_wanted(): see what is new.
        rewrap_wanted(bool): go on with bringing students' keys under the newest key, or stop it.
        closed(): back to the page before.
    """

    let_in_wanted = Signal(object, str)
    refuse_wanted = Signal(object)
    remove_wanted = Signal(object)
    ask_wanted = Signal()
    look_wanted = Signal()
    rewrap_wanted = Signal(bool)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sharing: Sharing | None = None
        self._asked_about: UUID | None = None
        self._running = False
        self.title.setText(self.tr("Stations"))
        self.notice = Notice()
        self.notice.setObjectName("stations_notice")
        self.own = Card()
        self.own.setObjectName("stations_own")
        self.digits = Text("", theme.TITLE, strong=True)
        self.digits.setObjectName("stations_digits")
        self.digits.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._how = Text("", theme.BODY, muted=True, wrap=True)
        self._ask = self._button(self.tr("&New digits"), "stations_ask", "refresh-cw", self.ask_wanted.emit)
        self._fill_own()
        self.progress = Card()
        self.progress.setObjectName("stations_progress")
        self.progress_text = Text("", theme.BODY, wrap=True)
        self._go = self._button("", "stations_rewrap", "refresh-cw", self._on_go)
        self._fill_progress()
        self.recovery = RecoveryCard()
        self._rows = QVBoxLayout()
        self._rows.setSpacing(theme.SPACE_2)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, theme.SPACE_2, theme.SPACE_4)
        column.setSpacing(theme.SPACE_3)
        column.addWidget(self.own)
        column.addLayout(self._rows)
        column.addWidget(self.progress)
        column.addWidget(self.recovery)
        column.addStretch(1)
        inside = QWidget()
        inside.setLayout(column)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(inside)
        self.body.addWidget(self.notice)
        self.body.addWidget(self._scroll, 1)
        self.show_looking()

    # -- what is shown --------------------------------------------------------------------------------------

    def show_looking(self) -> None:
        """Nothing is known yet."""
        self._sharing, self._asked_about = None, None
        self.lead.setText(self.tr("One moment: looking who shares the school's keys."))
        self.own.hide()
        self.progress.hide()
        self.recovery.hide()
        self._clear()

    def show_sharing(self, sharing: Sharing) -> None:
        """Show how things stand."""
        self._sharing = sharing
        self.lead.setText(self._lead(sharing.state))
        waiting = sharing.state is not SharingState.MEMBER
        self.own.setVisible(waiting)
        self.digits.setText(sharing.digits)
        self.digits.setVisible(bool(sharing.digits))
        self._how.setText(self._how_to_join(sharing))
        self._ask.setText(self.tr("&New digits") if sharing.digits else self.tr("&Ask to join"))
        self._ask.setVisible(sharing.is_outdated or not sharing.digits)
        self.recovery.show_for(not waiting)
        self.recovery.show()
        self._clear()
        for entry in sharing.holders:
            self._rows.addWidget(self._row(entry, sharing.state))
        if sharing.is_forged:
            self.notice.say(
                Tone.WARN,
                self.tr("Somebody left false keys for this station in the database. They were not taken."),
                self.tr("Tell the administrator: somebody may be posing as a station of the school."),
            )
        self._show_behind()

    def show_progress(self, progress: RewrapProgress) -> None:
        """Students' keys are being brought under the newest key."""
        self._running = True
        self.progress.show()
        self.progress_text.setText(
            self.tr("{done} of {total} students' keys are under the new key.").format(
                done=progress.done, total=progress.total
            )
        )
        self._go.setText(self.tr("S&top"))

    def show_progress_ended(self) -> None:
        """That came to its end or was stopped; ``show_sharing`` says what is left."""
        self._running = False
        self._show_behind()

    def show_code(self, code: str) -> None:
        """A recovery code was made, to be written down."""
        self.recovery.show_code(code)
        QTimer.singleShot(0, self.recovery, lambda: self._scroll.ensureWidgetVisible(self.recovery))

    def show_done(self, what: str, how: str = "") -> None:
        """Something that was asked for is done."""
        self._asked_about = None
        self.notice.say(Tone.GOOD, what, how)

    def show_problem(self, what: str, how: str) -> None:
        """Something that was asked for failed."""
        self.notice.say(Tone.WARN, what, how)

    def bar(self) -> Bar:
        return Bar(primary=Action("primary", self.tr("&Close")))

    def act(self, name: str) -> bool:
        if name in ("cancel", "back") and self._asked_about is not None:
            self._ask_about(None)
            return True
        if name in ("primary", "cancel", "back"):
            self.closed.emit()
            return True
        return name == "pause"  # not from here

    def left(self) -> None:
        self.recovery.rest()  # no code stays on a page that nobody looks at

    def entered(self) -> None:
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.notice.clear()

    # -- words ----------------------------------------------------------------------------------------------

    def _lead(self, state: SharingState) -> str:
        if state is SharingState.MEMBER:
            return self.tr("Each of these opens the fingers and signatures that any of them has stored.")
        if state is SharingState.WAITING:
            return self.tr(
                "This station waits for the school's keys. It works meanwhile with keys of its own."
            )
        return self.tr(
            "This station was refused or removed. It opens nothing of the school and stores nothing."
        )

    def _how_to_join(self, sharing: Sharing) -> str:
        if sharing.is_outdated:
            return self.tr("Stations came or went since these digits were made. Ask for new ones.")
        if sharing.digits:
            return self.tr(
                "Open this page on a station of the school. If it shows the same digits for this station, "
                "let it in there; if not, somebody is in between."
            )
        return self.tr("Ask to join, then compare the digits with a station of the school.")

    def _said(self, entry: HolderEntry) -> tuple[str, Tone, str]:
        """Word, tone and icon of a standing."""
        return {
            Standing.MEMBER: (self.tr("Has the keys"), Tone.GOOD, "check"),
            Standing.WAITING: (self.tr("Asks for the keys"), Tone.WARN, "clock"),
            Standing.REMOVED: (self.tr("Removed"), Tone.NEUTRAL, "circle-minus"),
            Standing.UNPROVEN: (self.tr("Nobody let it in"), Tone.WARN, "triangle-alert"),
        }[entry.standing]

    # -- inside ---------------------------------------------------------------------------------------------

    def _row(self, entry: HolderEntry, state: SharingState) -> Card:
        card = Card()
        card.setObjectName(f"station_{entry.uid.hex}")
        rows = QVBoxLayout(card)
        rows.setContentsMargins(theme.SPACE_6, theme.SPACE_3, theme.SPACE_4, theme.SPACE_3)
        rows.setSpacing(theme.SPACE_3)
        first = QHBoxLayout()
        first.setSpacing(theme.SPACE_4)
        name = self.tr("{name} (this station)").format(name=entry.name) if entry.is_own else entry.name
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(Text(name, theme.BODY, strong=True, wrap=True))
        kind = "" if entry.is_station else self.tr("Recovery code")
        since = "" if entry.since is None else date_text(entry.since)
        words.addWidget(Text(" · ".join(part for part in (kind, since) if part), theme.SMALL, muted=True))
        first.addLayout(words, 1)
        first.addWidget(Chip(*self._said(entry)))
        rows.addLayout(first)
        if state is SharingState.MEMBER and not entry.is_own:
            if entry.uid == self._asked_about:
                rows.addLayout(self._confirming(entry))
            elif entry.standing is Standing.WAITING:
                rows.addLayout(self._deciding(entry))
            elif entry.standing is not Standing.REMOVED:
                remove = self._button(self.tr("Remove..."), "remove", "x", lambda: self._ask_about(entry.uid))
                first.addWidget(remove)
        return card

    def _deciding(self, entry: HolderEntry) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(theme.SPACE_2)
        digits = Text(entry.digits, theme.TITLE, strong=True)
        digits.setObjectName("digits")
        column.addWidget(digits)
        column.addWidget(
            Text(self.tr("Does its own screen show the same digits?"), theme.BODY, muted=True, wrap=True)
        )
        let_in = self._button(
            self.tr("The same: let it in"),
            "let_in",
            "key",
            lambda: self.let_in_wanted.emit(entry.uid, entry.digits),
        )
        refuse = self._button(self.tr("Refuse"), "refuse", "x", lambda: self.refuse_wanted.emit(entry.uid))
        column.addLayout(_side_by_side(let_in, refuse))
        return column

    def _confirming(self, entry: HolderEntry) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(theme.SPACE_2)
        column.addWidget(
            Text(
                self.tr(
                    "The school makes a new key, and this one does not get it. What it could read until "
                    "now (fingers, signatures, old keys) it may have kept: nothing undoes that. Take its "
                    "access to the database away as well."
                ),
                theme.BODY,
                wrap=True,
            )
        )
        remove = self._button(
            self.tr("Remove for good"), "remove_now", "x", lambda: self.remove_wanted.emit(entry.uid)
        )
        remove.set_kind("danger")
        keep = self._button(self.tr("Keep"), "keep", "undo", lambda: self._ask_about(None))
        column.addLayout(_side_by_side(remove, keep))
        return column

    def _ask_about(self, uid: UUID | None) -> None:
        self._asked_about = uid
        if self._sharing is not None:
            self.show_sharing(self._sharing)

    def _show_behind(self) -> None:
        sharing = self._sharing
        if self._running or sharing is None:
            return
        self.progress.setVisible(bool(sharing.behind) and sharing.state is SharingState.MEMBER)
        self.progress_text.setText(
            self.tr("{count} students' keys are not under the newest key yet.").format(count=sharing.behind)
        )
        self._go.setText(self.tr("&Go on"))

    def _on_go(self) -> None:
        self.rewrap_wanted.emit(not self._running)

    def _fill_own(self) -> None:
        rows = QVBoxLayout(self.own)
        rows.setContentsMargins(theme.SPACE_6, theme.SPACE_4, theme.SPACE_4, theme.SPACE_4)
        rows.setSpacing(theme.SPACE_3)
        rows.addWidget(self.digits)
        rows.addWidget(self._how)
        look = self._button(self.tr("&Look again"), "stations_look", "search", self.look_wanted.emit)
        rows.addLayout(_side_by_side(look, self._ask))

    def _fill_progress(self) -> None:
        row = QHBoxLayout(self.progress)
        row.setContentsMargins(theme.SPACE_6, theme.SPACE_3, theme.SPACE_4, theme.SPACE_3)
        row.addWidget(self.progress_text, 1)
        row.addWidget(self._go)

    def _button(self, text: str, name: str, icon: str, act: Callable[[], object]) -> Button:
        button = Button(text, icon=icon)
        button.setObjectName(name)
        button.clicked.connect(lambda _on=False: act())
        return button

    def _clear(self) -> None:
        while self._rows.count():
            item = self._rows.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()


def _side_by_side(*buttons: Button) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(theme.SPACE_2)
    for button in buttons:
        row.addWidget(button)
    row.addStretch(1)
    return row
