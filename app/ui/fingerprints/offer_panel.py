# SPDX-License-Identifier: Apache-2.0
"""After several poor touches: another finger, the best of the poor ones, or simply go on."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.fingerprints import Finger
from app.ui.common import theme
from app.ui.common.controls import Button, Card, Icon, Text
from app.ui.common.theme import Tone
from app.ui.common.words import finger_name


class OfferPanel(Card):
    """The offer.

    Signals:
        other_taken(): take the offered finger instead; the reason is recorded.
        best_taken(): keep the best of the poor impressions.
        stayed(): go on with the same finger.
    """

    other_taken = Signal()
    best_taken = Signal()
    stayed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("offer_panel")
        self._words = Text("", theme.LEAD, strong=True, wrap=True)
        self._why = Text("", theme.BODY, muted=True, wrap=True)
        self._other = Button("", kind="primary")
        self._other.setObjectName("offer_accept")
        self._other.clicked.connect(self.other_taken)
        self._best = Button("", kind="secondary")
        self._best.setObjectName("offer_best")
        self._best.clicked.connect(self.best_taken)
        self._stay = Button(self.tr("&Keep trying"), kind="secondary")
        self._stay.setObjectName("offer_stay")
        self._stay.clicked.connect(self.stayed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.SPACE_4, theme.SPACE_4, theme.SPACE_4, theme.SPACE_4)
        layout.setSpacing(theme.SPACE_3)
        layout.addStretch(1)
        layout.addWidget(Icon("refresh-cw", 32, tone=Tone.WARN))
        layout.addWidget(self._words)
        layout.addWidget(self._why)
        layout.addStretch(1)
        for button in (self._other, self._best, self._stay):
            button.setSizePolicy(button.sizePolicy().Policy.Expanding, button.sizePolicy().Policy.Fixed)
            layout.addWidget(button)

    def ask(self, finger: Finger, poor: int, other: Finger | None, best_quality: int | None) -> None:
        """Offer; ``other`` or ``best_quality`` is ``None`` where there is no such choice."""
        self._words.setText(self.tr("The {finger} does not read well.").format(finger=finger_name(finger)))
        self._why.setText(
            self.tr("{number} touches were too poor. Another finger often works at once.").format(number=poor)
        )
        self._other.setVisible(other is not None)
        if other is not None:
            self._other.setText(self.tr("Take the {finger}").format(finger=finger_name(other)))
        self._best.setVisible(best_quality is not None)
        if best_quality is not None:
            self._best.setText(self.tr("Keep the best one ({quality})").format(quality=best_quality))
        first = self._other if other is not None else self._stay
        first.setFocus(Qt.FocusReason.TabFocusReason)
