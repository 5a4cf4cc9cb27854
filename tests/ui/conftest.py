# SPDX-License-Identifier: Apache-2.0
"""One application for the window's tests, without a screen, in the product's own look."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui.common.style import Appearance
from app.ui.common.theme import Scheme
from app.ui.shell.main_window import MainWindow
from app.ui.shell.services import WindowServices
from app.ui.signatures.pen_input import configure_application_attributes
from tests.ui import samples
from tests.ui.fakes import window_services


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    """The application class; the pen's attributes have to be set before there is one."""
    if QApplication.instance() is None:
        configure_application_attributes()
    return QApplication


@pytest.fixture(scope="session")
def appearance(qapp: QApplication) -> Appearance:
    """The light look for the whole session."""
    return Appearance(qapp, Scheme.LIGHT)


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Widgets that a test is done with go at its end; a new look would be given to all of them otherwise."""
    yield
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, MainWindow):
            widget.close()
            widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def services() -> WindowServices:
    """Fresh fakes."""
    return window_services()


@pytest.fixture
def window(qtbot: QtBot, appearance: Appearance, services: WindowServices) -> Iterator[MainWindow]:
    """The window with fakes behind it, at the student page with the first hits."""
    made = MainWindow(appearance, lambda: services, training=True, now=lambda: samples.NOW)
    with qtbot.waitSignal(made.ready, timeout=5000):
        made.show()
    qtbot.waitUntil(lambda: not made.runner.busy)
    yield made
    made.close()
    made.deleteLater()
