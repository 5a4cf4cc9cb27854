# SPDX-License-Identifier: Apache-2.0
"""A calibrated reader: its frame is cut off, its resolution and polarity are corrected, also in a rebuild."""

from __future__ import annotations

import functools
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from app.biometrics.fingerprint.background import TouchLearner
from app.biometrics.fingerprint.glass import Glass
from app.biometrics.fingerprint.iso19794 import read_iso
from app.biometrics.fingerprint.quality import assess
from app.biometrics.synthetic.fingers import SyntheticFinger, make_finger
from app.biometrics.synthetic.impressions import make_impression
from app.domain.capture import Polarity
from app.domain.capture_events import CapturedImpression, RowsSeen
from app.domain.errors import OperatorError
from app.domain.fingerprints import Finger
from app.domain.policy import Policy
from app.services.calibration import CalibrationService
from app.services.finger_rebuild import FingerRebuildService
from app.storage.store import Store
from tests.services.finger_desk import open_finger_desk
from tests.services.test_calibration import INFO, taken, watched

GLASS = Glass(24, 30, 270, 226)
SPOT = (slice(150, 164), slice(100, 114))
Image = NDArray[np.uint8]


@functools.lru_cache(maxsize=16)
def finger(number: int) -> SyntheticFinger:
    return make_finger(9_400 + number)


def framed(number: int, grey: int, touch: int = 1) -> Image:
    picture = make_impression(finger(number), touch)
    whole = np.full_like(picture, grey)
    whole[GLASS.slices] = picture[GLASS.slices]
    return whole


def spotted(number: int, touch: int = 1) -> Image:
    picture = make_impression(finger(number), touch).copy()
    picture[SPOT] = 20
    return picture


@pytest.fixture
def calibration(tmp_path: Path) -> CalibrationService:
    return CalibrationService(tmp_path / "calibration")


def calibrated(
    monkeypatch: pytest.MonkeyPatch,
    calibration: CalibrationService,
    pictures: list[Image],
    *,
    turned: bool = False,
) -> None:
    """Learn from these touches and keep it."""
    touches = taken(watched(monkeypatch, calibration, *pictures))
    calibration.begin(INFO)
    for touch in touches:
        calibration.take(touch)
    if turned:
        calibration.turn_round()
    calibration.save()
    calibration.discard()


@pytest.mark.parametrize("grey", [255, 0])
def test_a_frame_is_neither_ridge_nor_free_glass(
    monkeypatch: pytest.MonkeyPatch, calibration: CalibrationService, grey: int
) -> None:
    calibrated(monkeypatch, calibration, [framed(number, grey) for number in range(TouchLearner.WANTED)])
    background = calibration.of(INFO).background
    assert background is not None
    assert background.glass == GLASS
    events = watched(monkeypatch, calibration, framed(2, grey, touch=5))
    (after,) = taken(events)
    alone = assess(np.ascontiguousarray(framed(2, grey, touch=5)[GLASS.slices]))
    assert (after.reading.quality, after.reading.reasons) == (alone.quality, alone.reasons)
    assert len(after.minutiae) > 10
    assert all(30 <= x < 226 and 24 <= y < 270 for x, y, _ in after.minutiae)
    assert after.pixels == framed(2, grey, touch=5).tobytes()  # the picture is kept as it came
    shares = [event.reading.share for event in events if isinstance(event, RowsSeen) and event.reading]
    assert shares
    assert shares == sorted(shares)


def test_turned_round_the_frame_turns_with_the_picture(
    monkeypatch: pytest.MonkeyPatch, calibration: CalibrationService
) -> None:
    pictures = [np.ascontiguousarray(framed(n, 255)[::-1, ::-1]) for n in range(TouchLearner.WANTED)]
    calibrated(monkeypatch, calibration, pictures, turned=True)
    (after,) = taken(watched(monkeypatch, calibration, pictures[3]))
    assert len(after.minutiae) > 10
    assert all(30 <= x < 226 and 24 <= y < 270 for x, y, _ in after.minutiae)


