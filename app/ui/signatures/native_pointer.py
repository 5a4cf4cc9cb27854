# SPDX-License-Identifier: Apache-2.0
"""When Windows itself saw each sample of the pen: the pointer's performance counter, in microseconds.

Qt's tablet events carry the time at which Qt made them, and a burst of samples that Windows had gathered gets
one and the same. The native messages before them know better: ``POINTER_INFO.PerformanceCount`` is the high
resolution counter of each sample, calibrated by the digitizer's own scan time where it has one.

Sources: Microsoft Learn, winuser.h: MSG, POINTER_INFO, POINTER_PEN_INFO, GetPointerPenInfo,
GetPointerPenInfoHistory ("the most recent entry in the first row", and only valid for the message that the
thread retrieved last), WM_POINTERDOWN; profileapi.h: QueryPerformanceFrequency. Qt 6,
``qwindowspointerhandler.cpp``: with compression off one tablet event follows for each entry of the history,
oldest first, with pressure / 1024; a pen without pressure gets 0.5.

Everything but the two functions of ``user32`` works on bytes and is the same on every system. Elsewhere than
on Windows nothing of this is installed.
"""

from __future__ import annotations

import ctypes
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractNativeEventFilter, QByteArray

WM_POINTERUPDATE, WM_POINTERDOWN, WM_POINTERUP = 0x0245, 0x0246, 0x0247
PEN_MASK_PRESSURE = 0x1
PRESSURE_STEPS = 1024
#: A sample whose tablet event did not come within this time went to another widget, seconds.
STALE_S = 0.25
_MOST_WAITING = 1024


class _Place(ctypes.Structure):
    """POINT: two LONGs, 32 bit on every Windows."""

    _fields_ = (("x", ctypes.c_int32), ("y", ctypes.c_int32))


class NativeMessage(ctypes.Structure):
    """MSG."""

    _fields_ = (
        ("hwnd", ctypes.c_void_p),
        ("message", ctypes.c_uint32),
        ("wParam", ctypes.c_size_t),
        ("lParam", ctypes.c_ssize_t),
        ("time", ctypes.c_uint32),
        ("pt", _Place),
    )


class PointerInfo(ctypes.Structure):
    """POINTER_INFO: 96 bytes in a 64 bit program."""

    _fields_ = (
        ("pointerType", ctypes.c_uint32),
        ("pointerId", ctypes.c_uint32),
        ("frameId", ctypes.c_uint32),
        ("pointerFlags", ctypes.c_uint32),
        ("sourceDevice", ctypes.c_void_p),
        ("hwndTarget", ctypes.c_void_p),
        ("ptPixelLocation", _Place),
        ("ptHimetricLocation", _Place),
        ("ptPixelLocationRaw", _Place),
        ("ptHimetricLocationRaw", _Place),
        ("dwTime", ctypes.c_uint32),
        ("historyCount", ctypes.c_uint32),
        ("InputData", ctypes.c_int32),
        ("dwKeyStates", ctypes.c_uint32),
        ("PerformanceCount", ctypes.c_uint64),
        ("ButtonChangeType", ctypes.c_uint32),
    )


class PointerPenInfo(ctypes.Structure):
    """POINTER_PEN_INFO: 120 bytes in a 64 bit program."""

    _fields_ = (
        ("pointerInfo", PointerInfo),
        ("penFlags", ctypes.c_uint32),
        ("penMask", ctypes.c_uint32),
        ("pressure", ctypes.c_uint32),
        ("rotation", ctypes.c_uint32),
        ("tiltX", ctypes.c_int32),
        ("tiltY", ctypes.c_int32),
    )


class Contact(Enum):
    """What a sample is to the tip."""

    DOWN = WM_POINTERDOWN
    MOVE = WM_POINTERUPDATE
    UP = WM_POINTERUP


class PenSample(NamedTuple):
    """What Windows tells of one sample, as far as it is needed here."""

    contact: Contact
    pointer_id: int
    frame_id: int
    counter: int
    pressure: int | None  # 0 to 1024; None where the pen cannot tell


def samples_of(contact: Contact, infos: Iterable[PointerPenInfo]) -> list[PenSample]:
    """What is needed of a message's history; oldest first, as ``infos`` are."""
    return [
        PenSample(
            contact,
            info.pointerInfo.pointerId,
            info.pointerInfo.frameId,
            info.pointerInfo.PerformanceCount,
            info.pressure if info.penMask & PEN_MASK_PRESSURE else None,
        )
        for info in infos
    ]


