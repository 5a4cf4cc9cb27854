# SPDX-License-Identifier: Apache-2.0
"""Learns what belongs to a reader and not to a finger, and keeps it as a file for each reader."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import logging
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.biometrics.fingerprint.background import Background, BackgroundLearner, TouchLearner
from app.biometrics.fingerprint.normalise import check_dpi
from app.biometrics.fingerprint.ridge_distance import (
    is_plausible,
    likely_dpi,
    ridge_distance_mm,
    ridge_period_px,
    ridges_look_light,
)
from app.config.logs import log_event
from app.domain.calibration import CalibrationView
from app.domain.capture import Polarity, ReaderInfo
from app.domain.capture_events import CapturedImpression
from app.domain.errors import OperatorError, SetupError
from app.domain.fingerprints import Reason
from app.security.key_files import write_durably

LOGGER = logging.getLogger(__name__)

_VERSION = 1


@dataclass(frozen=True, slots=True, eq=False)
class ReaderCalibration:
    """What is known of a reader.

    Attributes:
        turned: its images have the fingertip down.
        inverted: its ridges have the other grey than it says.
        dpi: resolution that was confirmed; 0 where nobody did.
        background: its frame and dirt, as the reader gives its images.
    """

    turned: bool = False
    inverted: bool = False
    dpi: int = 0
    background: Background | None = field(default=None, repr=False)

    def corrected(self, info: ReaderInfo) -> ReaderInfo:
        """What the reader says of itself, with what is known better."""
        polarity = _other(info.polarity) if self.inverted else info.polarity
        return replace(info, dpi=self.dpi or info.dpi, polarity=polarity)


@dataclass(slots=True)
class _Learning:
    info: ReaderInfo
    stored: ReaderCalibration
    chosen: ReaderCalibration
    touches: TouchLearner
    empty: BackgroundLearner
    periods_px: list[float] = field(default_factory=list)
    latest: bytes = field(default=b"", repr=False)


class CalibrationService:
    """Calibrations of the readers of this station.

    Args:
        folder: in which they are kept, a file for each reader; need not exist.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, ReaderCalibration] = {}
        self._learning: _Learning | None = None

    def of(self, info: ReaderInfo) -> ReaderCalibration:
        """What is known of a reader; nothing special where it was never calibrated or its file is broken."""
        key = reader_key(info)
        if key not in self._known:
            self._known[key] = self._read(key, info)
        return self._known[key]

    def corrected(self, info: ReaderInfo) -> ReaderInfo:
        """What a reader says of itself, with what is known better."""
        return self.of(info).corrected(info)

    def of_stored(self, serial: str, model: str, width_px: int, height_px: int) -> ReaderCalibration:
        """What is known of the reader that a stored impression came from.

        Args:
            serial: as the database holds it; where the reader has none, its driver and model stand there.
            width_px, height_px: of the impression.
        """
        wanted = {serial, f"{model}/{width_px}x{height_px}"}
        for path in sorted(self._folder.glob("*.json")) if self._folder.is_dir() else ():
            try:
                data = path.read_bytes()
                key = json.loads(data)["reader"]
                if key.partition("/")[2] in wanted:
                    return _from_bytes(data, key, (height_px, width_px))
            except (OSError, ValueError, KeyError, TypeError, AttributeError):
                log_event(LOGGER, "calibration_unreadable", level=logging.WARNING)
        return ReaderCalibration()

    @property
    def under_way(self) -> bool:
        """Whether a reader is being calibrated now."""
        return self._learning is not None

    def begin(self, info: ReaderInfo) -> CalibrationView:
        """Start anew with a reader; what is stored holds until ``save``."""
        stored = self.of(info)
        width, height = info.width_px, info.height_px
        self._learning = _Learning(
            info, stored, stored, TouchLearner(width, height), BackgroundLearner(width, height)
        )
        return self._view(self._learning)

    def take(self, taken: CapturedImpression) -> CalibrationView:
        """Learn from one touch, or from an image of the empty glass where the reader gives those.

        Raises:
            OperatorError: ``image_unreadable`` for an image that is not of the reader being calibrated.
        """
        learning = self._under_way()
        info = learning.info
        if (taken.width_px, taken.height_px) != (info.width_px, info.height_px):
            raise OperatorError("image_unreadable", reason="shape")
        pixels = turned_round(taken.pixels) if learning.stored.turned else taken.pixels
        image = _dark_ridges(pixels, learning.chosen.corrected(info))
        learning.latest = pixels
        period_px = ridge_period_px(image)
        # At a wrong resolution the meter sees no finger where ridges are as clear as can be.
        if Reason.NO_FINGER in taken.reading.reasons and period_px is None:
            learning.empty.add(image)
        else:
            learning.touches.add(image)
        if period_px is not None:
            learning.periods_px.append(period_px)
        self._learn_background(learning)
        return self._view(learning)

    def _learn_background(self, learning: _Learning) -> None:
        found = learning.empty.background() or learning.touches.background()
        if found is not None:
            learning.chosen = replace(learning.chosen, background=found)

    def turn_round(self) -> CalibrationView:
        """The fingertip is at the other end than shown."""
        learning = self._under_way()
        learning.chosen = replace(learning.chosen, turned=not learning.chosen.turned)
        return self._view(learning)

    def invert(self) -> CalibrationView:
        """The ridges are the other grey than shown."""
        learning = self._under_way()
        learning.touches.invert()
        learning.empty.invert()
        learning.chosen = replace(learning.chosen, inverted=not learning.chosen.inverted)
        self._learn_background(learning)
        return self._view(learning)

    def choose_dpi(self, dpi: int) -> CalibrationView:
        """The reader's resolution is that one.

        Raises:
            OperatorError: ``image_unreadable`` for one that no fingerprint reader has.
        """
        learning = self._under_way()
        check_dpi(dpi)
        learning.chosen = replace(learning.chosen, dpi=dpi)
        return self._view(learning)

    def save(self) -> CalibrationView:
        """Keep what was learned, durably; it holds from the next touch on.

        Raises:
            SetupError: ``folder_unusable``.
        """
        learning = self._under_way()
        key, chosen = (
            reader_key(learning.info),
            replace(learning.chosen, dpi=learning.chosen.dpi or learning.info.dpi),
        )
        path = self._path(key)
        try:
            write_durably(path, _as_bytes(key, chosen))
        except SetupError as error:
            raise SetupError("folder_unusable", path=path.parent) from error
        self._known[key] = chosen
        learning.stored = learning.chosen = chosen
        log_event(LOGGER, "reader_calibrated", model=learning.info.model, turned=chosen.turned)
        return self._view(learning)

    def discard(self) -> None:
        """Forget what was learned since ``begin``."""
        self._learning = None

    def _under_way(self) -> _Learning:
        if self._learning is None:
            raise RuntimeError("no calibration is under way")
        return self._learning

    def _view(self, learning: _Learning) -> CalibrationView:
        stored, chosen = learning.stored, learning.chosen
        info, background = chosen.corrected(learning.info), chosen.background
        period_px = float(np.median(learning.periods_px)) if learning.periods_px else None
        latest = _dark_ridges(learning.latest, info) if learning.latest else None
        mask = b"" if background is None else (background.ignored * np.uint8(255)).tobytes()
        return CalibrationView(
            reader=" ".join(part for part in (info.vendor, info.model) if part),
            serial=info.serial,
            width_px=info.width_px,
            height_px=info.height_px,
            dpi=info.dpi,
            reader_dpi=learning.info.dpi,
            ridge_mm=None if period_px is None else ridge_distance_mm(period_px, info.dpi),
            dpi_fits=period_px is None or is_plausible(ridge_distance_mm(period_px, info.dpi)),
            likely_dpi=None if period_px is None else _likely_dpi(period_px, learning.info.dpi),
            touches=learning.touches.touches,
            wanted=TouchLearner.WANTED,
            turned=chosen.turned,
            inverted=chosen.inverted,
            looks_inverted=latest is not None and ridges_look_light(latest) is True,
            changed=(chosen.turned, chosen.inverted, info.dpi)
            != (stored.turned, stored.inverted, stored.dpi or learning.info.dpi)
            or background is not stored.background,
            ignored_share=None if background is None else background.dirt_share,
            frame_share=0.0 if background is None else background.frame_share,
            pixels=_shown(latest, chosen.turned),
            mask=turned_round(mask) if chosen.turned else mask,
        )

    def _path(self, key: str) -> Path:
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()[:24]}.json"

    def _read(self, key: str, info: ReaderInfo) -> ReaderCalibration:
        try:
            data = self._path(key).read_bytes()
        except FileNotFoundError:
            return ReaderCalibration()
        except OSError:
            log_event(LOGGER, "calibration_unreadable", level=logging.WARNING)
            return ReaderCalibration()
        try:
            return _from_bytes(data, key, (info.height_px, info.width_px))
        except ValueError:
            # The reader works without it, only less well; the calibration page writes it anew.
            log_event(LOGGER, "calibration_unreadable", level=logging.WARNING)
            return ReaderCalibration()