def test_ridges_that_are_too_far_apart_tell_another_resolution(
    monkeypatch: pytest.MonkeyPatch, calibration: CalibrationService
) -> None:
    large = cv2.resize(make_impression(finger(0), 1), None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    middle = np.ascontiguousarray(large[150:438, 120:376]).astype(np.uint8)
    (touch,) = taken(watched(monkeypatch, calibration, middle))
    assert calibration.begin(INFO).ridge_mm is None
    view = calibration.take(touch)
    assert view.ridge_mm == pytest.approx(0.95, abs=0.12)
    assert (view.dpi, view.reader_dpi, view.dpi_fits, view.likely_dpi) == (500, 500, False, 1000)
    view = calibration.choose_dpi(1000)
    assert (view.dpi, view.dpi_fits, view.changed) == (1000, True, True)
    assert view.width_mm == pytest.approx(6.5, abs=0.1)
    with pytest.raises(OperatorError):
        calibration.choose_dpi(90)
    assert not calibration.save().changed
    again = CalibrationService(calibration._folder)
    (after,) = taken(watched(monkeypatch, again, middle))
    assert (after.device.dpi, again.of(INFO).dpi) == (1000, 1000)
    assert after.template is not None
    assert read_iso(after.template).width_px == 128  # at the engine's 500 ppi


def test_light_ridges_are_told_and_swapped(
    monkeypatch: pytest.MonkeyPatch, calibration: CalibrationService
) -> None:
    pictures = [np.asarray(255 - spotted(n), dtype=np.uint8) for n in range(TouchLearner.WANTED)]
    touches = taken(watched(monkeypatch, calibration, *pictures))
    calibration.begin(INFO)
    for touch in touches:
        view = calibration.take(touch)
    assert (view.looks_inverted, view.inverted) == (True, False)
    view = calibration.invert()
    assert (view.looks_inverted, view.inverted, view.changed) == (False, True, True)
    assert view.pixels == (255 - pictures[-1]).astype(np.uint8).tobytes()
    mask = np.frombuffer(view.mask, np.uint8).reshape(288, 256)
    assert (mask[SPOT] == 255).all()  # learned before it was swapped, and still right
    assert calibration.invert().changed
    calibration.invert()
    calibration.save()
    calibration.discard()
    plain = make_impression(finger(1), 4)
    (after,) = taken(watched(monkeypatch, calibration, np.asarray(255 - plain, dtype=np.uint8)))
    assert after.device.polarity is Polarity.LIGHT_RIDGES
    same = assess(plain, background=calibration.of(INFO).background)
    assert (after.reading.quality, after.reading.reasons) == (same.quality, same.reasons)
    assert after.reading.quality > 40


def test_a_stored_reader_is_found_by_what_the_database_holds(
    monkeypatch: pytest.MonkeyPatch, calibration: CalibrationService
) -> None:
    calibrated(monkeypatch, calibration, [spotted(number) for number in range(TouchLearner.WANTED)])
    known = calibration.of_stored("fake:Model", "Model", 256, 288).background
    assert known is not None
    assert known.ignored[SPOT].all()
    assert calibration.of_stored("fake:Model", "Model", 256, 200).background is None
    assert calibration.of_stored("other:Kind", "Kind", 256, 288).background is None
    for file in calibration._folder.glob("*.json"):
        file.write_text("[]")
    assert calibration.of_stored("fake:Model", "Model", 256, 288).background is None


@pytest.mark.parametrize("turned", [False, True])
def test_a_rebuild_leaves_out_what_the_calibration_knows(
    monkeypatch: pytest.MonkeyPatch, calibration: CalibrationService, store: Store, turned: bool
) -> None:
    policy = Policy(required_fingers=(Finger.RIGHT_INDEX,), impressions_per_finger=2, keep_images=True)
    desk = open_finger_desk(store, policy)
    pictures = [spotted(number) for number in range(TouchLearner.WANTED)]
    if turned:
        pictures = [np.ascontiguousarray(picture[::-1, ::-1]) for picture in pictures]
    touch: CapturedImpression = taken(watched(monkeypatch, calibration, pictures[2]))[0]
    if turned:  # as it is kept by a reader that is known to be turned
        touch = replace(touch, pixels=touch.pixels[::-1])
    visit = desk.enrollment.start(desk.desk.students.add("Anna Example").uid)
    visit = desk.enrollment.record_impression(visit, Finger.RIGHT_INDEX, touch)

    def on_spot(known: CalibrationService | None) -> int:
        report = FingerRebuildService(desk.desk.writer, desk.desk.keys, known).rebuild(everything=True)
        assert (report.total, report.rebuilt) == (1, 1)
        ((_, template),) = desk.vault.templates(visit)
        made = read_iso(template)
        assert len(made) > 10
        pairs = zip(made.x.tolist(), made.y.tolist(), strict=True)
        return sum(90 <= x <= 124 and 140 <= y <= 174 for x, y in pairs)

    assert on_spot(None) > 0
    calibrated(monkeypatch, calibration, pictures, turned=turned)
    assert on_spot(calibration) == 0
