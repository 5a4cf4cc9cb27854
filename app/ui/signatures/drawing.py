# SPDX-License-Identifier: Apache-2.0
"""The strokes of one step while they are made: history, time and the record. Knows nothing of widgets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from app.domain.signatures import (
    Canvas,
    PenDevice,
    Point,
    PointerType,
    SignatureRecord,
    Stroke,
    build_record,
)

#: A finger or mouse stroke that ended this shortly before the pen came down was the palm, seconds.
PALM_WINDOW_S = 0.5

Strokes = tuple[Stroke, ...]


class Drawing:
    """Finished strokes, the stroke in progress, and what undo and redo need.

    Attributes:
        strokes: the finished strokes.
        points: samples of the stroke in progress.
        active: what draws it, or ``None`` between strokes.
        pointer: what drew last in this step.
        pen_seen: whether a pen drew in this step.
        canvas: fixed by the first stroke; ``None`` before.
    """

    def __init__(self, clock_s: Callable[[], float], now: Callable[[], datetime]) -> None:
        self._clock_s, self._now = clock_s, now
        self.strokes: Strokes = ()
        self.points: list[Point] = []
        self.active: PointerType | None = None
        self.pointer: PointerType | None = None
        self.pen_seen = False
        self.canvas: Canvas | None = None
        self._device: PenDevice | None = None
        self._air: list[Point] = []
        self._past: list[Strokes] = []
        self._future: list[Strokes] = []
        self._started_at: datetime | None = None
        self._start_s = 0.0
        self._last_end_s = float("-inf")

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether a change was taken back."""
        return bool(self._future)

    @property
    def is_untouched(self) -> bool:
        """Whether nothing was ever drawn here."""
        return not (self.strokes or self.points or self._past or self._future)

    def load(self, record: SignatureRecord) -> None:
        """Go on with a record: its strokes, canvas, device and time."""
        self.strokes = record.strokes()
        self.canvas = record.canvas
        self._device = record.device
        self._started_at = record.started_at
        self._start_s = self._clock_s() - (record.t_us[-1] + 1) / 1e6 if record.t_us else self._clock_s()
        if self.strokes:
            self.pointer = self.strokes[-1].pointer_type
            self.pen_seen = any(stroke.pointer_type is PointerType.PEN for stroke in self.strokes)

    def recorder(self) -> Callable[[], SignatureRecord | None]:
        """A function that makes the record of the strokes as they are now; it may run in another thread."""
        strokes, started_at, canvas, device = self.strokes, self._started_at, self.canvas, self._device

        def build() -> SignatureRecord | None:
            if not strokes or started_at is None or canvas is None or device is None:
                return None
            return build_record(strokes, started_at=started_at, device=device, canvas=canvas)

        return build

    def time_us(self) -> int:
        """Microseconds since the step's first touch."""
        return round((self._clock_s() - self._start_s) * 1e6)

    # A stroke

    def begin(self, pointer: PointerType, device: PenDevice, canvas: Canvas) -> None:
        """Put something down. The first stroke of a step fixes device, canvas and the time's origin."""
        if self.canvas is None:
            self.canvas = canvas
        if self._started_at is None:
            self._started_at = self._now()
            self._start_s = self._clock_s()
        if self.strokes and self._air:
            last = self.strokes[-1]
            ended = Stroke(last.points, last.pointer_type, (*last.air, *self._air))
            self.strokes = (*self.strokes[:-1], ended)
        self._air = []
        if pointer is not self.pointer or self._device is None:
            self.pointer = pointer
            self._device = device
        self.pen_seen = self.pen_seen or pointer is PointerType.PEN
        self.points = []
        self.active = pointer

    def add_air(self, point: Point) -> None:
        """Keep a sample of the pen above the surface; it belongs to the stroke before."""
        if self.strokes:
            self._air.append(point)

    def end(self) -> None:
        """Lift: the stroke in progress is finished."""
        if self.active is None:
            return
        self._remember()
        self.strokes = (*self.strokes, Stroke(tuple(self.points), self.active))
        self.points = []
        self.active = None
        self._last_end_s = self._clock_s()

    def drop(self) -> None:
        """Forget the stroke in progress: it was a palm."""
        self.points = []
        self.active = None

    def take_palm_back(self) -> bool:
        """Forget a finger or mouse stroke that ended just now; whether there was one."""
        recent = self._clock_s() - self._last_end_s <= PALM_WINDOW_S
        if not recent or not self.strokes or self.strokes[-1].pointer_type is PointerType.PEN:
            return False
        self.strokes = self.strokes[:-1]
        if self._past:
            self._past.pop()
        return True

    # History

    def undo(self) -> bool:
        """Take the last change back: a stroke, or a clear. Whether there was one."""
        if not self._past:
            return False
        self._future.append(self.strokes)
        self.strokes = self._past.pop()
        return True

    def redo(self) -> bool:
        """Bring back what ``undo`` took. Whether there was something."""
        if not self._future:
            return False
        self._past.append(self.strokes)
        self.strokes = self._future.pop()
        return True

    def clear(self) -> bool:
        """Take all strokes away; ``undo`` brings them back. Whether there were any."""
        if not self.strokes:
            return False
        self._remember()
        self.strokes = ()
        return True

    def _remember(self) -> None:
        self._past.append(self.strokes)
        self._future.clear()
