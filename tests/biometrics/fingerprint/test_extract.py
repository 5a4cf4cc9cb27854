# SPDX-License-Identifier: Apache-2.0
"""Extraction: known ridges give known minutiae, and what is no finger gives none."""

from __future__ import annotations

import time

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from app.biometrics.fingerprint.contrast import finger_window
from app.biometrics.fingerprint.draw import draw
from app.biometrics.fingerprint.extract import analyze, extract
from app.biometrics.fingerprint.template import MinutiaKind, SingularKind, Template
from app.biometrics.synthetic.fingers import make_finger
from app.biometrics.synthetic.impressions import make_impression
from app.biometrics.synthetic.patterns import Pattern
from app.domain.errors import OperatorError

Image = NDArray[np.uint8]


def dislocated(theta: float, charge: int, center: tuple[float, float] = (120.0, 140.0)) -> Image:
    """Straight ridges of 9 px with exactly one minutia: a phase that winds once around ``center``."""
    y, x = np.mgrid[0:288, 0:256].astype(np.float64)
    across = -np.sin(theta) * (x - center[0]) + np.cos(theta) * (y - center[1])
    along = np.cos(theta) * (x - center[0]) + np.sin(theta) * (y - center[1])
    phase = 2 * np.pi * across / 9 + charge * np.arctan2(across, along)
    return np.clip(128 - 90 * np.cos(phase), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("theta", [0.0, 0.3, 0.8, 1.4, np.pi / 2, 2.0, 2.9])
@pytest.mark.parametrize("charge", [1, -1])
def test_one_dislocation_is_one_minutia(theta: float, charge: int) -> None:
    template = extract(dislocated(theta, charge))
    assert len(template) == 1
    assert abs(complex(template.x[0], template.y[0]) - complex(120, 140)) < 4
    # The extra ridge or valley lies ahead where the phase winds with the angle, else behind.
    ahead = theta if charge > 0 else theta + np.pi
    turn = (
        int(template.direction[0]) * 2 * np.pi / 256 + ahead
    )  # ISO turns the other way than y-down image axes
    assert abs(np.angle(np.exp(1j * turn))) < 0.15


def test_an_ending_becomes_a_bifurcation_in_the_negative() -> None:
    image = dislocated(0.5, 1)
    kinds = {int(extract(picture).kind[0]) for picture in (image, np.asarray(255 - image, np.uint8))}
    assert kinds == {MinutiaKind.ENDING, MinutiaKind.BIFURCATION}


def test_straight_ridges_have_no_minutiae() -> None:
    y, x = np.mgrid[0:288, 0:256].astype(np.float64)
    image = (128 + 90 * np.cos(2 * np.pi * (0.6 * x + 0.8 * y) / 9)).astype(np.uint8)
    assert len(extract(image)) == 0


@pytest.mark.parametrize("period", [6.0, 8.0, 10.0, 12.0])
def test_period_is_measured(period: float) -> None:
    y, x = np.mgrid[0:288, 0:256].astype(np.float64)
    image = (128 + 90 * np.cos(2 * np.pi * (0.6 * x + 0.8 * y) / period)).astype(np.uint8)
    assert abs(float(np.median(analyze(image).period)) - period) < 0.5


def test_same_image_same_template(images: dict[tuple[int, int], Image]) -> None:
    assert extract(images[0, 0]).same_as(extract(images[0, 0].copy()))


def test_a_finger_has_a_plausible_number_of_minutiae(templates: dict[tuple[int, int], Template]) -> None:
    for template in templates.values():
        assert 10 <= len(template) <= 90
        assert template.cells is not None
        assert template.cells.mask.mean() > 0.3
        assert template.x.min() >= 0
        assert template.x.max() < template.width_px
        assert template.y.max() < template.height_px


def test_minutiae_turn_with_the_image(images: dict[tuple[int, int], Image]) -> None:
    image = images[1, 0]
    upright, turned = extract(image), extract(np.ascontiguousarray(np.rot90(image)))
    places = turned.x.astype(np.int64) + 1j * turned.y
    expected = upright.y.astype(np.int64) + 1j * (image.shape[1] - 1 - upright.x.astype(np.int64))
    gaps = np.abs(expected[:, None] - places[None])
    near = gaps.min(axis=1) < 4
    assert near.mean() > 0.75
    turns = (turned.direction[gaps.argmin(axis=1)].astype(int) - upright.direction - 64 + 128) % 256 - 128
    assert np.median(np.abs(turns[near])) <= 4


def test_a_whorl_has_cores_and_a_plain_arch_has_no_delta_inside() -> None:
    whorl = extract(make_impression(make_finger(5, pattern=Pattern.WHORL), 1, 320, 400, bits=8))
    assert SingularKind.CORE in {point.kind for point in whorl.singular}


@pytest.mark.parametrize("level", [0, 90, 255])
def test_even_images_give_an_empty_template(level: int) -> None:
    template = extract(np.full((288, 256), level, np.uint8))
    assert len(template) == 0
    assert template.cells is None


def test_noise_text_and_a_gradient_give_a_template_in_bounds() -> None:
    noise = np.random.default_rng(3).integers(0, 256, (288, 256)).astype(np.uint8)
    text = np.full((288, 256), 255, np.uint8)
    for row in range(20, 288, 24):
        cv2.putText(text, "class list 2026", (4, row), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)
    gradient = np.tile(np.arange(256, dtype=np.uint8), (288, 1))
    for image in (noise, text, gradient):
        template = extract(image)
        assert len(template) <= 90


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        (np.zeros((0, 0), np.uint8), "empty"),
        (np.zeros((63, 200), np.uint8), "too_small"),
        (np.zeros((2100, 2000), np.uint8), "too_large"),
        (np.zeros((64, 5000), np.uint8), "too_large"),
        (np.zeros((100, 100, 3), np.uint8), "color"),
        (np.full((100, 100), np.nan), "not_finite"),
    ],
)
def test_what_is_no_grey_image_is_refused(image: Image, reason: str) -> None:
    with pytest.raises(OperatorError) as caught:
        extract(image)
    assert caught.value.code == "image_unreadable"
    assert caught.value.facts["reason"] == reason


