# SPDX-License-Identifier: Apache-2.0
"""What every registered driver must keep. A new driver needs a bench in ``benches`` and nothing here."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.devices.base import Reader
from app.devices.registry import driver_names, make_reader
from app.domain.capture import FingerUp, Frame, ReaderEvent, ReaderFault, ReaderReady, Rows
from app.domain.errors import DeviceError
from tests.contract.benches import BENCHES, Bench
from tests.devices.watching import QUICK, is_a, kinds, only_frame, watch_until

STOPS_WITHIN_S = 1.0


def test_every_registered_driver_has_a_bench() -> None:
    assert set(driver_names()) == set(BENCHES)


@pytest.fixture(params=sorted(BENCHES))
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    bench = BENCHES[request.param](tmp_path)
    yield bench
    bench.close()


@pytest.fixture
def reader(bench: Bench) -> Iterator[Reader]:
    reader = bench.reader(QUICK)
    yield reader
    reader.close()


def test_opening_twice_and_closing_twice(reader: Reader) -> None:
    first = reader.open()
    assert reader.open() == first == reader.info
    reader.close()
    reader.close()
    assert reader.open() == first


def test_a_reader_that_was_never_opened_can_be_closed_and_has_no_description(reader: Reader) -> None:
    with pytest.raises(DeviceError) as caught:
        _ = reader.info
    assert caught.value.code == "reader_absent"
    reader.close()


def test_a_reader_that_is_not_there(bench: Bench) -> None:
    absent = make_reader(bench.absent_id, QUICK)
    with pytest.raises(DeviceError) as caught:
        absent.open()
    assert (caught.value.code, caught.value.retryable) == ("reader_absent", True)
    absent.close()


def test_the_description_is_complete(bench: Bench, reader: Reader) -> None:
    info = reader.open()
    assert info.reader_id.startswith(f"{info.driver}:")
    assert info.model
    assert info.width_px > 0
    assert info.height_px > 0
    assert 300 <= info.dpi <= 1000
    assert 1 <= info.bits <= 8


def test_one_touch_in_its_order(bench: Bench, reader: Reader) -> None:
    bench.touch()

    def react(event: ReaderEvent) -> None:
        if isinstance(event, Frame):
            bench.leave()

    events = watch_until(reader, is_a(FingerUp), react)
    assert kinds(events) == ["ReaderReady", "FingerDown", "Frame", "FingerUp"]
    frame, info = only_frame(events), reader.info
    assert (frame.width_px, frame.height_px, frame.dpi) == (info.width_px, info.height_px, info.dpi)
    assert frame.bits == info.bits
    assert len(frame.pixels) == info.width_px * info.height_px
    assert 0 <= frame.wire_s <= frame.finished_at_s - frame.started_at_s


def test_rows_are_the_frame_in_order_and_each_once(bench: Bench, reader: Reader) -> None:
    bench.touch()
    events = watch_until(reader, is_a(Frame))
    rows, frame = [event for event in events if isinstance(event, Rows)], only_frame(events)
    assert len(rows) > 1
    assert b"".join(part.pixels for part in rows) == frame.pixels
    next_row = 0
    for part in rows:
        assert (part.first_row, part.width_px, part.height_px) == (next_row, frame.width_px, frame.height_px)
        next_row += len(part.pixels) // part.width_px
    assert next_row == frame.height_px


def test_nothing_of_a_finger_is_in_the_text_of_an_event(bench: Bench, reader: Reader) -> None:
    bench.touch()
    assert all(len(repr(event)) < 600 for event in watch_until(reader, is_a(Frame)))


@pytest.mark.parametrize("moment", [ReaderReady, Rows, Frame])
def test_it_stops_within_a_second(bench: Bench, reader: Reader, moment: type) -> None:
    bench.touch()
    reader.open()
    stop = threading.Event()
    stopped_at_s = 0.0
    for event in reader.watch(stop):
        if isinstance(event, moment) and not stop.is_set():
            stop.set()
            stopped_at_s = time.monotonic()
    assert stop.is_set()
    assert time.monotonic() - stopped_at_s < STOPS_WITHIN_S


@pytest.mark.parametrize("trouble", ["silence", "garbage", "unplug"])
def test_it_stops_within_a_second_in_trouble(bench: Bench, reader: Reader, trouble: str) -> None:
    reader.open()
    stop = threading.Event()
    moment_s: list[float] = []

    def end() -> None:
        moment_s.append(time.monotonic())
        stop.set()

    timer = threading.Timer(0.3, end)
    watch = reader.watch(stop)
    next(watch)
    getattr(bench, trouble)()
    timer.start()
    for _ in watch:
        assert not moment_s or time.monotonic() - moment_s[0] < STOPS_WITHIN_S
    timer.join()
    assert time.monotonic() - moment_s[0] < STOPS_WITHIN_S


def test_unplugged_in_the_middle_of_an_image_and_plugged_in_again(bench: Bench, reader: Reader) -> None:
    bench.cut_next_image()
    bench.touch()
    pulled = False

    def react(event: ReaderEvent) -> None:
        nonlocal pulled
        if isinstance(event, Rows) and not pulled:
            pulled = True
            bench.unplug()
        elif isinstance(event, ReaderFault):
            assert event.retryable
            bench.heal()

    seen = kinds(watch_until(reader, is_a(Frame), react))
    fault = seen.index("ReaderFault reader_disconnected")
    assert "Frame" not in seen[:fault]
    assert seen[0] == "ReaderReady"
    assert "ReaderReady" in seen[fault:]


def test_silence_is_told_and_ends(bench: Bench, reader: Reader) -> None:
    def react(event: ReaderEvent) -> None:
        if isinstance(event, ReaderReady) and not told:
            told.append(True)
            bench.silence()
            if bench.silence_code is None:
                bench.heal()
        elif isinstance(event, ReaderFault):
            assert event == ReaderFault(bench.silence_code or "", True)
            bench.heal()
            bench.touch()

    told: list[bool] = []
    seen = kinds(watch_until(reader, is_a(Frame), react))
    if bench.silence_code is not None:
        assert seen[:3] == ["ReaderReady", f"ReaderFault {bench.silence_code}", "ReaderReady"]


def test_garbage_is_told_and_ends(bench: Bench, reader: Reader) -> None:
    def react(event: ReaderEvent) -> None:
        if isinstance(event, ReaderReady) and not told:
            told.append(True)
            bench.garbage()
        elif isinstance(event, ReaderFault):
            assert event == ReaderFault("reader_garbled", True)
            bench.heal()
            bench.touch()

    told: list[bool] = []
    assert "ReaderFault reader_garbled" in kinds(watch_until(reader, is_a(Frame), react))


def test_an_abandoned_image_gives_no_frame_and_the_next_one_does(bench: Bench, reader: Reader) -> None:
    bench.touch()
    starts = 0

    def react(event: ReaderEvent) -> None:
        nonlocal starts
        if isinstance(event, Rows) and event.first_row == 0:
            starts += 1
            if starts == 1:
                reader.abandon_image()

    events = watch_until(reader, is_a(Frame), react)
    assert starts == 2
    assert only_frame(events).pixels


def test_a_watch_that_was_left_in_the_middle_of_an_image_can_be_begun_anew(
    bench: Bench, reader: Reader
) -> None:
    bench.touch()
    reader.open()
    watch = reader.watch(threading.Event())
    for event in watch:
        if isinstance(event, Rows):
            break
    watch.close()
    events = watch_until(reader, is_a(Frame))
    assert kinds(events)[0] == "ReaderReady"
    rows = b"".join(event.pixels for event in events if isinstance(event, Rows))
    assert rows == only_frame(events).pixels


def test_a_second_touch_after_the_first(bench: Bench, reader: Reader) -> None:
    bench.touch()
    frames = 0

    def react(event: ReaderEvent) -> None:
        nonlocal frames
        if isinstance(event, Frame):
            frames += 1
            bench.leave()
        elif isinstance(event, FingerUp):
            bench.touch()

    seen = kinds(watch_until(reader, lambda event: isinstance(event, FingerUp) and frames == 2, react))
    assert seen == ["ReaderReady", *["FingerDown", "Frame", "FingerUp"] * 2]
