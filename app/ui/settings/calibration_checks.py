# SPDX-License-Identifier: Apache-2.0
"""What a person confirms about a reader's pictures: which end is up, what is dark, how fine they are."""

from __future__ import annotations

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtGui import QFocusEvent, QIntValidator, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.domain.calibration import CalibrationView
from app.ui.common import theme
from app.ui.common.controls import Button, Card, Icon, Text
from app.ui.common.theme import Tone

#: Beyond that no fingerprint reader is made.
LEAST_DPI, MOST_DPI = 150, 2000


class CheckRow(QWidget):
    """A question, what speaks for or against it, and what can be done, at the end of the line."""

    def __init__(self, name: str, question: str, control: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = Icon("circle", 22)
        self._words = Text("", theme.SMALL, muted=True, wrap=True)
        self._words.setObjectName(f"calibration_{name}_words")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Text(question, theme.BODY, strong=True, wrap=True))
        words.addWidget(self._words)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_3)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addWidget(control, 0, Qt.AlignmentFlag.AlignVCenter)

    def say(self, words: str, tone: Tone) -> None:
        """Say what the pictures tell."""
        icon = {Tone.GOOD: "circle-check", Tone.WARN: "triangle-alert"}.get(tone, "circle")
        self._icon.set_icon(icon, tone)
        self._words.setText(words)


class DpiField(QLineEdit):
    """A number from LEAST_DPI to MOST_DPI.

    Signals:
        chosen(int): another one was typed.
    """

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = 0
        self.setValidator(QIntValidator(LEAST_DPI, MOST_DPI, self))
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFixedWidth(84)
        self.editingFinished.connect(self._on_typed)

    @property
    def value(self) -> int:
        """What is shown."""
        return self._shown

    def show_value(self, dpi: int) -> None:
        """Show another one; what is being typed stays."""
        if dpi != self._shown:
            self._shown = dpi
            self.setText(str(dpi))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()  # it ends the typing and does not save the page

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if not self.hasAcceptableInput():
            self.setText(str(self._shown))

    def _on_typed(self) -> None:
        typed = int(self.text())
        if typed != self._shown:
            self._shown = typed
            self.chosen.emit(typed)


class ChecksCard(Card):
    """The three questions.

    Signals:
        turn_wanted(): the fingertip is at the other end.
        invert_wanted(): light and dark are the wrong way round.
        dpi_chosen(int): the resolution is that one.
    """

    turn_wanted = Signal()
    invert_wanted = Signal()
    dpi_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._likely = 0
        self._turn = Button(self.tr("&Turn it round"), icon="refresh-cw")
        self._turn.setObjectName("calibration_turn")
        self._turn.clicked.connect(self.turn_wanted)
        self._invert = Button(self.tr("S&wap them"), icon="sun")
        self._invert.setObjectName("calibration_invert")
        self._invert.clicked.connect(self.invert_wanted)
        self.dpi = DpiField()
        self.dpi.setObjectName("calibration_dpi")
        self.dpi.setAccessibleName(self.tr("Resolution in dots per inch"))
        self.dpi.chosen.connect(self.dpi_chosen)
        self._use = Button("", icon="check")
        self._use.setObjectName("calibration_use_dpi")
        self._use.clicked.connect(lambda: self.dpi_chosen.emit(self._likely))
        self._use.hide()
        self._up = CheckRow("turn", self.tr("Is the fingertip at the top?"), self._turn)
        self._dark = CheckRow("invert", self.tr("Are the ridges dark on light?"), self._invert)
        self._fine = CheckRow("dpi", self.tr("Is the resolution right?"), self._with_unit())
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE_4, theme.SPACE_4, theme.SPACE_4, theme.SPACE_4)
        column.setSpacing(theme.SPACE_4)
        for row in (self._up, self._dark, self._fine):
            column.addWidget(row)
        column.addWidget(self._use, 0, Qt.AlignmentFlag.AlignTrailing)

    def _with_unit(self) -> QWidget:
        field = QWidget()
        row = QHBoxLayout(field)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_2)
        row.addWidget(self.dpi)
        row.addWidget(Text(self.tr("dpi"), theme.BODY, muted=True))
        return field

    def clear(self) -> None:
        """No reader to ask about."""
        for control in (self._turn, self._invert, self.dpi):
            control.setEnabled(False)
        self._use.hide()
        for row in (self._up, self._dark, self._fine):
            row.say("", Tone.NEUTRAL)

    def show_view(self, view: CalibrationView) -> None:
        """Draw what the pictures tell so far."""
        seen = bool(view.pixels)
        self._turn.setEnabled(seen)
        self._invert.setEnabled(seen)
        self.dpi.setEnabled(True)
        self.dpi.show_value(view.dpi)
        self._up.say(self.tr("Look at the picture; the tip of the finger belongs up."), Tone.NEUTRAL)
        if view.looks_inverted:
            self._dark.say(self.tr("They look light on dark: swap them."), Tone.WARN)
        else:
            self._dark.say(self.tr("In the picture skin is dark and the free glass light."), Tone.NEUTRAL)
        self._draw_dpi(view)

    def _draw_dpi(self, view: CalibrationView) -> None:
        self._likely = view.likely_dpi or 0
        offered = not view.dpi_fits and bool(self._likely)
        self._use.setVisible(offered)
        self._use.setText(self.tr("Use {dpi} dpi").format(dpi=self._likely))
        self._use.updateGeometry()
        if view.ridge_mm is None:
            words = self.tr("The reader says {dpi} dpi. The first finger shows whether that can be.")
            self._fine.say(words.format(dpi=view.reader_dpi), Tone.NEUTRAL)
            return
        distance = QLocale().toString(view.ridge_mm, "f", 2)
        if view.dpi_fits:
            words = self.tr("Ridges are {distance} mm apart, as on a finger.")
            self._fine.say(words.format(distance=distance), Tone.GOOD)
        else:
            words = self.tr(
                "Ridges would be {distance} mm apart, which no finger has. Fingers saved so far match only at"
                " the resolution they were saved with."
            )
            self._fine.say(words.format(distance=distance), Tone.WARN)
