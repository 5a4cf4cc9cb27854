# SPDX-License-Identifier: Apache-2.0
"""The receipt on paper: one routine for the preview, the printer and the PDF.

It draws on a sheet of 420 x 595 units (A5 in points), black on white, whatever the look of the window is.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QPageLayout, QPageSize, QPainter, QPdfWriter, QPen

from app.domain.listings import Receipt
from app.domain.visits import FingerTask
from app.ui.common import theme
from app.ui.common.theme import LIGHT
from app.ui.common.times import date_time_text, time_text
from app.ui.common.words import attendance_word, finger_title, skip_word

SHEET = QSizeF(420, 595)
_MARGIN = 36.0
_FONTS = {"big": (19, True), "head": (11, True), "plain": (10, False), "small": (8, False)}


def _font(kind: str) -> QFont:
    size, strong = _FONTS[kind]
    return theme.font(size, strong=strong)


def lines_of(receipt: Receipt) -> list[tuple[str, str]]:
    """Left and right words of every line below the student; tests and the screen reader use them too."""
    translate = QCoreApplication.translate
    lines = [(finger_title(task.finger), _finger_words(task)) for task in receipt.fingers]
    signatures = translate("Receipt", "Signatures and drawings")
    if receipt.signature_skip is not None:
        reason = skip_word(receipt.signature_skip.reason)
        lines.append((signatures, translate("Receipt", "Skipped: {reason}").format(reason=reason)))
    else:
        kept = translate("Receipt", "{number} saved").format(number=receipt.signature_steps)
        lines.append((signatures, kept))
    check_in = receipt.check_in
    if check_in is not None:
        when = time_text(check_in.checked_in_at)
        lines.append((check_in.title, f"{attendance_word(check_in.status)}, {when}"))
    else:
        lines.append((translate("Receipt", "Check-in"), translate("Receipt", "Skipped")))
    return lines


def _finger_words(task: FingerTask) -> str:
    translate = QCoreApplication.translate
    if task.skip is not None:
        return translate("Receipt", "Skipped: {reason}").format(reason=skip_word(task.skip.reason))
    numbers = ", ".join(str(impression.quality) for impression in task.accepted)
    return translate("Receipt", "{number} saved, quality {numbers}").format(
        number=len(task.accepted), numbers=numbers
    )


def paint_receipt(painter: QPainter, target: QRectF, receipt: Receipt) -> None:
    """Draw the receipt, fitted into ``target``."""
    translate = QCoreApplication.translate
    scale = min(target.width() / SHEET.width(), target.height() / SHEET.height())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(target.left(), target.top())
    painter.scale(scale, scale)
    width = SHEET.width() - 2 * _MARGIN
    y = _MARGIN
    _text(painter, y, "head", receipt.school, LIGHT.muted)
    _text(painter, y, "plain", receipt.station, LIGHT.muted, end=True)
    y += 26
    _text(painter, y, "big", translate("Receipt", "Enrollment receipt"), LIGHT.text, height=26)
    y += 34
    number = translate("Receipt", "No. {number}").format(number=receipt.number)
    _text(painter, y, "plain", number, LIGHT.text)
    _text(painter, y, "plain", date_time_text(receipt.issued_at), LIGHT.text, end=True)
    y += 26
    _rule(painter, y, width)
    y += 14
    _text(painter, y, "big", receipt.student.name, LIGHT.text, height=26)
    y += 27
    _text(painter, y, "plain", _student_words(receipt), LIGHT.muted)
    y += 28
    _rule(painter, y, width)
    y += 8
    for left, right in lines_of(receipt):
        y += 3
        _text(painter, y, "plain", left, LIGHT.text, height=18)
        _text(painter, y, "plain", right, LIGHT.text, height=18, end=True)
        y += 21
    y += 6
    _rule(painter, y, width)
    _paint_foot(painter, receipt)
    painter.restore()


def _student_words(receipt: Receipt) -> str:
    translate = QCoreApplication.translate
    parts = []
    if receipt.student.class_name:
        parts.append(translate("Receipt", "Class {name}").format(name=receipt.student.class_name))
    if receipt.student.number:
        parts.append(translate("Receipt", "No. {number}").format(number=receipt.student.number))
    return "  ·  ".join(parts)


def _paint_foot(painter: QPainter, receipt: Receipt) -> None:
    translate = QCoreApplication.translate
    side = 92.0
    top = SHEET.height() - _MARGIN - side
    box = QRectF(SHEET.width() - _MARGIN - side, top, side, side)
    paint_qr(painter, box, receipt.qr)
    painter.setPen(QColor(LIGHT.muted))
    painter.setFont(_font("small"))
    words = translate(
        "Receipt",
        "No fingerprint and no signature is printed here. They are kept locked by the school and destroyed"
        " when the school deletes the student's record.",
    )
    room = QRectF(_MARGIN, top, box.left() - _MARGIN - 20, side)
    flags = int(Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeading | Qt.TextFlag.TextWordWrap)
    painter.drawText(room, flags, f"{words}\n\n{receipt.session_id}")


def paint_qr(painter: QPainter, box: QRectF, modules: tuple[tuple[bool, ...], ...]) -> None:
    """Draw the modules of a QR code, dark on whatever is below."""
    if not modules:
        return
    side = box.width() / len(modules)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for row, line in enumerate(modules):
        start = None
        for column, dark in enumerate((*line, False)):
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                spot = QRectF(
                    box.left() + start * side, box.top() + row * side, (column - start) * side, side
                )
                painter.fillRect(spot, QColor(LIGHT.text))
                start = None
    painter.restore()


def _text(
    painter: QPainter, y: float, kind: str, words: str, color: str, *, end: bool = False, height: float = 16
) -> None:
    painter.setPen(QColor(color))
    painter.setFont(_font(kind))
    box = QRectF(_MARGIN, y, SHEET.width() - 2 * _MARGIN, height)
    side = Qt.AlignmentFlag.AlignRight if end else Qt.AlignmentFlag.AlignLeft
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | side, words)


def _rule(painter: QPainter, y: float, width: float) -> None:
    painter.setPen(QPen(QColor(LIGHT.line), 1))
    painter.drawLine(int(_MARGIN), int(y), int(_MARGIN + width), int(y))


def write_pdf(receipt: Receipt, path: Path) -> None:
    """Write the receipt as a PDF of one A5 page. Needs no window and may run in the worker.

    Raises:
        OSError: the file cannot be written.
    """
    with path.open("wb"):
        pass  # QPdfWriter tells nothing about a folder that cannot be written to
    writer = QPdfWriter(str(path))
    page = QPageLayout(
        QPageSize(QPageSize.PageSizeId.A5), QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0)
    )
    writer.setPageLayout(page)
    writer.setResolution(300)
    writer.setTitle(QCoreApplication.translate("Receipt", "Enrollment receipt"))
    painter = QPainter(writer)
    paint_receipt(painter, QRectF(0, 0, writer.width(), writer.height()), receipt)
    painter.end()
