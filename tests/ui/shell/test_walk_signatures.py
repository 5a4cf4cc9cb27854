# SPDX-License-Identifier: Apache-2.0
"""The signatures in the walk: advice, drafts, and a pause in the middle of a step."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.domain.drawing_advice import WORTH_A_WORD, DrawingAdvice
from app.domain.visits import Step
from app.ui.shell.main_window import MainWindow
from app.ui.shell.services import WindowServices
from tests.ui import pen
from tests.ui.acts import at_step, begin, button, capture_all, click, current, draw_step, settle


def to_signatures(qtbot: QtBot, window: MainWindow, services: WindowServices) -> Any:
    begin(qtbot, window)
    capture_all(qtbot, window, services)
    click(qtbot, window, "action_primary")
    at_step(qtbot, window, Step.SIGNATURES)
    return window.page("signatures")


def test_advice_on_a_drawing_is_said_and_the_drawing_may_be_kept_all_the_same(
    qtbot: QtBot, window: MainWindow, services: WindowServices
) -> None:
    page = to_signatures(qtbot, window, services)
    for _ in range(3):
        draw_step(qtbot, window)
    services.enrollment.advices[4] = DrawingAdvice(looks_like="square")  # type: ignore[attr-defined]
    pen.stroke(page.pad, pen.wave(page.pad))
    click(qtbot, window, "action_primary")
    qtbot.waitUntil(lambda: "looks like a square" in page.notice.words)
    assert 4 not in current(window).signatures.accepted
    assert button(window, "action_primary").text() == "&Keep it"
    click(qtbot, window, "action_primary")
    qtbot.waitUntil(lambda: 4 in current(window).signatures.accepted)


def test_a_drawing_may_be_drawn_again_on_advice(
    qtbot: QtBot, window: MainWindow, services: WindowServices
) -> None:
    page = to_signatures(qtbot, window, services)
    services.enrollment.advices[1] = DrawingAdvice(quite_different=True)  # type: ignore[attr-defined]
    pen.stroke(page.pad, pen.wave(page.pad))
    click(qtbot, window, "action_primary")
    qtbot.waitUntil(lambda: "quite different" in page.notice.words)
    click(qtbot, window, "notice_draw_again")
    assert page.pad.strokes == ()
    assert not page.notice.words
    draw_step(qtbot, window)


def test_every_pen_up_is_saved_and_comes_back_after_a_pause(
    qtbot: QtBot, window: MainWindow, services: WindowServices
) -> None:
    page = to_signatures(qtbot, window, services)
    draw_step(qtbot, window)
    pen.stroke(page.pad, pen.wave(page.pad))
    settle(qtbot, window)
    before = page.pad.record()
    picture = page.pad.picture.copy()
    click(qtbot, window, "action_pause")
    at_step(qtbot, window, Step.STUDENT)
    begin_again: Any = window.findChild(QWidget, "search_field")
    qtbot.keyClicks(begin_again, "amina")
    qtbot.keyClick(begin_again, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: button(window, "action_primary").text() == "Resume")
    click(qtbot, window, "action_primary")
    at_step(qtbot, window, Step.SIGNATURES)
    qtbot.waitUntil(lambda: page.pad.record() == before)
    assert page.pad.picture == picture


def test_an_earlier_signature_that_is_the_odd_one_may_be_given_again_at_once(
    qtbot: QtBot, window: MainWindow, services: WindowServices
) -> None:
    page = to_signatures(qtbot, window, services)
    for _ in range(2):
        draw_step(qtbot, window)
    services.enrollment.advices[3] = DrawingAdvice(odd_step=1)  # type: ignore[attr-defined]
    pen.stroke(page.pad, pen.wave(page.pad))
    click(qtbot, window, "action_primary")
    qtbot.waitUntil(lambda: "Signature 1 is quite different" in page.notice.words)
    click(qtbot, window, "notice_sign_odd")
    qtbot.waitUntil(lambda: 3 in current(window).signatures.accepted)  # this one is kept
    qtbot.waitUntil(lambda: page.step_number == 1)
    settle(qtbot, window)
    page.pad.clear()
    pen.stroke(page.pad, pen.wave(page.pad))
    click(qtbot, window, "action_primary")
    qtbot.waitUntil(lambda: page.step_number == 4)
    assert current(window).signatures.accepted == frozenset({1, 2, 3})


def test_what_the_gate_found_is_said_in_words(
    qtbot: QtBot, window: MainWindow, services: WindowServices
) -> None:
    page = to_signatures(qtbot, window, services)
    said = []
    for code in WORTH_A_WORD:
        services.enrollment.advices[1] = DrawingAdvice(gate=code)  # type: ignore[attr-defined]
        pen.stroke(page.pad, pen.wave(page.pad))
        click(qtbot, window, "action_primary")
        qtbot.waitUntil(lambda: bool(page.notice.words))
        said.append(page.notice.words)
        click(qtbot, window, "notice_draw_again")
    assert len(set(said)) == len(WORTH_A_WORD)
    draw_step(qtbot, window)
