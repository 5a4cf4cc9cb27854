# SPDX-License-Identifier: Apache-2.0
"""The capture service on a reader that the settings name, with the station's own engine and what is known of
that reader's glass."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from app.biometrics.fingerprint.live import LiveQuality
from app.devices.base import ReaderOptions
from app.devices.registry import make_reader
from app.domain.capture import Frame, ReaderInfo, Rows
from app.domain.fingerprints import QualityReading, Reason
from app.domain.policy import Policy
from app.services.calibration import CalibrationService, ReaderCalibration
from app.services.capture import CaptureService, Extracted
from app.services.fingerprint_templates import extracted

#: What the engine says of an image that stands on its head, as the finger lies on the glass.
_TURNED = {
    Reason.OFF_LEFT: Reason.OFF_RIGHT,
    Reason.OFF_RIGHT: Reason.OFF_LEFT,
    Reason.OFF_TOP: Reason.OFF_BOTTOM,
    Reason.OFF_BOTTOM: Reason.OFF_TOP,
}


def capture_service(reader_id: str, policy: Policy, calibration: CalibrationService) -> CaptureService:
    """Watches the reader; ``reader_id``: ``auto`` for the first serial module found, else its address."""
    options = ReaderOptions(keep_template=False)
    address = "r30x:auto" if reader_id == "auto" else reader_id

    def extract(info: ReaderInfo, frame: Frame) -> Extracted | None:
        known = calibration.of(info)
        return extracted(_corrected(frame, info, known), known.background, turned=known.turned)

    return CaptureService(
        make_reader=lambda: make_reader(address, options),
        make_meter=lambda info: CalibratedQuality(info, calibration),
        extract=extract,
        policy=policy,
        clock_s=time.monotonic,
        is_turned=lambda info: calibration.of(info).turned,
        corrected=calibration.corrected,
        gives_up=lambda: not calibration.under_way,
    )


def _corrected(frame: Frame, info: ReaderInfo, known: ReaderCalibration) -> Frame:
    better = known.corrected(info)
    return replace(frame, dpi=better.dpi, polarity=better.polarity)


class CalibratedQuality:
    """Meters the touches of one reader; a calibration that was saved meanwhile holds from the next touch."""

    def __init__(self, info: ReaderInfo, calibration: CalibrationService) -> None:
        self._info = info
        self._calibration = calibration
        self._known = calibration.of(info)
        self._live = self._made()

    def add(self, rows: Rows) -> QualityReading | None:
        """Take rows as the reader gives them; see ``LiveQuality``."""
        if rows.first_row == 0:
            self._renew()
        cut = self._cut_rows(rows)
        reading = None if cut is None else self._live.add(cut)
        return None if reading is None else self._as_it_lies(reading)

    def whole(self, frame: Frame) -> QualityReading:
        """The reading of the whole image."""
        return self._as_it_lies(self._live.whole(self._cut_frame(_corrected(frame, self._info, self._known))))

    def _made(self) -> LiveQuality:
        background = self._known.background
        inside = None if background is None else background.inside()
        return LiveQuality(self._known.corrected(self._info), inside)

    def _cut_rows(self, rows: Rows) -> Rows | None:
        """What of the rows is glass; None where nothing is."""
        background = self._known.background
        if background is None or background.frame.shape != (rows.height_px, rows.width_px):
            return rows
        glass = background.glass
        if background.frame_share == 0.0:
            return rows
        pixels = np.frombuffer(rows.pixels, np.uint8).reshape(-1, rows.width_px)
        top, bottom = max(glass.top, rows.first_row), min(glass.bottom, rows.first_row + len(pixels))
        if top >= bottom:
            return None
        cut = pixels[top - rows.first_row : bottom - rows.first_row, glass.left : glass.right]
        return Rows(top - glass.top, glass.right - glass.left, glass.bottom - glass.top, cut.tobytes())

    def _cut_frame(self, frame: Frame) -> Frame:
        cut = self._cut_rows(Rows(0, frame.width_px, frame.height_px, frame.pixels))
        if cut is None:
            return frame
        return replace(frame, width_px=cut.width_px, height_px=cut.height_px, pixels=cut.pixels)

    def _renew(self) -> None:
        known = self._calibration.of(self._info)
        if known is not self._known:
            self._known = known
            self._live = self._made()

    def _as_it_lies(self, reading: QualityReading) -> QualityReading:
        if not self._known.turned:
            return reading
        return replace(reading, reasons=tuple(_TURNED.get(reason, reason) for reason in reading.reasons))
