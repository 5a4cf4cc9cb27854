# SPDX-License-Identifier: Apache-2.0
"""Calibrating a reader in the window: touches, orientation, save, discard, and a reader that goes away."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractButton, QLabel
from pytestqt.qtbot import QtBot

from app.domain.calibration import CalibrationView
from app.domain.capture import ReaderInfo
from app.domain.capture_events import (
    CapturedImpression,
    ImpressionTaken,
    ReaderCondition,
    ReaderState,
    TouchBegan,
    TouchEnded,
    TouchRefused,
)
from app.domain.errors import SetupError
from app.domain.fingerprints import Reason
from app.ui.common.style import Appearance
from app.ui.settings.calibration_page import CalibrationPage
from app.ui.shell.main_window import MainWindow
from app.ui.shell.services import WindowServices
from tests.ui import samples
from tests.ui.acts import begin, button, settle
from tests.ui.fakes import window_services

WIDTH, HEIGHT = 64, 72
START = CalibrationView(
    "Maker Model", "S7", WIDTH, HEIGHT, 500, 0, 2, turned=False, changed=False, reader_dpi=500
)
DIRT = bytes([255]) * (WIDTH * 8) + bytes(WIDTH * (HEIGHT - 8))


class FakeCalibration:
    """Two touches are enough; the upper eight rows are dirt."""

    def __init__(self) -> None:
        self.view = START
        self.calls: list[str] = []
        self.fail_save = False

    def begin(self, info: ReaderInfo) -> CalibrationView:
        self.calls.append("begin")
        self.view = replace(START, serial=info.serial)
        return self.view

    def take(self, taken: CapturedImpression) -> CalibrationView:
        self.calls.append("take")
        touches = self.view.touches + 1
        self.view = replace(self.view, touches=touches, pixels=taken.pixels)
        if touches >= 2:
            self.view = replace(self.view, mask=DIRT, ignored_share=8 / 72, changed=True)
        return self.view

    def turn_round(self) -> CalibrationView:
        self.calls.append("turn")
        mask, pixels = self.view.mask[::-1], self.view.pixels[::-1]
        self.view = replace(self.view, turned=not self.view.turned, mask=mask, pixels=pixels, changed=True)
        return self.view

    def invert(self) -> CalibrationView:
        self.calls.append("invert")
        self.view = replace(self.view, inverted=not self.view.inverted, looks_inverted=False, changed=True)
        return self.view

    def choose_dpi(self, dpi: int) -> CalibrationView:
        self.calls.append(f"dpi {dpi}")
        fits = dpi == 1000
        self.view = replace(self.view, dpi=dpi, dpi_fits=fits, ridge_mm=950 / dpi / 2, changed=True)
        return self.view

    def save(self) -> CalibrationView:
        if self.fail_save:
            raise SetupError("folder_unusable", path="calibration")
        self.calls.append("save")
        self.view = replace(self.view, changed=False)
        return self.view

    def discard(self) -> None:
        self.calls.append("discard")


@pytest.fixture
def calibration() -> FakeCalibration:
    return FakeCalibration()


@pytest.fixture
def services(calibration: FakeCalibration) -> WindowServices:
    return replace(window_services(), calibration=calibration)  # type: ignore[arg-type]


def page(window: MainWindow) -> CalibrationPage:
    found = window.page("calibration")
    assert isinstance(found, CalibrationPage)
    return found


def words(window: MainWindow, name: str) -> str:
    label = page(window).findChild(QLabel, name)
    assert label is not None
    return str(label.text())


def put(qtbot: QtBot, window: MainWindow, services: WindowServices, *events: object) -> None:
    """Events of the reader, until all are dealt with."""
    seen: list[object] = []
    assert window.walk is not None
    stream = window.walk.fingers.stream
    stream.item.connect(seen.append)
    for event in events:
        services.capture.events.put(event)  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: len(seen) >= len(events))
    stream.item.disconnect(seen.append)
    settle(qtbot, window)


def ready(serial: str = "S7") -> ReaderState:
    return ReaderState(ReaderCondition.READY, replace(samples.READER, serial=serial))


def touch(grey: int = 200) -> tuple[Any, ...]:
    image = replace(samples.taken(60), pixels=bytes([grey]) * (WIDTH * HEIGHT))
    return TouchBegan(), ImpressionTaken(image), TouchEnded()


def opened(qtbot: QtBot, window: MainWindow) -> None:
    found = [action for action in window.menu.actions() if action.objectName() == "menu_calibration"]
    found[0].trigger()
    settle(qtbot, window)
    assert window.current == "calibration"


def press(qtbot: QtBot, window: MainWindow, name: str) -> None:
    """Press a button once it is there and may be pressed; bars are drawn anew by queued results."""

    def shown() -> list[QAbstractButton]:
        found = window.findChildren(QAbstractButton, name)
        return [control for control in found if control.isVisible() and control.isEnabled()]

    qtbot.waitUntil(lambda: bool(shown()), timeout=5000)
    qtbot.mouseClick(shown()[0], Qt.MouseButton.LeftButton)
    settle(qtbot, window)


def test_touches_are_counted_learned_and_saved(
    qtbot: QtBot, window: MainWindow, services: WindowServices, calibration: FakeCalibration
) -> None:
    put(qtbot, window, services, ready())
    opened(qtbot, window)
    assert "2 different fingers" in page(window).lead.text()
    assert words(window, "calibration_reader") == "Maker Model · S7"
    assert words(window, "calibration_size").startswith("3.3 × 3.7 mm")
    put(qtbot, window, services, *touch())
    assert words(window, "calibration_touches") == "1 of 2"
    assert "another finger" in page(window).lead.text()
    assert not button(window, "action_primary").isEnabled()
    put(qtbot, window, services, *touch())
    assert "11 %" in words(window, "calibration_found")
    assert "clean the glass" in words(window, "calibration_found")
    press(qtbot, window, "action_primary")
    assert calibration.calls == ["begin", "take", "take", "save"]
    assert "Saved" in page(window).notice.words
    press(qtbot, window, "action_primary")  # it says Close now
    assert window.current == "student"
    settle(qtbot, window)
    assert calibration.calls[-1] == "discard"


def test_what_was_found_is_tinted_and_turns_with_the_picture(
    qtbot: QtBot, window: MainWindow, services: WindowServices, calibration: FakeCalibration
) -> None:
    put(qtbot, window, services, ready())
    opened(qtbot, window)
    assert not page(window).findChild(QAbstractButton, "calibration_turn").isEnabled()  # type: ignore[union-attr]
    put(qtbot, window, services, *touch(), *touch())
    glass = page(window).glass

    def saturation(share: float) -> int:
        picture = glass.grab().toImage()
        height = min(glass.height(), glass.width() * HEIGHT // WIDTH)
        return QColor(picture.pixel(glass.width() // 2, int(share * height))).saturation()

    assert saturation(0.05) > 60
    assert saturation(0.95) < 20
    press(qtbot, window, "calibration_turn")
    assert saturation(0.05) < 20
    assert saturation(0.95) > 60
    assert calibration.calls[-1] == "turn"


def test_esc_discards(
    qtbot: QtBot, window: MainWindow, services: WindowServices, calibration: FakeCalibration
) -> None:
    put(qtbot, window, services, ready())
    opened(qtbot, window)
    put(qtbot, window, services, *touch(), *touch())
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    settle(qtbot, window)
    assert window.current == "student"
    assert calibration.calls[-1] == "discard"
    assert "save" not in calibration.calls
    put(qtbot, window, services, *touch())
    assert calibration.calls[-1] == "discard"  # touches go nowhere near it any more


def test_a_visit_that_waits_gets_none_of_the_touches(
    qtbot: QtBot, window: MainWindow, services: WindowServices, calibration: FakeCalibration
) -> None:
    begin(qtbot, window)
    put(qtbot, window, services, ready())
    opened(qtbot, window)
    put(qtbot, window, services, *touch())
    assert calibration.calls == ["begin", "take"]
    assert window.walk is not None
    visit = window.walk.keeper.visit
    assert visit is not None
    assert not any(task.impressions for task in visit.fingers)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.current == "fingers"


def test_a_reader_that_goes_and_another_that_comes(
    qtbot: QtBot, window: MainWindow, services: WindowServices, calibration: FakeCalibration
) -> None:
    opened(qtbot, window)
    assert "No reader" in page(window).lead.text()
    assert calibration.calls == []
    put(qtbot, window, services, ready())
    assert "different fingers" in page(window).lead.text()
    put(qtbot, window, services, *touch(), ReaderState(ReaderCondition.LOST))
    assert "No reader" in page(window).lead.text()
    put(qtbot, window, services, ready("S8"))
    assert words(window, "calibration_reader") == "Maker Model · S8"
    assert words(window, "calibration_touches") == "0 of 2"


def test_a_touch_that_cannot_be_used_is_said(
    qtbot: QtBot, window: MainWindow, services: WindowServices, calibration: FakeCalibration
) -> None:
    put(qtbot, window, services, ready())
    opened(qtbot, window)
    put(qtbot, window, services, TouchBegan(), TouchRefused((Reason.SMEARED,)), TouchEnded())
    assert "could not be used" in page(window).notice.words
    put(qtbot, window, services, *touch())
    assert page(window).notice.words == ""


def test_a_failure_to_save_is_said_and_nothing_is_lost(
    qtbot: QtBot, window: MainWindow, services: WindowServices, calibration: FakeCalibration
) -> None:
    put(qtbot, window, services, ready())
    opened(qtbot, window)
    put(qtbot, window, services, *touch(), *touch())
    calibration.fail_save = True
    press(qtbot, window, "action_primary")
    assert page(window).notice.words
    calibration.fail_save = False
    press(qtbot, window, "action_primary")
    assert calibration.calls[-1] == "save"


def test_only_a_window_with_the_service_has_the_entry(
    qtbot: QtBot, window: MainWindow, appearance: Appearance
) -> None:
    plain = MainWindow(appearance, window_services)
    qtbot.addWidget(plain)
    with qtbot.waitSignal(plain.ready, timeout=5000):
        plain.show()
    assert "menu_calibration" in {action.objectName() for action in window.menu.actions()}
    assert "menu_calibration" not in {action.objectName() for action in plain.menu.actions()}
    plain.close()


@pytest.mark.parametrize("share", [0.0, 0.003])
def test_a_clean_glass_is_said(
    qtbot: QtBot, window: MainWindow, services: WindowServices, share: float
) -> None:
    page(window).show_view(replace(START, touches=2, ignored_share=share, changed=True))
    assert "clean" in words(window, "calibration_found")


def test_a_resolution_that_cannot_be_is_said_and_the_likely_one_offered(
    qtbot: QtBot, window: MainWindow, services: WindowServices, calibration: FakeCalibration
) -> None:
    opened(qtbot, window)
    put(qtbot, window, services, ready())
    assert "The reader says 500 dpi" in words(window, "calibration_dpi_words")
    put(qtbot, window, services, *touch())
    page: Any = window.page("calibration")
    calibration.view = replace(calibration.view, ridge_mm=0.95, dpi_fits=False, likely_dpi=1000)
    page.show_view(calibration.view)
    assert "0.95 mm apart, which no finger has" in words(window, "calibration_dpi_words")
    press(qtbot, window, "calibration_use_dpi")
    settle(qtbot, window)
    assert calibration.calls[-1] == "dpi 1000"
    assert (page.checks.dpi.value, "as on a finger" in words(window, "calibration_dpi_words")) == (
        1000,
        True,
    )
    page.checks.dpi.setText("700")
    qtbot.keyClick(page.checks.dpi, Qt.Key.Key_Return)
    settle(qtbot, window)
    assert calibration.calls[-1] == "dpi 700"
    assert page.bar().primary.enabled
    page.checks.dpi.setFocus()
    qtbot.waitUntil(page.checks.dpi.hasFocus)
    page.checks.dpi.setText("9")  # no resolution: it is not taken, and what holds is shown again
    qtbot.keyClick(page.checks.dpi, Qt.Key.Key_Tab)
    assert (calibration.calls[-1], page.checks.dpi.text()) == ("dpi 700", "700")


def test_light_ridges_are_warned_of_and_swapped(
    qtbot: QtBot, window: MainWindow, services: WindowServices, calibration: FakeCalibration
) -> None:
    opened(qtbot, window)
    put(qtbot, window, services, ready(), *touch())
    page: Any = window.page("calibration")
    calibration.view = replace(calibration.view, looks_inverted=True)
    page.show_view(calibration.view)
    assert "swap them" in words(window, "calibration_invert_words")
    press(qtbot, window, "calibration_invert")
    settle(qtbot, window)
    assert calibration.calls[-1] == "invert"
    assert "swap them" not in words(window, "calibration_invert_words")


def test_a_frame_around_the_glass_is_said(
    qtbot: QtBot, window: MainWindow, services: WindowServices, calibration: FakeCalibration
) -> None:
    opened(qtbot, window)
    put(qtbot, window, services, ready(), *touch())
    page: Any = window.page("calibration")
    page.show_view(replace(calibration.view, frame_share=0.35, ignored_share=0.0))
    found = words(window, "calibration_found")
    assert (
        found
        == "35 % of the picture is a frame around the glass (tinted); it is cut off. The glass is clean."
    )
