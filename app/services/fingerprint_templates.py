# SPDX-License-Identifier: Apache-2.0
"""Makes the template of a whole image: the engine's, in the ISO format, with the engine's own extension."""

from __future__ import annotations

import numpy as np

from app.biometrics.fingerprint.extract import extract
from app.biometrics.fingerprint.iso19794 import write_iso
from app.biometrics.fingerprint.normalise import normalise
from app.biometrics.fingerprint.template import ENGINE_VERSION, TEMPLATE_FORMAT
from app.domain.capture import Frame
from app.domain.errors import OperatorError
from app.services.capture import Extracted

#: As stored beside each template: the standard, the layout of the extension, the engine that made it.
FORMAT_NAME = f"iso19794-2:2005+{TEMPLATE_FORMAT} engine {ENGINE_VERSION}"


def extracted(frame: Frame) -> Extracted | None:
    """The template of an image, or None where it shows nothing to make one of."""
    pixels = np.frombuffer(frame.pixels, np.uint8).reshape(frame.height_px, frame.width_px)
    try:
        # The frame's pixels are 8 bits whatever the sensor's depth was.
        image = normalise(pixels, dpi=frame.dpi, polarity=frame.polarity)
        template = extract(image)
    except OperatorError:
        return None
    if len(template) == 0:
        return None
    return Extracted(write_iso(template), FORMAT_NAME)
