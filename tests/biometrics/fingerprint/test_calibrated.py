# SPDX-License-Identifier: Apache-2.0
"""A reader's frame and dirt, learned under fingers, and templates without them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from app.biometrics.fingerprint.background import Background, TouchLearner
from app.biometrics.fingerprint.calibrated import NEAR_PX, template_of
from app.biometrics.synthetic.fingers import SyntheticFinger, make_finger
from app.biometrics.synthetic.impressions import make_impression

Image = NDArray[np.uint8]
WIDTH, HEIGHT = 256, 288
SPOT = np.s_[150:162, 90:104]


def glass() -> Image:
    """A dark frame that leaves a trapezoid free, and a dirt spot."""
    image = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.fillPoly(image, [np.array([[40, 6], [215, 6], [248, 281], [8, 281]], np.int32)], (255,))
    image[SPOT] = 30
    return image


@pytest.fixture(scope="module")
def fingers() -> list[SyntheticFinger]:
    return [make_finger(seed) for seed in range(TouchLearner.WANTED)]


@pytest.fixture(scope="module")
def learned(fingers: list[SyntheticFinger]) -> Background:
    learner = TouchLearner(WIDTH, HEIGHT)
    for number, finger in enumerate(fingers):
        assert learner.background() is None
        learner.add(np.minimum(make_impression(finger, number), glass()))
    background = learner.background()
    assert background is not None
    return background


def test_what_stays_under_different_fingers_is_frame_or_dirt(learned: Background) -> None:
    static = glass() < 128
    assert learned.ignored[SPOT].all()
    assert learned.ignored[static].mean() > 0.99
    # Beyond the edges, which are widened on purpose and rounded at the corners, the glass stays usable.
    away = cv2.dilate(static.astype(np.uint8), np.ones((19, 19), np.uint8)) == 0
    assert learned.ignored[away].mean() < 0.02
    inside = np.s_[60:230, 60:196]
    assert not (learned.ignored & away)[inside].any()


def test_a_clean_reader_has_nothing_to_ignore(fingers: list[SyntheticFinger]) -> None:
    learner = TouchLearner(WIDTH, HEIGHT)
    for number, finger in enumerate(fingers):
        learner.add(make_impression(finger, number))
    background = learner.background()
    assert background is not None
    assert background.dirt_share < 0.01
    with pytest.raises(ValueError, match="size"):
        learner.add(np.zeros((4, 4), np.uint8))


@pytest.mark.parametrize("quarter_turns", [0, 2])
def test_no_minutia_lies_on_the_frame(
    fingers: list[SyntheticFinger], learned: Background, quarter_turns: int
) -> None:
    image = np.minimum(make_impression(fingers[0], 99), glass())
    plain = template_of(image, quarter_turns=quarter_turns)
    clean = template_of(image, background=learned, quarter_turns=quarter_turns)
    ignored = np.rot90(learned.ignored, quarter_turns)
    near = cv2.dilate(ignored.astype(np.uint8), np.ones((2 * NEAR_PX + 1,) * 2, np.uint8)) > 0
    assert near[plain.y, plain.x].any()
    assert not near[clean.y, clean.x].any()
    assert len(clean) > 10
    assert clean.cells is not None
    assert plain.cells is not None
    assert 0 < clean.cells.mask.sum() < plain.cells.mask.sum()


def test_a_calibration_of_another_size_is_left_out(fingers: list[SyntheticFinger]) -> None:
    image = make_impression(fingers[0], 3)
    other = Background.of(np.zeros((100, 100), np.uint8))
    assert template_of(image, background=other).same_as(template_of(image))
