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
        reader_dpi: what the reader itself says.
        ridge_mm: how far ridges are apart at ``dpi``; None before any were seen.
        dpi_fits: whether a finger's ridges can be that far apart.
        likely_dpi: the usual resolution that fits best; None before any ridges were seen.
        inverted: whether light and dark are swapped; pictures here have dark ridges as the choice stands.
        looks_inverted: whether the latest picture has light ridges all the same.
        frame_share: of the picture that is no glass, 0 to 1.
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
    frame_share: float = 0.0
    reader_dpi: int = 0
    ridge_mm: float | None = None
    dpi_fits: bool = True
    likely_dpi: int | None = None
    inverted: bool = False
    looks_inverted: bool = False
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
