# SPDX-License-Identifier: Apache-2.0
"""The canvas: turns pen, finger and mouse into strokes and shows their ink at once.

Rules, with their reasons in what window systems and tablets do wrong:

- positions come from ``globalPosition()``: the local one is an integer under Windows Ink;
- times come from this program's monotonic clock; the event's own time and, on Windows, the pointer's native
  time are kept beside it;
- once a pen was seen in a step, finger and mouse are ignored for that step (the palm rests on the screen);
  what a palm or the system's own mouse began just before the pen came down is taken back;
- only the tip draws: a barrel button neither begins nor ends a stroke;
- a stroke ends with the tip, with a hover sample, or when the canvas loses the window, never by a proximity
  event;
- the canvas of a step keeps its size; after a resize the same data is drawn again, fitted in.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication, QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QHideEvent,
    QImage,
    QInputDevice,
    QMouseEvent,
    QPointingDevice,
    QResizeEvent,
    QShowEvent,
    QTabletEvent,
    QTouchEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain.signature_flow import Guide
from app.domain.signatures import Point, PointerType, SignatureRecord, Stroke
from app.ui.signatures.drawing import Drawing
from app.ui.signatures.ink_surface import InkSurface
from app.ui.signatures.native_pointer import Contact, native_pen
from app.ui.signatures.pen_input import PenReader, canvas_of, describe_device

_TIP = Qt.MouseButton.LeftButton
_MOVE, _PRESS = QEvent.Type.TabletMove, QEvent.Type.TabletPress
_PEN = PointerType.PEN
_PEN_KINDS = (_MOVE, _PRESS, QEvent.Type.TabletRelease)
_CONTACTS = dict(zip(_PEN_KINDS, (Contact.MOVE, Contact.DOWN, Contact.UP), strict=True))
_TOUCH_KINDS = (QEvent.Type.TouchBegin, QEvent.Type.TouchUpdate, QEvent.Type.TouchEnd)


class SignaturePad(QWidget):
    """The canvas of one signature, shape or drawing.

    Signals:
        stroke_finished(): the pen was lifted; the strokes until now are worth saving.
        changed(): the strokes are others now (stroke, undo, redo, clear, load).
        pointer_changed(object): the ``PointerType`` that draws in this step.

    Attributes:
        surface: what is seen of it.
    """

    stroke_finished = Signal()
    changed = Signal()
    pointer_changed = Signal(object)

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        clock_s: Callable[[], float] = time.perf_counter,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(parent)
        self.setObjectName("pad")
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_TabletTracking)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("Canvas: draw with the pen"))
        self._clock_s, self._now = clock_s, now
        self._drawing = Drawing(clock_s, now)
        self._pen_only = False
        self._touch_id = -1
        self._pen = PenReader(QPointingDevice.primaryPointingDevice())
        self._native = native_pen()
        self.surface = InkSurface(self, self._drawing)

    # What the page asks and tells

    @property
    def strokes(self) -> tuple[Stroke, ...]:
        """The finished strokes."""
        return self._drawing.strokes

    @property
    def pointer(self) -> PointerType | None:
        """What draws in this step; ``None`` before the first stroke."""
        return self._drawing.pointer

    @property
    def drawing(self) -> bool:
        """Whether a stroke is in progress."""
        return self._drawing.active is not None

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return self._drawing.can_undo

    @property
    def can_redo(self) -> bool:
        """Whether a change was taken back."""
        return self._drawing.can_redo

    @property
    def picture(self) -> QImage:
        """What is seen: paper, guide and ink, in device pixels."""
        return self.surface.picture

    @property
    def ink(self) -> QImage:
        """The ink alone on nothing, in device pixels."""
        return self.surface.ink_alone()

    def set_pen_only(self, pen_only: bool) -> None:
        """Refuse finger and mouse, or allow them."""
        self._pen_only = pen_only

    def start_step(self, guide: Guide) -> None:
        """Begin with an empty canvas."""
        self._begin_with(Drawing(self._clock_s, self._now), guide)

    def load(self, record: SignatureRecord, guide: Guide) -> None:
        """Go on with a record that was saved before."""
        drawing = Drawing(self._clock_s, self._now)
        drawing.load(record)
        self._begin_with(drawing, guide)

    def _begin_with(self, drawing: Drawing, guide: Guide) -> None:
        self._drawing = drawing
        self.surface.show_drawing(drawing, guide)
        self.changed.emit()

    def record(self) -> SignatureRecord | None:
        """Everything drawn so far as one record, or ``None`` while the canvas is empty."""
        return self._drawing.recorder()()

    def recorder(self) -> Callable[[], SignatureRecord | None]:
        """A function that makes the record of the strokes as they are now; it may run in another thread."""
        return self._drawing.recorder()

    def undo(self) -> None:
        """Take the last change back: a stroke, or a clear."""
        self._end_stroke()
        self._after_edit(self._drawing.undo())

    def redo(self) -> None:
        """Bring back what ``undo`` took."""
        self._after_edit(self._drawing.redo())

    def clear(self) -> None:
        """Empty the canvas; ``undo`` brings the strokes back."""
        self._end_stroke()
        self._after_edit(self._drawing.clear())

    def _after_edit(self, changed: bool) -> None:
        if changed:
            self.surface.redraw()
            self.changed.emit()
            self.stroke_finished.emit()

    # Pen

    def _on_pen(self, kind: QEvent.Type, event: QTabletEvent) -> None:
        event.accept()  # Qt hands it over as refused
        drawn = self._drawing.active is _PEN
        if drawn and kind is _MOVE and (pressure := event.pressure()) > 0:
            self.surface.add(self._pen_point(event, pressure))  # nearly all are of this kind
            return
        if not drawn and event.pointerType() is QPointingDevice.PointerType.Eraser:
            return
        if kind is _MOVE:
            self._pen_moved(event, drawn)
        elif kind is _PRESS:
            self._pen_pressed(event)
        else:
            self._pen_released(event)

    def _pen_draws(self) -> bool:
        return self._drawing.active is PointerType.PEN

    def _pen_pressed(self, event: QTabletEvent) -> None:
        tip = event.button() == _TIP or event.pressure() > 0
        if not tip or (self._pen_draws() and event.button() != _TIP):
            return  # a barrel button: it says nothing about the tip
        self._pen_comes_down(event)

    def _pen_moved(self, event: QTabletEvent, drawn: bool) -> None:
        touching = event.pressure() > 0 or bool(event.buttons() & _TIP)
        if drawn and touching:
            self.surface.add(self._pen_point(event, event.pressure()))
        elif drawn:
            self._end_stroke()  # the release was lost: a hover sample proves that the tip is up
            self._drawing.add_air(self._pen_point(event, event.pressure()))
        elif touching:
            self._pen_comes_down(event)  # the press was lost
        elif self._drawing.pen_seen:
            self._drawing.add_air(self._pen_point(event, event.pressure()))

    def _pen_released(self, event: QTabletEvent) -> None:
        barrel = event.button() != _TIP and (event.pressure() > 0 or bool(event.buttons() & _TIP))
        if self._pen_draws() and not barrel:
            self.surface.add(self._pen_point(event, event.pressure()))
            self._end_stroke()

    def _pen_comes_down(self, event: QTabletEvent) -> None:
        if self._pen_draws():
            self._end_stroke()
        else:
            self._drop_stroke()
        if not self._drawing.pen_seen and self._drawing.take_palm_back():
            self.surface.redraw()
        self._pen = PenReader(event.pointingDevice())
        self._begin(PointerType.PEN, event.pointingDevice())
        self.surface.add(self._pen_point(event, event.pressure()))

    def _pen_point(self, event: QTabletEvent, pressure: float) -> Point:
        time_us, native_us = self._drawing.time_us(), None
        if self._native is not None:
            native_us = self._native[0].take(_CONTACTS[event.type()], pressure)
        local = self.mapFromGlobal(event.globalPosition())
        x, y = self.surface.place(local.x(), local.y())
        return self._pen.point_of(event, pressure, time_us, x, y, native_us)

    # Mouse and finger

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()
        finger = event.pointingDevice().type() is QInputDevice.DeviceType.TouchScreen  # dressed as a mouse
        if event.button() == _TIP and not finger and self._may_draw_without_pen():
            self._end_stroke()
            self._begin(PointerType.MOUSE, event.pointingDevice())
            self.surface.add(self._plain_point(event.globalPosition(), event.timestamp()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        event.accept()
        if self._drawing.active is not PointerType.MOUSE:
            return
        if event.buttons() & _TIP:
            self.surface.add(self._plain_point(event.globalPosition(), event.timestamp()))
        else:
            self._end_stroke()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()
        if event.button() == _TIP and self._drawing.active is PointerType.MOUSE:
            self.surface.add(self._plain_point(event.globalPosition(), event.timestamp()))
            self._end_stroke()

    def event(self, event: QEvent) -> bool:
        kind = event.type()
        if kind in _PEN_KINDS and isinstance(event, QTabletEvent):
            self._on_pen(kind, event)  # straight on, without the way through tabletEvent, which is slower
            return True
        if kind in _TOUCH_KINDS:
            if isinstance(event, QTouchEvent):
                self._touched(event)
            event.accept()
            return True
        if kind is QEvent.Type.TouchCancel:
            if self._drawing.active is PointerType.FINGER:
                self._drop_stroke()
            event.accept()
            return True
        if kind is QEvent.Type.WindowDeactivate:
            self._end_stroke()
        elif kind is QEvent.Type.DevicePixelRatioChange:
            self.surface.redraw()
        return super().event(event)

    def _touched(self, event: QTouchEvent) -> None:
        for touch in event.points():
            state = touch.state()
            at = touch.globalPosition()
            if state is touch.State.Pressed:
                if self._drawing.active is None and self._may_draw_without_pen():
                    self._touch_id = touch.id()
                    self._begin(PointerType.FINGER, event.pointingDevice())
                    self.surface.add(self._plain_point(at, event.timestamp()))
            elif self._drawing.active is PointerType.FINGER and touch.id() == self._touch_id:
                if state is not touch.State.Stationary:
                    self.surface.add(self._plain_point(at, event.timestamp()))
                if state is touch.State.Released:
                    self._end_stroke()

    def _may_draw_without_pen(self) -> bool:
        return not self._pen_only and not self._drawing.pen_seen

    def _plain_point(self, at: QPointF, stamp_ms: int) -> Point:
        return Point(self._drawing.time_us(), *self._place(at), event_us=stamp_ms * 1000)

    # Strokes

    def _begin(self, pointer: PointerType, device: QPointingDevice) -> None:
        other = pointer is not self._drawing.pointer
        self._drawing.begin(pointer, describe_device(pointer, device), canvas_of(self))
        self.surface.canvas_is_fixed()
        if other:
            self.pointer_changed.emit(pointer)

    def _end_stroke(self) -> None:
        if self._drawing.active is None:
            return
        self.surface.end()
        self._drawing.end()
        self.changed.emit()
        self.stroke_finished.emit()

    def _drop_stroke(self) -> None:
        if self._drawing.active is not None:
            self._drawing.drop()
            self.surface.redraw()

    def _place(self, at: QPointF) -> tuple[int, int]:
        local = self.mapFromGlobal(at)
        return self.surface.place(local.x(), local.y())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.surface.resize(self.size())
        super().resizeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        application = QCoreApplication.instance()
        if self._native is not None and application is not None:
            application.installNativeEventFilter(self._native[1])
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._end_stroke()
        application = QCoreApplication.instance()
        if self._native is not None and application is not None:
            application.removeNativeEventFilter(self._native[1])
        super().hideEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(800, 300)

    def minimumSizeHint(self) -> QSize:
        return QSize(320, 120)
