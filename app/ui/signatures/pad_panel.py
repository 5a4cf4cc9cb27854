# SPDX-License-Identifier: Apache-2.0
"""The canvas with everything around it: tools beside it, an example, the line below; or its mirror."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.domain.signature_flow import FlowStep
from app.ui.common import theme
from app.ui.common.controls import Button
from app.ui.common.discard import discard
from app.ui.signatures.example import ExampleCard
from app.ui.signatures.foot import PadFoot
from app.ui.signatures.mirror import PadMirror
from app.ui.signatures.pad import SignaturePad

_EXAMPLE = QSize(122, 92)


class PadPanel(QWidget):
    """Canvas, tools, example and foot.

    Signals:
        pen_only_chosen(bool): whether finger and mouse are refused.
        example_toggled(): the example was shown or hidden, or is another step's.
    """

    pen_only_chosen = Signal(bool)
    example_toggled = Signal()

    def __init__(self, pad: SignaturePad | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mirror: PadMirror | None = None
        self.pad = pad if pad is not None else SignaturePad()
        self.pad.changed.connect(self.refresh)
        self.undo_button = self._tool(self.tr("&Undo"), "undo-2", "undo", "pad_undo")
        self.redo_button = self._tool(self.tr("&Redo"), "redo-2", "redo_stroke", "pad_redo")
        self.clear_button = self._tool(self.tr("C&lear"), "eraser", "clear", "pad_clear")
        self.foot = PadFoot()
        self.pad.pointer_changed.connect(self.foot.show_pointer)
        self.example = ExampleCard(_EXAMPLE)
        self._with_example = self._switch(self.tr("&Example"), "pen-line", "pad_example")
        self._with_example.setAccessibleName(self.tr("Show an example"))
        self._with_example.setToolTip(self.tr("Show an example beside the canvas"))
        self._with_example.toggled.connect(self._on_example)
        self._pen_only = self._switch(self.tr("Pen &only"), "pen-tool", "pad_pen_only")
        self._pen_only.setToolTip(self.tr("Refuse finger and mouse"))
        self._pen_only.toggled.connect(self._on_pen_only)
        self._row = QHBoxLayout(self)
        self._paper = QVBoxLayout()
        self._lay_out()
        self._on_example()

    def _tool(self, words: str, icon: str, act: str, name: str) -> Button:
        button = Button(words, icon=icon)
        button.setObjectName(name)
        button.set_act(act)
        button.clicked.connect(lambda: self.act(act))
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return button

    def _switch(self, words: str, icon: str, name: str) -> Button:
        button = Button(words, icon=icon)
        button.setObjectName(name)
        button.setCheckable(True)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return button

    def _lay_out(self) -> None:
        tools = QVBoxLayout()
        tools.setSpacing(theme.SPACE_2)
        for button in (self.undo_button, self.redo_button, self.clear_button):
            tools.addWidget(button)
        tools.addStretch(1)
        for part in (self.example, self._with_example, self._pen_only):
            tools.addWidget(part)
        self._paper.setSpacing(theme.SPACE_2)
        self._paper.addWidget(self.pad, 1)
        self._paper.addWidget(self.foot)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme.SPACE_4)
        self._row.addLayout(tools)
        self._row.addLayout(self._paper, 1)

    # What the page tells

    def set_left_handed(self, left_handed: bool) -> None:
        """Put the tools in reach of the hand that does not write."""
        direction = QBoxLayout.Direction.RightToLeft if left_handed else QBoxLayout.Direction.LeftToRight
        self._row.setDirection(direction)

    def set_pen_only(self, pen_only: bool) -> None:
        """Refuse finger and mouse, or allow them."""
        self._pen_only.setChecked(pen_only)

    def set_example_shown(self, shown: bool) -> None:
        """Show the examples of the steps, or hide them; it stays so until it is said again."""
        self._with_example.setChecked(shown)

    @property
    def example_step(self) -> FlowStep | None:
        """The step whose example is shown; None while examples are hidden or there is none."""
        step = self.example.step
        return step if step is not None and step.example and self._with_example.isChecked() else None

    def start_step(self, step: FlowStep) -> None:
        """Begin a step with an empty canvas."""
        self.example.show_step(step)
        self._with_example.setVisible(bool(step.example))
        self._on_example()
        self.foot.forget_pointer()
        self.pad.start_step(step.guide)

    def lend_pad(self) -> SignaturePad:
        """Give the canvas to another window; its mirror takes its place."""
        if self._mirror is None:
            self._mirror = PadMirror(self.pad)
            self._paper.replaceWidget(self.pad, self._mirror)
        return self.pad

    def take_pad_back(self) -> None:
        """The canvas comes back."""
        if self._mirror is not None:
            self._paper.replaceWidget(self._mirror, self.pad)
            discard(self._mirror)
            self._mirror = None
            self.pad.show()

    def refresh(self) -> None:
        """Let the tools say what may be done."""
        self.undo_button.setEnabled(self.pad.can_undo)
        self.redo_button.setEnabled(self.pad.can_redo)
        self.clear_button.setEnabled(bool(self.pad.strokes))

    def act(self, name: str) -> bool:
        """Undo, redo or clear; whether it was one of them."""
        acts = {"undo": self.pad.undo, "redo_stroke": self.pad.redo, "clear": self.pad.clear}
        if name in acts:
            acts[name]()
        return name in acts

    def _on_example(self) -> None:
        self.example.setVisible(self.example_step is not None)
        self.example_toggled.emit()

    def _on_pen_only(self, pen_only: bool) -> None:
        self.pad.set_pen_only(pen_only)
        self.pen_only_chosen.emit(pen_only)
