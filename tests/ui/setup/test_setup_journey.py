# SPDX-License-Identifier: Apache-2.0
"""From the training station to the real one without a restart: real services, real files, a real server."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app import bootstrap
from app.config.paths import DEFAULT_PROFILE, TRAINING_PROFILE, profile_paths
from app.opening import StationWindows
from app.security import secret_stores
from app.storage.engine import open_server
from app.ui.common.style import Appearance
from app.ui.setup.page import SetupPage
from app.ui.shell.main_window import MainWindow

PASSPHRASE = "a quiet pass phrase"
LONG_MS = 60_000


@pytest.fixture
def windows(
    qtbot: QtBot, appearance: Appearance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[StationWindows]:
    """The program as it opens on a new computer."""
    monkeypatch.setenv("ENROLLMENT_STATION_HOME", str(tmp_path))
    monkeypatch.delenv(bootstrap.PASSPHRASE_VARIABLE, raising=False)
    monkeypatch.setattr(secret_stores, "ARGON2_MEMORY_KIB", 1024)
    monkeypatch.setattr(secret_stores, "ARGON2_PASSES", 1)
    handlers = list(logging.getLogger().handlers)
    made = StationWindows(appearance, logging.NullHandler())
    made.open(bootstrap.chosen_profile(None))
    yield made
    made.close()
    for handler in logging.getLogger().handlers[:]:
        if handler not in handlers:
            logging.getLogger().removeHandler(handler)
            handler.close()


def opened(qtbot: QtBot, windows: StationWindows) -> MainWindow:
    window = windows.window
    assert window is not None
    qtbot.waitUntil(lambda: window.walk is not None and window.current == "student", timeout=LONG_MS)
    qtbot.waitUntil(lambda: not window.runner.busy, timeout=LONG_MS)
    return window


def press(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Return)


def begun(qtbot: QtBot, window: MainWindow) -> SetupPage:
    """The set-up page with both names answered."""
    button = window.findChild(QWidget, "training_setup")
    assert button is not None
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    page = window.page("setup")
    assert isinstance(page, SetupPage)
    qtbot.waitUntil(lambda: page.records.local.details != "", timeout=LONG_MS)
    qtbot.keyClicks(page.names.school, "Hillside School")
    qtbot.keyClicks(page.names.station, "Front office")
    press(qtbot, window)
    assert page.step == 1
    return page


def finished(qtbot: QtBot, windows: StationWindows, page: SetupPage) -> MainWindow:
    """From the question about the key to the real station's first page."""
    before = windows.window
    assert before is not None
    assert page.step == 2
    page.protection.passphrase.click()
    page.protection.first.setText(PASSPHRASE)
    page.protection.second.setText(PASSPHRASE)
    for _ in range(3):
        press(qtbot, before)
    qtbot.waitUntil(lambda: page.step == 5, timeout=LONG_MS)
    press(qtbot, before)
    qtbot.waitUntil(lambda: windows.window is not before, timeout=LONG_MS)
    assert not before.isVisible()
    return opened(qtbot, windows)


def test_the_real_station_opens_in_place_of_the_training(qtbot: QtBot, windows: StationWindows) -> None:
    training = opened(qtbot, windows)
    assert training.training.isVisible()
    page = begun(qtbot, training)
    press(qtbot, training)
    real = finished(qtbot, windows, page)
    assert not real.training.isVisible()
    assert real.services is not None
    assert (real.services.school, real.services.setup) == ("Hillside School", None)
    assert real.services.students.search("") == ()
    paths = profile_paths(DEFAULT_PROFILE, os.environ)
    assert paths.database_file.read_bytes()[:6] != b"SQLite"
    assert PASSPHRASE.encode() not in paths.log_file.read_bytes()
    assert bootstrap.chosen_profile(None) == DEFAULT_PROFILE
    kept = bootstrap.open_services(TRAINING_PROFILE, with_reader=False)  # given back, and as it was
    try:
        assert kept.students.search("")
    finally:
        kept.close()


def test_an_empty_server_is_prepared_on_the_way(
    qtbot: QtBot, windows: StationWindows, postgresql_url: str
) -> None:
    training = opened(qtbot, windows)
    page = begun(qtbot, training)
    page.records.server.click()
    page.records.url.setText("postgresql://desk:secret@127.0.0.1/records")
    press(qtbot, training)
    qtbot.waitUntil(lambda: "password" in page.records.notice.words, timeout=LONG_MS)
    page.records.url.setText(postgresql_url)
    press(qtbot, training)
    qtbot.waitUntil(lambda: "empty" in page.records.notice.words, timeout=LONG_MS)
    page.records.prepare()
    qtbot.waitUntil(lambda: page.records.is_tried, timeout=LONG_MS)
    press(qtbot, training)
    finished(qtbot, windows, page)
    engine = open_server(postgresql_url)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT name FROM schools").scalars().all() == ["Hillside School"]
    engine.dispose()
