# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from app.biometrics.fingerprint.calibrate import LOWEST_SCORE, false_match_rate, score_at
from app.biometrics.fingerprint.extract import extract
from app.biometrics.fingerprint.match import match
from app.biometrics.fingerprint.prepared import Prepared, prepare
from app.biometrics.fingerprint.template import Template, empty_template
from app.biometrics.synthetic.fingers import make_finger
from app.biometrics.synthetic.impressions import make_impression

Prints = dict[tuple[int, int], Prepared]


def test_mates_match_and_others_do_not(prints: Prints) -> None:
    for one in prints:
        for other in prints:
            if one < other:
                rate = false_match_rate(match(prints[one], prints[other]).score)
                assert (rate < 1e-4) == (one[0] == other[0]), (one, other, rate)


def test_order_of_the_two_hardly_matters(prints: Prints) -> None:
    for one, other in (((0, 0), (0, 1)), ((1, 0), (1, 2)), ((2, 1), (2, 0))):
        there, back = match(prints[one], prints[other]).score, match(prints[other], prints[one]).score
        assert abs(there - back) < 0.25 * max(there, back)


@pytest.mark.parametrize("degrees", [20, 75, 180, 300])
def test_turned_and_shifted_prints_match(degrees: float) -> None:
    image = make_impression(make_finger(3), 1, 360, 400, bits=8)
    motion = cv2.getRotationMatrix2D((180, 200), degrees, 1.0)
    motion[:, 2] += (12, -9)
    turned = cv2.warpAffine(image, motion, (360, 400), flags=cv2.INTER_CUBIC, borderValue=255)
    result = match(prepare(extract(image)), prepare(extract(np.asarray(turned, np.uint8))))
    assert false_match_rate(result.score) < 1e-6
    assert result.motion is not None
    found = np.degrees(np.angle(result.motion.turn))
    assert abs((found + degrees + 180) % 360 - 180) < 3


@pytest.mark.parametrize(("across", "along"), [(1.12, 1.12), (0.9, 0.9), (1.0, 1.12), (0.95, 1.06)])
def test_a_reader_that_scales_or_stretches_still_matches(across: float, along: float) -> None:
    finger = make_finger(3)
    image = make_impression(finger, 1, 360, 400, bits=8)
    other = make_impression(finger, 2, 360, 400, bits=8)
    scaled = cv2.resize(other, None, fx=across, fy=along, interpolation=cv2.INTER_CUBIC)
    result = match(prepare(extract(image)), prepare(extract(np.asarray(scaled, np.uint8))))
    assert false_match_rate(result.score) < 1e-6
    assert result.motion is not None
    # The scale is estimated with caution; the local stretch does the rest.
    assert abs(abs(result.motion.turn) - np.sqrt(across * along)) < 0.07


def test_skin_that_was_dragged_still_matches() -> None:
    image = make_impression(make_finger(3), 1, 360, 400, bits=8)
    y, x = np.mgrid[0:400, 0:360].astype(np.float32)
    slip = 14 * (1 - np.exp(-(((x - 180) / 80) ** 2) - ((y - 220) / 100) ** 2))
    dragged = cv2.remap(image, x + slip, y - slip / 2, cv2.INTER_CUBIC, borderValue=255)
    result = match(prepare(extract(image)), prepare(extract(np.asarray(dragged, np.uint8))))
    assert false_match_rate(result.score) < 1e-6


def test_an_impression_matches_itself_without_moving(prints: Prints) -> None:
    result = match(prints[0, 0], prints[0, 0])
    assert result.motion is not None
    assert abs(result.motion.turn - 1) < 0.02
    assert abs(result.motion.shift) < 2
    assert result.evidence is not None
    assert result.evidence.coherence > 0.95


def test_templates_of_other_makers_match_on_minutiae_alone(
    templates: dict[tuple[int, int], Template],
) -> None:
    plain = {key: prepare(replace(template, cells=None)) for key, template in templates.items()}
    genuine = [match(plain[f, a], plain[f, b]).score for f in range(4) for a, b in ((0, 1), (0, 2), (1, 2))]
    impostor = [match(plain[a, 0], plain[b, 1]).score for a in range(4) for b in range(4) if a != b]
    assert np.median(genuine) > max(impostor)


def test_nothing_matches_nothing() -> None:
    none = prepare(empty_template(256, 288))
    assert match(none, none).score == LOWEST_SCORE
    assert false_match_rate(LOWEST_SCORE) == 1.0


def test_a_sliver_of_a_print_is_no_match_with_other_fingers(
    prints: Prints, images: dict[tuple[int, int], NDArray[np.uint8]]
) -> None:
    sliver = np.full_like(images[0, 0], 255)
    sliver[:70] = images[0, 0][100:170]
    small = prepare(extract(sliver))
    for key, print_ in prints.items():
        if key[0] != 0:
            assert false_match_rate(match(small, print_).score) > 1e-3


@pytest.mark.parametrize("rate", [1e-2, 1e-3, 1e-4, 1e-5])
def test_threshold_and_rate_are_inverse(rate: float) -> None:
    assert false_match_rate(score_at(rate)) == pytest.approx(rate)
    assert false_match_rate(score_at(rate) + 1) < rate < false_match_rate(score_at(rate) - 1)
