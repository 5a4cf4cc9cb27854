# SPDX-License-Identifier: Apache-2.0
"""The hands of the walk-through: key, mouse and pen events, sent to the widgets an operator uses."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QInputDevice, QKeyEvent, QMouseEvent, QPointingDevice, QTabletEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.biometrics.signature.synthetic import InkPoint

PEN_NAME = "Practice pen"


def pen_device() -> QPointingDevice:
    """A pen with pressure and tilt, as a tablet's driver would announce it."""
    abilities = QInputDevice.Capability.Position | QInputDevice.Capability.Pressure
    return QPointingDevice(
        PEN_NAME,
        7,
        QInputDevice.DeviceType.Stylus,
        QPointingDevice.PointerType.Pen,
        abilities | QInputDevice.Capability.XTilt | QInputDevice.Capability.YTilt,
        1,
        1,
    )


def type_text(widget: QWidget, text: str) -> None:
    """Press the keys of a text, one after the other."""
    for character in text:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(widget, QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, character))


def press_key(widget: QWidget, key: Qt.Key) -> None:
    """Press and release one key."""
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(widget, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier))


def click(widget: QWidget) -> None:
    """Click the middle of a widget with the left button."""
    local = QPointF(widget.rect().center())
    spot = widget.mapToGlobal(local)
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    for kind, buttons in ((QEvent.Type.MouseButtonPress, left), (QEvent.Type.MouseButtonRelease, none)):
        QApplication.sendEvent(
            widget, QMouseEvent(kind, local, spot, left, buttons, Qt.KeyboardModifier.NoModifier)
        )


class Pen:
    """A pen above one canvas.

    Args:
        pad: the canvas.
        device: from ``pen_device``; the same for a whole run, as a real pen is.
    """

    def __init__(self, pad: QWidget, device: QPointingDevice) -> None:
        self._pad = pad
        self._device = device

    def down(self, point: InkPoint) -> None:
        """Set the tip on the surface."""
        self._send(QEvent.Type.TabletPress, point)

    def move(self, point: InkPoint) -> None:
        """Draw on to a point."""
        self._send(QEvent.Type.TabletMove, point)

    def up(self, point: InkPoint) -> None:
        """Lift the tip where it is."""
        self._send(QEvent.Type.TabletRelease, point)

    def _send(self, kind: QEvent.Type, point: InkPoint) -> None:
        spot = QPointF(point.x * self._pad.width(), point.y * self._pad.height())
        lifted = kind == QEvent.Type.TabletRelease
        event = QTabletEvent(
            kind,
            self._device,
            spot,
            self._pad.mapToGlobal(spot),
            0.0 if lifted else (point.pressure or 0.0),
            12.0,
            -8.0,
            0.0,
            0.0,
            0.0,
            Qt.KeyboardModifier.NoModifier,
            Qt.MouseButton.LeftButton,
            Qt.MouseButton.NoButton if lifted else Qt.MouseButton.LeftButton,
        )
        QApplication.sendEvent(self._pad, event)
