# SPDX-License-Identifier: Apache-2.0
"""The Qt application itself: attributes that must be set before it exists, and whether there is a screen."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import app.ui.common.plain_import  # noqa: F401 - before anything else of PySide6

# isort: split
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QAbstractScrollArea, QApplication

from app.ui.signatures.pen_input import configure_application_attributes

SCREENLESS_PLATFORMS = ("offscreen", "minimal", "vnc")


def has_display(environment: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Whether a window can be shown: always on Windows and macOS, with X or Wayland elsewhere."""
    if environment.get("QT_QPA_PLATFORM", "").split(":")[0] in SCREENLESS_PLATFORMS:
        return True  # somebody asked for a window that nobody sees
    if platform in ("win32", "darwin"):
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


@contextmanager
def ended_by_interrupt(close: Callable[[], object]) -> Iterator[None]:
    """Let Ctrl+C in the terminal close the window as its button would."""
    # The interpreter sees a signal only when it runs: Qt's loop alone would let it wait for the next event.
    awake = QTimer()
    awake.timeout.connect(lambda: None)
    awake.start(200)
    before = signal.signal(signal.SIGINT, lambda _number, _frame: close())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        awake.stop()


def make_application(kind: Callable[[list[str]], QApplication] = QApplication) -> QApplication:
    """The application, or the one that is there already. ``kind``: the class to make it of."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    configure_application_attributes()
    application = kind(sys.argv[:1])
    application.setApplicationName("enrollment-station")
    application.setApplicationDisplayName("Enrollment station")
    application.setDesktopFileName("enrollment-station")
    _make_classes()
    return application


def _make_classes() -> None:
    """Let PySide make the Python side of Qt's widget classes before there is a window.

    It makes them when they are named, and a hundred at once (45 ms) when it first meets a widget or an event
    whose class it has to find out: otherwise in the middle of showing a page.
    """
    QAbstractScrollArea().viewport()
