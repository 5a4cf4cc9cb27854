# SPDX-License-Identifier: Apache-2.0
"""The pages of the office in each of their states, for the gallery."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from app.domain.about import About, Component
from app.domain.errors import OperatorError, SetupError, StorageError
from app.domain.listings import ClassSessionListing
from app.domain.register import Register, RegisterEntry
from app.domain.roster import (
    ColumnUse,
    ImportReport,
    Notice,
    NoticeCode,
    PreviewRow,
    RosterPreview,
    RosterProgress,
    RosterRow,
    RosterStage,
    RowCode,
    RowError,
    RowState,
)
from app.domain.sessions import AttendanceStatus
from app.domain.station_setup import FoundReader, ServerFacts, SetupChoices, SetupStage
from app.ui.about.page import AboutPage
from app.ui.common.error_texts import describe
from app.ui.common.page import Page
from app.ui.register.page import RegisterPage
from app.ui.roster.page import RosterPage
from app.ui.setup.page import SetupPage
from tests.ui import samples

CHOICES = SetupChoices(
    exists=False,
    keyring=False,
    passphrase_minimum=12,
    school="Hillside School",
    station="Front office",
    database_url="",
    reader_id="auto",
    locked=frozenset({"station.school"}),
    data_folder="/home/office/.local/share/enrollment-station/station",
    password_file="~/.pgpass",
)
URL = "postgresql://desk@records.hillside.example/enrollment"


def _setup(step: int) -> SetupPage:
    page = SetupPage()
    page.show_choices(CHOICES)
    page.protection.first.setText("a quiet pass phrase")
    page.protection.second.setText("a quiet pass phrase")
    for _ in range(step):
        page.act("primary")
    assert page.step == step
    return page


def setting_up() -> Page:
    return _setup(0)


def setting_up_records() -> Page:
    page = _setup(1)
    page.records.server.setChecked(True)
    page.records.url.setText(URL)
    error = StorageError("server_login_refused", user="desk", database="enrollment")
    page.records.show_problem(URL, describe(error))
    return page


def setting_up_empty_server() -> Page:
    page = _setup(1)
    page.records.server.setChecked(True)
    page.records.url.setText(URL)
    page.records.show_checked(URL, ServerFacts(False))
    return page


def setting_up_key() -> Page:
    return _setup(2)


def setting_up_reader() -> Page:
    page = _setup(3)
    ports = [FoundReader(f"r30x:/dev/ttyUSB{place}", "USB serial (CP210x)", place < 2) for place in range(6)]
    page.show_found(tuple(ports))
    return page


def setting_up_fails() -> Page:
    page = _setup(4)
    page.show_problem(describe(SetupError("key_store_failed", path="/home/office")))
    return page


def setting_up_works() -> Page:
    page = _setup(4)
    page.show_stage(SetupStage.KEYS)
    return page


def set_up() -> Page:
    page = _setup(4)
    page.show_stage(SetupStage.DONE)
    return page


def roster() -> Page:
    page = RosterPage()
    page.show_problem(describe(OperatorError("file_is_spreadsheet")))
    return page


def roster_reading() -> Page:
    page = RosterPage()
    page.show_progress(RosterProgress(RosterStage.READING, 4500, 9000))
    return page


def roster_preview() -> RosterPage:
    error = RowError(7, "email", RowCode.EMAIL_INVALID)
    states = (RowState.NEW, RowState.CHANGED, RowState.UNCHANGED)
    rows = [
        PreviewRow(RosterRow(place + 2, f"Student {place}", f"s{place}@school.example", "7A"), state)
        for place, state in enumerate(states)
    ]
    rows.append(PreviewRow(RosterRow(7, "Bob", "bob at school"), RowState.REFUSED, (error,)))
    notice = Notice(NoticeCode.NUMBERS_DIFFER_IN_LENGTH, "3-5")
    report = ImportReport(False, "utf-8", ",", 1, 1, 1, 0, 0, 0, 0, (error,), (notice,))
    columns = tuple(ColumnUse(f"Column {place}", None) for place in range(24))
    page = RosterPage()
    page.choose(Path("a rather long name of a roster file.csv"))
    page.show_preview(RosterPreview(report, (ColumnUse("Name", "name"), *columns), tuple(rows)))
    return page


def roster_imported() -> Page:
    page = roster_preview()
    assert page.preview is not None
    page.show_imported(page.preview.report)
    return page


def register() -> RegisterPage:
    now = samples.NOW
    session = ClassSessionListing(samples.uid(1), "Morning registration", now, None, now)
    entries = [
        RegisterEntry(samples.uid(100 + place), f"Student {place}", str(place), "7A") for place in range(9)
    ]
    entries += [
        RegisterEntry(
            samples.uid(200 + place),
            "Somebody with a name that is longer than most names of anybody at this school",
            "20417",
            "7A",
            samples.uid(300 + place),
            status,
            now + timedelta(minutes=place),
            "fingerprint",
            1,
        )
        for place, status in enumerate(AttendanceStatus)
    ]
    page = RegisterPage()
    page.show_sessions((session,), now)
    page.show_register(Register(session, tuple(entries)))
    return page


def register_empty() -> Page:
    page = RegisterPage()
    page.show_sessions((), samples.NOW)
    return page


def correcting() -> Page:
    page = register()
    page.list.select(samples.uid(200))
    page.act("primary")
    page.show_problem(describe(OperatorError("record_changed")))
    return page


def opening_session() -> Page:
    page = RegisterPage()
    page.show_sessions((), samples.NOW)
    page.act("primary")
    return page


def about() -> Page:
    page = AboutPage()
    license_name = "BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0"
    page.show_about(About("1.2.3", (Component("numpy", "2.4.6", license_name, "text"),)))
    return page


OFFICE_PAGES = (
    setting_up,
    setting_up_records,
    setting_up_empty_server,
    setting_up_key,
    setting_up_reader,
    setting_up_fails,
    setting_up_works,
    set_up,
    roster,
    roster_reading,
    roster_preview,
    roster_imported,
    register,
    register_empty,
    correcting,
    opening_session,
    about,
)
