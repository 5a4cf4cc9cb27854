# SPDX-License-Identifier: Apache-2.0
"""Qt's pen events in the units of the record, and what Qt has to be told before the application exists."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication, QInputDevice, QPointingDevice, QTabletEvent
from PySide6.QtWidgets import QWidget

from app.domain.signatures import Canvas, PenClock, PenDevice, Point, PointerType, pressure_units

_ABLE = QInputDevice.Capability
_CAPABILITY_NAMES = (
    (_ABLE.Pressure, "pressure"),
    (_ABLE.XTilt, "tilt"),
    (_ABLE.Rotation, "rotation"),
    (_ABLE.Hover, "hover"),
)


def configure_application_attributes() -> None:
    """Ask Qt for every sample of pen and finger; to be called before the application exists."""
    attribute = Qt.ApplicationAttribute
    QCoreApplication.setAttribute(attribute.AA_CompressHighFrequencyEvents, False)
    QCoreApplication.setAttribute(attribute.AA_CompressTabletEvents, False)
    QCoreApplication.setAttribute(attribute.AA_SynthesizeMouseForUnhandledTabletEvents, False)
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)


def describe_device(pointer: PointerType, device: QPointingDevice) -> PenDevice:
    """What the strokes are made with."""
    abilities = device.capabilities()
    return PenDevice(
        name=device.name()[:200],
        device_id=str(device.systemId()),
        pointer_type=pointer,
        capabilities=frozenset(name for ability, name in _CAPABILITY_NAMES if ability in abilities),
        clock=PenClock.MONOTONIC,
    )


def canvas_of(widget: QWidget) -> Canvas:
    """The canvas that a widget is now; its density only where the screen tells a plausible one."""
    dpi = widget.screen().physicalDotsPerInch() if QGuiApplication.platformName() != "offscreen" else 0.0
    return Canvas(
        width_px=max(1, widget.width()),
        height_px=max(1, widget.height()),
        device_pixel_ratio=widget.devicePixelRatioF(),
        mm_per_px=25.4 / dpi if 50.0 <= dpi <= 600.0 else None,
    )


class PenReader:
    """Reads samples of one device; what it can tell is looked up once: asking each time costs too much."""

    def __init__(self, device: QPointingDevice) -> None:
        abilities = device.capabilities()
        self._pressure = _ABLE.Pressure in abilities
        self._tilt = _ABLE.XTilt in abilities
        self._rotation = _ABLE.Rotation in abilities

    def point_of(
        self,
        event: QTabletEvent,
        pressure: float,
        time_us: int,
        x: int,
        y: int,
        native_us: int | None,
    ) -> Point:
        """A sample at a place of the canvas; what the device cannot tell is absent, not zero."""
        return Point(
            time_us,
            x,
            y,
            pressure_units(pressure) if self._pressure else None,
            round(event.xTilt() * 100) if self._tilt else None,
            round(event.yTilt() * 100) if self._tilt else None,
            round(event.rotation() * 100) % 36_000 if self._rotation else None,
            event.timestamp() * 1000,
            native_us,
        )
