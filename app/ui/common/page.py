# SPDX-License-Identifier: Apache-2.0
"""What every page has in common: a question as title, one sentence below, the buttons it wants in the bar."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.ui.common import theme
from app.ui.common.controls import Text


@dataclass(frozen=True, slots=True)
class Action:
    """A button of the action bar: the act it triggers, its words, its icon, and whether it may be pressed.

    ``why_not`` is shown as tool tip while ``enabled`` is false.
    """

    act: str
    text: str
    icon: str = ""
    enabled: bool = True
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """The action bar of a page: quiet acts at the start, Back and the one primary act at the end."""

    start: tuple[Action, ...] = ()
    back: Action | None = None
    primary: Action | None = None


class Page(QWidget):
    """Base of the pages.

    Signals:
        bar_changed(): ``bar()`` would answer differently now.
        prompt_changed(): the page asks for something else now.
        acted(str): the operator asked for an act that is not the page's own business (back, pause ...).
        problem_action(str): a button inside an inline message was pressed.
    """

    bar_changed = Signal()
    prompt_changed = Signal()
    acted = Signal(str)
    problem_action = Signal(str)

    def __init__(self, parent: QWidget | None = None, *, max_width: int = theme.PAGE_MAX_WIDTH) -> None:
        super().__init__(parent)
        self.title = Text("", theme.TITLE, strong=True)
        self.title.setObjectName("page_title")
        self.lead = Text("", theme.BODY, muted=True, wrap=True)
        self.lead.setObjectName("page_lead")
        self.body = QVBoxLayout()
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(theme.SPACE_4)
        self.heading = QHBoxLayout()
        self.heading.setSpacing(theme.SPACE_4)
        words = QVBoxLayout()
        words.setSpacing(theme.SPACE_1)
        words.addWidget(self.title)
        words.addWidget(self.lead)
        words.addStretch(1)
        self.heading.addLayout(words, 1)
        column = QWidget()
        column.setMaximumWidth(max_width)
        inner = QVBoxLayout(column)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(theme.SPACE_4)
        inner.addLayout(self.heading)
        inner.addLayout(self.body, 1)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(theme.SPACE_8, theme.SPACE_6, theme.SPACE_8, theme.SPACE_4)
        outer.addStretch(0)
        outer.addWidget(column, 1)
        outer.addStretch(0)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setProperty(
            "own_focus", True
        )  # Enter does the primary act; a ring around everything says nothing

    def bar(self) -> Bar:
        """The buttons wanted now."""
        return Bar()

    def act(self, name: str) -> bool:
        """Do what a key or a button of the bar asks for; whether the page did something."""
        return False

    def entered(self) -> None:
        """Called when the page becomes visible; puts the focus where work begins."""

    def left(self) -> None:
        """Called when another page takes over."""
