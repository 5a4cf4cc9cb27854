# SPDX-License-Identifier: Apache-2.0
"""Calibrating a reader: its frame and dirt are learned under several fingers, its pictures are checked."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.domain.calibration import CalibrationView
from app.ui.common import theme
from app.ui.common.controls import Card, Text
from app.ui.common.notice import Notice, announce
from app.ui.common.page import Action, Bar, Page
from app.ui.common.theme import Tone
from app.ui.settings.calibration_checks import ChecksCard
from app.ui.settings.glass import GlassView

#: Less of the glass than this is nothing to speak of; more than that wants a cloth.
CLEAN_SHARE, DIRTY_SHARE = 0.004, 0.1


class CalibrationPage(Page):
    """The page.

    Signals:
        turn_wanted(): the fingertip is at the other end.
        invert_wanted(): light and dark are the wrong way round.
        dpi_chosen(int): the resolution is that one.
        save_wanted(): keep what was learned.
        closed(): back to the page before; what is not saved is forgotten.
    """

    turn_wanted = Signal()
    invert_wanted = Signal()
    dpi_chosen = Signal(int)
    save_wanted = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: CalibrationView | None = None
        self.title.setText(self.tr("Calibrate the reader"))
        self.notice = Notice()
        self.notice.setObjectName("calibration_notice")
        self.glass = GlassView()
        self._facts = {name: Text("", theme.BODY, wrap=True) for name in ("reader", "size", "touches")}
        for name, text in self._facts.items():
            text.setObjectName(f"calibration_{name}")
        self.found = Text("", theme.BODY, wrap=True)
        self.found.setObjectName("calibration_found")
        self.checks = ChecksCard()
        self.checks.turn_wanted.connect(self.turn_wanted)
        self.checks.invert_wanted.connect(self.invert_wanted)
        self.checks.dpi_chosen.connect(self.dpi_chosen)
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE_6)
        row.addWidget(self.glass, 9)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, theme.SPACE_2, 0)
        column.setSpacing(theme.SPACE_3)
        column.addWidget(self._facts_card())
        column.addWidget(self.checks)
        column.addWidget(self.found)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(right)
        row.addWidget(scroll, 11)
        self.body.addWidget(self.notice)
        self.body.addLayout(row, 1)
        self.show_absent()

    def _facts_card(self) -> Card:
        card = Card()
        grid = QGridLayout(card)
        grid.setContentsMargins(theme.SPACE_6, theme.SPACE_4, theme.SPACE_4, theme.SPACE_4)
        grid.setHorizontalSpacing(theme.SPACE_6)
        grid.setVerticalSpacing(theme.SPACE_2)
        grid.setColumnStretch(1, 1)
        words = {
            "reader": self.tr("Reader"),
            "size": self.tr("Glass"),
            "touches": self.tr("Fingers"),
        }
        for row, (name, text) in enumerate(self._facts.items()):
            grid.addWidget(Text(words[name], theme.BODY, muted=True), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(text, row, 1)
        return card

    def show_absent(self) -> None:
        """No reader can be calibrated now."""
        self._view = None
        self.glass.clear()
        for text in self._facts.values():
            text.setText("–")
        self.found.setText("")
        self.checks.clear()
        self._say_lead(self.tr("No reader is ready. Plug it in; this page goes on by itself."))
        self.bar_changed.emit()

    def show_view(self, view: CalibrationView) -> None:
        """Draw a calibration under way."""
        self._view = view
        self.notice.clear()
        self.glass.show_view(view)
        name = f"{view.reader} · {view.serial}" if view.serial else view.reader
        size = self.tr("{width} × {height} mm ({columns} × {rows} pixels)")
        facts = {
            "reader": name or "–",
            "size": size.format(
                width=f"{view.width_mm:.1f}",
                height=f"{view.height_mm:.1f}",
                columns=view.width_px,
                rows=view.height_px,
            ),
            "touches": self.tr("{count} of {wanted}").format(
                count=min(view.touches, view.wanted), wanted=view.wanted
            ),
        }
        for fact, words in facts.items():
            self._facts[fact].setText(words)
        self.checks.show_view(view)
        self.found.setText(self._found_words(view))
        self._say_lead(self._lead_words(view))
        self.bar_changed.emit()

    def _lead_words(self, view: CalibrationView) -> str:
        if view.touches == 0:
            words = self.tr("Touch the reader with {wanted} different fingers, one after the other.")
            return words.format(wanted=view.wanted)
        if view.touches < view.wanted:
            return self.tr("Lift, then touch with another finger.")
        return self.tr("That is enough. More fingers make it surer.")

    def _found_words(self, view: CalibrationView) -> str:
        if view.ignored_share is None:
            return self.tr("What stays the same under every finger belongs to the glass and is left out.")
        words = ""
        if view.frame_share > 0:
            frame = self.tr("{percent} % of the picture is a frame around the glass (tinted); it is cut off.")
            words = frame.format(percent=f"{max(1.0, 100 * view.frame_share):.0f}") + " "
        if view.ignored_share < CLEAN_SHARE:
            return words + (
                self.tr("The glass is clean.") if words else self.tr("The glass is clean and has no frame.")
            )
        share = self.tr("{percent} % of the glass is dirt or an edge (tinted); it will be left out.")
        words += share.format(percent=f"{100 * view.ignored_share:.0f}" if view.ignored_share > 0.01 else "1")
        if view.ignored_share > DIRTY_SHARE:
            words += " " + self.tr("If you see dirt there, clean the glass and begin again.")
        return words

    def _say_lead(self, words: str) -> None:
        if words != self.lead.text():
            self.lead.setText(words)
            announce(self, words)

    def show_refused(self) -> None:
        """A touch gave no image to learn from."""
        what = self.tr("That touch could not be used.")
        self.notice.say(Tone.WARN, what, self.tr("Lay the finger flat on the glass and hold it still."))

    def show_saved(self, view: CalibrationView) -> None:
        """It is durable now."""
        self.show_view(view)
        self.notice.say(Tone.GOOD, self.tr("Saved."), self.tr("It holds from the next touch on."))

    def show_problem(self, what: str, how: str) -> None:
        """Something could not be learned or kept."""
        self.notice.say(Tone.BAD, what, how)

    @property
    def _changed(self) -> bool:
        return self._view is not None and self._view.changed

    def bar(self) -> Bar:
        view = self._view
        learning = view is not None and 0 < view.touches < view.wanted
        if not self._changed and not learning:
            return Bar(primary=Action("primary", self.tr("&Close")))
        return Bar(
            start=(Action("cancel", self.tr("&Discard"), "x"),),
            primary=Action(
                "primary",
                self.tr("&Save"),
                enabled=self._changed,
                why_not=self.tr("Touch with the other fingers first"),
            ),
        )

    def act(self, name: str) -> bool:
        if name == "primary" and self._changed:
            self.save_wanted.emit()
        elif name in ("primary", "cancel", "back"):
            self.closed.emit()
        else:
            return name == "pause"  # not from here
        return True

    def entered(self) -> None:
        self.setFocus(Qt.FocusReason.OtherFocusReason)
