# SPDX-License-Identifier: Apache-2.0
"""Printing the receipt on the operator's printer."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPageSize, QPainter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QWidget

from app.domain.listings import Receipt
from app.ui.receipt.document import paint_receipt


def print_receipt(receipt: Receipt, parent: QWidget) -> None:
    """Ask for the printer and print; returns at once, the dialog does not block the window."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setPageSize(QPageSize(QPageSize.PageSizeId.A5))
    printer.setDocName(receipt.number)
    dialog = QPrintDialog(printer, parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def accepted() -> None:
        painter = QPainter(printer)
        page = printer.pageRect(QPrinter.Unit.DevicePixel)
        paint_receipt(painter, QRectF(0, 0, page.width(), page.height()), receipt)
        painter.end()

    dialog.accepted.connect(accepted)
    dialog.show()
