# SPDX-License-Identifier: Apache-2.0
"""Puts an image of two pixels a byte together from pieces of any size, and gives out its rows as they fill
up."""

from __future__ import annotations

from typing import Final

from app.devices.protocol import KNOWN_IMAGES, expand_pixels
from app.domain.capture import Rows

_PAPER: Final = b"\xff"


class RowAssembly:
    """One image under way. A transfer that is repeated does not give out again the rows already given.

    Args:
        width_px: even.
        height_px: rows of the whole image.
    """

    def __init__(self, width_px: int, height_px: int) -> None:
        self.width_px = width_px
        self.height_px = height_px
        self._packed = bytearray()
        self._given_rows = 0

    @property
    def expected_bytes(self) -> int:
        """Size of the whole image on the wire, without packet frames."""
        return self.width_px * self.height_px // 2

    @property
    def received_bytes(self) -> int:
        """How many bytes of it are there."""
        return len(self._packed)

    def restart(self) -> None:
        """Begins the same image again, after a transfer that failed."""
        self._packed.clear()

    def add(self, piece: bytes) -> Rows | None:
        """Takes the next bytes; the rows that are whole now and were not given out before, or None."""
        self._packed += piece
        row_bytes = self.width_px // 2
        first, whole = self._given_rows, min(len(self._packed) // row_bytes, self.height_px)
        if whole <= first:
            return None
        self._given_rows = whole
        pixels = expand_pixels(bytes(self._packed[first * row_bytes : whole * row_bytes]))
        return Rows(first, self.width_px, self.height_px, pixels)

    def pixels(self) -> bytes:
        """All pixels, row by row; what the module left out at the end is white paper."""
        packed = bytes(self._packed[: self.expected_bytes])
        return expand_pixels(packed.ljust(self.expected_bytes, _PAPER))

    def resized(self, width_px: int, height_px: int) -> RowAssembly:
        """The same bytes as an image of another size; its rows have not been given out."""
        other = RowAssembly(width_px, height_px)
        other._packed += self._packed
        return other

    def size_by_count(self) -> tuple[int, int] | None:
        """(width_px, height_px) of a finished transfer whose size is told by its byte count alone."""
        return KNOWN_IMAGES.get(len(self._packed))
