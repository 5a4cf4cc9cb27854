# SPDX-License-Identifier: Apache-2.0
"""What the pages with a canvas have in common, so that any of them can lend it to the student's screen."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.ui.common.page import Page
from app.ui.signatures.pad import SignaturePad
from app.ui.signatures.pad_panel import PadPanel


class PadPage(Page):
    """A page with a canvas.

    Attributes:
        panel: canvas, tools, example and foot.
        pad: the canvas.
    """

    def __init__(self, pad: SignaturePad | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent, max_width=1800)
        self.panel = PadPanel(pad)
        self.pad = self.panel.pad
        self.panel.example_toggled.connect(self.prompt_changed)

    @property
    def is_drawing(self) -> bool:
        """Whether the canvas is what the page shows."""
        return self.panel.isVisibleTo(self)

    @property
    def prompt(self) -> str:
        """What the student is asked to do."""
        return self.title.text()

    @property
    def thanks(self) -> bool:
        """Whether the student has signed and may put the pen down."""
        return False

    @property
    def progress(self) -> tuple[int, frozenset[int], int]:
        """How many steps there are, which are kept, which one is on the canvas; no steps: no dots."""
        return 0, frozenset(), 0
