# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from app.biometrics.fingerprint.extract import extract
from app.biometrics.fingerprint.prepared import Prepared, prepare
from app.biometrics.fingerprint.template import Template
from app.biometrics.synthetic.fingers import make_fingers
from app.biometrics.synthetic.impressions import make_impression

FINGERS = 4
IMPRESSIONS = 3


@pytest.fixture(scope="session")
def images() -> dict[tuple[int, int], NDArray[np.uint8]]:
    """Impressions by (finger, impression), 256 x 288 with 16 levels."""
    fingers = make_fingers(FINGERS, seed=11)
    return {
        (place, number): make_impression(finger, number)
        for place, finger in enumerate(fingers)
        for number in range(IMPRESSIONS)
    }


@pytest.fixture(scope="session")
def templates(images: dict[tuple[int, int], NDArray[np.uint8]]) -> dict[tuple[int, int], Template]:
    return {key: extract(image, image_quality=50) for key, image in images.items()}


@pytest.fixture(scope="session")
def prints(templates: dict[tuple[int, int], Template]) -> dict[tuple[int, int], Prepared]:
    return {key: prepare(template) for key, template in templates.items()}
