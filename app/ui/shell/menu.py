# SPDX-License-Identifier: Apache-2.0
"""The station's menu: whoever adds an entry says which one it is, its place follows from that."""

from __future__ import annotations

from enum import IntEnum

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget


class Entry(IntEnum):
    """The entries in order; those of one group share their tens."""

    CHECK_IN = 10
    SIGN_IN = 11
    ATTENDANCE = 12
    STUDENT_SCREEN = 13
    SET_UP = 20
    ROSTER = 21
    STATIONS = 22
    CALIBRATION = 23
    SETTINGS = 24
    COLORS = 25
    KEYS = 30
    LOCK = 31
    ABOUT = 32

    @property
    def group(self) -> int:
        """Entries of one group stand together."""
        return self.value // 10


class StationMenu(QMenu):
    """Work with students, then the office's work, then help; a line between."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("main_menu")
        self._entries: dict[Entry, QAction] = {}

    def put(self, entry: Entry, action: QAction) -> None:
        """Add an entry at its place."""
        self._entries[entry] = action
        for old in self.actions():
            self.removeAction(old)
        group = 0
        for place, each in sorted(self._entries.items()):
            if group not in (0, place.group):
                self.addSeparator()
            group = place.group
            self.addAction(each)
