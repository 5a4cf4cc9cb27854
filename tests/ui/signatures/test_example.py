# SPDX-License-Identifier: Apache-2.0
"""The example beside the canvas: drawn from the table, on both screens, never on the canvas."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from app.ui.common.style import Appearance
from app.ui.shell.main_window import MainWindow
from app.ui.shell.services import WindowServices
from app.ui.signatures.example import ExampleCard, path_of
from app.ui.signatures.page import SignaturesPage
from tests.ui import pen, samples
from tests.ui.acts import draw_step
from tests.ui.shell.test_walk_signatures import to_signatures


@pytest.fixture
def page(qtbot: QtBot, appearance: Appearance) -> SignaturesPage:
    made = SignaturesPage(samples.flow(), ())
    qtbot.addWidget(made)
    made.resize(1000, 640)
    made.show()
    made.show_visit(samples.signing_visit(3), samples.NOW)
    QApplication.processEvents()
    return made


def switch(page: SignaturesPage) -> QAbstractButton:
    found = page.findChild(QAbstractButton, "pad_example")
    assert found is not None
    return found


def picture(card: ExampleCard) -> QImage:
    return card.grab().toImage()


def test_an_example_is_shown_on_demand_and_stays_so_for_the_next_steps(page: SignaturesPage) -> None:
    assert not page.panel.example.isVisible()
    switch(page).click()
    assert page.panel.example.isVisible()
    circle = picture(page.panel.example)
    page.open_step(1)
    assert page.panel.example.isVisible()
    assert picture(page.panel.example) != circle
    page.show_visit(samples.signing_visit(9), samples.NOW)
    assert page.panel.example.isVisible()
    switch(page).click()
    assert not page.panel.example.isVisible()
    assert page.panel.example_step is None


def test_each_step_draws_its_own(qtbot: QtBot, appearance: Appearance) -> None:
    card = ExampleCard(QSize(120, 90))
    qtbot.addWidget(card)
    card.resize(card.sizeHint())
    seen = []
    for step in samples.flow().steps:
        card.show_step(step)
        assert not path_of(step.example).isEmpty()
        shown = picture(card)
        assert shown not in seen
        seen.append(shown)


def test_it_has_a_name_for_those_who_cannot_see_it(page: SignaturesPage) -> None:
    assert switch(page).accessibleName() == "Show an example"
    switch(page).click()
    assert page.panel.example.accessibleName() == "Example: Draw a circle"
    page.open_step(1)
    assert "your own name" in page.panel.example.accessibleName()


def test_it_is_neither_on_the_canvas_nor_in_the_record(page: SignaturesPage) -> None:
    before = page.pad.picture.copy()
    switch(page).click()
    QApplication.processEvents()
    assert page.pad.strokes == ()
    assert page.pad.record() is None
    assert page.pad.picture == before
    pen.stroke(page.panel.example, [(20.0, 20.0), (60.0, 40.0)])  # tracing it draws nothing
    assert page.pad.strokes == ()


def test_the_student_sees_it_too(qtbot: QtBot, window: MainWindow, services: WindowServices) -> None:
    page = to_signatures(qtbot, window, services)
    assert window.walk is not None
    window.walk.student_screen.action.setChecked(True)
    student = window.walk.student_screen.student_window
    assert student is not None
    card = student.findChild(ExampleCard)
    assert card is not None
    assert not card.isVisible()
    switch(page).click()
    assert card.isVisible()
    assert card.step == samples.flow().step(1)
    draw_step(qtbot, window)
    assert card.step == samples.flow().step(2)
    switch(page).click()
    assert not card.isVisible()
    student.close()
