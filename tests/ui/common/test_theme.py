# SPDX-License-Identifier: Apache-2.0
"""The tokens: contrast, both looks, and the switch."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QListView
from pytestqt.qtbot import QtBot

from app.ui.common.style import Appearance
from app.ui.common.theme import DARK, LIGHT, Scheme, Tokens, Tone, palette_of, tokens


def luminance(color: str) -> float:
    """Relative luminance, WCAG 2.2 definition."""
    parts = [channel / 255 for channel in QColor(color).getRgb()[:3]]  # type: ignore[index]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio, WCAG 2.2 definition."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
def test_text_reaches_four_and_a_half_to_one(look: Tokens) -> None:
    for ground in (look.surface, look.background, look.hover):
        assert contrast(look.text, ground) >= 4.5
        assert contrast(look.muted, ground) >= 4.5
    for tone in Tone:
        assert contrast(look.tone(tone), look.surface) >= 4.5
        assert contrast(look.tone(tone), look.tint(tone)) >= 4.5
    for ground in (look.accent, look.accent_hover, look.accent_pressed):
        assert contrast(look.on_accent, ground) >= 4.5


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
def test_outlines_of_controls_reach_three_to_one(look: Tokens) -> None:
    assert contrast(look.outline, look.surface) >= 3.0
    assert contrast(look.ink, look.paper) >= 4.5


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
def test_a_palette_leads_back_to_its_tokens(look: Tokens) -> None:
    assert tokens(palette_of(look)) is look


def test_the_switch_changes_every_widget(qtbot: QtBot, appearance: Appearance, qapp: QApplication) -> None:
    view = QListView()  # its ground is transparent in the style sheet
    qtbot.addWidget(view)
    try:
        with qtbot.waitSignal(appearance.changed):
            appearance.choose(Scheme.DARK)
        assert tokens(view.palette()) is DARK
    finally:
        appearance.choose(Scheme.LIGHT)
    assert tokens(view.palette()) is LIGHT
