# SPDX-License-Identifier: Apache-2.0
"""A finger that moved while its image was taken: cut and doubled synthetic prints, and what only looks so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from app.biometrics.fingerprint.quality import MOVED_AT_MOST, QualityMeter, assess
from app.biometrics.synthetic.fingers import SyntheticFinger, make_fingers
from app.biometrics.synthetic.impressions import Condition, draw_touch, make_impression
from app.domain.capture import Polarity
from app.domain.fingerprints import Reason

Image = NDArray[np.uint8]


@pytest.fixture(scope="module")
def fingers() -> tuple[SyntheticFinger, ...]:
    return make_fingers(4, 70)


def touch_and_moved(finger: SyntheticFinger, right: float, down: float) -> tuple[Image, Image]:
    """The finger as it came down, and as it lay after it had moved."""
    touch = draw_touch(Condition.GOOD, np.random.default_rng(3), 256, 288)
    moved = replace(touch, shift_x=touch.shift_x + right, shift_y=touch.shift_y + down)
    return make_impression(finger, 3, touch=touch), make_impression(finger, 3, touch=moved)


def cut(finger: SyntheticFinger, right: float, down: float, row: int = 140) -> Image:
    """Read row by row; the finger moved when that row was reached."""
    before, after = touch_and_moved(finger, right, down)
    return np.vstack([before[:row], after[row:]])


def doubled(finger: SyntheticFinger, right: float, down: float) -> Image:
    """Exposed half before and half after the finger moved."""
    before, after = touch_and_moved(finger, right, down)
    return ((before.astype(np.uint16) + after) // 2 // 16 * 17).astype(np.uint8)


@pytest.mark.parametrize(("right", "down"), [(7, 3), (-12, 5), (4, -9)])
def test_a_print_that_is_cut_off_has_moved(
    fingers: tuple[SyntheticFinger, ...], right: float, down: float
) -> None:
    told = [assess(cut(finger, right, down)) for finger in fingers]
    found = [reading for reading in told if Reason.MOVED in reading.reasons]
    assert len(found) >= 3
    assert all(reading.quality <= MOVED_AT_MOST and reading.reasons[0] is Reason.MOVED for reading in found)


@pytest.mark.parametrize(("right", "down"), [(9, 4), (-14, 10)])
def test_a_doubled_print_has_moved(fingers: tuple[SyntheticFinger, ...], right: float, down: float) -> None:
    told = [assess(doubled(finger, right, down)) for finger in fingers]
    assert sum(Reason.MOVED in reading.reasons for reading in told) >= 3


@pytest.mark.parametrize("condition", [value for value in Condition if value is not Condition.SMEARED])
def test_a_print_that_lay_still_has_not_moved(
    fingers: tuple[SyntheticFinger, ...], condition: Condition
) -> None:
    for finger in fingers:
        for seed in range(2):
            assert Reason.MOVED not in assess(make_impression(finger, seed, condition=condition)).reasons


def test_a_row_that_is_dead_left_out_or_doubled_is_no_movement(fingers: tuple[SyntheticFinger, ...]) -> None:
    image = make_impression(fingers[0], 1)
    dead = image.copy()
    dead[150] = 0
    assert Reason.MOVED not in assess(dead).reasons
    for finger in fingers:
        made = make_impression(finger, 1)
        left_out = np.vstack([made[:140], made[141:], made[-1:]])
        assert Reason.MOVED not in assess(left_out).reasons
    large = np.repeat(np.repeat(image, 2, axis=0), 2, axis=1)
    assert Reason.MOVED not in assess(large, 1000).reasons


def test_movement_is_told_of_whole_images_of_every_reader(fingers: tuple[SyntheticFinger, ...]) -> None:
    image = next(made for made in (cut(f, -12, 5) for f in fingers) if Reason.MOVED in assess(made).reasons)
    light = np.asarray(255 - image, dtype=np.uint8)
    assert Reason.MOVED in assess(light, polarity=Polarity.LIGHT_RIDGES).reasons
    assert Reason.MOVED in assess(image, 508).reasons
    meter = QualityMeter(256, 288)
    readings = [meter.add_rows(first, image[first : first + 16]) for first in range(0, 288, 16)]
    told = [reading for reading in readings if reading is not None]
    assert all(Reason.MOVED not in reading.reasons for reading in told[:-1])
    assert told[-1] == assess(image)
