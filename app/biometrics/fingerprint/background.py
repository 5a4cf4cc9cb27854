# SPDX-License-Identifier: Apache-2.0
"""What a reader shows without a finger: its frame, dead spots and dirt, learned from its empty images."""

from __future__ import annotations

import struct
import zlib
from collections import deque
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from app.biometrics.fingerprint.glass import Glass, glass_of_empty, glass_under_fingers
from app.biometrics.fingerprint.normalise import LARGEST_AREA_PX

_HEADER, _WINDOW = struct.Struct(">4sHH"), struct.Struct(">4H")
_MAGIC, _MAGIC_WITHOUT_GLASS = b"BGR2", b"BGR1"
#: Grey levels by which a spot must differ from its clean surroundings to count as frame or dirt.
STANDS_OUT = 28
#: Empty images that make a trustworthy median; more are used as they come, the oldest are forgotten.
ENOUGH, KEPT = 3, 9


@dataclass(frozen=True, slots=True)
class Background:
    """Calibration of one reader.

    Attributes:
        frame: median of its empty images, (height, width) uint8, as the reader gives them.
        ignored: True where frame or dirt would be taken for skin; ridges there mean nothing.
        glass: the part of the picture that a finger can lie on; around it is a frame, white or dark.
    """

    frame: NDArray[np.uint8] = field(repr=False)
    ignored: NDArray[np.bool_] = field(repr=False)
    glass: Glass

    @classmethod
    def of(cls, frame: NDArray[np.uint8], glass: Glass | None = None) -> Background:
        """The background with that median image.

        A spot is ignored when it is clearly darker than the even glass (a frame, a wedge, dirt) or has an
        edge of its own. The even glass is the brightest half of the picture, a slow change of light is not
        dirt. Everything outside ``glass`` (None: the whole picture is glass) is ignored.
        """
        window = glass or Glass.whole(frame)
        ignored = np.ones(frame.shape, np.bool_)
        ignored[window.slices] = _marked(window.cut(frame))
        return cls(frame, ignored, window)

    @property
    def dirt_share(self) -> float:
        """Share of the glass that is ignored, 0 to 1."""
        return float(self.ignored[self.glass.slices].mean())

    @property
    def frame_share(self) -> float:
        """Share of the picture that is no glass, 0 to 1."""
        return 1.0 - self.ignored[self.glass.slices].size / self.ignored.size

    def inside(self) -> Background:
        """The glass alone, for pictures that were cut to it."""
        cut = self.glass.cut(self.frame)
        return Background(cut, np.ascontiguousarray(self.ignored[self.glass.slices]), Glass.whole(cut))

    def turned(self) -> Background:
        """For pictures that were turned by half a turn."""
        height, width = self.frame.shape
        glass = self.glass
        return Background(
            np.ascontiguousarray(self.frame[::-1, ::-1]),
            np.ascontiguousarray(self.ignored[::-1, ::-1]),
            Glass(height - glass.bottom, width - glass.right, height - glass.top, width - glass.left),
        )

    def to_bytes(self) -> bytes:
        """For the reader's calibration; ``from_bytes`` reads it."""
        glass = self.glass
        window = _WINDOW.pack(glass.top, glass.left, glass.bottom, glass.right)
        return _HEADER.pack(_MAGIC, *self.frame.shape) + window + zlib.compress(self.frame.tobytes())

    @classmethod
    def from_bytes(cls, data: bytes) -> Background:
        """The background that ``to_bytes`` wrote, now or before it knew of a frame around the glass.

        Raises:
            ValueError: the bytes are something else.
        """
        try:
            magic, height, width = _HEADER.unpack_from(data)
            begins = _HEADER.size + (_WINDOW.size if magic == _MAGIC else 0)
            glass = Glass(*_WINDOW.unpack_from(data, _HEADER.size)) if magic == _MAGIC else None
            unpacker = zlib.decompressobj()
            pixels = unpacker.decompress(data[begins:], min(height * width, LARGEST_AREA_PX) + 1)
        except (struct.error, zlib.error) as error:
            raise ValueError("not a reader's background") from error
        if magic not in (_MAGIC, _MAGIC_WITHOUT_GLASS):
            raise ValueError("not a reader's background")
        if len(pixels) != height * width or not pixels or not unpacker.eof:
            raise ValueError("not a reader's background")
        if glass is not None and not (
            0 <= glass.top < glass.bottom <= height and 0 <= glass.left < glass.right <= width
        ):
            raise ValueError("a glass outside of the picture")
        return cls.of(np.frombuffer(pixels, np.uint8).reshape(height, width), glass)


