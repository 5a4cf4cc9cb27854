# SPDX-License-Identifier: Apache-2.0
"""Buttons, labels, chips and cards: the small parts that every page is made of."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QEnterEvent, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QSizePolicy, QWidget

from app.ui.common import theme
from app.ui.common.assets import paint_icon
from app.ui.common.keys import key_for
from app.ui.common.theme import Tokens, Tone, tokens

_PAD = 18
_ICON = 18


class Button(QPushButton):
    """A button that paints itself: primary (one a page), secondary, quiet or danger; icon, text and key.

    A click does not take the keyboard focus away from a field; Tab reaches it.
    """

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        *,
        kind: str = "secondary",
        icon: str = "",
        act: str = "",
        trailing_icon: bool = False,
    ) -> None:
        super().__init__(text, parent)
        self._kind = kind
        self._icon_name = icon
        self._trailing = trailing_icon
        self._key = ""
        self.setFont(theme.font(theme.BODY, strong=kind == "primary", medium=kind != "primary"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        if act:
            self.set_act(act)

    def set_act(self, act: str) -> None:
        """Name the act; its key from the table is shown on the button and in the tool tip."""
        key = key_for(act)
        self._key = key.shown if key is not None and key.on_button else ""
        if key is not None:
            self.setToolTip(f"{key.help_text} ({key.shown})")
        self.updateGeometry()

    def set_icon_name(self, name: str) -> None:
        """Show another icon."""
        self._icon_name = name
        self.updateGeometry()
        self.update()

    def set_kind(self, kind: str) -> None:
        """Give the button another weight."""
        self._kind = kind
        self.update()

    def _shows_key(self) -> bool:
        return bool(self._key) and self._kind != "primary"

    def _key_width(self) -> int:
        return QFontMetrics(theme.font(theme.SMALL)).horizontalAdvance(self._key) + 8

    def _label(self) -> str:
        return self.text().replace("&&", "\0").replace("&", "").replace("\0", "&")

    def sizeHint(self) -> QSize:
        width = 0
        if self.text():
            width = self.fontMetrics().horizontalAdvance(self._label()) + 2 * _PAD
        elif self._icon_name:
            width = theme.CONTROL_HEIGHT
        if self.text() and self._icon_name:
            width += _ICON + 8 - 2
        if self._shows_key():
            width += self._key_width() + 4
        return QSize(max(width, theme.CONTROL_HEIGHT), theme.CONTROL_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()

    def _colors(self, look: Tokens) -> tuple[str, str, str]:
        """Fill, border and text; an empty string means none."""
        on, down = self.underMouse(), self.isDown()
        if not self.isEnabled():
            if self._kind == "primary":
                return look.sunken, look.line, look.outline
            return "", look.line if self._kind != "quiet" else "", look.outline
        if self._kind == "primary":
            fill = look.accent_pressed if down else look.accent_hover if on else look.accent
            return fill, "", look.on_accent
        if self.isChecked():
            return look.accent_tint, look.accent, look.accent
        fill = look.sunken if down else look.hover if on else look.surface
        if self._kind == "quiet":
            return fill if on or down else "", "", look.text
        return fill, look.outline, look.bad if self._kind == "danger" else look.text

    def paintEvent(self, event: QPaintEvent) -> None:
        look = tokens(self.palette())
        fill, border, text = self._colors(look)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(QColor(border), 1) if border else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(fill) if fill else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, theme.RADIUS, theme.RADIUS)
        self._paint_content(painter, look, text)

    def _paint_content(self, painter: QPainter, look: Tokens, color: str) -> None:
        label = self._label()
        text_width = self.fontMetrics().horizontalAdvance(label)
        icon_width = _ICON + (8 if label else 0) if self._icon_name else 0
        key_width = self._key_width() + 10 if self._shows_key() else 0
        x = (self.width() - text_width - icon_width - key_width) / 2
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        parts = ["icon", "text", "key"] if not self._trailing else ["text", "icon", "key"]
        for part in reversed(parts) if mirrored else parts:
            if part == "icon" and self._icon_name:
                inset = 8 if label and (self._trailing != mirrored) else 0
                paint_icon(
                    painter,
                    self._icon_name,
                    color,
                    QRectF(x + inset, (self.height() - _ICON) / 2, _ICON, _ICON),
                )
                x += icon_width
            elif part == "text" and label:
                painter.setFont(self.font())
                painter.setPen(QColor(color))
                box = QRectF(x - 2, 0, text_width + 4, self.height())
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, label)
                x += text_width
            elif part == "key" and key_width:
                painter.setFont(theme.font(theme.SMALL))
                painter.setPen(QColor(look.muted if self.isEnabled() else look.outline))
                box = QRectF(x + (0 if mirrored else 10), 0, key_width - 10, self.height())
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._key)
                x += key_width


class Text(QLabel):
    """A line or paragraph in one of the type sizes, in a color by meaning."""

    def __init__(
        self,
        text: str = "",
        size_px: int = theme.BODY,
        *,
        strong: bool = False,
        muted: bool = False,
        wrap: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(theme.font(size_px, strong=strong))
        self.setWordWrap(wrap)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        if muted:
            self.setProperty("tone", "muted")
        self._lean()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LayoutDirectionChange:
            self._lean()

    def _lean(self) -> None:
        """Begin where the layout begins: a label goes by its text, so that a Latin name would lie apart."""
        across = self.alignment() & Qt.AlignmentFlag.AlignHorizontal_Mask
        if across & Qt.AlignmentFlag.AlignHCenter:
            return
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        start = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        down = self.alignment() & Qt.AlignmentFlag.AlignVertical_Mask
        self.setAlignment(start | Qt.AlignmentFlag.AlignAbsolute | down)

    def set_tone(self, tone: Tone | None) -> None:
        """Color the text by meaning; ``None`` is plain text."""
        name = "" if tone is None else "muted" if tone is Tone.NEUTRAL else tone.value
        if self.property("tone") != name:
            self.setProperty("tone", name)
            self.style().unpolish(self)
            self.style().polish(self)


class Icon(QWidget):
    """One icon in a token's color."""

    def __init__(
        self,
        name: str = "",
        size_px: int = 20,
        *,
        tone: Tone | None = Tone.NEUTRAL,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._name = name
        self._tone = tone
        self._size = size_px
        self.setFixedSize(size_px, size_px)

    def set_icon(self, name: str, tone: Tone | None = Tone.NEUTRAL) -> None:
        """Show another icon or color."""
        if (name, tone) != (self._name, self._tone):
            self._name, self._tone = name, tone
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._name:
            return
        look = tokens(self.palette())
        color = look.text if self._tone is None else look.tone(self._tone)
        paint_icon(QPainter(self), self._name, color, QRectF(self.rect()))


class Chip(QWidget):
    """A word with an icon on a quiet ground: the state of a student, a step, a finger."""

    def __init__(
        self, text: str = "", tone: Tone = Tone.NEUTRAL, icon: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._text, self._tone, self._icon_name = text, tone, icon
        self.setFont(theme.font(theme.SMALL, medium=True))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)

    @property
    def text(self) -> str:
        """The word on it."""
        return self._text

    def set_state(self, text: str, tone: Tone, icon: str = "") -> None:
        """Say something else."""
        self._text, self._tone, self._icon_name = text, tone, icon
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        if not self._text:
            return QSize(0, 28)
        width = self.fontMetrics().horizontalAdvance(self._text) + 24
        return QSize(width + (20 if self._icon_name else 0), 28)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._text:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
            paint_chip(
                painter,
                QRectF(self.rect()),
                self._text,
                self._tone,
                self._icon_name,
                tokens(self.palette()),
                mirrored,
            )


def paint_chip(
    painter: QPainter, box: QRectF, text: str, tone: Tone, icon: str, look: Tokens, mirrored: bool = False
) -> None:
    """Draw a chip into ``box``; lists draw their chips with it."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(look.tint(tone)))
    painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
    color = look.tone(tone)
    left, right = 12.0, 12.0
    if icon:
        at = box.right() - 26 if mirrored else box.left() + 10
        paint_icon(painter, icon, color, QRectF(at, box.center().y() - 8, 16, 16))
        left, right = (12.0, 32.0) if mirrored else (30.0, 12.0)
    painter.setPen(QColor(color))
    painter.setFont(theme.font(theme.SMALL, medium=True))
    painter.drawText(box.adjusted(left, 0, -right + 2, 0), Qt.AlignmentFlag.AlignVCenter, text)


class Card(QFrame):
    """A surface with a hairline around it."""

    def __init__(self, parent: QWidget | None = None, *, tone: Tone | None = None) -> None:
        super().__init__(parent)
        self._tone = tone

    def set_tone(self, tone: Tone | None) -> None:
        """Tint the surface by meaning; ``None`` is the plain surface."""
        self._tone = tone
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        look = tokens(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        if self._tone is None:
            painter.setBrush(QColor(look.surface))
            painter.setPen(QPen(QColor(look.line), 1))
        else:
            painter.setBrush(QColor(look.tint(self._tone)))
            painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(box, theme.RADIUS + 2, theme.RADIUS + 2)
