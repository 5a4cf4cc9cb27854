# SPDX-License-Identifier: Apache-2.0
"""The one door to bundled icons and fonts.

Icons are Lucide's line drawings (24 x 24, ``currentColor``); they are recolored with a token when they are
rendered, so the same file serves both looks. Works from source and from a frozen build alike.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from PySide6.QtCore import QByteArray, QPointF, QRectF, Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

FONT_FILES = ("Inter_400Regular.ttf", "Inter_500Medium.ttf", "Inter_600SemiBold.ttf")


@lru_cache(maxsize=256)
def _svg(name: str, color: str) -> bytes:
    text = files("resources").joinpath("icons", f"{name}.svg").read_text(encoding="utf-8")
    return text.replace("currentColor", color).encode()


@lru_cache(maxsize=256)
def pixmap(name: str, color: str, size_px: int, ratio: float = 1.0) -> QPixmap:
    """An icon as a picture of ``size_px`` logical pixels for a screen with that device pixel ratio.

    Raises:
        FileNotFoundError: there is no such icon.
    """
    drawing = QSvgRenderer(QByteArray(_svg(name, color)))  # may raise: before anything is being painted on
    side = max(1, round(size_px * ratio))
    made = QPixmap(side, side)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    drawing.render(painter, QRectF(0, 0, side, side))
    painter.end()
    made.setDevicePixelRatio(ratio)
    return made


def paint_icon(painter: QPainter, name: str, color: str, rect: QRectF) -> None:
    """Draw an icon into ``rect`` (its shorter side, centered), sharp on the screen that is painted on."""
    side = int(min(rect.width(), rect.height()))
    ratio = painter.device().devicePixelRatio()
    corner = QPointF(rect.center().x() - side / 2, rect.center().y() - side / 2)
    painter.drawPixmap(corner, pixmap(name, color, side, ratio))


def icon(name: str, color: str, size_px: int = 20) -> QIcon:
    """An icon for a Qt widget that paints itself; sizes for plain and for dense screens."""
    made = QIcon()
    for ratio in {1.0, 2.0, QGuiApplication.primaryScreen().devicePixelRatio()}:
        made.addPixmap(pixmap(name, color, size_px, ratio))
    return made


def load_fonts() -> None:
    """Register the bundled fonts; call once after the application exists."""
    for name in FONT_FILES:
        data = files("resources").joinpath("fonts", name).read_bytes()
        QFontDatabase.addApplicationFontFromData(QByteArray(data))
