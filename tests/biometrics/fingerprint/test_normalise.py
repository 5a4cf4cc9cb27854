# SPDX-License-Identifier: Apache-2.0
"""Images of any size, depth, resolution and polarity, and those that are refused."""

from __future__ import annotations

import contextlib

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.biometrics.fingerprint.background import Background, BackgroundLearner
from app.biometrics.fingerprint.normalise import image_from_bytes, load_grey, normalise
from app.biometrics.synthetic.fingers import make_finger
from app.biometrics.synthetic.impressions import make_impression
from app.domain.capture import Polarity
from app.domain.errors import OperatorError


def reason_of(error: pytest.ExceptionInfo[OperatorError]) -> object:
    assert error.value.code == "image_unreadable"
    return error.value.facts["reason"]


def png(image: np.ndarray) -> bytes:
    return cv2.imencode(".png", image)[1].tobytes()


def test_a_usual_image_passes_unchanged() -> None:
    image = make_impression(make_finger(1), 1, bits=8)
    assert np.array_equal(normalise(image), image)


@pytest.mark.parametrize("dtype", [np.int32, np.uint16, np.float32, np.float64])
def test_numbers_of_other_types_are_taken(dtype: type) -> None:
    image = make_impression(make_finger(1), 1, bits=8)
    taken = load_grey(image.astype(dtype))
    assert taken.dtype == np.uint8
    assert np.array_equal(taken, image)


def test_four_bits_become_sixteen_levels() -> None:
    image = make_impression(make_finger(1), 1)
    assert np.array_equal(normalise(image // 17, bits=4), image)


def test_light_ridges_are_turned_dark_and_sideways_prints_upright() -> None:
    image = make_impression(make_finger(1), 1, bits=8)
    assert np.array_equal(normalise(255 - image, polarity=Polarity.LIGHT_RIDGES), image)
    assert np.array_equal(normalise(np.rot90(image, 3), quarter_turns=1), image)


@pytest.mark.parametrize(
    ("dpi", "width", "height"), [(250, 512, 576), (508, 252, 283), (569, 225, 253), (1000, 128, 144)]
)
def test_every_resolution_becomes_500(dpi: int, width: int, height: int) -> None:
    assert normalise(make_impression(make_finger(1), 1, bits=8), dpi=dpi).shape == (height, width)


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        (np.zeros((0, 10)), "empty"),
        (np.zeros((100, 100, 3), np.uint8), "color"),
        (np.zeros((2, 2, 2, 2)), "shape"),
        (np.zeros(100), "shape"),
        (np.zeros((63, 200), np.uint8), "too_small"),
        (np.zeros((2000, 2001), np.uint8), "too_large"),
        (np.full((100, 100), np.inf), "not_finite"),
        (np.full((100, 100), -1), "range"),
        (np.full((100, 100), 256.0), "range"),
        (np.full((100, 100), "a"), "type"),
    ],
)
def test_what_is_no_image_is_refused(image: np.ndarray, reason: str) -> None:
    with pytest.raises(OperatorError) as error:
        normalise(image)
    assert reason_of(error) == reason


def test_wrong_settings_are_refused() -> None:
    image = np.zeros((100, 100), np.uint8)
    with pytest.raises(OperatorError) as error:
        normalise(image, dpi=72)
    assert reason_of(error) == "dpi"
    with pytest.raises(OperatorError) as error:
        normalise(image, bits=2)
    assert reason_of(error) == "bits"
    with pytest.raises(OperatorError) as error:
        normalise(image, dpi=1000)
    assert reason_of(error) == "too_small"
    with pytest.raises(OperatorError) as error:
        normalise(np.zeros((1500, 1500), np.uint8), dpi=200)
    assert reason_of(error) == "too_large"


@pytest.mark.parametrize("ending", [".png", ".bmp", ".tiff", ".pgm"])
def test_picture_files_are_read(ending: str) -> None:
    image = make_impression(make_finger(1), 1, bits=8)
    assert np.array_equal(image_from_bytes(cv2.imencode(ending, image)[1].tobytes()), image)


def test_grey_stored_as_color_and_sixteen_bits_are_read() -> None:
    image = make_impression(make_finger(1), 1, bits=8)
    assert np.array_equal(image_from_bytes(png(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR))), image)
    assert np.array_equal(image_from_bytes(png(cv2.cvtColor(image, cv2.COLOR_GRAY2BGRA))), image)
    assert np.array_equal(image_from_bytes(png(image.astype(np.uint16) * 256)), image)


def test_color_huge_truncated_and_other_files_are_refused() -> None:
    image = make_impression(make_finger(1), 1, bits=8)
    colored = np.zeros((100, 100, 3), np.uint8)
    colored[:, :, 1] = 200
    whole = png(image)
    # A header that announces 60,000 x 60,000 pixels, with the data of a small picture.
    lying = whole[:16] + (60_000).to_bytes(4) * 2 + whole[24:]
    cases = {
        b"": "empty",
        b"no picture at all": "not_an_image",
        whole[: len(whole) // 2]: "not_an_image",
        png(colored): "color",
        lying: "too_large",
    }
    for data, reason in cases.items():
        with pytest.raises(OperatorError) as error:
            image_from_bytes(data)
        assert reason_of(error) == reason


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 400))
def test_broken_files_never_crash(junk: bytes, cut: int) -> None:
    whole = png(np.full((70, 70), 200, np.uint8))
    for data in (junk, whole[:cut] + junk, junk[:20] + whole):
        # Only the product's own error may come out; anything else fails the test.
        with contextlib.suppress(OperatorError):
            assert image_from_bytes(data).dtype == np.uint8


def test_the_background_is_learned_from_empty_images() -> None:
    rng = np.random.default_rng(3)
    glass = np.full((200, 160), 230, np.uint8)
    glass[:, :10] = 20  # a frame
    glass[100:106, 80:86] = 60  # dirt
    learner = BackgroundLearner(160, 200)
    for number in range(5):
        assert (learner.background() is None) == (number < 3)
        image = np.clip(glass + rng.normal(0, 4, glass.shape), 0, 255).astype(np.uint8)
        if number == 4:
            image[50:90, 40:120] = 0  # a finger that came too early
        learner.add(image)
    background = learner.background()
    assert background is not None
    assert background.ignored[:, :10].all()
    assert background.ignored[100:106, 80:86].all()
    assert not background.ignored[50:90, 40:70].any()
    assert background.dirt_share < 0.15
    with pytest.raises(ValueError, match="size"):
        learner.add(np.zeros((10, 10), np.uint8))


@pytest.mark.parametrize("data", [b"", b"BGR1", b"x" * 40])
def test_another_file_is_no_background(data: bytes) -> None:
    with pytest.raises(ValueError, match="background"):
        Background.from_bytes(data)
    whole = Background.of(np.full((80, 80), 240, np.uint8)).to_bytes()
    with pytest.raises(ValueError, match="background"):
        Background.from_bytes(whole[:-4])
