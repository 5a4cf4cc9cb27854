# SPDX-License-Identifier: Apache-2.0
"""The tokens of the look: every color, size and duration of the window, in one place.

No other file of the program holds a color literal. A widget asks ``tokens(self.palette())`` when it paints,
so the light and the dark look follow the widget's own palette and there is no global to keep in step.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from PySide6.QtGui import QColor, QFont, QPalette


class Scheme(str, Enum):
    """Which look the operator wants; ``SYSTEM`` follows the operating system."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Tone(str, Enum):
    """What a color says. It never says it alone: an icon and a word stand beside it."""

    NEUTRAL = "neutral"
    ACCENT = "accent"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Tokens:
    """Colors of one look, ``#RRGGBB``. Text colors reach 4.5:1 on the surface they are meant for."""

    dark: bool
    background: str
    surface: str
    sunken: str  # wells: impression canvas, signature paper margin, track of a bar
    hover: str
    line: str  # hairlines that only separate
    outline: str  # borders of controls, 3:1
    text: str
    muted: str
    accent: str
    accent_hover: str
    accent_pressed: str
    on_accent: str
    accent_tint: str
    good: str
    good_tint: str
    warn: str
    warn_tint: str
    bad: str
    bad_tint: str
    paper: str  # what is signed on: light in both looks
    ink: str
    guide: str
    skin: str  # the drawn hands: a calm neutral, nobody's skin
    skin_line: str
    scrim: str

    def tone(self, tone: Tone) -> str:
        """Color of text, icon or bar with that meaning."""
        named = {Tone.ACCENT: self.accent, Tone.GOOD: self.good, Tone.WARN: self.warn, Tone.BAD: self.bad}
        return named.get(tone, self.muted)

    def tint(self, tone: Tone) -> str:
        """Quiet background on which ``tone`` is readable."""
        named = {
            Tone.ACCENT: self.accent_tint,
            Tone.GOOD: self.good_tint,
            Tone.WARN: self.warn_tint,
            Tone.BAD: self.bad_tint,
        }
        return named.get(tone, self.sunken)


LIGHT = Tokens(
    dark=False,
    background="#F5F6F8",
    surface="#FFFFFF",
    sunken="#ECEFF3",
    hover="#EEF2F7",
    line="#DDE2E9",
    outline="#8A94A3",
    text="#1B2430",
    muted="#515C6B",
    accent="#1F5FA8",
    accent_hover="#1A5292",
    accent_pressed="#15457C",
    on_accent="#FFFFFF",
    accent_tint="#E4EEF9",
    good="#2C6A41",
    good_tint="#E6F2EA",
    warn="#7E5200",
    warn_tint="#FBF0DA",
    bad="#AD3630",
    bad_tint="#FBE9E7",
    paper="#FFFFFF",
    ink="#16263D",
    guide="#AEB8C6",
    skin="#E9EDF3",
    skin_line="#9AA6B6",
    scrim="#1B2430",
)

DARK = Tokens(
    dark=True,
    background="#14181E",
    surface="#1D232B",
    sunken="#161B22",
    hover="#262E38",
    line="#2E3742",
    outline="#6B7685",
    text="#E8ECF1",
    muted="#AAB4C1",
    accent="#84B9F2",
    accent_hover="#9AC7F7",
    accent_pressed="#6FA8E6",
    on_accent="#14181E",
    accent_tint="#1D2F45",
    good="#83CE9C",
    good_tint="#1E3327",
    warn="#E8B95C",
    warn_tint="#3A2E16",
    bad="#F29A93",
    bad_tint="#40211F",
    paper="#F3F4F2",
    ink="#16263D",
    guide="#A5AFBD",
    skin="#2B343F",
    skin_line="#6B7889",
    scrim="#000000",
)

# Spacing, px: steps of 4.
SPACE_1, SPACE_2, SPACE_3, SPACE_4, SPACE_6, SPACE_8 = 4, 8, 12, 16, 24, 32
RADIUS = 8
CONTROL_HEIGHT = 44
FOCUS_WIDTH, FOCUS_GAP = 2, 2
PAGE_MAX_WIDTH = 960
RAIL_WIDTH, RAIL_NARROW = 200, 72
RAIL_COLLAPSES_BELOW = 1200
STUDENT_BANNER_HEIGHT, ACTION_BAR_HEIGHT = 72, 64
MOTION_MS = 160

# Type, px.
SMALL, BODY, LEAD, TITLE, DISPLAY = 13, 15, 18, 24, 34
HUGE = 56  # the name at check-in
FONT_FAMILY = "Inter"


def tokens(palette: QPalette) -> Tokens:
    """The tokens that belong to a palette made by ``palette_of``."""
    # The text's color: a style sheet may make the ground of a list transparent, never its text.
    return DARK if palette.color(QPalette.ColorRole.WindowText).lightnessF() > 0.5 else LIGHT


def font(size_px: int, *, strong: bool = False, medium: bool = False, figures: bool = False) -> QFont:
    """The product's font; with ``figures`` they are tabular, so that a changing number does not jump."""
    made = QFont(FONT_FAMILY)
    made.setPixelSize(size_px)
    weight = QFont.Weight.Normal
    if strong:
        weight = QFont.Weight.DemiBold
    elif medium:
        weight = QFont.Weight.Medium
    made.setWeight(weight)
    if figures:
        made.setFeature(QFont.Tag("tnum"), 1)
    return made


def palette_of(look: Tokens) -> QPalette:
    """Qt's palette in those colors, for whatever the style sheet does not reach."""
    made = QPalette()
    role = QPalette.ColorRole
    pairs = {
        role.Window: look.background,
        role.WindowText: look.text,
        role.Base: look.surface,
        role.AlternateBase: look.sunken,
        role.Text: look.text,
        role.PlaceholderText: look.muted,
        role.Button: look.surface,
        role.ButtonText: look.text,
        role.BrightText: look.bad,
        role.Highlight: look.accent,
        role.HighlightedText: look.on_accent,
        role.ToolTipBase: look.surface,
        role.ToolTipText: look.text,
        role.Link: look.accent,
        role.LinkVisited: look.accent,
        role.Light: look.surface,
        role.Midlight: look.line,
        role.Mid: look.outline,
        role.Dark: look.outline,
        role.Shadow: look.scrim,
        role.Accent: look.accent,
    }
    for name, value in pairs.items():
        made.setColor(name, QColor(value))
    for name in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, name, QColor(look.outline))
    return made
