# SPDX-License-Identifier: Apache-2.0
"""What a reader's pictures tell about it: the frame around its glass, its resolution, its ridges' grey."""

from __future__ import annotations

import functools

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from app.biometrics.fingerprint.background import Background, BackgroundLearner, TouchLearner
from app.biometrics.fingerprint.glass import Glass
from app.biometrics.fingerprint.ridge_distance import (
    is_plausible,
    likely_dpi,
    ridge_distance_mm,
    ridge_period_px,
    ridges_look_light,
)
from app.biometrics.synthetic.fingers import make_finger
from app.biometrics.synthetic.impressions import make_impression

WIDTH_PX, HEIGHT_PX = 256, 288
GLASS = Glass(24, 30, 270, 226)
Image = NDArray[np.uint8]


@functools.lru_cache(maxsize=16)
def finger(number: int) -> Image:
    return make_impression(make_finger(9_300 + number), 1, WIDTH_PX, HEIGHT_PX)


def framed(picture: Image, grey: int, seed: int = 0) -> Image:
    """The picture with a frame of that grey, as noisy as a sensor is."""
    noise = np.random.default_rng(seed).integers(-3, 4, picture.shape)
    whole = np.clip(np.full(picture.shape, grey) + noise, 0, 255).astype(np.uint8)
    whole[GLASS.slices] = picture[GLASS.slices]
    return whole


def learned(grey: int | None) -> Background:
    learner = TouchLearner(WIDTH_PX, HEIGHT_PX)
    for number in range(TouchLearner.WANTED):
        picture = finger(number)
        learner.add(picture if grey is None else framed(picture, grey, number))
    found = learner.background()
    assert found is not None
    return found


@pytest.mark.parametrize("grey", [255, 90, 0])
def test_a_frame_is_found_under_fingers_whatever_its_grey(grey: int) -> None:
    found = learned(grey)
    assert found.glass == GLASS
    assert found.ignored[~inside()].all()
    assert found.dirt_share == 0.0  # a frame is no dirt
    assert found.frame_share == pytest.approx(0.346, abs=0.001)


def inside() -> NDArray[np.bool_]:
    mask = np.zeros((HEIGHT_PX, WIDTH_PX), np.bool_)
    mask[GLASS.slices] = True
    return mask


def test_a_margin_that_no_finger_reached_is_no_frame() -> None:
    assert learned(None).glass == Glass.whole(finger(0))
    learner = TouchLearner(WIDTH_PX, HEIGHT_PX)
    for number in range(TouchLearner.WANTED):
        shifted = np.full_like(finger(number), 250)
        shifted[:, 60:] = finger(number)[:, 60:]
        rows, columns = np.mgrid[:HEIGHT_PX, :WIDTH_PX]
        away = ((columns - 165) / 92) ** 2 + ((rows - 150) / 128) ** 2 > 1
        learner.add(np.where(away, np.uint8(250), shifted))  # always the same place, ending in a curve
    found = learner.background()
    assert found is not None
    assert found.glass == Glass.whole(finger(0))


@pytest.mark.parametrize(("grey", "glass_grey"), [(255, 205), (0, 200), (90, 200)])
def test_a_frame_is_found_on_the_empty_glass(grey: int, glass_grey: int) -> None:
    learner = BackgroundLearner(WIDTH_PX, HEIGHT_PX)
    empty = np.full((HEIGHT_PX, WIDTH_PX), glass_grey, np.uint8)
    for seed in range(3):
        learner.add(np.asarray(cv2.GaussianBlur(framed(empty, grey, seed), (3, 3), 0), dtype=np.uint8))
    found = learner.background()
    assert found is not None
    for edge in ("top", "left", "bottom", "right"):
        assert abs(getattr(found.glass, edge) - getattr(GLASS, edge)) <= 2
    assert found.dirt_share < 0.01


def test_an_even_empty_glass_has_no_frame_and_dirt_near_its_rim_is_none() -> None:
    empty = np.full((HEIGHT_PX, WIDTH_PX), 205, np.uint8)
    empty[40:80, 5:30] = 90
    learner = BackgroundLearner(WIDTH_PX, HEIGHT_PX)
    for _ in range(3):
        learner.add(empty)
    found = learner.background()
    assert found is not None
    assert found.glass == Glass.whole(empty)
    assert found.dirt_share > 0.01


def test_it_is_kept_with_its_frame_and_older_files_are_read() -> None:
    found = learned(255)
    again = Background.from_bytes(found.to_bytes())
    assert (again.glass, bool((again.ignored == found.ignored).all())) == (GLASS, True)
    data = found.to_bytes()
    older = b"BGR1" + data[4:8] + data[16:]
    assert Background.from_bytes(older).glass == Glass.whole(found.frame)
    for wrong in (b"BGR3" + data[4:], data[:8] + b"\xff\xff" * 4 + data[16:], data[:14]):
        with pytest.raises(ValueError, match=r"glass|background"):
            Background.from_bytes(wrong)


def test_turned_and_cut_it_fits_turned_and_cut_pictures() -> None:
    found = learned(255)
    turned = found.turned()
    assert turned.glass == Glass(HEIGHT_PX - 270, WIDTH_PX - 226, HEIGHT_PX - 24, WIDTH_PX - 30)
    assert turned.turned().glass == found.glass
    cut = found.inside()
    assert cut.frame.shape == cut.ignored.shape == (246, 196)
    assert cut.frame_share == 0.0


@pytest.mark.parametrize("scale", [0.5, 0.726, 1.0, 1.14, 2.0])
@pytest.mark.parametrize("number", [0, 1, 2])
def test_ridges_tell_the_resolution(number: int, scale: float) -> None:
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    picture = np.asarray(cv2.resize(finger(number), None, fx=scale, fy=scale, interpolation=way), np.uint8)
    period = ridge_period_px(picture)
    assert period is not None
    dpi = round(500 * scale)
    assert is_plausible(ridge_distance_mm(period, dpi))
    assert not is_plausible(ridge_distance_mm(period, dpi * 2))
    assert not is_plausible(ridge_distance_mm(period, dpi // 2))
    assert 0.75 < likely_dpi(period) / dpi < 1.34


@pytest.mark.parametrize(
    "picture",
    [
        np.full((288, 256), 255, np.uint8),
        np.random.default_rng(3).integers(0, 255, (288, 256)).astype(np.uint8),
        np.full((40, 40), 128, np.uint8),
    ],
    ids=["white", "noise", "tiny"],
)
def test_no_ridges_no_distance(picture: Image) -> None:
    assert ridge_period_px(picture) is None
    assert ridges_look_light(picture) is None


@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_free_glass_tells_which_grey_ridges_have(number: int) -> None:
    assert ridges_look_light(finger(number)) is False
    assert ridges_look_light(np.asarray(255 - finger(number), np.uint8)) is True
    crop = np.ascontiguousarray(finger(number)[90:210, 80:180])
    assert ridges_look_light(crop) is None  # no free glass: nothing to tell it from
