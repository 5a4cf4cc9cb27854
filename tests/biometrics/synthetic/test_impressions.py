# SPDX-License-Identifier: Apache-2.0
"""Impressions: sizes, grey levels, repeatability, and what each condition does to the picture."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from app.biometrics.synthetic.fingers import SyntheticFinger, make_finger
from app.biometrics.synthetic.impressions import Condition, Touch, make_impression

CENTERED = Touch(
    shift_x=0,
    shift_y=0,
    over_x=0,
    over_y=0,
    turn=0,
    half_width=120,
    half_height=150,
    pressure=0.1,
    roughness=0.3,
    strain=2,
)


@pytest.fixture(scope="module")
def finger() -> SyntheticFinger:
    return make_finger(21)


def middle_of_ink(image: NDArray[np.uint8]) -> tuple[float, float]:
    ys, xs = np.nonzero(image < 120)
    return float(xs.mean()), float(ys.mean())


@pytest.mark.parametrize(("width", "height"), [(256, 288), (192, 192), (160, 160)])
def test_a_reader_s_image(finger: SyntheticFinger, width: int, height: int) -> None:
    image = make_impression(finger, 1, width, height)
    assert image.shape == (height, width)
    assert image.dtype == np.uint8
    assert set(np.unique(image)) <= set(range(0, 256, 17))


def test_eight_bits_have_more_levels(finger: SyntheticFinger) -> None:
    assert len(np.unique(make_impression(finger, 1, bits=8))) > 100


def test_the_same_touch_twice_is_the_same_image_and_another_is_not(finger: SyntheticFinger) -> None:
    assert np.array_equal(make_impression(finger, 1), make_impression(finger, 1))
    assert not np.array_equal(make_impression(finger, 1), make_impression(finger, 2))


def test_impressions_of_one_finger_agree_and_those_of_two_do_not(finger: SyntheticFinger) -> None:
    mine = [make_impression(finger, seed, touch=CENTERED)[60:230, 50:200].astype(float) for seed in range(3)]
    strange = make_impression(make_finger(22), 0, touch=CENTERED)[60:230, 50:200].astype(float)
    same = [np.corrcoef(mine[0].ravel(), other.ravel())[0, 1] for other in mine[1:]]
    assert min(same) > 0.4
    assert abs(np.corrcoef(mine[0].ravel(), strange.ravel())[0, 1]) < 0.15


@pytest.mark.parametrize(
    ("condition", "axis", "direction"),
    [
        (Condition.OFF_LEFT, 0, -1),
        (Condition.OFF_RIGHT, 0, 1),
        (Condition.OFF_TOP, 1, -1),
        (Condition.OFF_BOTTOM, 1, 1),
    ],
)
def test_off_centre_lies_where_it_says(
    finger: SyntheticFinger, condition: Condition, axis: int, direction: int
) -> None:
    for seed in range(4):
        middle = middle_of_ink(make_impression(finger, seed, condition=condition))[axis]
        half = (128, 144)[axis]
        assert (middle - half) * direction > 25


def test_wet_is_darker_and_dry_lighter_than_good(finger: SyntheticFinger) -> None:
    ink = {
        condition: float(np.mean(make_impression(finger, 3, condition=condition)[90:200, 70:190]))
        for condition in (Condition.DRY, Condition.GOOD, Condition.WET)
    }
    assert ink[Condition.DRY] > ink[Condition.GOOD] + 25 > ink[Condition.WET] + 50


def test_small_and_fingertip_cover_little(finger: SyntheticFinger) -> None:
    def inked(condition: Condition) -> float:
        return float(np.mean(make_impression(finger, 3, condition=condition) < 120))

    assert inked(Condition.SMALL) < 0.4 * inked(Condition.GOOD)
    assert inked(Condition.FINGERTIP) < 0.4 * inked(Condition.GOOD)


def test_an_empty_glass_needs_no_finger(finger: SyntheticFinger) -> None:
    assert make_impression(None, 1, condition=Condition.BLANK).mean() > 200
    assert make_impression(None, 1, condition=Condition.DIRTY).mean() < 235
    with pytest.raises(ValueError, match="needs a finger"):
        make_impression(None, 1)
    with pytest.raises(ValueError, match="bits"):
        make_impression(finger, 1, bits=2)
