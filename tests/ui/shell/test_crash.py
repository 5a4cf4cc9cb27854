# SPDX-License-Identifier: Apache-2.0
"""An error that nobody expected: logged, numbered, said; the window goes on."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from app.ui.common.style import Appearance
from app.ui.shell.crash import CrashGuard
from app.ui.shell.main_window import MainWindow
from app.ui.shell.services import WindowServices


def test_a_bug_in_a_job_is_logged_numbered_and_said(qtbot: QtBot, window: MainWindow) -> None:
    logged: list[tuple[str, type[BaseException]]] = []
    guard = CrashGuard(window, lambda number, error: logged.append((number, type(error))), lambda: "3F2A")
    guard.install()
    try:
        window.runner.run_job(lambda: 1 / 0)
        qtbot.waitUntil(lambda: "3F2A" in window.notice.words)
    finally:
        guard.remove()
    assert logged == [("3F2A", ZeroDivisionError)]


def test_closing_the_window_gives_the_hook_back(qtbot: QtBot, window: MainWindow) -> None:
    before = sys.excepthook
    CrashGuard(window, lambda number, error: None).install()
    assert sys.excepthook != before
    window.close()
    assert sys.excepthook == before


def test_a_bug_while_opening_does_not_leave_the_window_opening_for_ever(
    qtbot: QtBot, appearance: Appearance, services: WindowServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    def open_services() -> WindowServices:
        raise RuntimeError("unexpected")

    window = MainWindow(appearance, open_services)
    guard = CrashGuard(window, lambda number, error: None, lambda: "BEEF")
    guard.install()
    try:
        window.show()
        retry = window.findChild(QAbstractButton, "start_retry")
        assert retry is not None
        qtbot.waitUntil(retry.isVisible)
        qtbot.waitUntil(lambda: "BEEF" in window._start.words)
    finally:
        guard.remove()
    window.close()