class NativeTimes:
    """Keeps the samples that Windows reported until their tablet events come, and brings both together.

    While the tip is down every tablet event comes to the canvas, in order. Before that, others may have gone
    to other widgets: so the tip's coming down takes the newest such sample and forgets what was before it.
    """

    def __init__(self, counts_per_s: int, clock_s: Callable[[], float] = time.perf_counter) -> None:
        self._counts_per_s = counts_per_s
        self._clock_s = clock_s
        self._waiting: deque[tuple[float, PenSample]] = deque(maxlen=_MOST_WAITING)
        self._newest: PenSample | None = None

    def note(self, samples: Sequence[PenSample]) -> None:
        """Keep the samples of one message. Qt shows a message twice, as it is fetched and as it is handed
        to the window; the second look is recognized and left out.
        """
        if not samples or samples[-1] == self._newest:
            return
        self._newest = samples[-1]
        now_s = self._clock_s()
        self._waiting.extend((now_s, sample) for sample in samples)

    def take(self, contact: Contact, pressure: float) -> int | None:
        """The native time of the sample that a tablet event is of, microseconds; ``None`` if nobody knows.

        Args:
            pressure: as the event tells it, 0 to 1.
        """
        waiting, steps = self._waiting, round(pressure * PRESSURE_STEPS)
        oldest_s = self._clock_s() - STALE_S
        while waiting and waiting[0][0] < oldest_s:
            waiting.popleft()
        fitting = [
            at
            for at, (_, sample) in enumerate(waiting)
            if sample.contact is contact and sample.pressure in (None, steps)
        ]
        if not fitting:
            return None
        for _ in range(fitting[-1] if contact is Contact.DOWN else fitting[0]):
            waiting.popleft()
        return self._microseconds(waiting.popleft()[1].counter)

    def _microseconds(self, counter: int) -> int | None:
        return counter * 1_000_000 // self._counts_per_s if counter else None


class NativePenFilter(QAbstractNativeEventFilter):
    """Looks at every native message and lets every one pass; notes the samples of the pen."""

    def __init__(self, times: NativeTimes, history: Callable[[int], Sequence[PointerPenInfo]]) -> None:
        super().__init__()
        self._times, self._history = times, history

    def nativeEventFilter(  # noqa: N802 - the name is Qt's
        self,
        eventType: QByteArray | bytes | bytearray | memoryview,  # noqa: N803
        message: int,
    ) -> tuple[bool, int]:
        # PySide hands over a shiboken6.VoidPtr, whatever its stub says, and wants both values back.
        found = NativeMessage.from_address(int(message))
        if WM_POINTERUPDATE <= found.message <= WM_POINTERUP:
            contact = Contact(found.message)
            self._times.note(samples_of(contact, self._history(found.wParam & 0xFFFF)))
        return False, 0


def history_of(user32: Any, pointer_id: int) -> list[PointerPenInfo]:
    """The samples of the message retrieved last, oldest first; none where the pointer is no pen."""
    newest = PointerPenInfo()
    if not user32.GetPointerPenInfo(pointer_id, ctypes.byref(newest)):
        return []
    count = newest.pointerInfo.historyCount
    if count <= 1:
        return [newest]
    entries = (PointerPenInfo * count)()
    found = ctypes.c_uint32(count)
    if not user32.GetPointerPenInfoHistory(pointer_id, ctypes.byref(found), entries):
        return [newest]
    return [entries[at] for at in reversed(range(min(count, found.value)))]


def native_pen() -> tuple[NativeTimes, NativePenFilter] | None:
    """The times and the filter that fills them, to be installed on the application; ``None`` elsewhere."""
    if sys.platform != "win32":
        return None
    user32 = ctypes.WinDLL("user32")
    for function in (user32.GetPointerPenInfo, user32.GetPointerPenInfoHistory):
        function.restype = ctypes.c_int
    user32.GetPointerPenInfo.argtypes = (ctypes.c_uint32, ctypes.c_void_p)
    user32.GetPointerPenInfoHistory.argtypes = (ctypes.c_uint32, ctypes.c_void_p, ctypes.c_void_p)
    frequency = ctypes.c_int64()
    ctypes.WinDLL("kernel32").QueryPerformanceFrequency(ctypes.byref(frequency))
    times = NativeTimes(frequency.value)
    return times, NativePenFilter(times, lambda pointer_id: history_of(user32, pointer_id))
