# SPDX-License-Identifier: Apache-2.0
"""The receipt: what it says, its PDF, its code."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.fingerprints import SkipReason
from app.domain.visits import Skip
from app.ui.common.style import Appearance
from app.ui.receipt.document import lines_of, paint_qr, write_pdf
from app.ui.receipt.page import ReceiptPage
from tests.ui import samples


def test_every_finger_skip_and_step_is_on_it(qapp: QApplication) -> None:
    lines = dict(lines_of(samples.receipt()))
    assert lines["Right index finger"] == "3 saved, quality 57, 62, 71"
    assert lines["Right thumb"] == "Skipped: Bandaged"
    assert lines["Signatures and drawings"] == "11 saved"
    assert lines["Registration 7B"].startswith("On time, ")


def test_what_was_skipped_says_so(qapp: QApplication) -> None:
    receipt = replace(samples.receipt(), check_in=None, signature_skip=Skip(SkipReason.REFUSED))
    lines = dict(lines_of(receipt))
    assert lines["Signatures and drawings"] == "Skipped: Refused"
    assert lines["Check-in"] == "Skipped"


def test_the_pdf_is_one_page_of_a5(qtbot: QtBot, appearance: Appearance, tmp_path: Path) -> None:
    path = tmp_path / "receipt.pdf"
    write_pdf(samples.receipt(), path)
    data = path.read_bytes()
    assert data.startswith(b"%PDF-")
    assert data.count(b"/Type /Page\n") == 1 or data.count(b"/Type /Page ") == 1
    assert len(data) > 4000


def test_a_folder_that_is_not_there_is_an_error(appearance: Appearance, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_pdf(samples.receipt(), tmp_path / "nowhere" / "receipt.pdf")


def test_the_code_is_drawn_module_by_module(qapp: QApplication) -> None:
    modules = samples.receipt().qr
    side = 8
    image = QImage(len(modules) * side, len(modules) * side, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    paint_qr(painter, QRectF(0, 0, image.width(), image.height()), modules)
    painter.end()
    seen = tuple(
        tuple(image.pixelColor(x * side + 4, y * side + 4).lightness() < 128 for x in range(len(modules)))
        for y in range(len(modules))
    )
    assert seen == modules


def test_the_page_asks_its_owner_to_write_the_file(
    qtbot: QtBot, appearance: Appearance, tmp_path: Path
) -> None:
    page = ReceiptPage()
    qtbot.addWidget(page)
    page.show_receipt(samples.receipt())
    with qtbot.waitSignal(page.save_wanted) as wanted:
        page.save_to(tmp_path / "r.pdf")
    assert wanted.args == [samples.receipt(), tmp_path / "r.pdf"]
    page.show_saved(tmp_path / "r.pdf")
    assert "r.pdf" in page.notice.words


def test_next_student_is_the_primary_act(qtbot: QtBot, appearance: Appearance) -> None:
    page = ReceiptPage()
    qtbot.addWidget(page)
    primary = page.bar().primary
    assert primary is not None
    assert primary.text == "&Next student"
    with qtbot.waitSignal(page.next_student_wanted):
        page.act("primary")