def reader_key(info: ReaderInfo) -> str:
    """What tells a reader from others: its serial number, else its kind and size."""
    if info.serial:
        return f"{info.driver}/{info.serial}"
    return f"{info.driver}/{info.model}/{info.width_px}x{info.height_px}"


def turned_round(pixels: bytes) -> bytes:
    """An 8-bit image, or some of its rows, by half a turn."""
    return pixels[::-1]


def _other(polarity: Polarity) -> Polarity:
    return Polarity.LIGHT_RIDGES if polarity is Polarity.DARK_RIDGES else Polarity.DARK_RIDGES


def _likely_dpi(period_px: float, reader_dpi: int) -> int:
    """What the reader says, where that can be."""
    told = is_plausible(ridge_distance_mm(period_px, reader_dpi))
    return reader_dpi if told else likely_dpi(period_px)


def _shown(image: NDArray[np.uint8] | None, turned: bool) -> bytes:
    pixels = b"" if image is None else image.tobytes()
    return turned_round(pixels) if turned else pixels


def _dark_ridges(pixels: bytes, info: ReaderInfo) -> NDArray[np.uint8]:
    image = np.frombuffer(pixels, np.uint8).reshape(info.height_px, info.width_px)
    return image if info.polarity is Polarity.DARK_RIDGES else np.asarray(255 - image, dtype=np.uint8)


