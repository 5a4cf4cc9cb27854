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
        dpi: resolution that was confirmed; 0 where nobody did.
        background: its frame and dirt, as the reader gives its images.
    """

    turned: bool = False
    dpi: int = 0
    background: Background | None = field(default=None, repr=False)


@dataclass(slots=True)
class _Learning:
    info: ReaderInfo
    stored: ReaderCalibration
    chosen: ReaderCalibration
    touches: TouchLearner
    empty: BackgroundLearner
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
        image = _dark_ridges(pixels, info)
        learning.latest = pixels
        if Reason.NO_FINGER in taken.reading.reasons:
            learning.empty.add(image)
        else:
            learning.touches.add(image)
        found = learning.empty.background() or learning.touches.background()
        if found is not None:
            learning.chosen = replace(learning.chosen, background=found)
        return self._view(learning)

    def turn_round(self) -> CalibrationView:
        """The fingertip is at the other end than shown."""
        learning = self._under_way()
        learning.chosen = replace(learning.chosen, turned=not learning.chosen.turned)
        return self._view(learning)

    def save(self) -> CalibrationView:
        """Keep what was learned, durably; it holds from the next touch on.

        Raises:
            SetupError: ``folder_unusable``.
        """
        learning = self._under_way()
        key, chosen = reader_key(learning.info), replace(learning.chosen, dpi=learning.info.dpi)
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
        info, stored, chosen = learning.info, learning.stored, learning.chosen
        background = chosen.background
        mask = b"" if background is None else (background.ignored * np.uint8(255)).tobytes()
        return CalibrationView(
            reader=" ".join(part for part in (info.vendor, info.model) if part),
            serial=info.serial,
            width_px=info.width_px,
            height_px=info.height_px,
            dpi=info.dpi,
            touches=learning.touches.touches,
            wanted=TouchLearner.WANTED,
            turned=chosen.turned,
            changed=chosen.turned != stored.turned or background is not stored.background,
            ignored_share=None if background is None else background.dirt_share,
            pixels=turned_round(learning.latest) if chosen.turned else learning.latest,
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
            return _from_bytes(data, key, info)
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
        "dpi": chosen.dpi,
        "background": background,
    }
    return json.dumps(document, indent=1).encode()


def _from_bytes(data: bytes, key: str, info: ReaderInfo) -> ReaderCalibration:
    """Raises ValueError for anything but this reader's calibration."""
    document = json.loads(data)
    if not isinstance(document, dict) or document.get("version") != _VERSION or document.get("reader") != key:
        raise ValueError("not this reader's calibration")
    turned, dpi, encoded = document.get("turned"), document.get("dpi"), document.get("background")
    if not isinstance(turned, bool) or not isinstance(dpi, int) or not isinstance(encoded, str | None):
        raise ValueError("not a calibration")
    background = None
    if encoded is not None:
        try:
            background = Background.from_bytes(base64.b64decode(encoded, validate=True))
        except binascii.Error as error:
            raise ValueError("not a calibration") from error
        if background.frame.shape != (info.height_px, info.width_px):
            raise ValueError("a calibration of another size")
    return ReaderCalibration(turned, dpi, background)
