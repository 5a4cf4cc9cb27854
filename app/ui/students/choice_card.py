# SPDX-License-Identifier: Apache-2.0
"""What to do with a student who is in progress or enrolled already."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.listings import StudentListing, StudentState
from app.domain.visits import Step
from app.ui.common import theme
from app.ui.common.controls import Button, Card, Text
from app.ui.common.initials import Initials
from app.ui.common.result_list import details_of
from app.ui.common.times import date_text, date_time_text
from app.ui.common.words import step_word


class ChoiceCard(Card):
    """Asks: go on, start fresh, or back to the list. The primary answer is in the action bar.

    Signals:
        fresh_wanted(): start over; what was captured in the unfinished visit is given up.
        cancelled(): back to the list.
    """

    fresh_wanted = Signal()
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("resume_card")
        self._initials = Initials(56)
        self._name = Text("", theme.TITLE, strong=True)
        self._details = Text("", theme.BODY, muted=True)
        self._words = Text("", theme.LEAD, wrap=True)
        self._fresh = Button(self.tr("Start &fresh"), icon="rotate-ccw")
        self._fresh.setObjectName("resume_fresh")
        self._fresh.clicked.connect(self.fresh_wanted)
        self._cancel = Button(self.tr("Back to the &list"), icon="arrow-left", kind="quiet")
        self._cancel.setObjectName("resume_cancel")
        self._cancel.clicked.connect(self.cancelled)
        head = QHBoxLayout()
        head.setSpacing(theme.SPACE_4)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._name)
        words.addWidget(self._details)
        head.addWidget(self._initials)
        head.addLayout(words, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self._fresh)
        buttons.addWidget(self._cancel)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.SPACE_6, theme.SPACE_6, theme.SPACE_6, theme.SPACE_6)
        layout.setSpacing(theme.SPACE_6)
        layout.addLayout(head)
        layout.addWidget(self._words)
        layout.addLayout(buttons)

    def ask(self, listing: StudentListing, step: Step | None) -> None:
        """Ask about a student; ``step`` is where the unfinished visit waits, where that is known."""
        self._initials.set_name(listing.card.name)
        self._name.setText(listing.card.name)
        self._details.setText(details_of(listing.card))
        in_progress = listing.state is StudentState.IN_PROGRESS
        self._fresh.setVisible(in_progress)
        self._words.setText(self._question(listing, step))

    def _question(self, listing: StudentListing, step: Step | None) -> str:
        when = date_time_text(listing.since) if listing.since is not None else ""
        if listing.state is StudentState.ENROLLED:
            if listing.since is None:
                return self.tr("This student is enrolled. Enrolling again replaces fingers and signatures.")
            return self.tr(
                "This student was enrolled on {date}. Enrolling again replaces fingers and signatures."
            ).format(date=date_text(listing.since))
        if step is None or not when:
            return self.tr("This student was started and not finished. Everything accepted is still here.")
        return self.tr(
            "This student was started and waits at “{step}” since {when}. Everything accepted is still here."
        ).format(step=step_word(step), when=when)
