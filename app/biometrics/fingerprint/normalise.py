# SPDX-License-Identifier: Apache-2.0
"""Any reader's or file's pixels as the engine wants them: 8-bit grey, 500 ppi, dark ridges, tip upwards."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from app.domain.capture import Polarity
from app.domain.errors import OperatorError

#: Resolution of everything behind this file, pixels per inch.
ENGINE_DPI = 500
#: An image's smaller side and its area, before anything is resampled.
SMALLEST_SIDE_PX = 64
LARGEST_AREA_PX = 4_000_000
#: Resolutions that a fingerprint can have; others are a wrong setting. FBI appendix F readers have 500 or
#: 1000.
LOWEST_DPI, HIGHEST_DPI = 150, 2000


def _refuse(reason: str, **facts: object) -> OperatorError:
    return OperatorError("image_unreadable", reason=reason, **facts)


def load_grey(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    """Check that an array can be a fingerprint image and give it as (height, width) uint8.

    Integer and boolean arrays must lie within 0 to 255; floating ones within 0 to 255 are rounded.

    Raises:
        OperatorError: ``image_unreadable`` with the fact ``reason``: ``empty``, ``color``, ``shape``,
            ``too_small``, ``too_large``, ``not_finite``, ``range`` or ``type``; sizes as ``width_px`` and
            ``height_px``.
    """
    if pixels.size == 0:
        raise _refuse("empty")
    if pixels.ndim == 3:
        raise _refuse("color")
    if pixels.ndim != 2:
        raise _refuse("shape", dimensions=pixels.ndim)
    height, width = pixels.shape
    if min(height, width) < SMALLEST_SIDE_PX:
        raise _refuse("too_small", width_px=width, height_px=height)
    if height * width > LARGEST_AREA_PX:
        raise _refuse("too_large", width_px=width, height_px=height)
    if pixels.dtype == np.uint8:
        return np.ascontiguousarray(pixels, dtype=np.uint8)
    if pixels.dtype.kind not in "buif":
        raise _refuse("type", type=str(pixels.dtype))
    if pixels.dtype.kind == "f" and not np.isfinite(pixels).all():
        raise _refuse("not_finite")
    if pixels.dtype.kind == "b":
        return np.asarray(pixels * np.uint8(255), dtype=np.uint8)
    if pixels.min() < 0 or pixels.max() > 255:
        raise _refuse("range")
    return np.ascontiguousarray(np.rint(pixels), dtype=np.uint8)


def image_from_bytes(data: bytes) -> NDArray[np.uint8]:
    """A picture file's pixels as (height, width) uint8 grey: PNG, BMP, JPEG, TIFF, PGM and what else OpenCV
    reads.

    A file that stores grey as three equal colors is taken; a colored one is refused. Sixteen-bit files are
    reduced to eight bits.

    Raises:
        OperatorError: ``image_unreadable``; ``reason`` is ``not_an_image`` or one of ``load_grey``'s.
    """
    if not data:
        raise _refuse("empty")
    _check_announced_size(data)
    try:
        decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error as error:
        raise _refuse("not_an_image") from error
    if decoded is None or decoded.size == 0:
        raise _refuse("not_an_image")
    if decoded.dtype == np.uint16:
        decoded = (decoded // 256).astype(np.uint8)
    if decoded.ndim == 3:
        # A fourth plane is transparency and says nothing about the skin.
        colors = decoded[:, :, :3] if decoded.shape[2] >= 3 else decoded[:, :, :1]
        if np.ptp(colors, axis=2).max() > 0:
            raise _refuse("color")
        decoded = np.ascontiguousarray(colors[:, :, 0])
    return load_grey(decoded)


def _check_announced_size(data: bytes) -> None:
    """Refuse a PNG or BMP whose header announces a huge picture or whose end is missing, before memory is
    spent.

    OpenCV fills what a truncated PNG lacks with black instead of failing; PNG ends with an IEND chunk (PNG
    specification, section 5.6), so its absence is told here.
    """
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) >= 24:
        width, height = int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
        if b"IEND" not in data[-64:]:
            raise _refuse("not_an_image")
    elif data.startswith(b"BM") and len(data) >= 26:
        width = abs(int.from_bytes(data[18:22], "little", signed=True))
        height = abs(int.from_bytes(data[22:26], "little", signed=True))
    else:
        return
    if width * height > LARGEST_AREA_PX:
        raise _refuse("too_large", width_px=width, height_px=height)


def check_dpi(dpi: int) -> None:
    """Raises OperatorError ``image_unreadable`` (``reason=dpi``) outside LOWEST_DPI to HIGHEST_DPI."""
    if not LOWEST_DPI <= dpi <= HIGHEST_DPI:
        raise _refuse("dpi", dpi=dpi)


def spread_levels(image: NDArray[np.uint8], bits: int) -> NDArray[np.uint8]:
    """Grey values of ``bits`` bits stretched to 0 to 255; 4 bits become steps of 17."""
    if bits == 8:
        return image
    if bits == 4:
        return np.asarray(np.minimum(image, 15) * np.uint8(17), dtype=np.uint8)
    raise _refuse("bits", bits=bits)


def resample(image: NDArray[np.uint8], dpi: int) -> NDArray[np.uint8]:
    """The image at 500 ppi.

    The scale is exact, so that a taller image begins with the pixels of a shorter one.
    """
    if dpi == ENGINE_DPI:
        return image
    scale = ENGINE_DPI / dpi
    # Not INTER_AREA for a slight reduction (508 or 569 dpi): it would blur ridges that need no averaging.
    way = cv2.INTER_AREA if scale < 0.7 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=way), dtype=np.uint8)


def normalise(
    image: NDArray[Any],
    *,
    dpi: int = ENGINE_DPI,
    bits: int = 8,
    polarity: Polarity = Polarity.DARK_RIDGES,
    quarter_turns: int = 0,
) -> NDArray[np.uint8]:
    """The image as the engine wants it: uint8, 500 ppi, dark ridges.

    Args:
        image: (height, width) grey.
        dpi: its resolution.
        bits: 8, or 4 for values of 0 to 15 (values already spread over 0 to 255 are 8).
        polarity: which grey its ridges have.
        quarter_turns: how often it must be turned counter-clockwise by 90 degrees until the fingertip points
            up.

    Raises:
        OperatorError: ``image_unreadable``, see ``load_grey``; also ``reason`` ``dpi`` or ``bits``, and
            ``too_small`` or ``too_large`` for the image at 500 ppi.
    """
    check_dpi(dpi)
    grey = spread_levels(load_grey(image), bits)
    if polarity is Polarity.LIGHT_RIDGES:
        grey = np.asarray(255 - grey, dtype=np.uint8)
    height, width = grey.shape
    scale = ENGINE_DPI / dpi
    if height * width * scale * scale > LARGEST_AREA_PX:
        raise _refuse("too_large", width_px=width, height_px=height, dpi=dpi)
    grey = resample(grey, dpi)
    if min(grey.shape) < SMALLEST_SIDE_PX:
        raise _refuse("too_small", width_px=width, height_px=height, dpi=dpi)
    return np.ascontiguousarray(np.rot90(grey, quarter_turns % 4))
