# SPDX-License-Identifier: Apache-2.0
"""The pointer's native time: Windows' structures as bytes, which sample an event is of, and the record of it.

The two functions of Windows are played here by a table of bytes laid out as winuser.h says; nothing of this
has to do with the system that the test runs on.
"""

from __future__ import annotations

import ctypes
import struct
import sys
from typing import Any

import pytest
from PySide6.QtCore import QByteArray
from pytestqt.qtbot import QtBot
from shiboken6 import VoidPtr

from app.domain.signature_flow import Guide
from app.domain.signatures import PenClock
from app.ui.signatures.native_pointer import (
    STALE_S,
    WM_POINTERDOWN,
    WM_POINTERUP,
    WM_POINTERUPDATE,
    Contact,
    NativeMessage,
    NativePenFilter,
    NativeTimes,
    PenSample,
    PointerInfo,
    PointerPenInfo,
    history_of,
    native_pen,
    samples_of,
)
from app.ui.signatures.pad import SignaturePad
from tests.ui import pen

HZ = 10_000_000  # the usual frequency of the counter
PEN_ID = 0x1234


def pen_info(counter: int, pressure: int | None = 512, frame: int = 1, history: int = 1) -> bytes:
    """POINTER_PEN_INFO as a 64 bit Windows lays it out."""
    pointer = struct.pack(
        "<4I2Q8i2IiIQI4x",
        3,  # PT_PEN
        PEN_ID,
        frame,
        0x0002_0006,
        0xAAAA_BBBB_CCCC,
        0xDDDD,
        *(640, 400, 6400, 4000, 641, 401, 6401, 4001),
        77_000,
        history,
        0,
        0,
        counter,
        0,
    )
    return pointer + struct.pack("<4I2i", 0, 0 if pressure is None else 1, pressure or 0, 0, 0, 0)


class User32:
    """The two functions of user32 over entries of bytes, the newest first."""

    def __init__(self) -> None:
        self.newest_first: list[bytes] = []
        self.history_works = True

    def GetPointerPenInfo(self, pointer_id: int, into: Any) -> int:
        if pointer_id != PEN_ID or not self.newest_first:
            return 0
        ctypes.memmove(into, self.newest_first[0], ctypes.sizeof(PointerPenInfo))
        return 1

    def GetPointerPenInfoHistory(self, pointer_id: int, count: Any, into: Any) -> int:
        if not self.history_works:
            return 0
        content = b"".join(self.newest_first)
        ctypes.memmove(into, content, len(content))
        return 1


class Clock:
    def __init__(self) -> None:
        self.now_s = 50.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def times(clock: Clock) -> NativeTimes:
    return NativeTimes(HZ, clock)


def sample(contact: Contact, counter: int, pressure: int | None = 512) -> PenSample:
    return PenSample(contact, PEN_ID, counter, counter, pressure)


def test_the_structures_have_the_sizes_and_places_of_winuser_h() -> None:
    assert ctypes.sizeof(PointerInfo) == 96
    assert ctypes.sizeof(PointerPenInfo) == 120
    assert ctypes.sizeof(NativeMessage) == 48
    assert PointerInfo.PerformanceCount.offset == 80
    assert PointerInfo.historyCount.offset == 68
    assert NativeMessage.wParam.offset == 16


def test_a_sample_is_read_from_bytes() -> None:
    info = PointerPenInfo.from_buffer_copy(pen_info(123_456_789_012, pressure=700, frame=9))
    assert samples_of(Contact.MOVE, [info]) == [PenSample(Contact.MOVE, PEN_ID, 9, 123_456_789_012, 700)]


def test_a_pen_that_cannot_tell_pressure_says_so() -> None:
    info = PointerPenInfo.from_buffer_copy(pen_info(1, pressure=None))
    assert samples_of(Contact.DOWN, [info])[0].pressure is None


def test_what_windows_gathered_comes_oldest_first() -> None:
    user32 = User32()
    user32.newest_first = [pen_info(counter, history=3) for counter in (300, 200, 100)]
    assert [info.pointerInfo.PerformanceCount for info in history_of(user32, PEN_ID)] == [100, 200, 300]


def test_a_history_that_is_gone_leaves_the_newest_sample() -> None:
    user32 = User32()
    user32.newest_first = [pen_info(counter, history=2) for counter in (300, 200)]
    user32.history_works = False
    assert [info.pointerInfo.PerformanceCount for info in history_of(user32, PEN_ID)] == [300]


def test_a_finger_is_no_pen() -> None:
    user32 = User32()
    user32.newest_first = [pen_info(1)]
    assert history_of(user32, PEN_ID + 1) == []


@pytest.mark.parametrize(
    ("counts_per_s", "counter", "microseconds"),
    [
        (10_000_000, 123_456_789, 12_345_678),
        (3_579_545, 3_579_545, 1_000_000),
        (2_800_000_000, 1 << 62, 1_647_030_720_866_924),
    ],
)
def test_counts_become_microseconds_by_the_frequency(
    clock: Clock, counts_per_s: int, counter: int, microseconds: int
) -> None:
    times = NativeTimes(counts_per_s, clock)
    times.note([sample(Contact.MOVE, counter)])
    assert times.take(Contact.MOVE, 0.5) == microseconds


