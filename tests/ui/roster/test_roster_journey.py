# SPDX-License-Identifier: Apache-2.0
"""The roster's import in the window, on an encrypted file, a plain one and PostgreSQL."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from app.domain.roster import RosterPreview, RowState
from app.services.documents import save_table
from app.services.roster import RosterService
from app.storage.store import Store
from app.ui.common.controls import Button
from app.ui.roster.page import RosterPage
from app.ui.shell.main_window import MainWindow
from app.ui.shell.services import WindowServices
from app.ui.students.page import StudentPage
from tests.services.desk import Desk, open_desk
from tests.ui.fakes import window_services

ROSTER = """Name;E-Mail;Class;Room
Ada Byron;ada@x.org;7A;12
Alan Turing;alan@x.org;7B;13
Bob;bob at x.org;7A;14
"""


@pytest.fixture
def desk(store: Store) -> Desk:
    return open_desk(store)


@pytest.fixture
def services(desk: Desk) -> WindowServices:
    roster = RosterService(desk.writer, desk.students)
    return replace(window_services(), roster=roster, students=desk.students, save_table=save_table)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "roster.csv"
    made.write_text(ROSTER, "utf-8")
    return made


@pytest.fixture
def page(window: MainWindow) -> RosterPage:
    next(found for found in window.menu.actions() if found.objectName() == "menu_roster").trigger()
    made = window.page("roster")
    assert isinstance(made, RosterPage)
    assert window.current == "roster"
    return made


def drop(page: RosterPage, file: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    event = QDropEvent(
        QPointF(50, 50),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    page.drop.dropEvent(event)


def shown(page: RosterPage) -> list[tuple[str, str]]:
    return [(row.title, row.state) for row in page.list.rows]


def test_a_dropped_file_is_seen_line_by_line_then_imported_then_reported(
    qtbot: QtBot, window: MainWindow, page: RosterPage, desk: Desk, file: Path, tmp_path: Path
) -> None:
    drop(page, file)
    qtbot.waitUntil(lambda: page.preview is not None, timeout=20_000)
    assert shown(page) == [("Bob", "Refused")]
    assert "e-mail address" in page.list.rows[0].details
    everything = page.findChild(Button, "roster_filter_all")
    assert everything is not None
    qtbot.mouseClick(everything, Qt.MouseButton.LeftButton)
    assert shown(page) == [("Ada Byron", "New"), ("Alan Turing", "New"), ("Bob", "Refused")]
    assert desk.students.search("") == ()
    qtbot.keyClick(page.list, Qt.Key.Key_F10)
    qtbot.waitUntil(lambda: page.imported is not None, timeout=20_000)
    assert "2 new" in page.notice.words
    assert {found.card.name for found in desk.students.search("")} == {"Ada Byron", "Alan Turing"}
    report = tmp_path / "report.csv"
    page.save_wanted.emit(report)
    qtbot.waitUntil(lambda: "report.csv" in page.notice.words, timeout=20_000)
    rows = list(csv.reader(report.read_text("utf-8-sig").splitlines()))
    assert [(row[0], row[1], row[2]) for row in rows[1:]] == [
        ("2", "New", "Ada Byron"),
        ("3", "New", "Alan Turing"),
        ("4", "Refused", "Bob"),
    ]
    assert "e-mail" in rows[3][-1]
    qtbot.keyClick(window, Qt.Key.Key_F10)
    assert window.current == "student"
    students = window.page("student")
    assert isinstance(students, StudentPage)
    qtbot.waitUntil(lambda: len(students.results.rows) == 2, timeout=20_000)


def test_the_same_file_again_has_nothing_to_import(
    qtbot: QtBot, window: MainWindow, page: RosterPage, desk: Desk, file: Path
) -> None:
    RosterService(desk.writer, desk.students).import_csv(file.read_bytes(), commit=True)
    page.choose(file)
    qtbot.waitUntil(lambda: page.preview is not None, timeout=20_000)
    assert page.preview is not None
    assert [row.state for row in page.preview.rows[:2]] == [RowState.UNCHANGED] * 2
    primary = page.bar().primary
    assert primary is not None
    assert not primary.enabled
    assert primary.why_not


def test_cancelled_nothing_is_written(
    qtbot: QtBot, window: MainWindow, page: RosterPage, desk: Desk, file: Path
) -> None:
    page.choose(file)
    qtbot.waitUntil(lambda: page.preview is not None, timeout=20_000)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.current == "student"
    assert desk.students.search("") == ()
    assert page.preview is None


def test_reading_can_be_stopped(
    qtbot: QtBot, window: MainWindow, page: RosterPage, desk: Desk, tmp_path: Path
) -> None:
    long = tmp_path / "long.csv"
    rows = "\n".join(f"Student {place},student{place}@x.org" for place in range(20_000))
    long.write_text(f"name,email\n{rows}\n", "utf-8")
    page.choose(long)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: page.notice.words.startswith("Stopped"), timeout=20_000)
    assert page.preview is None
    assert desk.students.search("") == ()


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"PK\x03\x04book", "spreadsheet"), (b"first,last\na,b\n", "name, email"), (None, "cannot be read")],
)
def test_what_is_no_roster_is_explained_and_another_can_be_chosen(
    qtbot: QtBot,
    window: MainWindow,
    page: RosterPage,
    file: Path,
    tmp_path: Path,
    data: bytes | None,
    words: str,
) -> None:
    bad = tmp_path / "bad.csv"
    if data is not None:
        bad.write_bytes(data)
    page.choose(bad)
    qtbot.waitUntil(lambda: words in page.notice.words, timeout=20_000)
    page.choose(file)
    qtbot.waitUntil(lambda: page.preview is not None, timeout=20_000)


def test_an_import_may_begin_before_the_reading_has_quite_ended(
    qtbot: QtBot,
    window: MainWindow,
    page: RosterPage,
    desk: Desk,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    show = page.show_preview

    def show_and_import(preview: RosterPreview) -> None:
        show(preview)
        page.act("primary")

    monkeypatch.setattr(page, "show_preview", show_and_import)
    page.choose(file)
    qtbot.waitUntil(lambda: page.imported is not None, timeout=20_000)
    assert len(desk.students.search("")) == 2
