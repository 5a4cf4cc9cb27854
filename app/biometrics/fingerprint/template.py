# SPDX-License-Identifier: Apache-2.0
"""The template of one impression: what is kept of a finger and what the matcher works on.

All values are already rounded to what the stored form can hold, so that a template read back is equal to the
one extracted and gives the same scores.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from app.biometrics.fingerprint.planes import Mask

#: Changes whenever extraction gives other templates: stored with each, so that they can be rebuilt.
ENGINE_VERSION = 2
#: Layout of the engine's own block inside the ISO record.
TEMPLATE_FORMAT = 1
#: Every template is at this resolution.
TEMPLATE_DPI = 500
#: Steps of the stored values.
DIRECTION_STEPS = 256
THETA_STEPS = 64
PHASE_STEPS = 16
PERIOD_STEPS = 16
SHORTEST_PERIOD_PX = 5.0
LONGEST_PERIOD_PX = 16.0


class MinutiaKind(IntEnum):
    """Type codes of ISO/IEC 19794-2:2005, 7.4.2.1 and ANSI INCITS 378-2004, 6.5.1."""

    OTHER = 0
    ENDING = 1
    BIFURCATION = 2


class SingularKind(IntEnum):
    """Kinds of singular points of the ridge flow."""

    CORE = 1
    DELTA = 2


@dataclass(frozen=True, slots=True)
class SingularPoint:
    """A core or delta, in px from the image's top left corner."""

    kind: SingularKind
    x: int
    y: int


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """The ridge flow and wave on cells of 8 x 8 px, arrays (rows, columns) uint8.

    Attributes:
        mask: bool, True on the finger; the other arrays mean nothing elsewhere and hold 0 there.
        theta: ridge orientation in image axes (y down), in 64ths of pi.
        phase: ridge phase at the cell's center, in 16ths of a turn, growing along the normal
            (-sin theta, cos theta), 0 on a ridge.
        period: ridge period, 0 to 15 for 5 to 16 px in equal ratios.
    """

    mask: Mask
    theta: NDArray[np.uint8]
    phase: NDArray[np.uint8]
    period: NDArray[np.uint8]

    def same_as(self, other: Cells) -> bool:
        """Whether all values are equal."""
        return all(
            np.array_equal(mine, its)
            for mine, its in (
                (self.mask, other.mask),
                (self.theta, other.theta),
                (self.phase, other.phase),
                (self.period, other.period),
            )
        )


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """Minutiae of one impression and, from this engine, its ridge flow.

    Attributes:
        width_px, height_px: of the 500-ppi image.
        x, y: int16 (n,), px from the top left corner.
        direction: uint8 (n,), in 256ths of a turn, counter-clockwise from the x axis as on the page
            (ISO/IEC 19794-2:2005, 7.4.2.3), pointing to the side of the extra ridge or valley.
        kind: uint8 (n,), values of ``MinutiaKind``.
        quality: uint8 (n,), 1 (worst) to 100.
        cells: the ridge flow; None for templates of other makers.
        singular: cores and deltas, where found.
        image_quality: 0 to 100, of the impression.
    """

    width_px: int
    height_px: int
    x: NDArray[np.int16]
    y: NDArray[np.int16]
    direction: NDArray[np.uint8]
    kind: NDArray[np.uint8]
    quality: NDArray[np.uint8]
    cells: Cells | None = None
    singular: tuple[SingularPoint, ...] = ()
    image_quality: int = 0

    def __len__(self) -> int:
        return len(self.x)

    def same_as(self, other: Template) -> bool:
        """Whether everything is equal."""
        if (self.cells is None) != (other.cells is None):
            return False
        if self.cells is not None and other.cells is not None and not self.cells.same_as(other.cells):
            return False
        arrays = ("x", "y", "direction", "kind", "quality")
        return (
            self.width_px,
            self.height_px,
            self.singular,
            self.image_quality,
        ) == (other.width_px, other.height_px, other.singular, other.image_quality) and all(
            np.array_equal(getattr(self, name), getattr(other, name)) for name in arrays
        )


def empty_template(width_px: int, height_px: int) -> Template:
    """A template without minutiae, for an image that shows no finger."""
    none = np.zeros(0, np.uint8)
    return Template(width_px, height_px, none.astype(np.int16), none.astype(np.int16), none, none, none)
