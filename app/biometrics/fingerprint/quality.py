# SPDX-License-Identifier: Apache-2.0
"""Quality of a fingerprint impression, 0 to 100 on the NFIQ 2 scale, while its rows arrive and at the end.

Bands of rows are measured once, as soon as their rows are there; the reading after the last row is just the
one of the whole image given at once.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from app.biometrics.fingerprint import normalise
from app.biometrics.fingerprint.background import Background
from app.biometrics.fingerprint.quality_features import (
    REACH_PX,
    WINDOW_PX,
    Grid,
    band_middles,
    measure_bands,
    window_middles,
)
from app.biometrics.fingerprint.quality_model import USUAL_GLASS_PX, Picture, model, summarise
from app.biometrics.fingerprint.quality_motion import has_moved
from app.biometrics.fingerprint.reasons import find_reasons, skin_cells, skin_windows
from app.domain.capture import Polarity
from app.domain.fingerprints import QualityReading, Reason

#: A reading is given when this share of the rows is new, the first when this share is there.
UPDATE_SHARE, FIRST_SHARE = 0.09, 0.24
#: Fewer 16 x 16 cells with skin than this are no finger.
LEAST_CELLS = 8
#: Without skin in this share of the rows no finger is there.
EMPTY_SHARE = 0.6
#: NFIQ 2 sees nothing wrong with ridges that lie in two places; they are given no more than this.
MOVED_AT_MOST = 30
#: Rows and columns with a higher mean are a white margin.
WHITE = 250.0
#: Rows at the lower end of an unfinished, resampled image that later rows can still change.
_SOFT_ROWS = 3


class QualityMeter:
    """Reads the quality of one image whose rows arrive from the top; each band of windows is measured once.

    Args:
        width_px, height_px: size of the whole image as the reader gives it.
        dpi: its resolution.
        polarity: which grey its ridges have.
        background: the reader's frame and dirt, of the same size; windows on it are left out.

    Raises:
        OperatorError: ``image_unreadable`` for a resolution that no fingerprint has.
    """

    def __init__(
        self,
        width_px: int,
        height_px: int,
        *,
        dpi: int = normalise.ENGINE_DPI,
        polarity: Polarity = Polarity.DARK_RIDGES,
        background: Background | None = None,
    ) -> None:
        normalise.check_dpi(dpi)
        self._dpi = dpi
        self._inverted = polarity is Polarity.LIGHT_RIDGES
        self._raw = np.zeros((height_px, width_px), np.uint8)
        self._arrived = 0
        self._read_at = 0
        scale = normalise.ENGINE_DPI / dpi
        self._height, self._width = (round(height_px * scale), round(width_px * scale))
        self._image = np.zeros((0, self._width), np.uint8)
        self._middles = band_middles(self._height)
        self._grid: Grid | None = None
        self._dirty = self._windows_on(background, height_px, width_px)

    def _windows_on(self, background: Background | None, height: int, width: int) -> NDArray[np.bool_]:
        """Windows of which a fifth or more lies on frame or dirt."""
        columns = window_middles(self._width)
        if background is None or background.ignored.shape != (height, width):
            return np.zeros((len(self._middles), len(columns)), np.bool_)
        ignored = cv2.resize(
            background.ignored.astype(np.float32), (self._width, self._height), interpolation=cv2.INTER_AREA
        )
        share = cv2.boxFilter(ignored, -1, (WINDOW_PX, WINDOW_PX), borderType=cv2.BORDER_REPLICATE)
        return np.asarray(share[np.ix_(self._middles, columns)] >= 0.2)

    def add_rows(self, first_row: int, rows: NDArray[np.uint8]) -> QualityReading | None:
        """Take rows, (n, width_px) uint8, and give a reading when enough of them are new, else None.

        Rows come in order, each once. Rows beyond the image are left out.

        Raises:
            ValueError: rows of another width, or not the next ones.
        """
        self.take_rows(first_row, rows)
        last = self._arrived
        complete = last == len(self._raw)
        enough = last - self._read_at >= UPDATE_SHARE * len(self._raw)
        if last == first_row or not (complete or (enough and last >= FIRST_SHARE * len(self._raw))):
            return None
        return self.reading()

    def take_rows(self, first_row: int, rows: NDArray[np.uint8]) -> None:
        """Take rows as ``add_rows`` does, without a reading."""
        if rows.ndim != 2 or rows.shape[1] != self._raw.shape[1]:
            raise ValueError("rows of another width")
        if first_row != self._arrived:
            raise ValueError("not the next rows")
        last = min(first_row + len(rows), len(self._raw))
        new = rows[: last - first_row]
        self._raw[first_row:last] = 255 - new if self._inverted else new
        self._arrived = last

    def _measure_new_bands(self) -> Grid | None:
        """The grid of all bands that are there. None before the first."""
        self._image = normalise.resample(self._raw[: self._arrived], self._dpi)
        complete = self._arrived == len(self._raw)
        soft = 0 if complete or self._dpi == normalise.ENGINE_DPI else _SOFT_ROWS
        measured = 0 if self._grid is None else len(self._grid.mean)
        last = len(self._image) - soft - REACH_PX - 1
        new = [middle for middle in self._middles[measured:] if complete or middle <= last]
        if new and self._width >= WINDOW_PX:
            part = measure_bands(self._image, new)
            self._grid = part if self._grid is None else Grid.stack([self._grid, part])
        return self._grid

    def picture(self) -> Picture | None:
        """What the model looks at: the bands so far, without a white margin. None before the first band."""
        grid = self._measure_new_bands() if self._arrived else None
        if grid is None:
            return None
        top, bottom, left, right = _margins(self._image)
        inside = self._image[top:bottom, left:right]
        mean, spread = cv2.meanStdDev(inside)
        rows = np.array(self._middles[: len(grid.mean)])
        columns = np.array(window_middles(self._width))
        counted = ((rows >= top) & (rows < bottom))[:, None] & ((columns >= left) & (columns < right))
        dirty = self._dirty[: len(grid.mean)]
        counted &= ~dirty
        enlarge = max(1.0, USUAL_GLASS_PX / (self._height * self._width))
        grey = (float(mean[0, 0]), float(spread[0, 0]))
        return Picture(grid, *grey, dirty, counted, len(self._middles), enlarge)

    def reading(self) -> QualityReading:
        """Quality and reasons of what has arrived; after the last row those of the image."""
        self._read_at = self._arrived
        share = max(self._arrived / len(self._raw), 1 / len(self._raw))
        picture = self.picture()
        skin = skin_cells(picture) if picture is not None else None
        if picture is None or skin is None or skin.sum() < LEAST_CELLS:
            # A fingertip may begin below the first half; until then an empty image is only an unfinished one.
            return QualityReading(0, (Reason.NO_FINGER,) if share >= EMPTY_SHARE else (), share)
        quality = round(model().score(summarise(picture), picture.enlarge))
        moved = share == 1 and has_moved(self._raw, self._image, skin_windows(skin))
        if moved:
            quality = min(quality, MOVED_AT_MOST)
        reasons = find_reasons(picture, skin, quality=quality, moved=moved)
        if Reason.NO_FINGER in reasons:
            return QualityReading(0, reasons if share >= EMPTY_SHARE else (), share)
        return QualityReading(quality, reasons, share)


def _margins(image: NDArray[np.uint8]) -> tuple[int, int, int, int]:
    """First and last (excluded) row and column that are not white; NFIQ 2 leaves white margins out too."""
    rows = np.flatnonzero(cv2.reduce(image, 1, cv2.REDUCE_AVG, dtype=cv2.CV_32F)[:, 0] < WHITE)
    columns = np.flatnonzero(cv2.reduce(image, 0, cv2.REDUCE_AVG, dtype=cv2.CV_32F)[0] < WHITE)
    if not len(rows) or not len(columns):
        return 0, image.shape[0], 0, image.shape[1]
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


def picture_of(image: NDArray[np.uint8]) -> Picture | None:
    """A whole 500-ppi image as the model sees it; None where it is too small for a single window."""
    meter = QualityMeter(image.shape[1], image.shape[0])
    meter.take_rows(0, image)
    return meter.picture()


def assess(
    image: NDArray[np.uint8],
    dpi: int = normalise.ENGINE_DPI,
    *,
    polarity: Polarity = Polarity.DARK_RIDGES,
    background: Background | None = None,
) -> QualityReading:
    """Quality of a whole image, (height, width) uint8; equal to a meter's reading after the last row.

    A picture too small to judge (under 64 pixels at 500 ppi) has quality 0 and reason NO_FINGER.

    Raises:
        OperatorError: ``image_unreadable``, see ``normalise.load_grey``, except for too small ones.
    """
    normalise.check_dpi(dpi)
    least = normalise.SMALLEST_SIDE_PX
    if (
        image.ndim == 2
        and image.size
        and (min(image.shape) < least or min(image.shape) * normalise.ENGINE_DPI < least * dpi)
    ):
        return QualityReading(0, (Reason.NO_FINGER,), 1.0)
    grey = normalise.load_grey(image)
    meter = QualityMeter(grey.shape[1], grey.shape[0], dpi=dpi, polarity=polarity, background=background)
    return meter.add_rows(0, grey) or meter.reading()