def test_the_largest_image_is_bounded_in_time_and_size() -> None:
    y, x = np.mgrid[0:1990, 0:2000].astype(np.float32)
    image = (128 + 90 * np.cos(np.hypot(x - 1000, y - 4000) * np.float32(0.7))).astype(np.uint8)
    started = time.process_time()
    template = extract(image)
    assert time.process_time() - started < 60  # seconds of one core; about two on an idle machine
    assert template.cells is not None
    assert np.count_nonzero(template.cells.mask) <= 128 * 128


def test_a_faint_print_gives_nearly_the_same_template() -> None:
    image = make_impression(make_finger(9), 1, bits=8)
    faint = np.rint(200 + (image - 200.0) * 0.1).astype(np.uint8)
    strong, weak = extract(image), extract(faint)
    assert strong.cells is not None
    assert weak.cells is not None
    assert np.mean(strong.cells.mask == weak.cells.mask) > 0.85
    gaps = np.abs((strong.x + 1j * strong.y)[:, None] - (weak.x + 1j * weak.y))
    assert np.mean(gaps.min(axis=1) < 4) > 0.75


def test_a_print_on_a_large_glass_is_found_where_it_lies() -> None:
    image = make_impression(make_finger(9), 1, bits=8)
    glass = np.full((1280, 1440), 240, np.uint8)
    glass[800 : 800 + 288, 1040 : 1040 + 256] = image
    glass[100:108, 300:309] = 40  # dirt
    rows, columns = finger_window(glass)
    assert rows.start >= 700
    assert columns.start >= 940
    found, alone = extract(glass), extract(image)
    assert found.cells is not None
    assert found.cells.mask.shape == (160, 180)
    gaps = np.abs((found.x - 1040 + 1j * (found.y - 800))[:, None] - (alone.x + 1j * alone.y))
    assert np.mean(gaps.min(axis=1) < 4) > 0.7


@pytest.mark.parametrize("shape", [(64, 4000), (3000, 64), (480, 640), (1999, 2000)])
def test_the_window_of_a_textured_image_is_bounded(shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(1).integers(0, 256, shape).astype(np.uint8)
    for image in (noise, np.full(shape, 77, np.uint8)):
        for part, extent in zip(finger_window(image), shape, strict=True):
            assert 0 <= part.start < part.stop <= extent
            assert part.start % 8 == 0
            assert 64 <= part.stop - part.start <= 1024


def test_dirt_at_the_corner_leaves_a_window_large_enough() -> None:
    for row in (0, 560):
        glass = np.full((600, 600), 240, np.uint8)
        glass[row : row + 40, :40] = np.indices((40, 40)).sum(axis=0) % 8 * 30
        for part in finger_window(glass):
            assert part.stop - part.start >= 64
        assert extract(glass).width_px == 600


def test_small_images_work() -> None:
    image = dislocated(0.4, 1)[108:172, 88:152]
    assert image.shape == (64, 64)
    assert len(extract(np.ascontiguousarray(image))) <= 2


def test_picture_for_people(images: dict[tuple[int, int], Image]) -> None:
    picture = draw(images[0, 0])
    assert picture.shape == (288, 3 * 256, 3)
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 50
