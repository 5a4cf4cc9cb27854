# SPDX-License-Identifier: Apache-2.0
"""A drawn hand, seen from its back as one sees one's own: every finger a target that shows its state.

Left stays left: the hands are never mirrored with the writing direction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QTransform,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.domain.fingerprints import Finger
from app.domain.visits import StepState
from app.ui.common.assets import paint_icon
from app.ui.common.theme import Tokens, Tone, tokens
from app.ui.common.words import finger_title

_BOX = QSize(238, 262)
_SHIFT = 24.0  # room for the thumb, which leans out to the left


@dataclass(frozen=True, slots=True)
class _Shape:
    """One finger of the right hand in the drawing's own units: foot, length, width, lean in degrees."""

    foot_x: float
    foot_y: float
    length: float
    width: float
    lean: float

    def transform(self) -> QTransform:
        made = QTransform()
        made.translate(self.foot_x, self.foot_y)
        made.rotate(self.lean)
        return made

    def outline(self, inset: float = 0.0, share: float = 1.0) -> QPainterPath:
        """The finger, or with ``share`` its tip alone."""
        width = self.width - 2 * inset
        height = self.length * share - 2 * inset
        path = QPainterPath()
        box = QRectF(-width / 2, -self.length + inset, width, height)
        path.addRoundedRect(box, width / 2, width / 2)
        return self.transform().map(path)

    def tip(self) -> QPointF:
        """Middle of the fingertip."""
        return self.transform().map(QPointF(0, -self.length + self.width * 0.62))


# thumb, index, middle, ring, little
_RIGHT = (
    _Shape(72, 196, 98, 31, -46),
    _Shape(80, 140, 102, 28, -9),
    _Shape(110, 132, 116, 29, -1.5),
    _Shape(139, 136, 106, 28, 6),
    _Shape(166, 150, 82, 25, 15),
)
_ORDER = {
    "right": (
        Finger.RIGHT_THUMB,
        Finger.RIGHT_INDEX,
        Finger.RIGHT_MIDDLE,
        Finger.RIGHT_RING,
        Finger.RIGHT_LITTLE,
    ),
    "left": (Finger.LEFT_THUMB, Finger.LEFT_INDEX, Finger.LEFT_MIDDLE, Finger.LEFT_RING, Finger.LEFT_LITTLE),
}
_LOOKS: dict[StepState, tuple[Tone, str]] = {
    StepState.OPEN: (Tone.NEUTRAL, ""),
    StepState.CURRENT: (Tone.ACCENT, "fingerprint"),
    StepState.DONE: (Tone.GOOD, "check"),
    StepState.SKIPPED: (Tone.WARN, "minus"),
    StepState.ATTENTION: (Tone.BAD, "triangle-alert"),
}


def _palm() -> QPainterPath:
    path = QPainterPath(QPointF(66, 146))
    path.cubicTo(70, 122, 96, 118, 112, 118)
    path.cubicTo(140, 118, 172, 126, 178, 152)
    path.cubicTo(183, 178, 172, 202, 160, 220)
    path.lineTo(158, 262)
    path.lineTo(82, 262)
    path.lineTo(82, 232)
    path.cubicTo(66, 218, 58, 190, 66, 146)
    return path


@lru_cache(maxsize=1)
def _silhouette() -> QPainterPath:
    """The outline of the whole right hand; uniting curves is costly, so it is done once."""
    path = _palm()
    for shape in _RIGHT:
        path = path.united(shape.outline())
    return path.simplified()


