# SPDX-License-Identifier: Apache-2.0
"""The receipt: preview, print, save, and on to the next student."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, QSize, QStandardPaths, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.domain.listings import Receipt
from app.ui.common import theme
from app.ui.common.controls import Button, Text
from app.ui.common.notice import Notice
from app.ui.common.page import Action, Bar, Page
from app.ui.common.prompt_icon import PromptIcon
from app.ui.common.theme import LIGHT, Tone, tokens
from app.ui.receipt.document import SHEET, lines_of, paint_receipt


class ReceiptPreview(QWidget):
    """The sheet as it will be printed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("receipt_preview")
        self._receipt: Receipt | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(240)

    def show_receipt(self, receipt: Receipt | None) -> None:
        """Show a receipt."""
        self._receipt = receipt
        if receipt is not None:
            words = [f"{left}: {right}" for left, right in lines_of(receipt)]
            self.setAccessibleName(self.tr("Receipt {number}").format(number=receipt.number))
            self.setAccessibleDescription("; ".join(words))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(420, 595)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.setFixedWidth(round(self.height() * SHEET.width() / SHEET.height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        room = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        scale = min(room.width() / SHEET.width(), room.height() / SHEET.height())
        width, height = SHEET.width() * scale, SHEET.height() * scale
        sheet = QRectF(room.center().x() - width / 2, room.top(), width, height)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens(self.palette()).line), 1))
        painter.setBrush(QColor(LIGHT.surface))
        painter.drawRoundedRect(sheet, 4, 4)
        if self._receipt is not None:
            paint_receipt(painter, sheet, self._receipt)


class ReceiptPage(Page):
    """The page.

    Signals:
        print_wanted(object): print that ``Receipt``.
        save_wanted(object, object): write that ``Receipt`` to that ``Path`` as PDF.
        next_student_wanted(): this visit is over.
    """

    print_wanted = Signal(object)
    save_wanted = Signal(object, object)
    next_student_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._receipt: Receipt | None = None
        icon = PromptIcon()
        icon.show_icon("circle-check", Tone.GOOD)
        self.heading.insertWidget(0, icon)
        self.title.setText(self.tr("Enrolled"))
        self.preview = ReceiptPreview()
        self.notice = Notice()
        self.notice.pressed.connect(self.problem_action)
        self._print = Button(self.tr("&Print"), icon="printer", act="print")
        self._print.setObjectName("receipt_print")
        self._print.clicked.connect(lambda: self.act("print"))
        self._save = Button(self.tr("&Save as PDF"), icon="file-down", act="save")
        self._save.setObjectName("receipt_save")
        self._save.clicked.connect(lambda: self.act("save"))
        side = QVBoxLayout()
        side.setSpacing(theme.SPACE_2)
        for button in (self._print, self._save):
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            side.addWidget(button)
        hint = Text(self.tr("The code on the receipt finds this enrollment again."), theme.SMALL, muted=True)
        hint.setWordWrap(True)
        side.addWidget(hint)
        side.addStretch(1)
        panel = QWidget()
        panel.setLayout(side)
        panel.setFixedWidth(220)
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE_6)
        row.addWidget(self.preview)
        row.addWidget(panel)
        row.addStretch(1)
        self.body.addWidget(self.notice)
        self.body.addLayout(row, 1)

    @property
    def receipt(self) -> Receipt | None:
        """The receipt that is shown."""
        return self._receipt

    def show_receipt(self, receipt: Receipt | None) -> None:
        """Show a receipt, or wait for one."""
        self._receipt = receipt
        self.notice.clear()
        self.preview.show_receipt(receipt)
        if receipt is not None:
            name = receipt.student.name
            self.lead.setText(self.tr("{name} is enrolled; everything is saved.").format(name=name))
        self._print.setEnabled(receipt is not None)
        self._save.setEnabled(receipt is not None)
        self.bar_changed.emit()

    def show_saved(self, path: Path) -> None:
        """Say where the PDF is."""
        self.notice.say(Tone.GOOD, self.tr("The receipt was saved."), str(path))

    def show_problem(self, tone: Tone, what: str, how: str, act: str = "", button: str = "") -> None:
        """Say what could not be done; the enrollment itself is safe."""
        self.notice.say(tone, what, how, act=act, button=button)

    def save_to(self, path: Path) -> None:
        """Ask the owner to write the PDF there."""
        if self._receipt is not None:
            self.save_wanted.emit(self._receipt, path)

    def bar(self) -> Bar:
        return Bar(primary=Action("primary", self.tr("&Next student"), "arrow-right"))

    def act(self, name: str) -> bool:
        if name == "primary":
            self.next_student_wanted.emit()
        elif name == "print" and self._receipt is not None:
            self.print_wanted.emit(self._receipt)
        elif name == "save" and self._receipt is not None:
            self._ask_for_file(self._receipt)
        else:
            return False
        return True

    def _ask_for_file(self, receipt: Receipt) -> None:
        documents = QStandardPaths.StandardLocation.DocumentsLocation
        folder = Path(QStandardPaths.writableLocation(documents))
        name = self.tr("receipt-{number}.pdf").format(number=receipt.number)
        dialog = QFileDialog(self, self.tr("Save the receipt"), str(folder / name), self.tr("PDF (*.pdf)"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("pdf")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda chosen: self.save_to(Path(chosen)))
        dialog.open()

    def entered(self) -> None:
        self.setFocus(Qt.FocusReason.OtherFocusReason)
