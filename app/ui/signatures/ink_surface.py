# SPDX-License-Identifier: Apache-2.0
"""What is seen of a drawing: paper, guide and ink on one image in device pixels.

A child of the canvas that takes no events: a widget that looks at every event in Python would look at each of
its paints, too, and a paint is half of what a pen sample costs.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from app.domain.signature_flow import Guide
from app.domain.signatures import Canvas, Point
from app.ui.common.theme import tokens
from app.ui.signatures.drawing import Drawing
from app.ui.signatures.guides import paint_background
from app.ui.signatures.ink import Ink, Placement
from app.ui.signatures.pen_input import canvas_of

_ORIGIN = QPointF(0, 0)


class InkSurface(QWidget):
    """The picture of a drawing in its host, which it covers.

    Signals:
        inked(QRect): that part changed, logical pixels; only told once ``mirror_to`` was called.
    """

    inked = Signal(QRect)

    def __init__(self, host: QWidget, drawing: Drawing) -> None:
        super().__init__(host)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._host = host
        self._drawing = drawing
        self._guide = Guide.NONE
        self._mirrored = False
        self._made: tuple[QImage, Ink] | None = None
        self._fit: tuple[Canvas, Placement] | None = None
        self._to_unit = self._left = self._top = 0.0

    def show_drawing(self, drawing: Drawing, guide: Guide) -> None:
        """Show another drawing."""
        self._drawing, self._guide = drawing, guide
        self.redraw()

    def mirror_to(self, follow: Callable[[QRect], None]) -> None:
        """Tell ``follow`` every part that changes. Until somebody asks, nobody is told: it costs time."""
        self.inked.connect(follow)
        self._mirrored = True

    @property
    def picture(self) -> QImage:
        """Paper, guide and ink, in device pixels."""
        return self._painted()[0]

    def redraw(self) -> None:
        """Draw everything again from the data: at another size, after an undo, on another screen."""
        if self._made is not None:
            self._made[1].release()
        self._made = self._fit = None
        self.resize(self._host.size())
        self.update()
        if self._mirrored:
            self.inked.emit(self.rect())

    def _painted(self) -> tuple[QImage, Ink]:
        if self._made is None:
            self._made = self._paint_anew()
        return self._made

    def _paint_anew(self) -> tuple[QImage, Ink]:
        picture = self._empty(QImage.Format.Format_RGB32)
        canvas, place = self._geometry()
        look = tokens(self.palette())
        area = QRectF(place.left, place.top, canvas.width_px * place.scale, canvas.height_px * place.scale)
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        paint_background(picture, self._guide, canvas, place, look, area, right_to_left=mirrored)
        return picture, self._draw_on(picture)

    def ink_alone(self) -> QImage:
        """The ink on nothing, in device pixels: drawn anew, for showing it elsewhere."""
        image = self._empty(QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        self._draw_on(image).release()
        return image

    def _empty(self, pixels: QImage.Format) -> QImage:
        ratio = self._host.devicePixelRatioF()
        width, height = (max(1, round(side * ratio)) for side in (self._host.width(), self._host.height()))
        image = QImage(width, height, pixels)
        image.setDevicePixelRatio(ratio)
        return image

    def _draw_on(self, image: QImage) -> Ink:
        ink = Ink(image, tokens(self.palette()).ink, *self._geometry())
        ink.draw(self._drawing.strokes)
        ink.draw_points(self._drawing.points)
        return ink

    # A stroke

    def canvas_is_fixed(self) -> None:
        """The first stroke fixed the canvas: places are told on that one from now on."""
        self._fit = None

    def place(self, x: float, y: float) -> tuple[int, int]:
        """A widget position, logical pixels, in the record's integers."""
        if self._fit is None:
            self._geometry()
        return round((x - self._left) * self._to_unit), round((y - self._top) * self._to_unit)

    def add(self, point: Point) -> None:
        """Show the next sample of the drawing's stroke; it is in the drawing afterwards."""
        ink = self._painted()[1]
        points = self._drawing.points
        changed = ink.extend(point) if points else ink.begin(point)
        points.append(point)
        self.update(changed)
        if self._mirrored:
            self.inked.emit(changed)

    def end(self) -> None:
        """Show the end of the stroke."""
        changed = self._painted()[1].end()
        self.update(changed)
        if self._mirrored:
            self.inked.emit(changed)

    def _geometry(self) -> tuple[Canvas, Placement]:
        if self._fit is None:
            if self._drawing.is_untouched and self._drawing.active is None:
                self._drawing.canvas = None  # nothing was drawn yet: the canvas is what the widget is now
            canvas = self._drawing.canvas or canvas_of(self._host)
            place = Placement.fit(canvas, self._host.width(), self._host.height())
            self._fit = canvas, place
            self._to_unit = canvas.units_per_px / place.scale
            self._left, self._top = place.left, place.top
        return self._fit

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawImage(_ORIGIN, self._painted()[0])

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.redraw()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.LayoutDirectionChange):
            self.redraw()
        super().changeEvent(event)
