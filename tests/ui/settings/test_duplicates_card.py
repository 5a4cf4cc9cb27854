# SPDX-License-Identifier: Apache-2.0
"""How strict the search for duplicates is, and what that costs, said while the knob moves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.domain.finger_checks import FalseAlarms
from app.ui.settings.duplicates_card import STOPS, DuplicatesCard
from app.ui.shell.main_window import MainWindow
from app.ui.shell.services import WindowServices
from tests.ui.fakes import window_services


@pytest.fixture
def kept() -> list[Any]:
    return []


@pytest.fixture
def locked() -> frozenset[str]:
    return frozenset()


@pytest.fixture
def services(kept: list[Any], locked: frozenset[str]) -> WindowServices:
    return replace(window_services(), save_preferences=kept.append, locked=locked)


@pytest.fixture
def card(qtbot: QtBot, window: MainWindow) -> DuplicatesCard:
    assert window.walk is not None
    window.walk.settings.open_page()
    qtbot.waitUntil(lambda: not window.runner.busy)
    return window.walk.settings.page.duplicates


def cost(card: DuplicatesCard) -> str:
    part: Any = card.findChild(object, "duplicates_cost")
    return "".join(letter for letter in part.text() if letter not in ",\u202f\u00a0")


def test_it_opens_with_what_holds_and_what_that_costs(card: DuplicatesCard) -> None:
    assert card.one_in == 100_000
    assert cost(card) == "With 1240 fingers enrolled: about 1 false alarm in 81 fingers searched."


def test_a_key_moves_it_and_is_kept_at_once(
    qtbot: QtBot, window: MainWindow, services: WindowServices, card: DuplicatesCard, kept: list[Any]
) -> None:
    qtbot.keyClick(card.slider, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: not window.runner.busy)
    assert kept == [{"capture": {"duplicate_one_in": 300_000}}]
    assert services.enrollment.policy.duplicate_one_in == 300_000
    assert "in 240 fingers searched" in cost(card)


def test_while_the_knob_is_held_the_cost_is_live_and_nothing_is_kept(
    qtbot: QtBot, window: MainWindow, card: DuplicatesCard, kept: list[Any]
) -> None:
    middle = card.slider.height() // 2
    spots = [QPoint(int(card.slider._x_of(stop)), middle) for stop in range(len(STOPS))]
    QTest.mousePress(card.slider, Qt.MouseButton.LeftButton, pos=spots[2])
    qtbot.waitUntil(lambda: "in 810 fingers" in cost(card))
    QTest.mouseMove(card.slider, spots[6])
    qtbot.waitUntil(lambda: not window.runner.busy)
    assert kept == []
    QTest.mouseRelease(card.slider, Qt.MouseButton.LeftButton, pos=spots[6])
    qtbot.waitUntil(lambda: bool(kept))
    assert kept == [{"capture": {"duplicate_one_in": card.one_in}}]


def test_an_answer_about_another_stop_is_dropped(card: DuplicatesCard) -> None:
    before = cost(card)
    card.show_alarms(FalseAlarms(1_000_000, 5, 5e-6))
    assert cost(card) == before


@pytest.mark.parametrize(
    ("alarms", "words"),
    [
        (FalseAlarms(100_000, 0, 0.0), "nobody can be mistaken"),
        (FalseAlarms(100_000, 60_000, 0.6), "about 1 false alarm in 2 fingers"),
        (FalseAlarms(100_000, 3, 1e-9), "practically never"),
    ],
)
def test_extremes_have_plain_words(card: DuplicatesCard, alarms: FalseAlarms, words: str) -> None:
    card.show_alarms(alarms)
    assert words in cost(card)


@pytest.mark.parametrize("locked", [frozenset({"capture.duplicate_one_in"})])
def test_what_the_school_has_set_cannot_be_moved(card: DuplicatesCard) -> None:
    assert not card.slider.isEnabled()
    assert "Set by the school" in card.toolTip()
