# SPDX-License-Identifier: Apache-2.0
"""The capture rules."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.fingerprints import Finger, SkipReason
from app.domain.policy import Policy


def test_the_defaults_are_two_fingers_three_times_and_every_reason() -> None:
    rules = Policy()
    assert rules.required_fingers == (Finger.RIGHT_INDEX, Finger.LEFT_INDEX)
    assert rules.impressions_per_finger == 3
    assert set(rules.skip_reasons) == set(SkipReason)
    assert not rules.keep_images


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("required_fingers", ()),
        ("required_fingers", (Finger.LEFT_INDEX, Finger.LEFT_INDEX)),
        ("impressions_per_finger", 0),
        ("impressions_per_finger", 11),
        ("refuse_below", -1),
        ("ask_again_below", 19),
        ("good_from", 34),
        ("good_from", 101),
        ("max_poor_attempts", 0),
        ("temp_enrollment_ttl_s", 0),
        ("visit_idle_days", 0),
        ("xp_per_answer", -1),
    ],
)
def test_rules_that_make_no_sense_name_their_field(field: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"^{field}: "):
        Policy(**{field: value})


def test_equal_thresholds_are_allowed() -> None:
    assert Policy(refuse_below=50, ask_again_below=50, good_from=50).good_from == 50
