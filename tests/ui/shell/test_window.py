# SPDX-License-Identifier: Apache-2.0
"""The frame: keys, focus, rail, help, the menu, and a window that cannot open its station."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.domain.errors import SetupError
from app.domain.visits import Step
from app.ui.common.focus_ring import FocusRing
from app.ui.common.keys import KEYS, key_for
from app.ui.common.page import Page
from app.ui.common.reason_button import ReasonButton
from app.ui.common.style import Appearance
from app.ui.common.theme import CONTROL_HEIGHT, Scheme
from app.ui.shell.main_window import MainWindow
from app.ui.shell.menu import Entry, StationMenu
from app.ui.shell.services import WindowServices
from tests.ui import samples
from tests.ui.acts import at_step, begin, button, capture_all, settle


def test_every_key_of_the_table_is_a_shortcut_and_stands_in_the_help(window: MainWindow) -> None:
    wanted = {sequence for key in KEYS for sequence in key.sequences}
    found = {shortcut.key().toString() for shortcut in window.findChildren(QShortcut)}
    assert {QKeySequence(sequence).toString() for sequence in wanted} <= found
    shown = {label.text() for label in window.help.findChildren(QWidget) if hasattr(label, "text")}
    for key in KEYS:
        assert key.help_text in shown
        assert key.shown in shown


def test_no_two_acts_share_a_key() -> None:
    sequences = [sequence for key in KEYS for sequence in key.sequences]
    assert len(sequences) == len(set(sequences))


def test_f1_opens_the_help_and_esc_closes_it(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F1)
    assert window.help.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.help.isVisible()
    assert window.findChild(QLineEdit, "search_field").hasFocus()  # type: ignore[union-attr]


def test_a_button_shows_the_key_of_its_act_in_its_tool_tip(
    qtbot: QtBot, window: MainWindow, services: WindowServices
) -> None:
    begin(qtbot, window)
    for act in ("skip", "pause"):
        key = key_for(act)
        assert key is not None
        assert key.shown in button(window, f"action_{act}").toolTip()


def test_every_control_is_large_enough_for_a_finger_and_has_a_name(
    qtbot: QtBot, window: MainWindow, services: WindowServices
) -> None:
    begin(qtbot, window)
    for control in window.findChildren(QAbstractButton):
        if control.isVisible():
            assert control.height() >= CONTROL_HEIGHT, control.objectName()
            assert control.accessibleName() or control.text(), control.objectName()


def test_the_ring_follows_the_keyboard(qtbot: QtBot, window: MainWindow) -> None:
    ring = window.findChild(FocusRing)
    assert ring is not None
    window.activateWindow()
    item = window.rail.menu_button
    item.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(ring.isVisible)
    corner = item.mapTo(window, item.rect().topLeft())
    assert ring.geometry().adjusted(4, 4, -4, -4).topLeft() == corner


def test_a_click_on_a_button_leaves_the_keyboard_in_the_field(qtbot: QtBot, window: MainWindow) -> None:
    field = window.findChild(QLineEdit, "search_field")
    assert field is not None
    field.setFocus()
    item = window.rail.health.findChild(QAbstractButton, "health_disk")
    assert item is not None
    qtbot.mouseClick(item, Qt.MouseButton.LeftButton)
    assert field.hasFocus()
    assert "Disk" in window.notice.words


@pytest.mark.parametrize(("width", "narrow"), [(1024, True), (1280, False)])
def test_the_rail_collapses_to_icons(window: MainWindow, width: int, narrow: bool) -> None:
    window.resize(width, 700)
    assert window.rail.item("fingers").narrow is narrow


def test_the_whole_passage_by_keyboard_alone(
    qtbot: QtBot, window: MainWindow, services: WindowServices
) -> None:
    field = window.findChild(QLineEdit, "search_field")
    assert field is not None
    qtbot.keyClicks(field, "dora")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    at_step(qtbot, window, Step.FINGERS)
    capture_all(qtbot, window, services)
    qtbot.keyClick(window, Qt.Key.Key_F10)
    at_step(qtbot, window, Step.SIGNATURES)
    qtbot.keyClick(window, Qt.Key.Key_F7)
    page: Any = window.page("signatures")
    qtbot.waitUntil(lambda: isinstance(window.focusWidget(), ReasonButton))
    reason = window.focusWidget()
    qtbot.keyClick(reason, Qt.Key.Key_Space)
    confirm = page.findChild(QAbstractButton, "skip_confirm")
    confirm.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(confirm, Qt.Key.Key_Space)
    settle(qtbot, window)
    qtbot.keyClick(window, Qt.Key.Key_Return)
    at_step(qtbot, window, Step.CHECK_IN)
    qtbot.keyClick(window, Qt.Key.Key_Return)
    settle(qtbot, window)
    qtbot.keyClick(window, Qt.Key.Key_Return)
    at_step(qtbot, window, Step.REVIEW)
    qtbot.keyClick(window, Qt.Key.Key_F10)
    at_step(qtbot, window, Step.RECEIPT)
    qtbot.keyClick(window, Qt.Key.Key_Return)
    at_step(qtbot, window, Step.STUDENT)


def test_a_station_that_cannot_be_opened_says_why_and_can_be_tried_again(
    qtbot: QtBot, appearance: Appearance, services: WindowServices
) -> None:
    tries: list[int] = []

    def open_services() -> WindowServices:
        tries.append(1)
        if len(tries) == 1:
            raise SetupError("key_locked")
        return services

    window = MainWindow(appearance, open_services, now=lambda: samples.NOW)
    with qtbot.waitSignal(window.failed):
        window.show()
    retry = window.findChild(QAbstractButton, "start_retry")
    assert retry is not None
    assert retry.isVisible()
    with qtbot.waitSignal(window.ready):
        qtbot.mouseClick(retry, Qt.MouseButton.LeftButton)
    settle(qtbot, window)
    window.close()


def test_a_station_locked_by_a_pass_phrase_asks_for_it(
    qtbot: QtBot, appearance: Appearance, services: WindowServices
) -> None:
    tried: list[str | None] = []

    def open_services(passphrase: str | None = None) -> WindowServices:
        tried.append(passphrase)
        if passphrase is None:
            raise SetupError("passphrase_missing")
        if passphrase != "correct horse":
            raise SetupError("passphrase_wrong")
        return services

    window = MainWindow(appearance, open_services, now=lambda: samples.NOW)
    with qtbot.waitSignal(window.failed):
        window.show()
    field = window.findChild(QLineEdit, "start_passphrase")
    assert field is not None
    assert field.echoMode() is QLineEdit.EchoMode.Password
    with qtbot.waitSignal(window.failed):
        qtbot.keyClicks(field, "wrong")
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == ""
    with qtbot.waitSignal(window.ready):
        qtbot.keyClicks(field, "correct horse")
        qtbot.mouseClick(button(window, "action_primary"), Qt.MouseButton.LeftButton)
    assert tried == [None, "wrong", "correct horse"]
    settle(qtbot, window)
    window.close()


def test_the_menu_switches_the_look_and_the_choice_is_kept(
    qtbot: QtBot, window: MainWindow, appearance: Appearance
) -> None:
    kept: list[object] = []
    assert window.services is not None
    object.__setattr__(window.services, "save_preferences", kept.append)
    try:
        next(a for a in window.menu.findChildren(QAction) if a.objectName() == "scheme_dark").trigger()
        settle(qtbot, window)
        assert appearance.scheme is Scheme.DARK
        assert kept == [{"look": {"theme": "dark"}}]
    finally:
        appearance.choose(Scheme.LIGHT)


def test_pages_that_most_days_nobody_opens_are_made_when_they_are_opened(window: MainWindow) -> None:
    assert window.findChild(QWidget, "page_settings") is None
    action = next(each for each in window.menu.actions() if each.objectName() == "menu_settings")
    action.trigger()
    assert window.current == "settings"
    assert window.page("settings") is window.findChild(QWidget, "page_settings")


def test_every_page_is_built_in_a_turn_of_its_own(
    qtbot: QtBot, appearance: Appearance, services: WindowServices
) -> None:
    made = MainWindow(appearance, lambda: services)
    before = made.pages.count()
    counts = []
    for _ in made._built(services):
        counts.append(made.pages.count() - before)
    assert max(later - earlier for earlier, later in itertools.pairwise(counts)) == 1
    made.close()


def test_pages_beside_the_visit_lead_back_the_way_they_were_opened_and_never_in_a_circle(
    qtbot: QtBot, window: MainWindow
) -> None:
    begin(qtbot, window)
    for name in ("one", "two", "three"):
        window.promise_page(name, Page)
    assert [window.open_beside(name) for name in ("one", "one", "two", "three")] == [True, False, True, True]
    window.leave_beside()
    assert window.current == "two"
    window.open_beside("one")  # it is on the way back
    window.leave_beside()
    assert window.current == Step.FINGERS.value
    window.leave_beside()
    assert window.current == Step.FINGERS.value
    window.open_beside("three")
    window.show_page(Step.STUDENT.value)  # somebody else led on
    window.open_beside("one")
    window.leave_beside()
    assert window.current == Step.STUDENT.value


def test_the_menu_is_in_groups_whoever_came_first(qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    menu = StationMenu(host)
    for entry in (Entry.ABOUT, Entry.SETTINGS, Entry.CHECK_IN, Entry.LOCK, Entry.ROSTER):
        menu.put(entry, QAction(entry.name, menu))
    shown = ["-" if each.isSeparator() else each.text() for each in menu.actions()]
    assert shown == ["CHECK_IN", "-", "ROSTER", "SETTINGS", "-", "LOCK", "ABOUT"]
