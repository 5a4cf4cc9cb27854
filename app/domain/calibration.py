# SPDX-License-Identifier: Apache-2.0
"""What is shown while a reader is being calibrated."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class CalibrationView:
    """A reader's calibration under way; pictures have the fingertip up as the choice stands.

    Attributes:
        reader: vendor and model.
        serial: empty where the reader has none.
        touches, wanted: taken so far and needed to tell dirt from fingers.
        pixels: the latest image, 8-bit grey; empty before the first.
        mask: one byte a pixel, 255 where frame or dirt was found; empty while that is not known.
        ignored_share: of the glass, 0 to 1; None while not known.
        turned: whether images are turned by half a turn.
        changed: whether there is something to save.
    """

    reader: str
    serial: str
    width_px: int
    height_px: int
    dpi: int
    touches: int
    wanted: int
    turned: bool
    changed: bool
    ignored_share: float | None = None
    pixels: bytes = field(default=b"", repr=False)
    mask: bytes = field(default=b"", repr=False)

    @property
    def width_mm(self) -> float:
        """Width of the glass that the resolution means."""
        return self.width_px / self.dpi * 25.4

    @property
    def height_mm(self) -> float:
        """Height of the glass that the resolution means."""
        return self.height_px / self.dpi * 25.4