def _marked(frame: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Where an empty glass shows something."""
    smooth = cv2.GaussianBlur(frame, (0, 0), 1.2)
    even = float(np.median(smooth[smooth >= np.median(smooth)]))
    around = cv2.medianBlur(cv2.resize(smooth, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA), 15)
    slow = cv2.resize(around, (frame.shape[1], frame.shape[0]), interpolation=cv2.INTER_LINEAR)
    differs = np.abs(smooth.astype(np.int16) - slow) > STANDS_OUT
    dark = smooth < even - 3 * STANDS_OUT
    edge = cv2.morphologyEx(smooth, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > STANDS_OUT
    marked = (differs | dark | edge).astype(np.uint8)
    return np.asarray(cv2.dilate(marked, np.ones((7, 7), np.uint8)) > 0)


class BackgroundLearner:
    """Running median of a reader's empty images."""

    def __init__(self, width_px: int, height_px: int) -> None:
        self._shape = (height_px, width_px)
        self._images: deque[NDArray[np.uint8]] = deque(maxlen=KEPT)

    def add(self, empty_image: NDArray[np.uint8]) -> None:
        """Take one image of the empty glass, (height, width) uint8.

        Raises:
            ValueError: another size.
        """
        if empty_image.shape != self._shape:
            raise ValueError("an empty image of another size")
        self._images.append(empty_image.copy())

    def invert(self) -> None:
        """The images were taken with the wrong polarity: their dark is light."""
        for place, image in enumerate(self._images):
            self._images[place] = np.asarray(255 - image, dtype=np.uint8)

    def background(self) -> Background | None:
        """The reader's background so far; None before ENOUGH images."""
        if len(self._images) < ENOUGH:
            return None
        median = np.asarray(np.median(np.stack(self._images), axis=0), dtype=np.uint8)
        return Background.of(median, glass_of_empty(median))


class TouchLearner:
    """What stays the same under different fingers is the reader's frame or dirt.

    For serial modules, which give no image without a finger. Half of the skin is ridge, so a pixel that is
    dark under each of eight fingers is dark by chance in 0.4 % of the places, and those are single pixels,
    which are smoothed away.
    """

    #: Touches that are enough.
    WANTED = 8
    #: Dark spots narrower than this, in pixels, are chance, not dirt.
    _NARROW_PX = 7

    def __init__(self, width_px: int, height_px: int) -> None:
        self._brightest = np.zeros((height_px, width_px), np.uint8)
        self._darkest = np.full((height_px, width_px), 255, np.uint8)
        self.touches = 0

    def add(self, image: NDArray[np.uint8]) -> None:
        """Take one touch, (height, width) uint8, dark ridges; each of another finger.

        Raises:
            ValueError: another size.
        """
        if image.shape != self._brightest.shape:
            raise ValueError("an image of another size")
        self._brightest = np.maximum(self._brightest, image)
        self._darkest = np.minimum(self._darkest, image)
        self.touches += 1

    def invert(self) -> None:
        """The touches were taken with the wrong polarity: their dark is light."""
        brightest, darkest = self._brightest, self._darkest
        self._brightest = np.asarray(255 - darkest, dtype=np.uint8)
        self._darkest = np.asarray(255 - brightest, dtype=np.uint8)
        if not self.touches:
            self._brightest, self._darkest = np.zeros_like(brightest), np.full_like(darkest, 255)

    def background(self) -> Background | None:
        """Frame and dirt; None before WANTED touches."""
        if self.touches < self.WANTED:
            return None
        kernel = np.ones((self._NARROW_PX, self._NARROW_PX), np.uint8)
        closed = cv2.morphologyEx(self._brightest, cv2.MORPH_CLOSE, kernel, borderType=cv2.BORDER_REPLICATE)
        glass = glass_under_fingers(self._brightest, self._darkest)
        return Background.of(np.asarray(closed, dtype=np.uint8), glass)
