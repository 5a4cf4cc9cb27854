# SPDX-License-Identifier: Apache-2.0
"""Watches the reader for the fingers page: rows with their quality as they arrive, verdicts, faults.

A plain blocking generator: the window runs it on a thread of its own, tests run it as it is.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Event
from typing import Protocol

from app.config.logs import log_event
from app.devices.base import LightSignal, Reader
from app.domain.capture import (
    FingerDown,
    FingerUp,
    Frame,
    Hint,
    HintCode,
    ReaderEvent,
    ReaderFault,
    ReaderInfo,
    ReaderReady,
    Rows,
)
from app.domain.capture_events import (
    CapturedImpression,
    CaptureEvent,
    ImpressionTaken,
    ReaderCondition,
    ReaderState,
    RowsSeen,
    TouchBegan,
    TouchEnded,
    TouchRefused,
)
from app.domain.enrollment import Verdict, judge
from app.domain.errors import DeviceError
from app.domain.fingerprints import QualityReading, Reason
from app.domain.policy import Policy

LOGGER = logging.getLogger(__name__)

#: Half of the rows are enough to call a touch hopeless, and only when it is far below what is ever kept.
HOPELESS_FROM_SHARE = 0.5
HOPELESS_MARGIN = 12
BACKOFF_S = (0.5, 1.0, 2.0)

_CONDITIONS = {
    "reader_absent": ReaderCondition.ABSENT,
    "reader_busy": ReaderCondition.BUSY,
    "reader_disconnected": ReaderCondition.LOST,
    "reader_silent": ReaderCondition.LOST,
    "reader_locked": ReaderCondition.LOCKED,
}
_HINT_REASONS = {
    HintCode.MESSY: (Reason.SMEARED,),
    HintCode.TOO_FEW_POINTS: (Reason.SMALL_AREA,),
    HintCode.POOR_IMAGE: (Reason.UNCLEAR,),
    HintCode.NO_IMAGE: (Reason.NO_FINGER,),
}
_SIGNALS = {
    Verdict.GOOD: LightSignal.ACCEPTED,
    Verdict.FAIR: LightSignal.ACCEPTED,
    Verdict.AGAIN: LightSignal.REFUSED,
    Verdict.REFUSED: LightSignal.REFUSED,
}


class Meter(Protocol):
    """What measures one touch (``app.biometrics.fingerprint.live``)."""

    def add(self, rows: Rows) -> QualityReading | None:
        """Take rows; a reading when there is a new one."""

    def whole(self, frame: Frame) -> QualityReading:
        """The reading of the whole image."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """A template made of an image, and the name of its format."""

    template: bytes = field(repr=False)
    template_format: str
    minutiae: tuple[tuple[float, float, float], ...] = field(default=(), repr=False)


#: Makes a template of a reader's whole image, or None where the image has nothing to make one of.
Extract = Callable[[ReaderInfo, Frame], Extracted | None]


def _never_turned(info: ReaderInfo) -> bool:
    """For a station whose readers all give the fingertip up."""
    return False


def _as_it_says(info: ReaderInfo) -> ReaderInfo:
    """For a station whose readers all know their own resolution."""
    return info


def _always() -> bool:
    """A touch that cannot become good is broken off."""
    return True


class CaptureService:
    """Turns a reader's events into what the fingers page shows.

    Args:
        make_reader: a fresh driver.
        make_meter: measures the rows of one reader's touches, as the reader gives them.
        extract: makes the template.
        policy: what is good enough.
        clock_s: monotonic seconds.
        gives_up: whether a hopeless touch is broken off; a calibration learns from poor touches as well.
        corrected: what a reader says of itself, with what is known better.
        is_turned: whether a reader gives the fingertip down; pictures are turned before they are told.
    """

    def __init__(
        self,
        make_reader: Callable[[], Reader],
        make_meter: Callable[[ReaderInfo], Meter],
        extract: Extract,
        policy: Policy,
        clock_s: Callable[[], float],
        is_turned: Callable[[ReaderInfo], bool] = _never_turned,
        corrected: Callable[[ReaderInfo], ReaderInfo] = _as_it_says,
        gives_up: Callable[[], bool] = _always,
    ) -> None:
        self._gives_up = gives_up
        self._is_turned = is_turned
        self._corrected = corrected
        self._make_reader = make_reader
        self._make_meter = make_meter
        self._extract = extract
        self._policy = policy
        self._clock_s = clock_s
        self._reader: Reader | None = None

    def show(self, verdict: Verdict) -> None:
        """Let the reader's light say the verdict, where it has one."""
        reader = self._reader
        if reader is not None:
            reader.show(_SIGNALS[verdict])

    def watch(self, stop: Event) -> Iterator[CaptureEvent]:
        """Events until ``stop`` is set. A reader that is missing or lost is waited for; faults are states."""
        yield ReaderState(ReaderCondition.OPENING)
        attempt = 0
        while not stop.is_set():
            reader = self._reader = self._make_reader()
            touch = _Touch(self._make_meter)
            try:
                for event in reader.watch(stop):
                    attempt = 0
                    yield from self._translate(reader, touch, event)
            except DeviceError as error:
                log_event(LOGGER, "reader_not_opened", code=error.code, level=logging.WARNING)
                yield ReaderState(_condition(error.code), code=error.code)
                if error.code in ("reader_locked", "reader_unsupported"):
                    return
            finally:
                reader.close()
            if stop.wait(BACKOFF_S[min(attempt, len(BACKOFF_S) - 1)]):
                return
            attempt += 1

    def _translate(self, reader: Reader, touch: _Touch, event: ReaderEvent) -> Iterator[CaptureEvent]:
        match event:
            case ReaderReady(info):
                touch.reader_is(info)
                reader.show(LightSignal.WAITING)
                log_event(LOGGER, "reader_ready", model=info.model, bits=info.bits, dpi=info.dpi)
                yield ReaderState(ReaderCondition.READY, info)
            case FingerDown(at_s):
                touch.began_at_s = at_s
                touch.engine_s = 0.0
                yield TouchBegan()
            case Rows():
                yield from self._rows(reader, touch, event)
            case Frame():
                yield ImpressionTaken(self._impression(touch, event))
            case Hint(code):
                yield TouchRefused(_HINT_REASONS[code])
            case FingerUp():
                yield TouchEnded()
            case ReaderFault(code, retryable):
                log_event(LOGGER, "reader_fault", code=code, level=logging.WARNING)
                state = _condition(code) if retryable else ReaderCondition.FAILED
                yield ReaderState(_CONDITIONS.get(code, state), touch.info, code)

    def _rows(self, reader: Reader, touch: _Touch, rows: Rows) -> Iterator[CaptureEvent]:
        started_s = self._clock_s()
        reading = touch.meter().add(rows)
        touch.engine_s += self._clock_s() - started_s
        first_row, pixels = rows.first_row, rows.pixels
        if self._is_turned(touch.known_info()):
            first_row = rows.height_px - first_row - len(pixels) // rows.width_px
            pixels = pixels[::-1]
        yield RowsSeen(first_row, rows.width_px, rows.height_px, pixels, reading)
        if reading is None or not HOPELESS_FROM_SHARE <= reading.share < 1.0:
            return
        hopeless = reading.quality < self._policy.refuse_below - HOPELESS_MARGIN
        if hopeless and reading.reasons and self._gives_up():
            # The module sends on and is drained; that is still seconds shorter than the whole image twice.
            reader.abandon_image()
            yield TouchRefused(reading.reasons, reading.quality)

    def _impression(self, touch: _Touch, frame: Frame) -> CapturedImpression:
        started_s, info = self._clock_s(), touch.known_info()
        reading = touch.meter().whole(frame)
        extracted = self._extract(info, frame)
        engine_s = touch.engine_s + self._clock_s() - started_s
        touch.engine_s = 0.0
        log_event(
            LOGGER,
            "touch_read",
            quality=reading.quality,
            reasons=reading.reasons,
            wire_s=frame.wire_s,
        )
        if extracted is None and frame.template is not None:
            extracted = Extracted(frame.template, frame.template_format or "module")
        began_at_s = frame.started_at_s if touch.began_at_s is None else touch.began_at_s
        return CapturedImpression(
            width_px=frame.width_px,
            height_px=frame.height_px,
            pixels=frame.pixels[::-1] if self._is_turned(info) else frame.pixels,
            reading=reading,
            verdict=judge(reading.quality, self._policy),
            seconds=max(0.0, self._clock_s() - began_at_s),
            wire_seconds=frame.wire_s,
            device=self._corrected(info),
            template=extracted.template if extracted else None,
            template_format=extracted.template_format if extracted else None,
            minutiae=extracted.minutiae if extracted else (),
            engine_seconds=engine_s,
        )


class _Touch:
    """What is known of the reader and of the touch under way."""

    def __init__(self, make_meter: Callable[[ReaderInfo], Meter]) -> None:
        self._make_meter = make_meter
        self._meter: Meter | None = None
        self.info: ReaderInfo | None = None
        self.began_at_s: float | None = None
        self.engine_s = 0.0  # spent on this touch so far

    def reader_is(self, info: ReaderInfo) -> None:
        self.info = info
        self._meter = None

    def known_info(self) -> ReaderInfo:
        if self.info is None:
            raise DeviceError("reader_garbled", retryable=True)
        return self.info

    def meter(self) -> Meter:
        if self._meter is None:
            self._meter = self._make_meter(self.known_info())
        return self._meter


def _condition(code: str) -> ReaderCondition:
    return _CONDITIONS.get(code, ReaderCondition.FAILED)
