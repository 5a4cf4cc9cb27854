# SPDX-License-Identifier: Apache-2.0
"""Which part of a reader's picture is glass: some have a frame around it, white or dark, that never changes.

What lies outside the glass is cut off before anything is measured: it is neither ridge nor free glass. A
margin that no finger happened to touch is no frame. The two are told apart by how they end: a frame cuts the
skin off along a straight line, a finger ends in a curve.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Grey levels by which a pixel may wander from touch to touch and still be of the frame: noise of the sensor.
STILL = 14
#: Grey levels between frame and empty glass that are a step.
STEP = 24
#: Narrower frames are cut off by the engine's own margin, and a line of pixels says little.
LEAST_FRAME_PX = 3
#: Share of a frame's line that has to be still; the rest is noise.
STILL_SHARE = 0.985
#: Of the rows in which skin was seen, so many have to begin at the same place where a frame cuts it off.
STRAIGHT_SHARE = 0.6
STRAIGHT_PX = 3
#: Rows with skin that are needed to tell anything.
LEAST_ROWS_SHARE = 0.35
#: A glass smaller than this share of the picture, along either side, is a misunderstanding.
LEAST_GLASS_SHARE = 0.4


@dataclass(frozen=True, slots=True)
class Glass:
    """A window of a picture, in pixels; ``bottom`` and ``right`` are the first row and column outside."""

    top: int
    left: int
    bottom: int
    right: int

    @classmethod
    def whole(cls, picture: NDArray[np.uint8]) -> Glass:
        """All of a picture."""
        return cls(0, 0, *picture.shape)

    @property
    def slices(self) -> tuple[slice, slice]:
        """For an array of the picture's size."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def cut(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The glass of a picture."""
        return np.ascontiguousarray(picture[self.slices])


def glass_under_fingers(brightest: NDArray[np.uint8], darkest: NDArray[np.uint8]) -> Glass:
    """The glass, told from what changed under several fingers.

    Args:
        brightest, darkest: of each pixel over all touches, (height, width).
    """
    moves = (brightest.astype(np.int16) - darkest) > STILL
    return _sane(
        Glass(
            top=_frame_under_fingers(moves.T),
            left=_frame_under_fingers(moves),
            bottom=moves.shape[0] - _frame_under_fingers(moves[::-1].T),
            right=moves.shape[1] - _frame_under_fingers(moves[:, ::-1]),
        ),
        brightest,
    )


def glass_of_empty(empty: NDArray[np.uint8]) -> Glass:
    """The glass, told from a picture of the reader without a finger: a frame ends in a straight step."""
    grey = empty.astype(np.int16)
    return _sane(
        Glass(
            top=_frame_of_empty(grey.T),
            left=_frame_of_empty(grey),
            bottom=grey.shape[0] - _frame_of_empty(grey[::-1].T),
            right=grey.shape[1] - _frame_of_empty(grey[:, ::-1]),
        ),
        empty,
    )


def _frame_under_fingers(moves: NDArray[np.bool_]) -> int:
    """Columns of frame at the left of a picture of what moved; 0 where there is none."""
    still = 1.0 - moves.mean(axis=0)
    moving = np.flatnonzero(still < STILL_SHARE)
    if not len(moving) or moving[0] < LEAST_FRAME_PX:
        return 0
    begins = int(moving[0])
    # A speck of noise in the frame does not count as the row's first skin.
    skin = moves[:, begins:]
    rows = skin.any(axis=1)
    first = np.argmax(skin, axis=1)[rows]
    if len(first) < LEAST_ROWS_SHARE * len(moves):
        return 0
    return begins if (first <= STRAIGHT_PX).mean() >= STRAIGHT_SHARE else 0


def _frame_of_empty(grey: NDArray[np.int16]) -> int:
    """Columns of frame at the left of an empty picture; 0 where there is none."""
    width = grey.shape[1]
    frame = np.median(grey[:, 0])
    for column in range(LEAST_FRAME_PX, width // 2):
        # Two columns on: a blurred edge is not finished in one.
        step = np.abs(grey[:, min(column + 2, width - 1)] - frame) > STEP
        if step.mean() >= STRAIGHT_SHARE:
            even = np.abs(grey[:, :column] - frame) <= STEP
            return column + 3 if even.mean() >= STILL_SHARE else 0
    return 0


def _sane(glass: Glass, picture: NDArray[np.uint8]) -> Glass:
    height, width = picture.shape
    tall, wide = glass.bottom - glass.top, glass.right - glass.left
    if tall < LEAST_GLASS_SHARE * height or wide < LEAST_GLASS_SHARE * width:
        return Glass.whole(picture)
    return glass
