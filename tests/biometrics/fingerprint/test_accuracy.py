# SPDX-License-Identifier: Apache-2.0
"""The whole engine on 100 synthetic fingers with 6 impressions each: fails when a part of it is broken."""

from __future__ import annotations

import numpy as np
import pytest

from app.biometrics.fingerprint.calibrate import score_at
from app.biometrics.fingerprint.error_rates import error_rates
from app.biometrics.fingerprint.extract import extract
from app.biometrics.fingerprint.gallery import Gallery
from app.biometrics.fingerprint.iso19794 import write_iso
from app.biometrics.fingerprint.match import match
from app.biometrics.fingerprint.prepared import prepare
from app.biometrics.synthetic.fingers import make_fingers
from app.biometrics.synthetic.impressions import Condition, make_impression

FINGERS = 100
CONDITIONS = (
    Condition.GOOD,
    Condition.GOOD,
    Condition.DRY,
    Condition.WET,
    Condition.OFF_LEFT,
    Condition.OFF_TOP,
)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_hundred_fingers_are_told_apart() -> None:
    templates = [
        [
            extract(make_impression(finger, number, condition=condition))
            for number, condition in enumerate(CONDITIONS)
        ]
        for finger in make_fingers(FINGERS, seed=2026)
    ]
    prints = [[prepare(template) for template in finger] for finger in templates]
    genuine = [
        match(finger[first], finger[second]).score
        for finger in prints
        for first in range(len(CONDITIONS))
        for second in range(first + 1, len(CONDITIONS))
    ]
    impostor = [
        match(prints[one][(one + other) % 6], prints[other][0]).score
        for one in range(FINGERS)
        for other in range(one + 1, FINGERS)
    ]
    rates = error_rates(np.array(genuine), np.array(impostor))
    assert rates.equal_error_rate < 0.02
    assert rates.false_non_match[1] < 0.03
    # The calibration holds: at a nominal rate of 1e-4 there is hardly a false match among 4,950 pairs.
    assert sum(score >= score_at(1e-4) for score in impostor) <= 3

    gallery: Gallery[int] = Gallery()
    for finger, impressions in enumerate(templates):
        gallery.add(finger, [write_iso(template) for template in impressions[:3]])
    found = {finger: gallery.search(prints[finger][3], 1e-4) for finger in range(0, FINGERS, 4)}
    assert sum(bool(hits) and hits[0].key == finger for finger, hits in found.items()) >= 24
    assert sum(hit.key != finger for finger, hits in found.items() for hit in hits) == 0
