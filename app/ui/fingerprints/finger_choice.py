# SPDX-License-Identifier: Apache-2.0
"""All ten fingers as a list, for the keyboard and for whoever finds words easier than pictures."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QWidget

from app.domain.fingerprints import Finger
from app.domain.visits import StepState
from app.ui.common.choice import Choice
from app.ui.common.words import finger_title


def state_suffix(state: StepState | None) -> str:
    """What the list says behind a finger's name."""
    translate = QCoreApplication.translate
    if state is None:
        return translate("Fingers", "not asked for")
    return {
        StepState.OPEN: translate("Fingers", "to do"),
        StepState.CURRENT: translate("Fingers", "now"),
        StepState.DONE: translate("Fingers", "done"),
        StepState.SKIPPED: translate("Fingers", "skipped"),
        StepState.ATTENTION: translate("Fingers", "look again"),
    }[state]


class FingerChoice(Choice):
    """The list.

    Signals:
        finger_chosen(object): a ``Finger``.
    """

    finger_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Finger"))
        self.setToolTip(self.tr("Choose a finger (F6: the next one)"))
        self.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(18)
        self.setMinimumWidth(232)
        for finger in Finger:
            self.addItem("", finger)
        self.activated.connect(self._on_activated)

    def show_fingers(self, states: Mapping[Finger, StepState], current: Finger | None) -> None:
        """Show every finger's state and select the present one."""
        for place, finger in enumerate(Finger):
            words = f"{finger_title(finger)} – {state_suffix(states.get(finger))}"
            if self.itemText(place) != words:
                self.setItemText(place, words)
                self.setItemData(place, words, Qt.ItemDataRole.AccessibleTextRole)
        if current is not None:
            self.setCurrentIndex(int(current))

    def _on_activated(self, place: int) -> None:
        self.finger_chosen.emit(Finger(place))
