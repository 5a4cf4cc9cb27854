# SPDX-License-Identifier: Apache-2.0
"""Calibration of a reader: learned, kept, and used by the watch from the next touch on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from app.biometrics.fingerprint.background import ENOUGH, TouchLearner
from app.biometrics.synthetic.fingers import SyntheticFinger, make_finger
from app.biometrics.synthetic.impressions import Condition, make_impression
from app.domain.capture import Ability, FingerDown, FingerUp, Frame, Polarity, ReaderInfo, ReaderReady, Rows
from app.domain.capture_events import (
    CapturedImpression,
    CaptureEvent,
    ImpressionTaken,
    RowsSeen,
    TouchRefused,
)
from app.domain.errors import OperatorError, SetupError
from app.domain.fingerprints import Reason
from app.domain.policy import Policy
from app.services import reader_watch
from app.services.calibration import CalibrationService, reader_key

INFO = ReaderInfo("fake:1", "fake", "Maker", "Model", "", 256, 288, 500, 8, frozenset({Ability.PARTIAL_ROWS}))


class PlayedReader:
    """A driver that gives the images it was made with, one touch each, in four parts."""

    def __init__(self, images: list[bytes], stop: Event) -> None:
        self._images, self._stop = images, stop
        self.info = INFO

    def open(self) -> ReaderInfo:
        return INFO

    def close(self) -> None:
        """Nothing is held."""

    def abandon_image(self) -> None:
        """Everything was sent already."""

    def show(self, signal: object) -> None:
        """There is no light."""

    def watch(self, stop: Event) -> Iterator[object]:
        yield ReaderReady(INFO)
        for image in self._images:
            yield FingerDown(0.0)
            for first in range(0, 288, 72):
                yield Rows(first, 256, 288, image[first * 256 : (first + 72) * 256])
            yield Frame(256, 288, 500, 8, Polarity.DARK_RIDGES, image, 0.0, 1.0, 1.0)
            yield FingerUp(1.0)
        self._stop.set()


@pytest.fixture(scope="module")
def fingers() -> list[SyntheticFinger]:
    return [make_finger(seed) for seed in range(TouchLearner.WANTED)]


@pytest.fixture
def calibration(tmp_path: Path) -> CalibrationService:
    return CalibrationService(tmp_path / "calibration")


def spotted(finger: SyntheticFinger | None, seed: int) -> np.ndarray:
    condition = Condition.GOOD if finger is not None else Condition.BLANK
    image = make_impression(finger, seed, condition=condition)
    image[150:164, 100:114] = 20
    return image


def watched(
    monkeypatch: pytest.MonkeyPatch, calibration: CalibrationService, *images: np.ndarray
) -> list[CaptureEvent]:
    stop = Event()
    reader = PlayedReader([image.tobytes() for image in images], stop)
    monkeypatch.setattr(reader_watch, "make_reader", lambda _address, _options: reader)
    return list(reader_watch.capture_service("fake:1", Policy(), calibration).watch(stop))


def taken(events: list[CaptureEvent]) -> list[CapturedImpression]:
    return [event.impression for event in events if isinstance(event, ImpressionTaken)]


def test_dirt_is_learned_from_touches_kept_and_used(
    monkeypatch: pytest.MonkeyPatch,
    calibration: CalibrationService,
    fingers: list[SyntheticFinger],
    tmp_path: Path,
) -> None:
    touches = taken(watched(monkeypatch, calibration, *(spotted(f, n) for n, f in enumerate(fingers))))
    before = touches[0]
    view = calibration.begin(INFO)
    assert (view.touches, view.changed, view.mask) == (0, False, b"")
    for number, touch in enumerate(touches, 1):
        view = calibration.take(touch)
        assert view.touches == number
        assert view.changed == (number == view.wanted)
    mask = np.frombuffer(view.mask, np.uint8).reshape(288, 256)
    assert (mask[150:164, 100:114] == 255).all()
    assert view.ignored_share is not None
    assert view.ignored_share < 0.03
    assert calibration.of(INFO).background is None  # not before it is saved
    assert not calibration.save().changed

    again = CalibrationService(tmp_path / "calibration")  # as after a restart
    assert again.of(INFO).dpi == 500
    after = taken(watched(monkeypatch, again, spotted(fingers[0], 0)))[0]

    def on_spot(impression: CapturedImpression) -> int:
        return sum(90 <= x <= 124 and 140 <= y <= 174 for x, y, _ in impression.minutiae)

    assert on_spot(before) > 0
    assert on_spot(after) == 0
    assert len(after.minutiae) > 10
    assert after.template is not None
    assert after.engine_seconds > 0


def test_empty_images_need_fewer(monkeypatch: pytest.MonkeyPatch, calibration: CalibrationService) -> None:
    blank = spotted(None, 1)
    touch = taken(watched(monkeypatch, calibration, blank))[0]
    empty = replace(touch, reading=replace(touch.reading, reasons=(Reason.NO_FINGER,)))
    calibration.begin(INFO)
    for number in range(1, ENOUGH + 1):
        view = calibration.take(empty)
        assert view.changed == (number == ENOUGH)
        assert view.touches == 0
    assert np.frombuffer(view.mask, np.uint8).reshape(288, 256)[152:162, 102:112].all()


def test_a_turned_reader_gives_upright_pictures_minutiae_and_reasons(
    monkeypatch: pytest.MonkeyPatch, calibration: CalibrationService, fingers: list[SyntheticFinger]
) -> None:
    upright = make_impression(fingers[1], 5, condition=Condition.OFF_LEFT)
    on_its_head = np.ascontiguousarray(upright[::-1, ::-1])
    shown = taken(watched(monkeypatch, calibration, on_its_head))[0]
    assert shown.pixels == on_its_head.tobytes()
    calibration.begin(INFO)
    first = calibration.take(shown)
    view = calibration.turn_round()
    assert view.changed
    assert view.pixels == first.pixels[::-1] == upright.tobytes()
    calibration.save()

    events = watched(monkeypatch, calibration, on_its_head)
    turned = taken(events)[0]
    assert turned.pixels == upright.tobytes()
    rows = [event for event in events if isinstance(event, RowsSeen)]
    assert [event.first_row for event in rows] == [216, 144, 72, 0]
    assert b"".join(event.pixels for event in reversed(rows)) == upright.tobytes()
    assert Reason.OFF_LEFT in turned.reading.reasons
    assert Reason.OFF_RIGHT in shown.reading.reasons

    calibration.discard()
    calibration.begin(INFO)
    calibration.take(turned)
    assert calibration.turn_round().pixels == on_its_head.tobytes()
    calibration.save()
    plain = taken(watched(monkeypatch, calibration, upright))[0]
    assert plain.template == turned.template
    assert plain.minutiae == turned.minutiae


def test_discarding_keeps_what_was_stored(calibration: CalibrationService) -> None:
    calibration.begin(INFO)
    calibration.turn_round()
    calibration.discard()
    assert not calibration.of(INFO).turned
    assert not calibration.begin(INFO).turned


def test_readers_with_a_number_are_told_apart() -> None:
    one, other = replace(INFO, serial="A1"), replace(INFO, serial="B2")
    assert len({reader_key(info) for info in (INFO, one, other, replace(INFO, width_px=192))}) == 4
    assert reader_key(one) == reader_key(replace(one, reader_id="fake:2"))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b'{"version": 1}',
        b'{"version": 1, "reader": "fake/Model/256x288", "turned": 1}',
    ],
)
def test_a_broken_file_is_as_none(calibration: CalibrationService, tmp_path: Path, content: bytes) -> None:
    calibration.begin(INFO)
    calibration.turn_round()
    calibration.save()
    (file,) = (tmp_path / "calibration").iterdir()
    assert CalibrationService(tmp_path / "calibration").of(INFO).turned
    file.write_bytes(content)
    assert not CalibrationService(tmp_path / "calibration").of(INFO).turned


def test_a_file_with_a_damaged_mask_is_as_none(calibration: CalibrationService, tmp_path: Path) -> None:
    folder = tmp_path / "calibration"
    calibration.begin(INFO)
    calibration.turn_round()
    calibration.save()
    (file,) = folder.iterdir()
    whole = file.read_text()
    for damaged in ('"****"', '"QUJD"', "7"):
        file.write_text(whole.replace("null", damaged))
        assert not CalibrationService(folder).of(INFO).turned


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "calibration").write_text("a file in the way")
    service = CalibrationService(tmp_path / "calibration")
    service.begin(INFO)
    service.turn_round()
    with pytest.raises(SetupError) as caught:
        service.save()
    assert caught.value.code == "folder_unusable"
    assert not service.of(INFO).turned


def test_an_image_of_another_size_is_refused(
    monkeypatch: pytest.MonkeyPatch, calibration: CalibrationService, fingers: list[SyntheticFinger]
) -> None:
    touch = taken(watched(monkeypatch, calibration, spotted(fingers[0], 1)))[0]
    calibration.begin(replace(INFO, width_px=192, height_px=192))
    with pytest.raises(OperatorError):
        calibration.take(touch)


def test_a_poor_touch_is_read_to_its_end_while_calibrating(
    monkeypatch: pytest.MonkeyPatch, calibration: CalibrationService
) -> None:
    poor = make_impression(None, 1, condition=Condition.DIRTY)
    broken_off = watched(monkeypatch, calibration, poor)
    assert any(isinstance(event, TouchRefused) for event in broken_off)
    calibration.begin(INFO)
    assert not any(isinstance(event, TouchRefused) for event in watched(monkeypatch, calibration, poor))
    calibration.discard()
    assert any(isinstance(event, TouchRefused) for event in watched(monkeypatch, calibration, poor))
