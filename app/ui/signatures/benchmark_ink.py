# SPDX-License-Identifier: Apache-2.0
"""Measures the ink: the canvas as it is, against one that repaints every segment, in the same run.

The canvas gets real tablet events, one paint after each (the worst case). An event lasts from sending it
to the end of its paint, by the wall clock and in processor time: on a busy machine the first tells about
the neighbors, so the limits are held against the second. A canvas that repaints everything grows slower with
every point, ours must not: hence the last five hundred.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QInputDevice, QPainter, QPaintEvent, QPen, QPointingDevice, QTabletEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.signature_flow import Guide
from app.ui.common.theme import LIGHT
from app.ui.signatures.pad import SignaturePad

LIMIT_MEAN_MS, LIMIT_P99_MS = 0.1, 1.0
_TIP, _NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


@dataclass(frozen=True, slots=True)
class InkFigures:
    """Milliseconds per event: processor time, and ``wall_mean_ms``."""

    strategy: str
    width_px: int
    height_px: int
    device_pixel_ratio: float
    points: int
    mean_ms: float
    p99_ms: float
    last_500_mean_ms: float
    wall_mean_ms: float


class RepaintEverything(QWidget):
    """The baseline: keeps every segment and draws all of them at each paint."""

    def __init__(self, width_px: int, height_px: int) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.resize(width_px, height_px)
        self._points: list[tuple[QPointF, float]] = []

    def tabletEvent(self, event: QTabletEvent) -> None:
        event.accept()
        self._points.append((self.mapFromGlobal(event.globalPosition()), event.pressure()))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(LIGHT.paper))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(LIGHT.ink))
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        for (start, _), (end, pressure) in zip(self._points, self._points[1:], strict=False):
            pen.setWidthF(1.2 + 3.2 * pressure)
            painter.setPen(pen)
            painter.drawLine(start, end)


def _path(points: int, width_px: int, height_px: int) -> Iterator[tuple[float, float, float]]:
    """A long looping line over the whole canvas: x, y, pressure."""
    for number in range(points):
        turn = number * 0.045
        x = width_px * (0.5 + 0.42 * math.sin(turn * 0.31) + 0.04 * math.cos(turn * 3))
        y = height_px * (0.5 + 0.36 * math.sin(turn * 0.47) + 0.06 * math.sin(turn * 3))
        yield x, y, 0.5 + 0.3 * math.sin(turn)


def _device() -> QPointingDevice:
    able = QInputDevice.Capability
    return QPointingDevice(
        "benchmark pen",
        1,
        QInputDevice.DeviceType.Stylus,
        QPointingDevice.PointerType.Pen,
        able.Position | able.Pressure,
        1,
        1,
    )


def _measure(canvas: QWidget, points: int, painted: Callable[[], object]) -> list[tuple[float, float]]:
    """Milliseconds of each event with its paint: processor time and wall time."""
    device = _device()
    took: list[tuple[float, float]] = []
    for number, (x, y, pressure) in enumerate(_path(points, canvas.width(), canvas.height())):
        at = QPointF(x, y)
        event = QTabletEvent(
            QEvent.Type.TabletPress if number == 0 else QEvent.Type.TabletMove,
            device,
            at,
            canvas.mapToGlobal(at),
            pressure,
            0.0,
            0.0,
            0.0,
            0.0,
            0.0,
            Qt.KeyboardModifier.NoModifier,
            _TIP if number == 0 else _NONE,
            _TIP,
        )
        begun, begun_wall = time.thread_time(), time.perf_counter()
        QApplication.sendEvent(canvas, event)
        painted()
        took.append(((time.thread_time() - begun) * 1000, (time.perf_counter() - begun_wall) * 1000))
    return took


def _figures(name: str, canvas: QWidget, took: Sequence[tuple[float, float]]) -> InkFigures:
    cpu = [pair[0] for pair in took]
    ordered = sorted(cpu)
    last = cpu[-500:]
    return InkFigures(
        strategy=name,
        width_px=canvas.width(),
        height_px=canvas.height(),
        device_pixel_ratio=canvas.devicePixelRatioF(),
        points=len(took),
        mean_ms=round(sum(cpu) / len(cpu), 4),
        p99_ms=round(ordered[int(len(ordered) * 0.99)], 4),
        last_500_mean_ms=round(sum(last) / len(last), 4),
        wall_mean_ms=round(sum(pair[1] for pair in took) / len(took), 4),
    )


def benchmark_ink(
    points: int = 3000, sizes: Sequence[tuple[int, int]] = ((800, 300), (1920, 1080))
) -> dict[str, object]:
    """Draw ``points`` samples on each size with both strategies. Needs an application.

    Returns:
        ``figures``: one entry per size and strategy; ``limits``; ``within_limits``; ``times_faster``: how
        often our canvas fits into the baseline's time over the last 500 events at the largest size.
    """
    figures: list[InkFigures] = []
    for width, height in sizes:
        pad = SignaturePad()
        pad.resize(width, height)
        pad.start_step(Guide.BASELINE)
        baseline = RepaintEverything(width, height)
        for name, canvas in (("segment_into_image", pad), ("repaint_everything", baseline)):
            canvas.show()
            QApplication.processEvents()
            figures.append(_figures(name, canvas, _measure(canvas, points, QApplication.processEvents)))
            canvas.hide()
            canvas.deleteLater()
    ours = [entry for entry in figures if entry.strategy == "segment_into_image"]
    theirs = [entry for entry in figures if entry.strategy == "repaint_everything"]
    return {
        "figures": [asdict(entry) for entry in figures],
        "limits": {"mean_ms": LIMIT_MEAN_MS, "p99_ms": LIMIT_P99_MS},
        "within_limits": all(
            entry.mean_ms <= LIMIT_MEAN_MS and entry.p99_ms <= LIMIT_P99_MS for entry in ours
        ),
        "times_faster": round(theirs[-1].last_500_mean_ms / ours[-1].last_500_mean_ms, 1),
    }
