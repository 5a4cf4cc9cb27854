# SPDX-License-Identifier: Apache-2.0
"""NFIQ 2's block measures on waves of known direction and width."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from numpy.typing import NDArray

from app.biometrics.fingerprint.quality_blocks import OFFSET_PX, Blocks, blocks_in, measure_blocks
from app.biometrics.fingerprint.quality_features import (
    REACH_PX,
    Grid,
    band_middles,
    measure_bands,
)
from app.biometrics.synthetic.fingers import make_finger
from app.biometrics.synthetic.impressions import make_impression


def wave(period_px: float, angle: float) -> NDArray[np.uint8]:
    rows, columns = np.mgrid[0:96, 0:96]
    phase = 2 * np.pi * (np.cos(angle) * columns + np.sin(angle) * rows) / period_px
    return np.rint(128 + 100 * np.sin(phase)).astype(np.uint8)


def middle_block(image: NDArray[np.uint8]) -> Blocks:
    tilt = measure_bands(image, [16, 48]).tilt[1, 1:2]
    place = np.array([48 + OFFSET_PX], np.float32)
    return measure_blocks(image, place, place, tilt)


@pytest.mark.parametrize("angle", [0.0, np.pi / 2])
def test_ridges_are_pure_clear_and_even(angle: float) -> None:
    blocks = middle_block(wave(8, angle))
    assert blocks.purity[0] > 0.9
    assert blocks.clearness[0] > 0.9
    assert blocks.ratios[0].sum() >= 3
    assert blocks.ratios[0, 1:7].sum() == blocks.ratios[0].sum()


def test_waves_that_no_finger_has_are_not_clear() -> None:
    assert middle_block(wave(3.5, 0.0)).clearness[0] == 0
    assert middle_block(wave(26, 0.0)).clearness[0] == 0


def test_noise_is_less_pure_than_ridges() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (96, 96), dtype=np.uint8)
    assert middle_block(noise).purity[0] < 0.7 * middle_block(wave(8, 0.0)).purity[0]


def test_directions_are_those_of_nfiq_2() -> None:
    # Of a wave at angle a, xx - yy is cos 2a and xy is half of sin 2a: the factor 2 that is left out shows.
    for angle in (0.2, 0.6, -0.5):
        told = measure_bands(wave(9, angle), [16, 48]).tilt[1, 1]
        assert told == pytest.approx(0.5 * np.arctan2(np.sin(2 * angle) / 2, np.cos(2 * angle)), abs=0.05)


@pytest.mark.parametrize(("length_px", "count"), [(0, 0), (35, 0), (36, 1), (256, 7), (292, 9)])
def test_blocks_need_a_margin(length_px: int, count: int) -> None:
    assert blocks_in(length_px) == count


@pytest.mark.parametrize("height", [288, 300, 317])
def test_bands_have_the_same_figures_alone_and_together(height: int) -> None:
    image = make_impression(make_finger(12), 3, 270, height, bits=8)
    middles = band_middles(height)
    together = measure_bands(image, middles)
    arrived = [image[: middle + REACH_PX + 1] for middle in middles[:-1]] + [image]
    alone = Grid.stack([measure_bands(part, [middle]) for part, middle in zip(arrived, middles, strict=True)])
    for field in fields(Grid):
        assert np.array_equal(getattr(alone, field.name), getattr(together, field.name)), field.name
