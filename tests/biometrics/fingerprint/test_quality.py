# SPDX-License-Identifier: Apache-2.0
"""Quality on synthetic impressions of known cause: order, reasons, arriving rows, and what is no finger."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from app.biometrics.fingerprint.background import Background, BackgroundLearner
from app.biometrics.fingerprint.quality import QualityMeter, assess
from app.biometrics.synthetic.fingers import SyntheticFinger, make_finger, make_fingers
from app.biometrics.synthetic.impressions import Condition, make_impression
from app.domain.capture import Polarity
from app.domain.errors import OperatorError
from app.domain.fingerprints import QualityReading, Reason

Image = NDArray[np.uint8]


@pytest.fixture(scope="module")
def fingers() -> tuple[SyntheticFinger, ...]:
    return make_fingers(4, 40)


def read_in_rows(image: Image, rows_at_once: int = 4, **options: object) -> list[QualityReading]:
    meter = QualityMeter(image.shape[1], image.shape[0], **options)  # type: ignore[arg-type]
    readings = [
        meter.add_rows(first, image[first : first + rows_at_once])
        for first in range(0, image.shape[0], rows_at_once)
    ]
    return [reading for reading in readings if reading is not None]


def test_a_good_impression_is_good_and_needs_no_advice(fingers: tuple[SyntheticFinger, ...]) -> None:
    for finger in fingers:
        reading = assess(make_impression(finger, 1))
        assert reading.quality >= 50
        assert reading.reasons == ()
        assert reading.share == 1.0


@pytest.mark.parametrize(
    "condition",
    [
        condition
        for condition in Condition
        if condition not in (Condition.GOOD, Condition.DIRTY, Condition.BLANK)
    ],
)
def test_every_flaw_costs_quality(fingers: tuple[SyntheticFinger, ...], condition: Condition) -> None:
    for finger in fingers:
        good, poor = make_impression(finger, 2), make_impression(finger, 2, condition=condition)
        assert assess(poor).quality < assess(good).quality - 4


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        (Condition.DRY, {Reason.TOO_LIGHT}),
        (Condition.WET, {Reason.TOO_DARK}),
        (Condition.OFF_LEFT, {Reason.OFF_LEFT}),
        (Condition.OFF_RIGHT, {Reason.OFF_RIGHT}),
        (Condition.OFF_TOP, {Reason.OFF_TOP}),
        (Condition.OFF_BOTTOM, {Reason.OFF_BOTTOM}),
        (Condition.SMALL, {Reason.SMALL_AREA, Reason.FINGERTIP_ONLY}),
        (Condition.FINGERTIP, {Reason.SMALL_AREA, Reason.FINGERTIP_ONLY}),
        (Condition.SMEARED, {Reason.SMEARED, Reason.UNCLEAR}),
        (Condition.BLANK, {Reason.NO_FINGER}),
    ],
)
def test_the_first_reason_is_the_true_one(
    fingers: tuple[SyntheticFinger, ...], condition: Condition, reason: set[Reason]
) -> None:
    for finger in fingers:
        for seed in range(2):
            reading = assess(make_impression(finger, seed, condition=condition))
            assert reading.reasons[0] in reason, (finger.seed, seed, reading)


def test_most_slides_are_told_from_other_flaws(fingers: tuple[SyntheticFinger, ...]) -> None:
    def told(condition: Condition) -> int:
        readings = [
            assess(make_impression(f, seed, condition=condition)) for f in fingers for seed in range(2)
        ]
        return sum(Reason.SMEARED in reading.reasons for reading in readings)

    assert told(Condition.SMEARED) >= 6
    assert told(Condition.DRY) == told(Condition.WET) == told(Condition.GOOD) == 0


def test_the_same_image_has_the_same_quality(fingers: tuple[SyntheticFinger, ...]) -> None:
    image = make_impression(fingers[0], 5)
    assert assess(image) == assess(image.copy())


@pytest.mark.parametrize("rows_at_once", [1, 4, 50, 288])
def test_rows_end_where_the_whole_image_does(fingers: tuple[SyntheticFinger, ...], rows_at_once: int) -> None:
    for condition in (Condition.GOOD, Condition.OFF_LEFT, Condition.WET):
        image = make_impression(fingers[1], 6, condition=condition)
        assert read_in_rows(image, rows_at_once)[-1] == assess(image)


def test_readings_come_early_and_often(fingers: tuple[SyntheticFinger, ...]) -> None:
    shares = [reading.share for reading in read_in_rows(make_impression(fingers[0], 1), 1)]
    assert shares[0] <= 0.25
    assert max(np.diff(shares)) <= 0.11
    assert shares[-1] == 1.0


def test_readings_converge(fingers: tuple[SyntheticFinger, ...]) -> None:
    errors: dict[str, list[int]] = {"quarter": [], "half": [], "late": []}
    for finger in fingers:
        for condition in (Condition.GOOD, Condition.DRY, Condition.WET, Condition.OFF_LEFT):
            readings = read_in_rows(make_impression(finger, 3, condition=condition))
            for name, share in (("quarter", 0.2), ("half", 0.5), ("late", 0.85)):
                part = next(reading for reading in readings if reading.share >= share)
                errors[name].append(abs(part.quality - readings[-1].quality))
    assert np.mean(errors["late"]) <= 2.5
    assert np.mean(errors["late"]) <= np.mean(errors["half"]) <= np.mean(errors["quarter"]) + 0.5
    assert np.mean(errors["half"]) < 9


def test_a_finger_that_lies_low_is_not_called_absent_before_it_can_be_seen() -> None:
    image = make_impression(make_finger(3), 1, condition=Condition.OFF_BOTTOM)
    for reading in read_in_rows(image):
        assert Reason.NO_FINGER not in reading.reasons


def test_rows_out_of_order_or_of_another_width_are_refused() -> None:
    meter = QualityMeter(256, 288)
    meter.add_rows(0, np.full((4, 256), 255, np.uint8))
    with pytest.raises(ValueError, match="next"):
        meter.add_rows(8, np.full((4, 256), 255, np.uint8))
    with pytest.raises(ValueError, match="width"):
        meter.add_rows(4, np.full((4, 128), 255, np.uint8))
    assert QualityMeter(256, 288).reading().quality == 0


def test_light_ridges_and_another_resolution(fingers: tuple[SyntheticFinger, ...]) -> None:
    image = make_impression(fingers[2], 4, bits=8)
    plain = assess(image).quality
    turned = np.asarray(255 - image, dtype=np.uint8)
    assert assess(turned, polarity=Polarity.LIGHT_RIDGES).quality == plain
    large = np.repeat(np.repeat(image, 2, axis=0), 2, axis=1)
    assert abs(assess(large, 1000).quality - plain) <= 8
    assert read_in_rows(image, 4, dpi=508)[-1] == assess(image, 508)


def test_a_small_sensor_has_a_scale_of_its_own(fingers: tuple[SyntheticFinger, ...]) -> None:
    for finger in fingers:
        small, usual = make_impression(finger, 7, 192, 192), make_impression(finger, 7)
        assert abs(assess(small).quality - assess(usual).quality) <= 15
        assert assess(small).reasons == ()
        assert (
            assess(make_impression(finger, 7, 192, 192, condition=Condition.DRY)).reasons[0]
            is Reason.TOO_LIGHT
        )


def test_the_reader_s_own_dirt_is_no_finger(fingers: tuple[SyntheticFinger, ...]) -> None:
    learner = BackgroundLearner(256, 288)
    rows, columns = np.mgrid[0:288, 0:256]
    bars = np.where((columns < 80) & (rows % 9 < 4) & (rows > 60) & (rows < 220), 40, 240).astype(np.uint8)
    for _ in range(3):
        learner.add(bars)
    background = learner.background()
    assert background is not None
    assert assess(bars).quality > 0
    assert assess(bars, background=background).reasons == (Reason.NO_FINGER,)
    finger = make_impression(fingers[0], 1)
    dirty = np.minimum(finger, bars)
    told = assess(dirty, background=background)
    assert told.quality < assess(finger).quality
    assert Reason.DIRTY_READER in told.reasons
    assert Background.from_bytes(background.to_bytes()).ignored.sum() == background.ignored.sum()


def bad_images() -> dict[str, Image]:
    rng = np.random.default_rng(1)
    rows, columns = np.mgrid[0:288, 0:256].astype(float)
    face = 200 - 90 * np.exp(-(((columns - 128) / 70) ** 2 + ((rows - 144) / 90) ** 2))
    for x in (98, 158):
        face -= 80 * np.exp(-(((columns - x) / 12) ** 2 + ((rows - 115) / 7) ** 2))
    text = np.full((288, 256), 255.0)
    for line in range(12, 280, 22):
        text[line : line + 9, 10:246][rng.random((9, 236)) < 0.4] = 0
    return {
        "white": np.full((288, 256), 255, np.uint8),
        "black": np.zeros((288, 256), np.uint8),
        "grey": np.full((288, 256), 128, np.uint8),
        "noise": rng.integers(0, 256, (288, 256), dtype=np.uint8),
        "face": np.clip(face, 0, 255).astype(np.uint8),
        "text": text.astype(np.uint8),
        "gradient": np.clip(columns, 0, 255).astype(np.uint8),
        "tiny": np.zeros((40, 40), np.uint8),
        "narrow": np.zeros((300, 30), np.uint8),
        "one pixel": np.zeros((1, 1), np.uint8),
    }


@pytest.mark.parametrize("name", sorted(bad_images()))
def test_what_is_no_fingerprint_has_quality_zero(name: str) -> None:
    reading = assess(bad_images()[name])
    assert reading.quality == 0
    assert reading.reasons[0] is Reason.NO_FINGER


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        (np.zeros((0, 0)), "empty"),
        (np.zeros((2001, 2000), np.uint8), "too_large"),
        (np.full((288, 256), np.nan), "not_finite"),
        (np.zeros((288, 256, 3), np.uint8), "color"),
        (np.zeros(4096), "shape"),
    ],
)
def test_what_is_no_image_is_refused(image: Image, reason: str) -> None:
    with pytest.raises(OperatorError) as caught:
        assess(image)
    assert caught.value.code == "image_unreadable"
    assert caught.value.facts["reason"] == reason


@pytest.mark.parametrize("dpi", [0, -500, 100, 100_000])
def test_a_resolution_that_no_reader_has_is_refused(dpi: int) -> None:
    with pytest.raises(OperatorError, match="image_unreadable"):
        assess(np.zeros((288, 256), np.uint8), dpi)
