# SPDX-License-Identifier: Apache-2.0
"""The attendance list in the window, on an encrypted file, a plain one and PostgreSQL."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.register import Presence
from app.domain.sessions import AttendanceStatus
from app.services.documents import save_table
from app.services.register import RegisterService
from app.storage.store import Store
from app.ui.common.controls import Button
from app.ui.common.style import Appearance
from app.ui.register.new_session import time_of
from app.ui.register.page import RegisterPage
from app.ui.shell import walk_register
from app.ui.shell.main_window import MainWindow
from app.ui.shell.services import WindowServices
from tests.services.desk import Desk, open_desk
from tests.ui.fakes import window_services

LONG_MS = 20_000


@pytest.fixture
def desk(store: Store) -> Desk:
    made = open_desk(store)
    for name, class_name, number in (("Ada", "7A", "11"), ("Alan", "7A", "22"), ("Zoë", "7B", "33")):
        made.students.add(name, class_name=class_name, number=number)
    return made


@pytest.fixture
def services(desk: Desk) -> WindowServices:
    register = RegisterService(desk.writer, desk.attendance, desk.students)
    return replace(window_services(), register=register, save_table=save_table)


@pytest.fixture
def window(
    qtbot: QtBot,
    appearance: Appearance,
    services: WindowServices,
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[MainWindow]:
    monkeypatch.setattr(walk_register, "LOOK_EVERY_MS", 50)
    made = MainWindow(appearance, lambda: services, now=desk.clock)
    with qtbot.waitSignal(made.ready, timeout=LONG_MS):
        made.show()
    yield made
    made.close()


@pytest.fixture
def session(desk: Desk) -> UUID:
    return desk.attendance.open_session("7A", desk.clock.now - timedelta(minutes=5)).uid


def opened(window: MainWindow) -> RegisterPage:
    next(found for found in window.menu.actions() if found.objectName() == "menu_register").trigger()
    page = window.page("register")
    assert isinstance(page, RegisterPage)
    return page


def shown(page: RegisterPage) -> list[tuple[str, str]]:
    return [(row.title, row.state) for row in page.list.rows]


def check_in(desk: Desk, number: str, session: UUID) -> None:
    desk.attendance.check_in(desk.students.find(number).uid, session)


def test_the_list_follows_a_check_in(qtbot: QtBot, window: MainWindow, desk: Desk, session: UUID) -> None:
    page = opened(window)
    qtbot.waitUntil(lambda: shown(page) == [("Ada", "Missing"), ("Alan", "Missing")], timeout=LONG_MS)
    page.list.select(desk.students.find("22").uid)
    check_in(desk, "11", session)
    qtbot.waitUntil(lambda: shown(page) == [("Ada", "On time"), ("Alan", "Missing")], timeout=LONG_MS)
    assert page.list.current_key() == desk.students.find("22").uid
    check_in(desk, "33", session)
    qtbot.waitUntil(lambda: len(page.list.rows) == 3, timeout=LONG_MS)
    assert page.list.current_key() == desk.students.find("22").uid


def test_filter_and_search_find_who_is_missing(
    qtbot: QtBot, window: MainWindow, desk: Desk, session: UUID
) -> None:
    check_in(desk, "33", session)
    page = opened(window)
    qtbot.waitUntil(lambda: len(page.list.rows) == 3, timeout=LONG_MS)
    missing = page.findChild(Button, f"register_filter_{Presence.MISSING.value}")
    assert missing is not None
    assert missing.text().endswith("2")
    qtbot.mouseClick(missing, Qt.MouseButton.LeftButton)
    assert [name for name, _ in shown(page)] == ["Ada", "Alan"]
    qtbot.keyClicks(page.search, "22")
    assert [name for name, _ in shown(page)] == ["Alan"]
    page.search.setText("zoe")
    assert shown(page) == []
    everything = page.findChild(Button, "register_filter_all")
    assert everything is not None
    qtbot.mouseClick(everything, Qt.MouseButton.LeftButton)
    assert [name for name, _ in shown(page)] == ["Zoë"]


def test_a_correction_by_keyboard_needs_a_reason_and_is_stored(
    qtbot: QtBot, window: MainWindow, desk: Desk, session: UUID, services: WindowServices
) -> None:
    page = opened(window)
    qtbot.waitUntil(lambda: len(page.list.rows) == 2, timeout=LONG_MS)
    page.list.select(desk.students.find("22").uid)
    qtbot.keyClick(window, Qt.Key.Key_F10)
    qtbot.keyClick(window, Qt.Key.Key_F10)  # no reason yet
    assert page.correction.isVisible()
    assert page.correction.status is AttendanceStatus.EXCUSED
    qtbot.keyClicks(page.correction.reason, "Mother called: dentist")
    qtbot.keyClick(page.correction.reason, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: ("Alan", "Excused") in shown(page), timeout=LONG_MS)
    assert "Alan" in page.notice.words
    assert services.register is not None
    assert [each.status for each in services.register.register(session).entries] == [
        None,
        AttendanceStatus.EXCUSED,
    ]


def test_somebody_elses_change_is_shown_and_the_reason_stays(
    qtbot: QtBot, window: MainWindow, desk: Desk, session: UUID, services: WindowServices
) -> None:
    page = opened(window)
    qtbot.waitUntil(lambda: len(page.list.rows) == 2, timeout=LONG_MS)
    page.list.select(desk.students.find("22").uid)
    page.act("primary")
    check_in(desk, "22", session)
    page.correction.reason.setText("not seen")
    page.act("primary")
    qtbot.waitUntil(lambda: "meantime" in page.correction.notice.words, timeout=LONG_MS)
    assert page.correction.reason.text() == "not seen"
    assert page.correction.entry is not None
    assert page.correction.entry.presence is Presence.IN
    page.act("primary")  # seen now, and still wanted
    qtbot.waitUntil(lambda: ("Alan", "Excused") in shown(page), timeout=LONG_MS)


def test_without_a_session_one_is_opened(qtbot: QtBot, window: MainWindow, desk: Desk) -> None:
    desk.students.school_uid()
    page = opened(window)
    qtbot.waitUntil(lambda: page.bar().primary is not None and page.lead.text() != "", timeout=LONG_MS)
    qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Return)
    qtbot.keyClicks(page.form.name, "7A")
    page.form.starts.setText("9")
    page.form.ends.setText("8:30")
    assert page.form.why_not()
    page.form.ends.setText("10.30")
    qtbot.keyClick(page.form.ends, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(page.list.rows) == 2, timeout=LONG_MS)
    assert "7A" in page.choice.currentText()


def test_the_list_is_exported(
    qtbot: QtBot, window: MainWindow, desk: Desk, session: UUID, tmp_path: Path
) -> None:
    check_in(desk, "11", session)
    page = opened(window)
    qtbot.waitUntil(lambda: page.register is not None and len(page.list.rows) == 2, timeout=LONG_MS)
    path = tmp_path / "list.csv"
    page.export_wanted.emit(path)
    qtbot.waitUntil(lambda: "list.csv" in page.notice.words, timeout=LONG_MS)
    rows = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
    assert [row[:4] for row in rows[1:]] == [["Ada", "11", "7A", "On time"], ["Alan", "22", "7A", "Missing"]]
    page.export_wanted.emit(tmp_path / "absent" / "list.csv")
    qtbot.waitUntil(lambda: "could not be written" in page.notice.words, timeout=LONG_MS)


def test_escape_leaves_first_the_correction_then_the_page(
    qtbot: QtBot, window: MainWindow, desk: Desk, session: UUID
) -> None:
    page = opened(window)
    qtbot.waitUntil(lambda: len(page.list.rows) == 2, timeout=LONG_MS)
    page.list.select(desk.students.find("11").uid)
    page.act("primary")
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.current == "register"
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.current == "student"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("8", time(8)),
        ("8:15", time(8, 15)),
        ("08.15", time(8, 15)),
        ("0815", time(8, 15)),
        ("24", None),
        ("8:60", None),
        ("soon", None),
        ("", None),
    ],
)
def test_times_are_read_as_people_type_them(text: str, found: time | None) -> None:
    assert time_of(text) == found
