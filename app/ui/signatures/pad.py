# SPDX-License-Identifier: Apache-2.0
"""The canvas: turns pen, finger and mouse into strokes and shows their ink at once.

Rules, with their reasons in what window systems and tablets do wrong:

- positions come from ``globalPosition()``: the local one is an integer under Windows Ink;
- times come from this program's monotonic clock, the event's own time is kept beside it;
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

from PySide6.QtCore import QCoreApplication, QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QGuiApplication,
    QHideEvent,
    QImage,
    QInputDevice,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPointingDevice,
    QResizeEvent,
    QTabletEvent,
    QTouchEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain.signature_flow import Guide
from app.domain.signatures import (
    Canvas,
    PenClock,
    PenDevice,
    Point,
    PointerType,
    SignatureRecord,
    Stroke,
    build_record,
    pressure_units,
)
from app.ui.common.theme import tokens
from app.ui.signatures.guides import paint_background
from app.ui.signatures.ink import InkLayer, Placement

#: A finger or mouse stroke that ended this shortly before the pen came down was the palm, seconds.
PALM_WINDOW_S = 0.5
_TIP = Qt.MouseButton.LeftButton


def configure_application_attributes() -> None:
    """Ask Qt for every sample of pen and finger; to be called before the application exists."""
    attribute = Qt.ApplicationAttribute
    QCoreApplication.setAttribute(attribute.AA_CompressHighFrequencyEvents, False)
    QCoreApplication.setAttribute(attribute.AA_CompressTabletEvents, False)
    QCoreApplication.setAttribute(attribute.AA_SynthesizeMouseForUnhandledTabletEvents, False)
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)


class SignaturePad(QWidget):
    """The canvas of one signature, shape or drawing.

    Signals:
        stroke_finished(): the pen was lifted; the strokes until now are worth saving.
        changed(): the strokes are others now (stroke, undo, redo, clear, load).
        pointer_changed(object): the ``PointerType`` that draws in this step.
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
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_TabletTracking)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("Canvas: draw with the pen"))
        self._clock_s, self._now = clock_s, now
        self._guide = Guide.NONE
        self._pen_only = False
        self._background: QImage | None = None
        self._ink: InkLayer | None = None
        self._forget()

    def _forget(self) -> None:
        self._strokes: tuple[Stroke, ...] = ()
        self._past: list[tuple[Stroke, ...]] = []
        self._future: list[tuple[Stroke, ...]] = []
        self._points: list[Point] = []
        self._air: list[Point] = []
        self._drawing: PointerType | None = None
        self._touch_id = -1
        self._pen_seen = False
        self._last_end_s = float("-inf")
        self._started_at: datetime | None = None
        self._start_s = 0.0
        self._canvas: Canvas | None = None
        self._device: PenDevice | None = None
        self._pointer: PointerType | None = None

    # What the page asks and tells

    @property
    def strokes(self) -> tuple[Stroke, ...]:
        """The finished strokes."""
        return self._strokes

    @property
    def pointer(self) -> PointerType | None:
        """What draws in this step; ``None`` before the first stroke."""
        return self._pointer

    @property
    def drawing(self) -> bool:
        """Whether a stroke is in progress."""
        return self._drawing is not None

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether a change was taken back."""
        return bool(self._future)

    @property
    def ink(self) -> QImage:
        """The ink alone, in device pixels."""
        return self._layers()[1].image

    def set_pen_only(self, pen_only: bool) -> None:
        """Refuse finger and mouse, or allow them."""
        self._pen_only = pen_only

    def start_step(self, guide: Guide) -> None:
        """Begin with an empty canvas."""
        self._forget()
        self._guide = guide
        self._redraw()
        self.changed.emit()

    def load(self, record: SignatureRecord, guide: Guide) -> None:
        """Go on with a record that was saved before: its strokes, its canvas, its time."""
        self._forget()
        self._guide = guide
        self._strokes = record.strokes()
        self._canvas = record.canvas
        self._device = record.device
        self._started_at = record.started_at
        self._start_s = self._clock_s() - (record.t_us[-1] + 1) / 1e6 if record.t_us else self._clock_s()
        if self._strokes:
            self._pointer = self._strokes[-1].pointer_type
            self._pen_seen = any(stroke.pointer_type is PointerType.PEN for stroke in self._strokes)
        self._redraw()
        self.changed.emit()

    def record(self) -> SignatureRecord | None:
        """Everything drawn so far as one record, or ``None`` while the canvas is empty."""
        return self.recorder()()

    def recorder(self) -> Callable[[], SignatureRecord | None]:
        """A function that makes the record of the strokes as they are now; it may run in another thread."""
        strokes, started_at, canvas, device = self._strokes, self._started_at, self._canvas, self._device

        def build() -> SignatureRecord | None:
            if not strokes or started_at is None or canvas is None or device is None:
                return None
            return build_record(strokes, started_at=started_at, device=device, canvas=canvas)

        return build

    def undo(self) -> None:
        """Take the last change back: a stroke, or a clear."""
        self._end_stroke()
        if self._past:
            self._future.append(self._strokes)
            self._strokes = self._past.pop()
            self._after_edit()

    def redo(self) -> None:
        """Bring back what ``undo`` took."""
        if self._future:
            self._past.append(self._strokes)
            self._strokes = self._future.pop()
            self._after_edit()

    def clear(self) -> None:
        """Empty the canvas; ``undo`` brings the strokes back."""
        self._end_stroke()
        if self._strokes:
            self._remember()
            self._strokes = ()
            self._after_edit()

    def _remember(self) -> None:
        self._past.append(self._strokes)
        self._future.clear()

    def _after_edit(self) -> None:
        self._redraw()
        self.changed.emit()
        self.stroke_finished.emit()

    # Pen

    def tabletEvent(self, event: QTabletEvent) -> None:
        event.accept()
        if event.pointerType() is QPointingDevice.PointerType.Eraser:
            return
        kind = event.type()
        if kind is QEvent.Type.TabletMove:
            self._pen_moved(event)
        elif kind is QEvent.Type.TabletPress:
            self._pen_pressed(event)
        elif kind is QEvent.Type.TabletRelease:
            self._pen_released(event)

    def _pen_pressed(self, event: QTabletEvent) -> None:
        tip = event.button() == _TIP or event.pressure() > 0
        if not tip or (self._drawing is PointerType.PEN and event.button() != _TIP):
            return  # a barrel button: it says nothing about the tip
        self._pen_comes_down(event)

    def _pen_moved(self, event: QTabletEvent) -> None:
        touching = event.pressure() > 0 or bool(event.buttons() & _TIP)
        if self._drawing is PointerType.PEN:
            if touching:
                self._add(self._pen_point(event))
            else:
                self._end_stroke()  # the release was lost: a hover sample proves that the tip is up
                self._air.append(self._pen_point(event))
        elif touching:
            self._pen_comes_down(event)  # the press was lost
        elif self._strokes and self._pen_seen:
            self._air.append(self._pen_point(event))

    def _pen_released(self, event: QTabletEvent) -> None:
        if self._drawing is not PointerType.PEN:
            return
        barrel = event.button() != _TIP and (event.pressure() > 0 or bool(event.buttons() & _TIP))
        if not barrel:
            self._add(self._pen_point(event))
            self._end_stroke()

    def _pen_comes_down(self, event: QTabletEvent) -> None:
        if self._drawing is not None and self._drawing is not PointerType.PEN:
            self._drop_stroke()
        self._end_stroke()
        if not self._pen_seen:
            self._pen_seen = True
            self._take_palm_back()
        self._begin(PointerType.PEN, event.pointingDevice(), event.globalPosition())
        self._add(self._pen_point(event))

    def _pen_point(self, event: QTabletEvent) -> Point:
        x, y = self._place(event.globalPosition())
        abilities = event.pointingDevice().capabilities()
        able = QInputDevice.Capability
        tilt = able.XTilt in abilities
        return Point(
            self._time_us(),
            x,
            y,
            pressure_units(event.pressure()) if able.Pressure in abilities else None,
            round(event.xTilt() * 100) if tilt else None,
            round(event.yTilt() * 100) if tilt else None,
            round(event.rotation() * 100) % 36_000 if able.Rotation in abilities else None,
            event.timestamp() * 1000,
        )

    def _take_palm_back(self) -> None:
        recent = self._clock_s() - self._last_end_s <= PALM_WINDOW_S
        if recent and self._strokes and self._strokes[-1].pointer_type is not PointerType.PEN:
            self._strokes = self._strokes[:-1]
            if self._past:
                self._past.pop()
            self._redraw()

    # Mouse and finger

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()
        if event.button() == _TIP and self._may_draw(PointerType.MOUSE, event.pointingDevice()):
            self._end_stroke()
            self._begin(PointerType.MOUSE, event.pointingDevice(), event.globalPosition())
            self._add(self._plain_point(event.globalPosition(), event.timestamp()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        event.accept()
        if self._drawing is not PointerType.MOUSE:
            return
        if event.buttons() & _TIP:
            self._add(self._plain_point(event.globalPosition(), event.timestamp()))
        else:
            self._end_stroke()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()
        if event.button() == _TIP and self._drawing is PointerType.MOUSE:
            self._add(self._plain_point(event.globalPosition(), event.timestamp()))
            self._end_stroke()

    def event(self, event: QEvent) -> bool:
        kind = event.type()
        if kind in (QEvent.Type.TouchBegin, QEvent.Type.TouchUpdate, QEvent.Type.TouchEnd):
            if isinstance(event, QTouchEvent):
                self._touched(event)
            event.accept()
            return True
        if kind is QEvent.Type.TouchCancel:
            if self._drawing is PointerType.FINGER:
                self._drop_stroke()
            event.accept()
            return True
        if kind is QEvent.Type.WindowDeactivate:
            self._end_stroke()
        elif kind is QEvent.Type.DevicePixelRatioChange:
            self._redraw()
        return super().event(event)

    def _touched(self, event: QTouchEvent) -> None:
        for touch in event.points():
            state = touch.state()
            if state is touch.State.Pressed:
                if self._drawing is None and self._may_draw(PointerType.FINGER, None):
                    self._touch_id = touch.id()
                    self._begin(PointerType.FINGER, event.pointingDevice(), touch.globalPosition())
                    self._add(self._plain_point(touch.globalPosition(), event.timestamp()))
            elif self._drawing is PointerType.FINGER and touch.id() == self._touch_id:
                if state is not touch.State.Stationary:
                    self._add(self._plain_point(touch.globalPosition(), event.timestamp()))
                if state is touch.State.Released:
                    self._end_stroke()

    def _may_draw(self, pointer: PointerType, device: QPointingDevice | None) -> bool:
        if self._pen_only or self._pen_seen:
            return False
        if pointer is PointerType.MOUSE and device is not None:
            return device.type() is not QInputDevice.DeviceType.TouchScreen  # a finger dressed as a mouse
        return True

    def _plain_point(self, at: QPointF, stamp_ms: int) -> Point:
        x, y = self._place(at)
        return Point(self._time_us(), x, y, event_us=stamp_ms * 1000)

    # Strokes

    def _begin(self, pointer: PointerType, device: QPointingDevice, at: QPointF) -> None:
        if self._canvas is None or not self._strokes:
            self._canvas = self._widget_canvas()
        if self._started_at is None:
            self._started_at = self._now()
            self._start_s = self._clock_s()
        if self._strokes and self._air:
            last = self._strokes[-1]
            self._strokes = (
                *self._strokes[:-1],
                Stroke(last.points, last.pointer_type, (*last.air, *self._air)),
            )
        self._air = []
        if pointer is not self._pointer or self._device is None:
            self._pointer = pointer
            self._device = _describe(pointer, device)
            self.pointer_changed.emit(pointer)
        self._points = []
        self._drawing = pointer

    def _add(self, point: Point) -> None:
        canvas, place = self._geometry()
        at = place.to_widget(*canvas.to_px(point.x, point.y))
        ink = self._layers()[1]
        first = not self._points
        self._points.append(point)
        change = ink.begin if first else ink.extend
        self.update(change(at, point.pressure, place.scale))

    def _end_stroke(self) -> None:
        if self._drawing is None:
            return
        pointer = self._drawing
        self._drawing = None
        self._last_end_s = self._clock_s()
        self.update(self._layers()[1].end())
        self._remember()
        self._strokes = (*self._strokes, Stroke(tuple(self._points), pointer))
        self._points = []
        self.changed.emit()
        self.stroke_finished.emit()

    def _drop_stroke(self) -> None:
        self._drawing = None
        self._points = []
        self._redraw()

    def _time_us(self) -> int:
        return round((self._clock_s() - self._start_s) * 1e6)

    def _place(self, at: QPointF) -> tuple[int, int]:
        canvas, place = self._geometry()
        local = self.mapFromGlobal(at)
        return canvas.from_px(*place.to_canvas(local.x(), local.y()))

    # Layers

    def _widget_canvas(self) -> Canvas:
        dpi = self.screen().physicalDotsPerInch() if QGuiApplication.platformName() != "offscreen" else 0.0
        return Canvas(
            width_px=max(1, self.width()),
            height_px=max(1, self.height()),
            device_pixel_ratio=self.devicePixelRatioF(),
            mm_per_px=25.4 / dpi if 50.0 <= dpi <= 600.0 else None,
        )

    def _geometry(self) -> tuple[Canvas, Placement]:
        canvas = self._canvas if self._canvas is not None else self._widget_canvas()
        return canvas, Placement.fit(canvas, self.width(), self.height())

    def _layers(self) -> tuple[QImage, InkLayer]:
        if self._background is None or self._ink is None:
            ratio = self.devicePixelRatioF()
            look = tokens(self.palette())
            canvas, place = self._geometry()
            self._ink = InkLayer(self.width(), self.height(), ratio, look.ink)
            self._ink.draw(self._strokes, canvas, place)
            if self._points:
                self._ink.draw_points(self._points, canvas, place)
            size = QSize(self._ink.image.width(), self._ink.image.height())
            self._background = QImage(size, QImage.Format.Format_RGB32)
            self._background.setDevicePixelRatio(ratio)
            area = QRectF(
                place.left, place.top, canvas.width_px * place.scale, canvas.height_px * place.scale
            )
            paint_background(self._background, self._guide, canvas, place, look, area)
        return self._background, self._ink

    def _redraw(self) -> None:
        if not self._strokes and not self._points:
            self._canvas = None
        if self._ink is not None:
            self._ink.release()
        self._background = None
        self._ink = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        background, ink = self._layers()
        painter = QPainter(self)
        painter.drawImage(QPointF(0, 0), background)
        painter.drawImage(QPointF(0, 0), ink.image)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._redraw()

    def hideEvent(self, event: QHideEvent) -> None:
        self._end_stroke()
        super().hideEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.PaletteChange:
            self._redraw()
        super().changeEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(800, 300)

    def minimumSizeHint(self) -> QSize:
        return QSize(320, 120)


_CAPABILITY_NAMES = (
    (QInputDevice.Capability.Pressure, "pressure"),
    (QInputDevice.Capability.XTilt, "tilt"),
    (QInputDevice.Capability.Rotation, "rotation"),
    (QInputDevice.Capability.Hover, "hover"),
)


def _describe(pointer: PointerType, device: QPointingDevice) -> PenDevice:
    abilities = device.capabilities()
    return PenDevice(
        name=device.name()[:200],
        device_id=str(device.systemId()),
        pointer_type=pointer,
        capabilities=frozenset(name for ability, name in _CAPABILITY_NAMES if ability in abilities),
        clock=PenClock.MONOTONIC,
    )
