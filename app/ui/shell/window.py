# SPDX-License-Identifier: Apache-2.0
"""The window's frame: rail, banners, the page in the middle, the action bar, the keys and the menu.

It knows no service and decides nothing: it draws what it is given and tells which act was asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from app.domain.visits import StepState
from app.ui.common import theme
from app.ui.common.assets import icon
from app.ui.common.focus_ring import FocusRing
from app.ui.common.keys import KEYS
from app.ui.common.notice import Notice
from app.ui.common.page import Bar, Page
from app.ui.common.style import Appearance
from app.ui.common.theme import Scheme
from app.ui.shell.action_bar import ActionBar
from app.ui.shell.health import HealthView
from app.ui.shell.help_sheet import HelpSheet
from app.ui.shell.menu import Entry, StationMenu
from app.ui.shell.rail import Rail
from app.ui.shell.student_banner import StudentBanner, StudentView
from app.ui.shell.training_banner import TrainingBanner


class StationWindow(QWidget):
    """The station's main window.

    Signals:
        step_chosen(str): a step of the rail was clicked.
        page_shown(): another page is shown.
        act_wanted(str): an act that the current page did not deal with itself.
        scheme_chosen(object): the operator chose a ``Scheme``.
        closing(): the window is about to close.
    """

    step_chosen = Signal(str)
    page_shown = Signal()
    act_wanted = Signal(str)
    scheme_chosen = Signal(object)
    closing = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("station_window")
        self.setWindowTitle(self.tr("Enrollment station"))
        self.setWindowIcon(icon("fingerprint", theme.LIGHT.accent, 64))
        self.setMinimumSize(960, 600)
        self.resize(1280, 800)
        self._appearance = appearance
        self._pages: dict[str, Page] = {}
        self._makers: dict[str, Callable[[], Page]] = {}
        self._current = ""
        self._path: list[str] = []  # the way back from a page beside the visit
        self._cover: QWidget | None = None
        self.training = TrainingBanner()
        self.training.hide()
        self.rail = Rail()
        self.banner = StudentBanner()
        self.banner.hide()
        self.notice = Notice()
        self.notice.setObjectName("window_notice")
        self.pages = QStackedWidget()
        self.action_bar = ActionBar()
        self._lay_out()
        self.help = HelpSheet(self)
        self.help.closed.connect(self._on_help_closed)
        self._menu = self._make_menu()
        self.rail.step_chosen.connect(self.step_chosen)
        self.rail.menu_button.clicked.connect(self.open_menu)
        self.action_bar.triggered.connect(self.trigger)
        self._ring = FocusRing(self)
        for key in KEYS:
            for sequence in key.sequences:
                shortcut = QShortcut(QKeySequence(sequence), self)
                shortcut.activated.connect(lambda act=key.act: self.trigger(act))

    def _lay_out(self) -> None:
        middle = QVBoxLayout()
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(0)
        strip = QHBoxLayout()
        strip.setContentsMargins(theme.SPACE_8, theme.SPACE_3, theme.SPACE_8, 0)
        strip.addWidget(self.notice)
        self._strip = QWidget()
        self._strip.setLayout(strip)
        self._strip.hide()
        middle.addWidget(self.banner)
        middle.addWidget(self._strip)
        middle.addWidget(self.pages, 1)
        middle.addWidget(self.action_bar)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addLayout(middle, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.training)
        column.addLayout(row, 1)

    def _make_menu(self) -> StationMenu:
        menu = StationMenu(self)
        colors = QMenu(self.tr("Colors"), menu)
        group = QActionGroup(menu)
        choices = (
            (Scheme.SYSTEM, self.tr("As the system")),
            (Scheme.LIGHT, self.tr("Light")),
            (Scheme.DARK, self.tr("Dark")),
        )
        for scheme, words in choices:
            action = QAction(words, menu, checkable=True, checked=scheme is self._appearance.scheme)
            action.setObjectName(f"scheme_{scheme.value}")
            action.triggered.connect(lambda _checked=False, chosen=scheme: self.choose_scheme(chosen))
            group.addAction(action)
            colors.addAction(action)
        menu.put(Entry.COLORS, colors.menuAction())
        keys = QAction(self.tr("Keyboard\tF1"), menu)
        keys.setObjectName("menu_keys")
        keys.triggered.connect(lambda: self.trigger("help"))
        menu.put(Entry.KEYS, keys)
        return menu

    @property
    def menu(self) -> StationMenu:
        """The menu, so that the composition may add what it can really open."""
        return self._menu

    def add_page(self, name: str, page: Page) -> None:
        """Add the page of a step."""
        page.setObjectName(f"page_{name}")
        page.bar_changed.connect(lambda: self._on_bar_changed(name))
        page.acted.connect(self.act_wanted)
        self._pages[name] = page
        self.pages.addWidget(page)

    def promise_page(self, name: str, make: Callable[[], Page]) -> None:
        """Have a page made when it is first asked for; most days nobody opens the settings."""
        self._makers[name] = make

    def page(self, name: str) -> Page:
        """The page of a step."""
        make = self._makers.pop(name, None)
        if make is not None:
            self.add_page(name, make())
        return self._pages[name]

    @property
    def current(self) -> str:
        """Name of the step whose page is shown."""
        return self._current

    def show_page(self, name: str) -> None:
        """Show a step's page and put the focus where its work begins."""
        self._path = []
        self._show(name)

    def open_beside(self, name: str) -> bool:
        """Show a page beside the visit, which waits; whether it was not shown already."""
        if name == self._current:
            return False
        path = [*self._path, self._current]
        # Coming back to a page that is on the way back already must not lead in a circle.
        self._path = path[: path.index(name)] if name in path else path
        self._show(name)
        return True

    def leave_beside(self) -> None:
        """Back to the page that the one beside the visit was opened from."""
        if self._path:
            self._show(self._path.pop())

    def _show(self, name: str) -> None:
        page = self.page(name)
        if self._current and self._current != name:
            self._pages[self._current].left()
        self._current = name
        self.pages.setCurrentWidget(page)
        self.action_bar.show_bar(page.bar())
        page.entered()
        self.page_shown.emit()

    def cover(self, widget: QWidget | None) -> None:
        """Put a widget over everything, so that nothing below is seen, read aloud or reached by a key."""
        self._cover = widget
        for part in (self.rail, self.pages, self.action_bar):
            part.setVisible(widget is None)
        if widget is not None:
            self.help.hide()
            widget.setParent(self)
            widget.setGeometry(self.rect())
            widget.show()
            widget.raise_()

    @property
    def is_covered(self) -> bool:
        """Whether something lies over everything."""
        return self._cover is not None

    def show_student(self, view: StudentView | None) -> None:
        """Show who sits at the desk."""
        self.banner.show_student(view)

    def show_training(self, training: bool) -> None:
        """Show or hide the training strip."""
        self.training.setVisible(training)

    def show_health(self, views: tuple[HealthView, ...]) -> None:
        """Draw the health of the station's parts."""
        self.rail.health.show_views(views)

    def show_steps(self, states: dict[str, StepState], reachable: Iterable[str]) -> None:
        """Draw the rail."""
        self.rail.show_states(states, reachable)

    def say(self, tone: theme.Tone, what: str, how: str = "", *, act: str = "", button: str = "") -> None:
        """Show a message above the page; it stays until ``hush``."""
        self._strip.show()
        self.notice.say(tone, what, how, act=act, button=button)

    def hush(self) -> None:
        """Take the message away."""
        self.notice.clear()
        self._strip.hide()

    def choose_scheme(self, scheme: Scheme, *, keep: bool = True) -> None:
        """Switch between light, dark and the system's look; ``keep`` tells the owner to remember it."""
        self._appearance.choose(scheme)
        for action in self._menu.actions():
            if action.objectName() == f"scheme_{scheme.value}":
                action.setChecked(True)
        if keep:
            self.scheme_chosen.emit(scheme)

    def open_menu(self) -> None:
        """Open the menu beside its button."""
        button = self.rail.menu_button
        self._menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def trigger(self, act: str) -> None:
        """Do an act: the window's own, the page's, or tell the owner."""
        if self._cover is not None:
            return
        if act == "help":
            if self.help.isVisible():
                self.help.close_sheet()
            else:
                self.help.open_sheet()
            return
        if self.help.isVisible():
            if act == "cancel":
                self.help.close_sheet()
            return
        if act == "menu":
            self.open_menu()
            return
        button = self.action_bar.button(act)
        if button is not None and not button.isEnabled():
            return
        page = self._pages.get(self._current)
        if page is not None and page.act(act):
            return
        self.act_wanted.emit(act)

    def _on_bar_changed(self, name: str) -> None:
        if name == self._current:
            bar: Bar = self._pages[name].bar()
            self.action_bar.show_bar(bar)

    def _on_help_closed(self) -> None:
        page = self._pages.get(self._current)
        if page is not None:
            page.entered()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self.help.isVisible():
            self.trigger("primary")  # nothing that has the focus wanted it
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.rail.set_narrow(self.width() < theme.RAIL_COLLAPSES_BELOW)
        for sheet in (self.help, self._cover):
            if sheet is not None and sheet.isVisible():
                sheet.setGeometry(self.rect())

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closing.emit()
        event.accept()

    def focus_page(self) -> None:
        """Give the keyboard to the page again."""
        self.activateWindow()
        page = self._pages.get(self._current)
        if page is not None:
            page.setFocus(Qt.FocusReason.OtherFocusReason)
            page.entered()
