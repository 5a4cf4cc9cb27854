# SPDX-License-Identifier: Apache-2.0
"""Draws a record as a gray picture: always the same bytes for the same record, black ink on white.

The picture is for looking at; the record is what counts, and this makes the picture again from it. No theme,
no screen and no font has a part in it, and all lines are drawn with whole numbers.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from app.biometrics.signature.resample import segments_of
from app.domain.signatures import SignatureRecord, invalid

RENDER_VERSION = 1
WIDTH_PX = 800
HEIGHT_PX = 300
_MARGIN = 0.05
_SHIFT = 4  # cv2 takes positions in 1/16 pixel
_THIN_PX, _THICK_PX = 1.4, 3.4  # line width at no and at full pressure
_PLAIN_PX = 2.4


def render(
    record: SignatureRecord, width_px: int = WIDTH_PX, height_px: int = HEIGHT_PX, *, fit: bool = False
) -> npt.NDArray[np.uint8]:
    """Give the picture as an array (height, width), 255 white.

    Args:
        fit: True fills the picture with the ink, False shows the canvas as it was.

    Raises:
        OperatorError: ``signature_file_invalid`` where there is no ink.
    """
    segments = segments_of(record)
    if not len(segments):
        raise invalid("no_ink")
    xy = np.stack([segments.x, segments.y], axis=1)
    target = np.array([width_px, height_px], dtype=np.float64)
    if fit:
        low = xy.min(axis=0)
        extent = np.maximum(np.ptp(xy, axis=0), 1e-9)
        scale = float((target * (1 - 2 * _MARGIN) / extent).min())
    else:
        low = np.zeros(2)
        extent = np.array([record.canvas.width_units, record.canvas.height_units])
        scale = float((target / extent).min())
    placed = (xy - low - extent / 2) * scale + target / 2
    line_scale = min(width_px / WIDTH_PX, height_px / HEIGHT_PX)
    if segments.pressure is None:
        widths = np.full(len(xy), _PLAIN_PX)
    else:
        widths = _THIN_PX + (_THICK_PX - _THIN_PX) * segments.pressure
    # Drawn at four times the size and averaged: cv2 draws whole widths only.
    big = np.full((height_px * 4, width_px * 4), 255, dtype=np.uint8)
    at = np.round(placed * 4 * (1 << _SHIFT)).clip(-(1 << 24), 1 << 24).astype(np.int64)
    thick = np.round(widths * 4 * line_scale).astype(np.int64).clip(1, 200)
    for start, end in segments.bounds:
        for first, second in zip(range(start, end), [*range(start + 1, end), end - 1], strict=True):
            _line(big, at[first], at[second], int(thick[first] + thick[second]) // 2)
    small = big.reshape(height_px, 4, width_px, 4).astype(np.uint16).sum(axis=(1, 3))
    gray: npt.NDArray[np.uint8] = ((small + 8) // 16).astype(np.uint8)
    return gray


def _line(
    picture: npt.NDArray[np.uint8], first: npt.NDArray[np.int64], second: npt.NDArray[np.int64], width: int
) -> None:
    start, stop = (int(first[0]), int(first[1])), (int(second[0]), int(second[1]))
    cv2.line(picture, start, stop, 0, max(width, 1), cv2.LINE_8, _SHIFT)
    cv2.circle(picture, stop, (width << _SHIFT) // 2, 0, -1, cv2.LINE_8, _SHIFT)


def render_png(
    record: SignatureRecord, width_px: int = WIDTH_PX, height_px: int = HEIGHT_PX, *, fit: bool = False
) -> bytes:
    """Give the picture as a PNG file, eight bits of gray.

    Raises:
        OperatorError: ``signature_file_invalid`` where there is no ink.
    """
    picture = render(record, width_px, height_px, fit=fit)
    done, encoded = cv2.imencode(".png", picture, [cv2.IMWRITE_PNG_COMPRESSION, 6])
    assert done  # an eight-bit picture can always be written
    return encoded.tobytes()
