# SPDX-License-Identifier: Apache-2.0
"""Extraction for a reader whose frame, dirt and orientation are known."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from app.biometrics.fingerprint.background import Background
from app.biometrics.fingerprint.extract import extract
from app.biometrics.fingerprint.normalise import ENGINE_DPI, normalise
from app.biometrics.fingerprint.template import Template
from app.biometrics.fingerprint.wavelength import CELL_PX
from app.domain.capture import Polarity

#: Minutiae this near to frame or dirt are its edge, not the finger's; about one ridge period and a half.
NEAR_PX = 13


def template_of(
    pixels: NDArray[np.uint8],
    *,
    dpi: int = ENGINE_DPI,
    polarity: Polarity = Polarity.DARK_RIDGES,
    background: Background | None = None,
    quarter_turns: int = 0,
) -> Template:
    """The template of an image as the reader gives it, without what its frame and dirt would add.

    Args:
        pixels: (height, width) 8-bit grey.
        background: of the same size as ``pixels``; one of another size is left out.
        quarter_turns: see ``normalise``.

    Raises:
        OperatorError: ``image_unreadable``, see ``normalise``.
    """
    template = extract(normalise(pixels, dpi=dpi, polarity=polarity, quarter_turns=quarter_turns))
    if background is None or background.ignored.shape != pixels.shape:
        return template
    turned = np.rot90(background.ignored.astype(np.uint8), quarter_turns % 4)
    size = (template.width_px, template.height_px)
    ignored = cv2.resize(np.ascontiguousarray(turned), size, interpolation=cv2.INTER_NEAREST)
    return _without(template, np.asarray(ignored, dtype=np.uint8))


def _without(template: Template, ignored: NDArray[np.uint8]) -> Template:
    around = np.ones((2 * NEAR_PX + 1, 2 * NEAR_PX + 1), np.uint8)
    near = cv2.dilate(ignored, around) > 0
    keep = ~near[template.y, template.x]
    cells = template.cells
    if cells is not None:
        rows = np.arange(cells.mask.shape[0]) * CELL_PX + CELL_PX // 2
        columns = np.arange(cells.mask.shape[1]) * CELL_PX + CELL_PX // 2
        mask = cells.mask & ~(ignored > 0)[np.ix_(rows, columns)]
        flow = (
            np.where(mask, plane, 0).astype(np.uint8) for plane in (cells.theta, cells.phase, cells.period)
        )
        cells = type(cells)(mask, *flow)
    return replace(
        template,
        x=template.x[keep],
        y=template.y[keep],
        direction=template.direction[keep],
        kind=template.kind[keep],
        quality=template.quality[keep],
        cells=cells,
        singular=tuple(point for point in template.singular if not near[point.y, point.x]),
    )
