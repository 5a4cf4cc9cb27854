# SPDX-License-Identifier: Apache-2.0
"""Version and licenses: what the program is made of, and each part's own license text."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPlainTextEdit, QStackedWidget, QVBoxLayout, QWidget

from app.domain.about import About, Component
from app.ui.common.controls import Card
from app.ui.common.error_text import ErrorText
from app.ui.common.notice import Notice
from app.ui.common.page import Action, Bar, Page
from app.ui.common.row_list import Row, RowList
from app.ui.common.theme import Tone

_PARTS, _TEXT = range(2)


class AboutPage(Page):
    """The page.

    Signals:
        closed(): back to the page before.
    """

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: dict[str, Component] = {}
        self._version = ""
        self.notice = Notice()
        self.list = RowList(self.tr("Parts of the program"))
        self.list.setObjectName("about_parts")
        self.list.chosen.connect(lambda _key: self._open_text())
        self.list.current_changed.connect(lambda _key: self.bar_changed.emit())
        self.text = QPlainTextEdit()
        self.text.setObjectName("about_text")
        self.text.setReadOnly(True)
        self.text.setAccessibleName(self.tr("License text"))
        self._stack = QStackedWidget()
        for widget in (self.list, self.text):
            card = Card()
            inside = QVBoxLayout(card)
            inside.setContentsMargins(6, 6, 6, 6)
            inside.addWidget(widget)
            self._stack.addWidget(card)
        self.body.addWidget(self.notice)
        self.body.addWidget(self._stack, 1)
        self._show_parts()

    def show_about(self, about: About) -> None:
        """Show what it is made of."""
        self._version = about.version
        self._parts = {part.name: part for part in about.components}
        self.list.show_rows(tuple(self._row(part) for part in about.components))
        self._show_parts()

    def show_problem(self, text: ErrorText) -> None:
        """It could not be read."""
        self.notice.say(Tone.BAD, text.what, text.what_to_do)

    @staticmethod
    def _row(part: Component) -> Row:
        return Row(part.name, "", part.name, part.version, part.license)

    def _show_parts(self) -> None:
        title = self.tr("Enrollment station {version}").format(version=self._version)
        self.title.setText(title.strip())
        self.lead.setText(self.tr("Open source under the Apache License 2.0. It is made of these parts:"))
        self._stack.setCurrentIndex(_PARTS)
        self.bar_changed.emit()

    def _open_text(self) -> None:
        part = self._parts.get(str(self.list.current_key()))
        if part is None or not part.text:
            return
        self.title.setText(f"{part.name} {part.version}".strip())
        self.lead.setText(part.license)
        self.text.setPlainText(part.text)
        self._stack.setCurrentIndex(_TEXT)
        self.text.setFocus(Qt.FocusReason.OtherFocusReason)
        self.bar_changed.emit()

    def bar(self) -> Bar:
        close = Action("primary", self.tr("&Close"))
        if self._stack.currentIndex() == _TEXT:
            return Bar(back=Action("back", self.tr("&Back"), "arrow-left"), primary=close)
        part = self._parts.get(str(self.list.current_key()))
        shows = Action(
            "show_text", self.tr("Show the &license"), "text", part is not None and bool(part.text)
        )
        return Bar(start=(shows,), primary=close)

    def act(self, name: str) -> bool:
        reads = self._stack.currentIndex() == _TEXT
        if name == "show_text":
            self._open_text()
        elif name == "back" or (name == "cancel" and reads):
            if reads:
                self._show_parts()
                self.entered()
            else:
                self.closed.emit()
        elif name in ("primary", "cancel"):
            self._show_parts()
            self.closed.emit()
        else:
            return name in ("pause", "search", "add_student")  # not from here
        return True

    def entered(self) -> None:
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)