def _as_bytes(key: str, chosen: ReaderCalibration) -> bytes:
    background = (
        None if chosen.background is None else base64.b64encode(chosen.background.to_bytes()).decode()
    )
    document = {
        "version": _VERSION,
        "reader": key,
        "turned": chosen.turned,
        "inverted": chosen.inverted,
        "dpi": chosen.dpi,
        "background": background,
    }
    return json.dumps(document, indent=1).encode()


def _from_bytes(data: bytes, key: str, shape: tuple[int, int]) -> ReaderCalibration:
    """Raises ValueError for anything but this reader's calibration; ``shape``: height and width in pixels."""
    document = json.loads(data)
    if not isinstance(document, dict) or document.get("version") != _VERSION or document.get("reader") != key:
        raise ValueError("not this reader's calibration")
    turned, dpi, encoded = document.get("turned"), document.get("dpi"), document.get("background")
    inverted = document.get("inverted", False)
    if not isinstance(turned, bool) or not isinstance(inverted, bool):
        raise ValueError("not a calibration")
    if not isinstance(dpi, int) or not isinstance(encoded, str | None):
        raise ValueError("not a calibration")
    background = None
    if encoded is not None:
        try:
            background = Background.from_bytes(base64.b64decode(encoded, validate=True))
        except binascii.Error as error:
            raise ValueError("not a calibration") from error
        if background.frame.shape != shape:
            raise ValueError("a calibration of another size")
    return ReaderCalibration(turned, inverted, dpi, background)
