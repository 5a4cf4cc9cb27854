# SPDX-License-Identifier: Apache-2.0
"""One person who may be meant, as a large row: name, details, and with how many signatures to compare."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.domain.signature_sign_in import Signer
from app.ui.common import theme
from app.ui.common.controls import paint_chip
from app.ui.common.initials import paint_initials
from app.ui.common.theme import Tone, tokens
from app.ui.signatures.sign_in_words import references_words

ROW_HEIGHT = 64
translate = QCoreApplication.translate


def details_of(signer: Signer) -> str:
    """Class, number and user name in one line."""
    parts = []
    if signer.student is not None and signer.student.class_name:
        parts.append(translate("SignIn", "Class {name}").format(name=signer.student.class_name))
    if signer.student is not None and signer.student.number:
        parts.append(translate("SignIn", "No. {number}").format(number=signer.student.number))
    if signer.username and signer.username != signer.name:
        parts.append(signer.username)
    return "  ·  ".join(parts)


class SignerButton(QAbstractButton):
    """The row. Who never signed up is shown and cannot be chosen."""

    def __init__(self, signer: Signer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.signer = signer
        self.current = False  # what Enter in the field would take
        self._chip = references_words(signer.references)
        if not signer.references:
            self._chip = translate("SignIn", "No signatures yet")
            self.setEnabled(False)
            self.setToolTip(translate("SignIn", "Enroll the student first, with signatures."))
        self.setText(signer.name)
        self.setAccessibleName(", ".join(filter(None, (signer.name, details_of(signer), self._chip))))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        if self.isEnabled():
            self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        return QSize(360, ROW_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = tokens(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        if self.isEnabled() and (self.current or self.underMouse() or self.isDown()):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(look.accent_tint if self.current else look.hover))
            painter.drawRoundedRect(box, theme.RADIUS, theme.RADIUS)
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        metrics = QFontMetrics(theme.font(theme.SMALL, medium=True))
        chip_width = metrics.horizontalAdvance(self._chip) + 46
        badge = QRectF(box.right() - 52 if mirrored else box.left() + 12, box.center().y() - 20, 40, 40)
        chip_at = box.left() + 12 if mirrored else box.right() - 12 - chip_width
        chip = QRectF(chip_at, box.center().y() - 14, chip_width, 28)
        paint_initials(painter, badge, self.signer.name, look)
        usable = self.isEnabled()
        icon, tone = ("pen-line", Tone.ACCENT) if usable else ("circle-minus", Tone.NEUTRAL)
        paint_chip(painter, chip, self._chip, tone, icon, look, mirrored)
        room = QRectF(badge.right() + 14, box.top(), chip.left() - badge.right() - 28, box.height())
        if mirrored:
            room = QRectF(chip.right() + 14, box.top(), badge.left() - chip.right() - 28, box.height())
        name_font, small_font = theme.font(theme.LEAD, medium=True), theme.font(theme.SMALL)
        lines = (
            (self.signer.name, name_font, look.text if usable else look.muted, room.adjusted(0, 6, 0, -27)),
            (details_of(self.signer), small_font, look.muted, room.adjusted(0, 31, 0, -7)),
        )
        for words, font, color, place in lines:
            painter.setFont(font)
            painter.setPen(QColor(color))
            shown = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, int(place.width()))
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading, shown)
