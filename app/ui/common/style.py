# SPDX-License-Identifier: Apache-2.0
"""The style sheet, built from the tokens, and the object that switches between light and dark.

Buttons, chips, the rail and everything of our own paint themselves; the sheet dresses what Qt paints: fields,
lists, combo boxes, menus, tool tips, scroll bars.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QStyleFactory

from app.ui.common import theme
from app.ui.common.assets import load_fonts
from app.ui.common.theme import DARK, LIGHT, Scheme, Tokens, palette_of

_SHEET = """
QWidget {{ color: {text}; }}
QLabel[tone="muted"] {{ color: {muted}; }}
QLabel[tone="accent"] {{ color: {accent}; }}
QLabel[tone="good"] {{ color: {good}; }}
QLabel[tone="warn"] {{ color: {warn}; }}
QLabel[tone="bad"] {{ color: {bad}; }}
QToolTip {{ background: {surface}; color: {text}; border: 1px solid {line}; padding: 6px 8px; }}
QLineEdit, QComboBox, QDateEdit, QSpinBox, QPlainTextEdit {{
    background: {surface}; border: 1px solid {outline}; border-radius: {radius}px;
    padding: 0 12px; min-height: {field}px;
    selection-background-color: {accent}; selection-color: {on_accent};
}}
QLineEdit:hover, QComboBox:hover {{ border-color: {muted}; }}
QLineEdit:focus, QComboBox:focus, QComboBox:on {{ border: 2px solid {accent}; padding: 0 11px; }}
QLineEdit:disabled, QComboBox:disabled {{ color: {outline}; background: {background}; border-color: {line}; }}
SearchField {{ min-height: 52px; }}
QComboBox::drop-down {{ border: 0; width: 36px; }}
QComboBox::down-arrow {{ image: none; width: 0; height: 0; }}
QComboBox QAbstractItemView {{
    background: {surface}; border: 1px solid {line}; border-radius: {radius}px; padding: 4px; outline: 0;
    selection-background-color: {accent_tint}; selection-color: {text};
}}
QComboBox QAbstractItemView::item {{ min-height: {field}px; padding: 0 8px; border-radius: 6px; }}
QListView, QListWidget {{ background: transparent; border: 0; outline: 0; }}
QScrollArea {{ background: transparent; border: 0; }}
QScrollArea > QWidget > QWidget {{ background: transparent; }}
QScrollBar:vertical {{ background: transparent; width: 12px; margin: 2px; }}
QScrollBar::handle:vertical {{ background: {outline}; border-radius: 4px; min-height: 40px; }}
QScrollBar:horizontal {{ background: transparent; height: 12px; margin: 2px; }}
QScrollBar::handle:horizontal {{ background: {outline}; border-radius: 4px; min-width: 40px; }}
QScrollBar::handle:hover {{ background: {muted}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QMenu {{ background: {surface}; border: 1px solid {line}; border-radius: {radius}px; padding: 6px; }}
QMenu::item {{ min-height: 36px; padding: 4px 28px 4px 12px; border-radius: 6px; }}
QMenu::item:selected {{ background: {accent_tint}; }}
QMenu::item:disabled {{ color: {outline}; }}
QMenu::separator {{ height: 1px; background: {line}; margin: 6px 8px; }}
QMenu::indicator {{ width: 16px; height: 16px; left: 8px; }}
"""


def style_sheet(look: Tokens) -> str:
    """The application's style sheet in those colors."""
    colors = {name: getattr(look, name) for name in look.__slots__}
    return _SHEET.format(**colors, radius=theme.RADIUS, field=theme.CONTROL_HEIGHT - 4)


class Appearance(QObject):
    """Applies a look to the application and follows the operating system while it may.

    Signals:
        changed(): the colors are others now; widgets hear it as a palette change by themselves.
    """

    changed = Signal()

    def __init__(self, application: QApplication, scheme: Scheme = Scheme.SYSTEM) -> None:
        super().__init__(application)
        self._application = application
        self._scheme = scheme
        self._applied: Tokens | None = None
        style = QStyleFactory.create("Fusion")
        if style is not None:
            application.setStyle(style)
        load_fonts()
        application.setFont(theme.font(theme.BODY))
        application.styleHints().colorSchemeChanged.connect(self._on_system_changed)
        self._apply()

    @property
    def scheme(self) -> Scheme:
        """What the operator chose."""
        return self._scheme

    @property
    def look(self) -> Tokens:
        """The tokens in force."""
        if self._scheme is Scheme.SYSTEM:
            dark = self._application.styleHints().colorScheme() is Qt.ColorScheme.Dark
        else:
            dark = self._scheme is Scheme.DARK
        return DARK if dark else LIGHT

    def choose(self, scheme: Scheme) -> None:
        """Switch to light, dark or whatever the system says."""
        if scheme is not self._scheme:
            self._scheme = scheme
            self._apply()

    def _on_system_changed(self) -> None:
        if self._scheme is Scheme.SYSTEM:
            self._apply()

    def _apply(self) -> None:
        look = self.look
        if look is self._applied:
            return  # dressing every widget anew takes long
        self._applied = look
        self._application.setPalette(palette_of(look))
        self._application.setStyleSheet(style_sheet(look))
        self.changed.emit()
