# SPDX-License-Identifier: Apache-2.0
"""Makes the template of a whole image: the engine's, in the ISO format, with the engine's own extension."""

from __future__ import annotations

import math

import numpy as np

from app.biometrics.fingerprint.background import Background
from app.biometrics.fingerprint.calibrated import template_of
from app.biometrics.fingerprint.iso19794 import write_iso
from app.biometrics.fingerprint.template import (
    DIRECTION_STEPS,
    ENGINE_VERSION,
    TEMPLATE_DPI,
    TEMPLATE_FORMAT,
    Template,
)
from app.domain.capture import Frame
from app.domain.errors import OperatorError
from app.services.capture import Extracted

#: As stored beside each template: the standard, the layout of the extension, the engine that made it.
FORMAT_NAME = f"iso19794-2:2005+{TEMPLATE_FORMAT} engine {ENGINE_VERSION}"


def extracted(
    frame: Frame, background: Background | None = None, *, turned: bool = False
) -> Extracted | None:
    """The template of an image, or None where it shows nothing to make one of.

    Args:
        frame: as the reader gave it.
        background: the reader's frame, which is cut off, and its dirt, which is left out.
        turned: the fingertip is down; template and minutiae are of the picture turned round.
    """
    pixels = np.frombuffer(frame.pixels, np.uint8).reshape(frame.height_px, frame.width_px)
    left = top = 0
    if background is not None and background.frame.shape == pixels.shape:
        glass = background.glass
        pixels, background = glass.cut(pixels), background.inside()
        left, top = glass.left, glass.top
        if turned:
            left, top = frame.width_px - glass.right, frame.height_px - glass.bottom
    try:
        # The frame's pixels are 8 bits whatever the sensor's depth was.
        template = template_of(
            pixels,
            dpi=frame.dpi,
            polarity=frame.polarity,
            background=background,
            quarter_turns=2 if turned else 0,
        )
    except OperatorError:
        return None
    if len(template) == 0:
        return None
    return Extracted(write_iso(template), FORMAT_NAME, _minutiae(template, frame.dpi, left, top))


def _minutiae(template: Template, dpi: int, left: int, top: int) -> tuple[tuple[float, float, float], ...]:
    """In the frame's own pixels, of which the glass begins at ``left``, ``top``; direction in radians."""
    scale, step = dpi / TEMPLATE_DPI, 2 * math.pi / DIRECTION_STEPS
    rows = zip(template.x.tolist(), template.y.tolist(), template.direction.tolist(), strict=True)
    return tuple((left + x * scale, top + y * scale, direction * step) for x, y, direction in rows)
