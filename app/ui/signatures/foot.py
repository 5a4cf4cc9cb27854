# SPDX-License-Identifier: Apache-2.0
"""The line under the canvas: who signs, for what, when; how long unfinished steps are kept; what draws."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.domain.signatures import PointerType
from app.domain.visits import Visit
from app.ui.common import theme
from app.ui.common.controls import Icon, Text
from app.ui.common.times import date_text, time_text

_ICONS = {PointerType.PEN: "pen-tool", PointerType.FINGER: "hand", PointerType.MOUSE: "mouse"}


class PadFoot(QWidget):
    """The line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._who = Text("", theme.SMALL, muted=True)
        self._kept_until = Text("", theme.SMALL, muted=True)
        self._icon = Icon("pen-tool", 18)
        policy = self._icon.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # the canvas above must not move at the first stroke
        self._icon.setSizePolicy(policy)
        self._pointer = Text("", theme.SMALL, muted=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_3)
        row.addWidget(self._who)
        row.addStretch(1)
        for part in (self._kept_until, self._icon, self._pointer):
            row.addWidget(part)
        self.forget_pointer()

    def show_visit(self, visit: Visit, now: datetime) -> None:
        """Who signs, for what, when, and until when an unfinished set is kept."""
        words = self.tr("{name}  ·  for the enrollment  ·  {date}")
        self._who.setText(words.format(name=visit.student.name, date=date_text(now)))
        task = visit.signatures
        words = ""
        if task.expires_at is not None and not task.is_complete:
            words = self.tr("Unfinished steps are kept until {time}").format(time=time_text(task.expires_at))
        self._kept_until.setText(words)

    def show_signing_in(self, name: str, now: datetime) -> None:
        """Who signs in, and when."""
        words = self.tr("{name}  ·  to sign in  ·  {date}, {time}")
        self._who.setText(words.format(name=name, date=date_text(now), time=time_text(now)))
        self._kept_until.setText("")

    def forget_pointer(self) -> None:
        """Nothing drew in this step yet."""
        self._pointer.setText("")
        self._icon.hide()

    def show_pointer(self, pointer: PointerType) -> None:
        """What draws in this step."""
        words = {
            PointerType.PEN: self.tr("Pen; the palm is ignored"),
            PointerType.FINGER: self.tr("Finger"),
            PointerType.MOUSE: self.tr("Mouse"),
        }
        self._pointer.setText(words.get(pointer, ""))
        self._icon.set_icon(_ICONS.get(pointer, "pen-tool"))
        self._icon.show()
