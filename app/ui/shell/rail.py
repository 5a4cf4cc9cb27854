# SPDX-License-Identifier: Apache-2.0
"""The step rail: where the student's visit stands, and the health of the station at its foot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QFrame, QSizePolicy, QVBoxLayout, QWidget

from app.domain.visits import StepState
from app.ui.common import theme
from app.ui.common.assets import paint_icon
from app.ui.common.controls import Button
from app.ui.common.theme import Tone, tokens
from app.ui.shell.health import HealthRow


@dataclass(frozen=True, slots=True)
class Step:
    """One entry: its name in the program, its word, its icon."""

    name: str
    word: str
    icon: str


STEP_NAMES = ("student", "fingers", "signatures", "check_in", "review", "receipt")


def steps() -> tuple[Step, ...]:
    """The six steps with their words in the operator's language."""
    translate = QCoreApplication.translate
    return (
        Step("student", translate("Steps", "Student"), "user"),
        Step("fingers", translate("Steps", "Fingers"), "fingerprint"),
        Step("signatures", translate("Steps", "Signatures"), "pen-line"),
        Step("check_in", translate("Steps", "Check-in"), "clipboard-check"),
        Step("review", translate("Steps", "Review"), "list-checks"),
        Step("receipt", translate("Steps", "Receipt"), "receipt-text"),
    )


def state_word(state: StepState) -> str:
    """The state in words, for the tool tip and a screen reader."""
    translate = QCoreApplication.translate
    return {
        StepState.OPEN: translate("Steps", "to do"),
        StepState.CURRENT: translate("Steps", "you are here"),
        StepState.DONE: translate("Steps", "done"),
        StepState.SKIPPED: translate("Steps", "skipped"),
        StepState.ATTENTION: translate("Steps", "needs attention"),
    }[state]


_MARKS = {
    StepState.DONE: ("circle-check", Tone.GOOD),
    StepState.SKIPPED: ("circle-minus", Tone.WARN),
    StepState.ATTENTION: ("circle-alert", Tone.BAD),
}


class RailItem(QAbstractButton):
    """One step of the rail."""

    def __init__(self, step: Step, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.step = step
        self._number = number
        self.state = StepState.OPEN
        self.narrow = False
        self.setText(step.word)
        self.setObjectName(f"rail_{step.name}")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFont(theme.font(theme.BODY, medium=True))
        self.set_state(StepState.OPEN, False)

    def set_state(self, state: StepState, reachable: bool) -> None:
        """Draw the state; a step that cannot be reached now is disabled."""
        self.state = state
        self.setEnabled(reachable or state is StepState.CURRENT)
        words = f"{self._number}. {self.step.word}: {state_word(state)}"
        self.setAccessibleName(words)
        self.setToolTip(words)
        self.setCursor(Qt.CursorShape.PointingHandCursor if reachable else Qt.CursorShape.ArrowCursor)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.RAIL_NARROW - 24 if self.narrow else theme.RAIL_WIDTH - 24, 48)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = tokens(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        current = self.state is StepState.CURRENT
        if current or (self.underMouse() and self.isEnabled()):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(look.accent_tint if current else look.hover))
            painter.drawRoundedRect(box, theme.RADIUS, theme.RADIUS)
        color = look.accent if current else look.text if self.isEnabled() else look.muted
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        side = 20.0
        start = (box.width() - side) / 2 if self.narrow else (box.width() - side - 12 if mirrored else 12)
        paint_icon(painter, self.step.icon, color, QRectF(start, (box.height() - side) / 2, side, side))
        mark = _MARKS.get(self.state)
        if self.narrow:
            if mark is not None:
                spot = QRectF(start + 10, box.height() / 2 + 2, 15, 15)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(look.surface))
                painter.drawEllipse(spot.adjusted(-1, -1, 1, 1))
                paint_icon(painter, mark[0], look.tone(mark[1]), spot)
            return
        painter.setPen(QColor(color))
        painter.setFont(theme.font(theme.BODY, strong=current, medium=not current))
        room = box.adjusted(40, 0, -44, 0) if mirrored else box.adjusted(44, 0, -40, 0)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading, self.text())
        if mark is not None:
            at = 12 if mirrored else box.width() - 30
            paint_icon(painter, mark[0], look.tone(mark[1]), QRectF(at, box.height() / 2 - 9, 18, 18))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self.update()


class Rail(QFrame):
    """All steps, the menu button and the health row.

    Signals:
        step_chosen(str): the operator wants to see that step.
    """

    step_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self._items: dict[str, RailItem] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.SPACE_3, theme.SPACE_3, theme.SPACE_3, theme.SPACE_3)
        layout.setSpacing(theme.SPACE_1)
        self.menu_button = Button(self.tr("Menu"), kind="quiet", icon="menu")
        self.menu_button.setObjectName("menu_button")
        self.menu_button.setToolTip(self.tr("Menu (Alt+M)"))
        self.menu_button.setAccessibleName(self.tr("Menu"))
        layout.addWidget(self.menu_button)
        layout.addSpacing(theme.SPACE_2)
        for number, step in enumerate(steps(), start=1):
            item = RailItem(step, number)
            item.clicked.connect(lambda _checked=False, name=step.name: self.step_chosen.emit(name))
            self._items[step.name] = item
            layout.addWidget(item)
        layout.addStretch(1)
        self.health = HealthRow()
        layout.addWidget(self.health)
        self.set_narrow(False)

    def set_narrow(self, narrow: bool) -> None:
        """Collapse to icons, or show the words again."""
        self.setFixedWidth(theme.RAIL_NARROW if narrow else theme.RAIL_WIDTH)
        self.menu_button.setText("" if narrow else self.tr("Menu"))
        for item in self._items.values():
            item.narrow = narrow
            item.update()
        self.health.set_narrow(narrow)

    def item(self, name: str) -> RailItem:
        """One entry by its name."""
        return self._items[name]

    def show_states(self, states: dict[str, StepState], reachable: Iterable[str]) -> None:
        """Draw every step's state; ``reachable`` are those that a click may open."""
        open_steps = frozenset(reachable)
        for name, item in self._items.items():
            item.set_state(states.get(name, StepState.OPEN), name in open_steps)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = tokens(self.palette())
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(look.surface))
        painter.setPen(QPen(QColor(look.line), 1))
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        edge = 0 if mirrored else self.width() - 1
        painter.drawLine(edge, 0, edge, self.height())
