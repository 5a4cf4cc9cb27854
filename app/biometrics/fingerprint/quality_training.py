# SPDX-License-Identifier: Apache-2.0
"""Training images for the quality model: the look of many sensors and skins, from seeds.

Given scores of two sensors teach a model those sensors. So every given impression is also shown as other
sensors would show it (window, tone, noise, wet and dry skin), and synthetic impressions of all conditions are
added. Scores of these images come from running NFIQ 2 on them; the images come back from their names alone,
so a table of names and scores is all that has to be kept.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from app.biometrics.synthetic.fingers import SyntheticFinger, make_finger
from app.biometrics.synthetic.impressions import Condition, Touch, make_impression

Image = NDArray[np.uint8]
Plane = NDArray[np.float32]

#: Sizes of common sensors' images at 500 ppi, width and height.
SIZES = ((256, 288), (256, 288), (256, 360), (300, 300), (320, 360), (288, 384), (300, 400), (224, 240))


def reader_window(image: Image) -> Image:
    """The 256 x 288 window with 16 levels that a serial module would give of the same print.

    Its middle is the mean position of the 16 x 16 blocks whose grey values deviate by more than 20; an image
    that is smaller is surrounded with white.
    """
    height, width = image.shape
    rows, columns = height // 16, width // 16
    blocks = image[: rows * 16, : columns * 16].reshape(rows, 16, columns, 16).astype(np.float64)
    found = np.argwhere(blocks.std(axis=(1, 3)) > 20)
    middle_y, middle_x = height // 2, width // 2
    if len(found):
        middle_y, middle_x = (int(np.floor(16 * value + 8.5)) for value in found.mean(axis=0))
    return _window(image, middle_x - 128, middle_y - 144, 256, 288) // 16 * 17


def _window(image: Image, left: int, top: int, width: int, height: int) -> Image:
    """That part of the image, moved to lie within it; centred on white where the image is smaller."""
    canvas = np.full((height, width), 255, np.uint8)
    spans = []
    for start, wanted, given in ((top, height, image.shape[0]), (left, width, image.shape[1])):
        if given >= wanted:
            first = min(max(start, 0), given - wanted)
            spans.append((slice(first, first + wanted), slice(0, wanted)))
        else:
            first = (wanted - given) // 2
            spans.append((slice(0, given), slice(first, first + given)))
    (source_y, target_y), (source_x, target_x) = spans
    canvas[target_y, target_x] = image[source_y, source_x]
    return canvas


def _slow(rng: np.random.Generator, shape: tuple[int, ...], cells: int) -> Plane:
    coarse = rng.standard_normal((cells, cells), dtype=np.float32)
    return np.asarray(
        cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC), dtype=np.float32
    )


def _press(image: Image, rng: np.random.Generator) -> Image:
    """Thicker or thinner ridges: wet or dry skin, light or firm pressure, all over or in places."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
    times = int(rng.choice((1, 1, 2)))
    changed = (cv2.erode if rng.random() < 0.5 else cv2.dilate)(image, kernel, iterations=times).astype(
        np.float32
    )
    share = np.clip(rng.uniform(0.2, 1.0) + 0.4 * _slow(rng, image.shape, 5), 0, 1)
    return np.asarray(image + share * (changed - image), dtype=np.float32).astype(np.uint8)


def _retone(image: Image, rng: np.random.Generator) -> Plane:
    """The picture with another black, white and curve between them, and uneven light."""
    low, high = np.quantile(image, (0.02, 0.98))
    tone = np.clip((image.astype(np.float32) - low) / max(high - low, 20), 0, 1)
    white = float(rng.choice((255.0, rng.uniform(110, 250))))
    black = float(rng.uniform(0, 0.55 * white))
    curved = np.float32(black) + np.float32(white - black) * tone ** np.float32(np.exp(rng.normal(0, 0.35)))
    return np.asarray(
        curved + rng.uniform(0, 16) * rng.integers(0, 2) * _slow(rng, image.shape, 4), dtype=np.float32
    )


def restyle(image: Image, rng: np.random.Generator) -> Image:
    """The impression as some other sensor might show it."""
    picture = image if rng.random() < 0.5 else np.ascontiguousarray(image[:, ::-1])
    if rng.random() < 0.5:
        scale = float(rng.uniform(0.88, 1.14))
        picture = np.asarray(
            cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.uint8
        )
    if rng.random() < 0.6:
        width, height = SIZES[int(rng.integers(len(SIZES)))]
        spread = (picture.shape[1] - width) // 2, (picture.shape[0] - height) // 2
        left = spread[0] + int(rng.normal(0, 35))
        top = spread[1] + int(rng.normal(0, 35))
        picture = _window(picture, left, top, width, height)
    if rng.random() < 0.45:
        picture = _press(picture, rng)
    light = _retone(picture, rng) if rng.random() < 0.7 else picture.astype(np.float32)
    if rng.random() < 0.4:
        light = np.asarray(cv2.GaussianBlur(light, (0, 0), float(rng.uniform(0.4, 1.4))), dtype=np.float32)
    if rng.random() < 0.6:
        light = light + rng.standard_normal(light.shape, dtype=np.float32) * np.float32(rng.uniform(0.5, 12))
    result = np.clip(np.rint(light), 0, 255).astype(np.uint8)
    return np.asarray(result // 16 * 17, dtype=np.uint8) if rng.random() < 0.35 else result


def _any_touch(rng: np.random.Generator) -> Touch:
    return Touch(
        shift_x=rng.normal(0, 30),
        shift_y=rng.normal(0, 30),
        over_x=rng.normal(0, 15),
        over_y=rng.normal(-10, 25),
        turn=rng.normal(0, 0.2),
        half_width=rng.uniform(60, 135),
        half_height=rng.uniform(75, 180),
        pressure=rng.normal(0.1, 0.5),
        roughness=rng.uniform(0.2, 1.2),
        strain=rng.uniform(1, 9),
        smear=rng.uniform(4, 20) if rng.random() < 0.12 else 0.0,
    )


@lru_cache(maxsize=2)
def _finger(seed: int) -> SyntheticFinger:
    return make_finger(seed)


def synthetic_image(number: int) -> Image:
    """The synthetic training image of that number."""
    rng = np.random.default_rng([20, number])
    width, height = SIZES[int(rng.integers(len(SIZES)))]
    finger = _finger(7_000_000 + number // 4)
    condition = list(Condition)[int(rng.integers(len(Condition) - 1))]
    touch = _any_touch(rng) if rng.random() < 0.7 else None
    image = make_impression(finger, number, width, height, condition=condition, touch=touch, bits=8)
    return restyle(image, rng) if rng.random() < 0.6 else image


def restyled_image(image: Image, place: int, number: int) -> Image:
    """Variant ``number`` of the given image at ``place`` of its list."""
    return restyle(image, np.random.default_rng([30, place, number]))
