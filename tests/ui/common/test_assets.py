# SPDX-License-Identifier: Apache-2.0
"""Icons and fonts: those used are there, those there are used."""

from __future__ import annotations

import ast
from importlib.resources import files
from pathlib import Path

import pytest
from PySide6.QtGui import QFontDatabase, QImage
from PySide6.QtWidgets import QApplication

from app.ui.common import assets, theme
from app.ui.common.style import Appearance

UI = Path(__file__).parents[3] / "app" / "ui"


def _literals() -> set[str]:
    found = set()
    for path in UI.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found


def _files() -> set[str]:
    names = (entry.name for entry in files("resources").joinpath("icons").iterdir())
    return {name.removesuffix(".svg") for name in names if name.endswith(".svg")}


@pytest.mark.parametrize("name", sorted(_files()))
def test_every_icon_draws_something_in_the_color_asked_for(qapp: QApplication, name: str) -> None:
    image = (
        assets.pixmap(name, theme.LIGHT.bad, 24, 2.0).toImage().convertToFormat(QImage.Format.Format_ARGB32)
    )
    assert image.width() == 48
    colors = {
        image.pixelColor(x, y).name().upper()
        for x in range(48)
        for y in range(48)
        if image.pixelColor(x, y).alpha() == 255
    }
    assert theme.LIGHT.bad in colors


def test_no_icon_is_carried_along_unused() -> None:
    assert _files() <= _literals()


def test_a_wrong_name_is_an_error(qapp: QApplication) -> None:
    with pytest.raises(FileNotFoundError):
        assets.pixmap("no-such-icon", theme.LIGHT.text, 16)


def test_licenses_lie_beside_icons_and_fonts() -> None:
    assert "ISC License" in files("resources").joinpath("icons", "LICENSE").read_text("utf-8")
    assert "SIL Open Font License" in files("resources").joinpath("fonts", "OFL.txt").read_text("utf-8")


def test_the_bundled_font_is_the_one_in_use(appearance: Appearance) -> None:
    assert theme.FONT_FAMILY in QFontDatabase.families()
    assert {"Regular", "Medium", "SemiBold"} <= set(QFontDatabase.styles(theme.FONT_FAMILY))