class HandWidget(QWidget):
    """One hand.

    Signals:
        finger_clicked(object): a ``Finger`` was clicked, or chosen with the arrow keys and Enter.
    """

    finger_clicked = Signal(object)

    def __init__(self, hand: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fingers = _ORDER[hand]
        self._mirror = hand == "left"
        self._states: dict[Finger, StepState] = {}
        self._hover: Finger | None = None
        self._key: Finger = self._fingers[1]
        self._silhouette = _silhouette()
        self.setObjectName(f"hand_{hand}")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(170, 200)
        self.setAccessibleName(self.tr("Left hand") if self._mirror else self.tr("Right hand"))

    def sizeHint(self) -> QSize:
        return QSize(250, 298)

    @property
    def fingers(self) -> tuple[Finger, ...]:
        """The hand's fingers, thumb first."""
        return self._fingers

    def show_states(self, states: Mapping[Finger, StepState]) -> None:
        """Draw the states; a finger without one is not asked for."""
        self._states = {finger: states[finger] for finger in self._fingers if finger in states}
        for finger, state in self._states.items():
            if state is StepState.CURRENT:
                self._key = finger
        self.update()

    def click_point(self, finger: Finger) -> QPoint:
        """Where a click meets that finger, in the widget's coordinates."""
        return self._transform().map(_RIGHT[self._fingers.index(finger)].tip()).toPoint()

    def finger_at(self, at: QPointF) -> Finger | None:
        """The finger there; the nearest tip within reach counts as well."""
        to_widget = self._transform()
        for finger, shape in zip(self._fingers, _RIGHT, strict=True):
            if to_widget.map(shape.outline()).contains(at):
                return finger
        near = None
        best = 26.0
        for finger in self._fingers:
            offset = QPointF(self.click_point(finger)) - at
            distance = (offset.x() ** 2 + offset.y() ** 2) ** 0.5
            if distance < best:
                near, best = finger, distance
        return near

    def _transform(self) -> QTransform:
        scale = min(self.width() / _BOX.width(), self.height() / _BOX.height())
        made = QTransform()
        made.translate((self.width() - _BOX.width() * scale) / 2, (self.height() - _BOX.height() * scale) / 2)
        made.scale(scale, scale)
        if self._mirror:
            made.translate(_BOX.width(), 0)
            made.scale(-1, 1)
        made.translate(_SHIFT, 0)
        return made

    def paintEvent(self, event: QPaintEvent) -> None:
        look = tokens(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        to_widget = self._transform()
        outline = to_widget.map(self._silhouette)
        bottom = to_widget.map(QPointF(0, _BOX.height())).y()
        painter.setPen(QPen(self._fade(look.skin_line, bottom, look), 1.5))
        painter.setBrush(self._fade(look.skin, bottom, look))
        painter.drawPath(outline)
        for finger, shape in zip(self._fingers, _RIGHT, strict=True):
            self._paint_finger(painter, finger, shape, to_widget, look)

    @staticmethod
    def _fade(color: str, bottom: float, look: Tokens) -> QLinearGradient:
        gradient = QLinearGradient(0, bottom - 70, 0, bottom - 6)
        gone = QColor(color)
        gone.setAlpha(0)
        gradient.setColorAt(0, QColor(color))
        gradient.setColorAt(1, gone)
        return gradient

    def _paint_finger(
        self, painter: QPainter, finger: Finger, shape: _Shape, to_widget: QTransform, look: Tokens
    ) -> None:
        state = self._states.get(finger)
        hovered = finger is self._hover or (self.hasFocus() and finger is self._key)
        tip = to_widget.map(shape.outline(inset=3.5, share=0.5))
        if state is None:
            if hovered:
                painter.setPen(QPen(QColor(look.accent), 1.5, Qt.PenStyle.DashLine))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawPath(tip)
            return
        tone, icon = _LOOKS[state]
        solid = state in (StepState.CURRENT, StepState.DONE)
        color = look.tone(tone)
        painter.setPen(QPen(QColor(look.outline if state is StepState.OPEN else color), 1.5))
        painter.setBrush(
            QColor(color if solid else look.surface if state is StepState.OPEN else look.tint(tone))
        )
        painter.drawPath(tip)
        if hovered:
            painter.setPen(QPen(QColor(look.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(to_widget.map(shape.outline(inset=0.5, share=0.56)))
        if icon:
            at = to_widget.map(shape.tip())
            side = 16.0
            ink = (look.surface if tone is not Tone.ACCENT else look.on_accent) if solid else color
            paint_icon(painter, icon, ink, QRectF(at.x() - side / 2, at.y() - side / 2, side, side))

    # Mouse and keyboard

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._set_hover(self.finger_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._set_hover(None)

    def _set_hover(self, finger: Finger | None) -> None:
        if finger is not self._hover:
            self._hover = finger
            self.setCursor(
                Qt.CursorShape.PointingHandCursor if finger is not None else Qt.CursorShape.ArrowCursor
            )
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        finger = self.finger_at(event.position())
        if event.button() is Qt.MouseButton.LeftButton and finger is not None:
            self._key = finger
            self.finger_clicked.emit(finger)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is not None:
            across = self._fingers[::-1] if self._mirror else self._fingers
            at = min(max(across.index(self._key) + step, 0), len(across) - 1)
            self._key = across[at]
            self.setAccessibleDescription(finger_title(self._key))
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.finger_clicked.emit(self._key)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            finger = self.finger_at(QPointF(event.pos()))
            if finger is not None:
                QToolTip.showText(event.globalPos(), finger_title(finger), self)
            return True
        return super().event(event)
