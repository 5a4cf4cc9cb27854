# SPDX-License-Identifier: Apache-2.0
"""Measures the ink: the canvas as it is, against one that repaints every segment, in the same run.

The canvas lies in a window, as in the program, and gets real tablet events, one paint after each (the worst
case). An event lasts from sending it to the end of its paint, by the wall clock and in processor time: on a
busy machine the first tells about the neighbors, so the limits are held against the second. A canvas that
repaints everything grows slower with every point, ours must not: hence the last five hundred. Of the slow
baseline only every hundredth event is painted and timed; it keeps the points of all of them.

Screens of both device pixel ratios are Qt's own, in memory: the same on every machine, without a compositor.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QInputDevice,
    QPainter,
    QPaintEvent,
    QPen,
    QPointingDevice,
    QTabletEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.signature_flow import Guide
from app.ui.common.theme import LIGHT
from app.ui.signatures.mirror import PadMirror
from app.ui.signatures.pad import SignaturePad

LIMIT_MEAN_MS, LIMIT_P99_MS = 0.1, 1.0
#: Width and height in logical pixels, device pixel ratio.
CASES = ((800, 300, 1.0), (1920, 1080, 1.0), (1920, 1080, 2.0))
OURS, MIRRORED, BASELINE = "segment_into_image", "segment_into_image_mirrored", "repaint_everything"
_RATIOS = (1, 2)
_EVERY = 100  # baseline's events from one that is painted and timed to the next
_TIP, _NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


@dataclass(frozen=True, slots=True)
class InkFigures:
    """Milliseconds per event: processor time, and ``wall_mean_ms``."""

    strategy: str
    width_px: int
    height_px: int
    device_pixel_ratio: float
    points: int
    timed_events: int
    mean_ms: float
    median_ms: float
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


def virtual_screens(folder: Path) -> dict[str, str]:
    """What has to be in the environment before the application exists, to have a screen of each ratio."""
    width, height, _ = CASES[-1]
    screens = [
        {
            "name": f"ratio_{ratio}",
            "x": number * width * 4,
            "y": 0,
            "width": width * ratio,
            "height": height * ratio,
            "logicalDpi": 96,
            "logicalBaseDpi": 96,
            "dpr": 1,
        }
        for number, ratio in enumerate(_RATIOS)
    ]
    file = folder / "screens.json"
    file.write_text(json.dumps({"windowFrameMargins": False, "screens": screens}), encoding="utf-8")
    return {
        "QT_QPA_PLATFORM": f"offscreen:configfile={file.as_posix()}",
        "QT_SCREEN_SCALE_FACTORS": ";".join(f"ratio_{ratio}={ratio}" for ratio in _RATIOS),
    }


def _measure(
    canvas: QWidget, points: int, painted: Callable[[], object], every: int = 1
) -> list[tuple[float, float]]:
    """Milliseconds of each event with its paint: processor time and wall time.

    Args:
        painted: waits until the canvas is painted.
        every: only every so manieth event is painted and timed, the last of each group.
    """
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
        if number % every != every - 1:
            QApplication.sendEvent(canvas, event)
            continue
        begun, begun_wall = time.thread_time(), time.perf_counter()
        QApplication.sendEvent(canvas, event)
        painted()
        took.append(((time.thread_time() - begun) * 1000, (time.perf_counter() - begun_wall) * 1000))
    return took


@dataclass(slots=True)
class _Run:
    """One canvas of one size on one screen, measured in several rounds."""

    strategy: str
    width_px: int
    height_px: int
    ratio: float
    points: int
    took: list[tuple[float, float]]
    last: list[float]
    shown_ratio: float = 0.0

    def measure(self) -> None:
        """Measure one more round on a canvas of its own."""
        mirror: PadMirror | None = None
        canvas: QWidget = RepaintEverything(self.width_px, self.height_px)
        if self.strategy != BASELINE:
            canvas = pad = SignaturePad()
            pad.start_step(Guide.BASELINE)
            if self.strategy == MIRRORED:
                mirror = PadMirror(pad)
                mirror.resize(self.width_px // 2, self.height_px // 2)
                mirror.show()
        window = QWidget()  # a canvas lies in one; alone it would have to look at the window's events, too
        canvas.setParent(window)
        window.move(_screen_corner(self.ratio))
        window.resize(self.width_px, self.height_px)
        canvas.resize(self.width_px, self.height_px)
        window.show()
        QApplication.processEvents()
        self.shown_ratio = canvas.devicePixelRatioF()
        every = _EVERY if self.strategy == BASELINE else 1
        took = _measure(canvas, self.points, QApplication.processEvents, every)
        self.took += took
        self.last += [cpu for cpu, _ in took[-max(1, 500 // every) :]]
        for widget in (mirror, window):
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        QApplication.processEvents()

    def figures(self) -> InkFigures:
        cpu = sorted(pair[0] for pair in self.took)
        return InkFigures(
            strategy=self.strategy,
            width_px=self.width_px,
            height_px=self.height_px,
            device_pixel_ratio=self.shown_ratio,
            points=self.points,
            timed_events=len(cpu),
            mean_ms=_mean(cpu),
            median_ms=round(cpu[len(cpu) // 2], 4),
            p99_ms=round(cpu[int(len(cpu) * 0.99)], 4),
            last_500_mean_ms=_mean(self.last),
            wall_mean_ms=_mean([pair[1] for pair in self.took]),
        )


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 4)


def _screen_corner(ratio: float) -> QPoint:
    """The corner of a screen of that ratio, or of the only screen there is."""
    screens = QGuiApplication.screens()
    fitting = [screen for screen in screens if screen.devicePixelRatio() == ratio]
    return (fitting or screens)[0].geometry().topLeft()


def benchmark_ink(
    points: int = 3000, rounds: int = 3, cases: Sequence[tuple[int, int, float]] = CASES
) -> dict[str, Any]:
    """Draw ``points`` samples on each size with both strategies, in turn. Needs an application.

    Returns:
        ``figures``: one entry per size and strategy, over all rounds; ``limits``; ``within_limits``: whether
        every case of ours keeps them; ``share_of_limit``: the largest mean of ours, as a share of its limit;
        ``times_faster``: how often our event fits into the baseline's, the last 500 events of each case.
    """
    runs = [
        _Run(strategy, width, height, ratio, points, [], [])
        for width, height, ratio in cases
        for strategy in (OURS, MIRRORED, BASELINE)
    ]
    for number in range(rounds):
        for run in runs:
            if number == 0 or run.strategy != MIRRORED:  # the mirror has no limit: a look is enough
                run.measure()
    figures = [run.figures() for run in runs]
    ours = [entry for entry in figures if entry.strategy == OURS]
    theirs = [entry for entry in figures if entry.strategy == BASELINE]
    return {
        "platform": QGuiApplication.platformName(),
        "figures": [asdict(entry) for entry in figures],
        "limits": {"mean_ms": LIMIT_MEAN_MS, "p99_ms": LIMIT_P99_MS},
        "within_limits": all(
            entry.mean_ms <= LIMIT_MEAN_MS and entry.p99_ms <= LIMIT_P99_MS for entry in ours
        ),
        "share_of_limit": round(max(entry.mean_ms for entry in ours) / LIMIT_MEAN_MS, 2),
        "times_faster": {
            f"{mine.width_px}x{mine.height_px}@{mine.device_pixel_ratio:g}": round(
                other.last_500_mean_ms / mine.last_500_mean_ms, 1
            )
            for mine, other in zip(ours, theirs, strict=True)
        },
    }
