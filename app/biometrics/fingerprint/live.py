# SPDX-License-Identifier: Apache-2.0
"""Quality of an image while it arrives as bytes: the door through which services use the meter."""

from __future__ import annotations

import numpy as np

from app.biometrics.fingerprint.background import Background
from app.biometrics.fingerprint.quality import QualityMeter
from app.domain.capture import Frame, ReaderInfo, Rows
from app.domain.fingerprints import QualityReading


class LiveQuality:
    """Meters one touch. Rows may begin again at 0, as after an abandoned transfer.

    Args:
        reader: geometry, resolution and polarity of the reader.
        background: its frame and dirt, where it was calibrated.
    """

    def __init__(self, reader: ReaderInfo, background: Background | None = None) -> None:
        self._reader = reader
        self._background = background
        self._meter: QualityMeter | None = None
        self._arrived_px = 0

    def add(self, rows: Rows) -> QualityReading | None:
        """Take rows and give a reading of all that arrived, or None while there are too few new ones."""
        if rows.first_row == 0 or self._meter is None:
            self._meter = self._new(rows.width_px, rows.height_px, self._reader.dpi)
        pixels = np.frombuffer(rows.pixels, np.uint8).reshape(-1, rows.width_px)
        self._arrived_px = (rows.first_row + len(pixels)) * rows.width_px
        return self._meter.add_rows(rows.first_row, pixels)

    def whole(self, frame: Frame) -> QualityReading:
        """The reading of the whole image; what the rows gave before is used where they were all seen."""
        meter = self._meter
        self._meter = None
        if meter is None or self._arrived_px != frame.width_px * frame.height_px:
            meter = self._new(frame.width_px, frame.height_px, frame.dpi)
            pixels = np.frombuffer(frame.pixels, np.uint8).reshape(frame.height_px, frame.width_px)
            meter.add_rows(0, pixels)
        return meter.reading()

    def _new(self, width_px: int, height_px: int, dpi: int) -> QualityMeter:
        return QualityMeter(
            width_px, height_px, dpi=dpi, polarity=self._reader.polarity, background=self._background
        )