def test_a_counter_of_zero_is_no_time(times: NativeTimes) -> None:
    times.note([sample(Contact.MOVE, 0)])
    assert times.take(Contact.MOVE, 0.5) is None


def test_events_take_their_samples_in_order(times: NativeTimes) -> None:
    times.note([sample(Contact.DOWN, 100)])
    assert times.take(Contact.DOWN, 0.5) == 10
    times.note([sample(Contact.MOVE, 200), sample(Contact.MOVE, 300)])
    times.note([sample(Contact.UP, 400, 0)])
    assert [times.take(Contact.MOVE, 0.5), times.take(Contact.MOVE, 0.5)] == [20, 30]
    assert times.take(Contact.UP, 0.0) == 40
    assert times.take(Contact.MOVE, 0.5) is None


def test_a_message_that_is_shown_twice_counts_once(times: NativeTimes) -> None:
    for _ in range(2):
        times.note([sample(Contact.MOVE, 200), sample(Contact.MOVE, 300)])
    assert [times.take(Contact.MOVE, 0.5) for _ in range(3)] == [20, 30, None]


def test_the_tip_coming_down_forgets_what_went_to_other_widgets(times: NativeTimes) -> None:
    times.note([sample(Contact.MOVE, 10, 0)])
    times.note([sample(Contact.DOWN, 20)])
    times.note([sample(Contact.UP, 30, 0)])
    times.note([sample(Contact.DOWN, 40)])
    times.note([sample(Contact.MOVE, 50)])
    assert times.take(Contact.DOWN, 0.5) == 4
    assert times.take(Contact.MOVE, 0.5) == 5


def test_a_sample_whose_event_never_came_does_not_shift_the_others(times: NativeTimes) -> None:
    times.note([sample(Contact.MOVE, 10, 300), sample(Contact.MOVE, 20, 310), sample(Contact.MOVE, 30, 320)])
    assert times.take(Contact.MOVE, 310 / 1024) == 2
    assert times.take(Contact.MOVE, 320 / 1024) == 3


def test_an_event_without_a_sample_takes_none(times: NativeTimes) -> None:
    times.note([sample(Contact.MOVE, 10, 300)])
    assert times.take(Contact.MOVE, 0.9) is None
    assert times.take(Contact.MOVE, 300 / 1024) == 1


def test_what_nobody_took_is_forgotten_in_time(times: NativeTimes, clock: Clock) -> None:
    times.note([sample(Contact.MOVE, 10, 0)])
    clock.now_s += STALE_S * 2
    times.note([sample(Contact.MOVE, 20, 0)])
    assert times.take(Contact.MOVE, 0.0) == 2


def show(watch: NativePenFilter, message: int, w_param: int = PEN_ID) -> object:
    """Show one native message as PySide does: a pointer of its own kind, not a number."""
    found = NativeMessage(message=message, wParam=w_param | 0x0007_0000)
    return watch.nativeEventFilter(
        QByteArray(b"windows_generic_MSG"),
        VoidPtr(ctypes.addressof(found), ctypes.sizeof(found)),  # type: ignore[arg-type, call-arg]
    )


def test_the_filter_lets_every_message_pass_and_notes_the_pens(times: NativeTimes) -> None:
    user32 = User32()
    watch = NativePenFilter(times, lambda pointer_id: history_of(user32, pointer_id))
    user32.newest_first = [pen_info(70)]
    assert show(watch, 0x0200) == (False, 0)  # WM_MOUSEMOVE
    assert times.take(Contact.MOVE, 0.5) is None
    assert show(watch, WM_POINTERUPDATE) == (False, 0)
    assert times.take(Contact.MOVE, 0.5) == 7
    assert show(watch, WM_POINTERUPDATE, w_param=1) == (False, 0)  # a finger


def test_the_record_keeps_the_native_time_beside_the_others(qtbot: QtBot, times: NativeTimes) -> None:
    user32 = User32()
    watch = NativePenFilter(times, lambda pointer_id: history_of(user32, pointer_id))
    pad = SignaturePad()
    qtbot.addWidget(pad)
    pad.resize(800, 300)
    pad._native = times, watch
    pad.start_step(Guide.NONE)
    user32.newest_first = [pen_info(1_000_000)]
    show(watch, WM_POINTERDOWN)
    pen.press(pad, (100, 100), 0.5)
    user32.newest_first = [pen_info(1_080_000, 520, 3, 2), pen_info(1_040_000, 516, 2, 2)]
    show(watch, WM_POINTERUPDATE)
    pen.move(pad, (110, 100), 516 / 1024)
    pen.move(pad, (120, 100), 520 / 1024)
    user32.newest_first = [pen_info(1_120_000, 0)]
    show(watch, WM_POINTERUP)
    pen.release(pad, (120, 100))
    record = pad.record()
    assert record is not None
    assert record.native_us == (100_000, 104_000, 108_000, 112_000)
    assert record.clocks == (PenClock.MONOTONIC, PenClock.EVENT, PenClock.NATIVE)


def test_elsewhere_than_on_windows_there_is_nothing_of_it(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    assert native_pen() is None
    pad = SignaturePad()
    qtbot.addWidget(pad)
    pad.resize(800, 300)
    pen.stroke(pad, [(100.0 + n, 100.0) for n in range(20)])
    record = pad.record()
    assert record is not None
    assert record.native_us is None
    assert record.clocks == (PenClock.MONOTONIC, PenClock.EVENT)
