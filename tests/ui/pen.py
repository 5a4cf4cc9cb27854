# SPDX-License-Identifier: Apache-2.0
"""A pen, a finger and a mouse for tests: real Qt events, sent to a widget."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QInputDevice, QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

_NONE = Qt.MouseButton.NoButton
_TIP = Qt.MouseButton.LeftButton
_ABLE = QInputDevice.Capability


@cache
def pen_device(*, pressure: bool = True, eraser: bool = False) -> QPointingDevice:
    """A stylus."""
    abilities = _ABLE.Position | _ABLE.XTilt | _ABLE.YTilt | _ABLE.Rotation
    if pressure:
        abilities |= _ABLE.Pressure
    kind = QPointingDevice.PointerType.Eraser if eraser else QPointingDevice.PointerType.Pen
    return QPointingDevice("test pen", 77, QInputDevice.DeviceType.Stylus, kind, abilities, 1, 3)


PEN = pen_device()


def send(
    widget: QWidget,
    kind: QEvent.Type,
    at: tuple[float, float],
    pressure: float,
    button: Qt.MouseButton = _NONE,
    buttons: Qt.MouseButton = _NONE,
    device: QPointingDevice = PEN,
) -> None:
    """Send one tablet event at a widget position."""
    local = QPointF(*at)
    event = QTabletEvent(
        kind,
        device,
        local,
        widget.mapToGlobal(local),
        pressure,
        12.0,
        -7.0,
        0.0,
        30.0,
        0.0,
        Qt.KeyboardModifier.NoModifier,
        button,
        buttons,
    )
    QApplication.sendEvent(widget, event)


def press(widget: QWidget, at: tuple[float, float], pressure: float = 0.5) -> None:
    """Put the tip down."""
    send(widget, QEvent.Type.TabletPress, at, pressure, _TIP, _TIP)


def move(widget: QWidget, at: tuple[float, float], pressure: float = 0.5) -> None:
    """Draw on."""
    send(widget, QEvent.Type.TabletMove, at, pressure, _NONE, _TIP)


def release(widget: QWidget, at: tuple[float, float]) -> None:
    """Lift the tip."""
    send(widget, QEvent.Type.TabletRelease, at, 0.0, _TIP, _NONE)


def hover(widget: QWidget, at: tuple[float, float]) -> None:
    """Move above the surface."""
    send(widget, QEvent.Type.TabletMove, at, 0.0, _NONE, _NONE)


def stroke(widget: QWidget, points: Iterable[tuple[float, float]], pressure: float = 0.5) -> None:
    """A whole stroke; the pressure swells a little, as a hand's does."""
    path = list(points)
    press(widget, path[0], pressure)
    for number, at in enumerate(path[1:], start=1):
        move(widget, at, min(1.0, pressure + 0.01 * (number % 7)))
    release(widget, path[-1])


def wave(widget: QWidget, samples: int = 40) -> list[tuple[float, float]]:
    """A line with enough ink for any step, in the middle of a widget."""
    width, height = widget.width(), widget.height()
    return [
        (width * (0.2 + 0.6 * n / samples), height * (0.5 + 0.2 * (1 if n % 2 else -1) * (n % 5) / 5))
        for n in range(samples)
    ]


_FINGER = QTest.createTouchDevice(QInputDevice.DeviceType.TouchScreen)


def touch(widget: QWidget, points: Iterable[tuple[float, float]]) -> None:
    """A finger (or a palm) that draws along the points."""
    path = [QPointF(*at).toPoint() for at in points]
    QTest.touchEvent(widget, _FINGER).press(0, path[0], widget).commit()
    for at in path[1:]:
        QTest.touchEvent(widget, _FINGER).move(0, at, widget).commit()
    QTest.touchEvent(widget, _FINGER).release(0, path[-1], widget).commit()
