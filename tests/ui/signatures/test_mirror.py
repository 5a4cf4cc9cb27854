# SPDX-License-Identifier: Apache-2.0
"""The operator's mirror shows what the student draws, at once and only where something changed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QSize
from PySide6.QtGui import QImage, QRegion
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.signature_flow import Guide
from app.ui.common.style import Appearance
from app.ui.signatures.mirror import PadMirror
from app.ui.signatures.pad import SignaturePad
from tests.ui import pen


@pytest.fixture
def pad(qtbot: QtBot, appearance: Appearance) -> SignaturePad:
    made = SignaturePad()
    qtbot.addWidget(made)
    made.resize(800, 300)
    made.start_step(Guide.BASELINE)
    return made


def watched(mirror: PadMirror) -> list[QRegion]:
    """What the mirror paints from now on."""
    painted: list[QRegion] = []
    original = mirror.paintEvent

    def watch(event: object) -> None:
        painted.append(QRegion(event.region()))  # type: ignore[attr-defined]
        original(event)  # type: ignore[arg-type]

    mirror.paintEvent = watch  # type: ignore[method-assign]
    return painted


def picture(mirror: PadMirror) -> QImage:
    return mirror.grab().toImage()


@pytest.mark.parametrize("size", [QSize(400, 150), QSize(333, 251), QSize(1000, 200)], ids=str)
def test_every_changed_pixel_is_painted_and_little_else(qtbot: QtBot, pad: SignaturePad, size: QSize) -> None:
    mirror = PadMirror(pad)
    qtbot.addWidget(mirror)
    mirror.resize(size)
    mirror.show()
    qtbot.waitExposed(mirror)
    before = picture(mirror)
    QApplication.processEvents()
    painted = watched(mirror)
    for number, at in enumerate([(101.5, 70.25), (140.0, 91.0), (150.5, 60.0)]):
        (pen.move if number else pen.press)(pad, at, 1.0)
        QApplication.processEvents()
    pen.release(pad, (150.5, 60.0))
    QApplication.processEvents()
    covered = QRegion()
    for part in painted:
        covered = covered.united(part)
    after = picture(mirror)
    changed = [
        (x, y)
        for x in range(size.width())
        for y in range(size.height())
        if before.pixel(x, y) != after.pixel(x, y)
    ]
    assert changed
    assert all(covered.contains(QPoint(x, y)) for x, y in changed)
    box = covered.boundingRect()
    assert box.width() * box.height() < size.width() * size.height() / 8


def test_an_undo_shows_in_the_whole_mirror(qtbot: QtBot, pad: SignaturePad) -> None:
    mirror = PadMirror(pad)
    qtbot.addWidget(mirror)
    mirror.resize(400, 150)
    mirror.show()
    qtbot.waitExposed(mirror)
    empty = picture(mirror)
    pen.stroke(pad, pen.wave(pad))
    assert picture(mirror) != empty
    painted = watched(mirror)
    pad.undo()
    QApplication.processEvents()
    assert painted[-1].boundingRect() == mirror.rect()
    assert picture(mirror) == empty
